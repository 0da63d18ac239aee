"""Discounts. iKentoo has none on a whole order: each is a code on every item, or a product with a negative price."""

from decimal import Decimal, InvalidOperation

from app.adapters.ikentoo.known import Known
from app.adapters.ikentoo.ledger import Ledger
from app.adapters.ikentoo.settings import IkentooSettings
from app.adapters.ikentoo.wire import ItemLine
from app.domain.catalog import Kind, Pricing
from app.domain.money import places, rounded, written
from app.domain.order import Discount, Order
from app.domain.rules import line_total


def discounts(
    order: Order, settings: IkentooSettings, known: Known, ledger: Ledger
) -> tuple[str | None, list[ItemLine]]:
    """A code for every item, and products for the discounts that no code can carry.

    The price of a discount's product is sent without a sign: its pricing strategy makes it negative.
    """
    order_code: str | None = None
    lines = []
    for number, discount in enumerate(order.discounts):
        pointer = f"/discounts/{number}"
        if not discount.code and not discount.amount:
            ledger.keep(pointer, discount)
            continue
        ledger.keep(f"{pointer}/name", discount.name)
        if discount.code and order_code is None and _all_take(order, discount.code):
            order_code = discount.code
            ledger.keep(f"{pointer}/amount", not _is_what_the_code_makes(order, discount, known))
        elif settings.discount_sku:
            ledger.keep(f"{pointer}/code", discount.code)
            lines.append(_product(settings.discount_sku, discount, pointer, known, ledger))
        else:
            message = "iKentoo takes a discount as one code on all items; for others the location needs discount_sku."
            ledger.refuse(pointer, "not_possible", message)
    return order_code, lines


def _all_take(order: Order, code: str) -> bool:
    # An item carries one code.
    return all(item.discount_code in (None, code) for item in order.items)


def _product(sku: str, discount: Discount, pointer: str, known: Known, ledger: Ledger) -> ItemLine:
    product = known.product(sku)
    if product is not None and product.pricing is not Pricing.NEGATIVE:
        message = f"The location's discount_sku, {product.name} ({sku}), is not sold at a negative price at iKentoo."
        ledger.refuse(pointer, "not_possible", message)
    return ItemLine(quantity=1, sku=sku, custom_item_price=written(discount.amount, known.currency))


def _is_what_the_code_makes(order: Order, discount: Discount, known: Known) -> bool:
    """Whether the code takes off the amount that the website reckoned with, which is not sent.

    The POS reckons by the code alone, and item by item, so each may be rounded (to 0.05 in CHF, field report). Where
    the code's percentage is not known, or a price, nothing was compared.
    """
    entry = next((one for one in known.menu.names.get(Kind.DISCOUNTS, ()) if one.code == discount.code), None)
    share = _percentage(entry.model_extra or {}) if entry else None
    prices = [line_total(item) for item in order.items]
    if share is None or None in prices:
        return False
    made = sum((price for price in prices if price is not None), Decimal(0)) * share / 100
    least = Decimal(1).scaleb(-places(known.currency))
    return abs(rounded(made, known.currency) - discount.amount) <= max(least * 5, least * len(prices))


def _percentage(said: dict[str, object]) -> Decimal | None:
    try:
        return Decimal(str(said["percentage"]))
    except (KeyError, InvalidOperation):
        return None
