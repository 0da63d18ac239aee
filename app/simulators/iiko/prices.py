"""What a line should cost by the menu: the dish and its modifiers at the terminal's prices."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from app.simulators.iiko.errors import Refusal
from app.simulators.iiko.model import Product, Terminal
from app.simulators.iiko.policy import OnWrongPrice
from app.simulators.iiko.request_parts import Item


def price_notes(
    items: Sequence[Item], products: Mapping[str, Product], terminal: Terminal | None, policy: OnWrongPrice
) -> list[str]:
    """Lines whose `sum` is another one; a refusal where the policy says so."""
    notes = [] if policy is OnWrongPrice.IGNORE else list(_wrong(items, products, terminal))
    if notes and policy is OnWrongPrice.REJECT:
        raise Refusal("RequestProductPriceIsNotEqualToFrontPrice", f"Price is not equal: {notes[0]}")
    return notes


def _wrong(items: Sequence[Item], products: Mapping[str, Product], terminal: Terminal | None) -> Iterator[str]:
    for item in items:
        price = products[item.id].price_on(terminal)
        if item.sum is None or price == 0:
            continue  # no price in the menu means an open price, a tip's for example
        extras = (products[one.id].price_on(terminal) * one.amount for one in item.modifiers)
        expected = (price + sum(extras, Decimal(0))) * item.amount
        if item.sum != expected:
            yield f"{item.path}.sum is {item.sum}, by the menu {expected}"
