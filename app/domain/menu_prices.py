"""Prices of an order against the menu's, and the total where the menu knows what the order leaves out."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from app.domain.catalog import Pricing, Product
from app.domain.errors import Finding
from app.domain.menu_lines import Line, Pick
from app.domain.menu_words import price, title
from app.domain.money import rounded
from app.domain.order import Item, Modifier, Order, SubItem
from app.domain.rules import computed_total
from app.domain.status import FailureCode

_BEYOND_MONEY = Decimal(10) ** 9
"""No order can name such a price; a menu that does is not believed."""
_UNTOLD = frozenset({Pricing.NEGATIVE, Pricing.PERCENTAGE})
"""What products of these kinds do to the total is the POS's business."""


def line_price(line: Line, currency: str) -> Iterator[Finding]:
    """Where an item's own price is not the menu's."""
    product = line.product
    if product is not None and product.price is not None:
        wrong = _other_price(line.given, [product.price], product, currency)
        if wrong:
            text = f"{title(line.given, product)} {wrong}"
            yield Finding(f"{line.pointer}/unit_price", FailureCode.PRICE_MISMATCH, text)


def pick_price(pick: Pick, name: str, currency: str) -> Iterator[Finding]:
    """Where a choice has another price than it has with the product called ``name``."""
    wrong = _other_price(pick.given, [option.price for option, _ in pick.shares], pick.product, currency)
    if wrong:
        text = f"{name}: {pick.name} {wrong}"
        yield Finding(f"{pick.pointer}/unit_price", FailureCode.PRICE_MISMATCH, text)


def _other_price(
    given: Item | SubItem | Modifier, known: Sequence[Decimal], product: Product | None, currency: str
) -> str | None:
    """In words. None: it is one of the known ones, or may be any."""
    if given.unit_price is None or (product is not None and product.pricing is not Pricing.FIXED):
        return None
    if not known or not all(map(_believable, known)):
        return None
    if rounded(given.unit_price, currency) in {rounded(one, currency) for one in known}:
        return None
    return f"costs {price(known[0], currency)} in the catalog, not {price(given.unit_price, currency)}."


def total_mismatch(order: Order, lines: Sequence[Line], currency: str) -> Iterator[Finding]:
    """Where the total is not what the lines make with the menu's prices for those that the order does not give.

    Not where the order gives all prices, which is checked without a menu; nor where the POS works out a part of it:
    the discount of an item's ``discount_code``, a product that is taken off the total. The amounts of ``discounts``
    are given, and taken off.
    """
    if any(item.discount_code for item in order.items) or computed_total(order, currency) is not None:
        return
    if any(_untold(line) for line in lines):
        return
    items = tuple(_priced(line, line.product.price if line.product else None) for line in lines)
    total = computed_total(order.model_copy(update={"items": items}), currency)
    if total is not None and total != order.total:
        said, made = price(order.total, currency), price(total, currency)
        text = f"The total is {said}, but with the catalog's prices items + fees - discounts make {made}."
        yield Finding("/total", FailureCode.PRICE_MISMATCH, text)


def _untold(line: Line) -> bool:
    if line.product is not None and line.product.pricing in _UNTOLD:
        return True
    products = [pick.product for pick in line.picks if pick.product is not None]
    below = (pick.line for pick in line.picks if pick.line is not None)
    return any(product.pricing in _UNTOLD for product in products) or any(map(_untold, below))


def _priced(line: Line, own: Decimal | None) -> Item | SubItem:
    """The line with the menu's prices where it gives none. ``own``: the menu's for the line itself."""
    update: dict[str, object] = {"unit_price": _price(line.given, own)}
    if line.product is not None:  # else it is not known what the picks count as
        picks = [(pick, _known_price(pick)) for pick in line.picks]
        update["modifiers"] = tuple(
            pick.given.model_copy(update={"unit_price": _price(pick.given, known)})
            for pick, known in picks
            if not pick.line
        )
        if isinstance(line.given, Item):
            update["sub_items"] = tuple(_priced(pick.line, known) for pick, known in picks if pick.line)
    return line.given.model_copy(update=update)


def _price(given: Item | SubItem | Modifier, known: Decimal | None) -> Decimal | None:
    if given.unit_price is not None:
        return given.unit_price
    return known if known is not None and _believable(known) else None


def _known_price(pick: Pick) -> Decimal | None:
    """None, too, where it counts as several choices with several prices."""
    prices = {option.price for option, _ in pick.shares}
    return prices.pop() if len(prices) == 1 else None


def _believable(known: Decimal) -> bool:
    return known.is_finite() and abs(known) < _BEYOND_MONEY
