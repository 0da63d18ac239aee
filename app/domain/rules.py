"""Rules an order must keep whatever the POS. Pure: an order and the clock in, findings out."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from app.domain.errors import Finding
from app.domain.money import fits, places, rounded, written
from app.domain.order import Item, Modifier, Order, ServiceType, SubItem

PAST_TOLERANCE = timedelta(seconds=60)
"""A wanted time this little in the past still counts as now: clocks differ."""


def check(order: Order, *, currency: str, now: datetime) -> list[Finding]:
    """Everything that is wrong with the order for any POS, in the order's own order."""
    return [
        *_service(order),
        *_time(order, now),
        *_products(order),
        *_currency(order, currency),
        *_sums(order, currency),
    ]


def _service(order: Order) -> Iterator[Finding]:
    match order.service_type:
        case ServiceType.DELIVERY:
            if order.delivery_address is None:
                yield Finding("/delivery_address", "missing", "A delivery needs delivery_address.")
            elif not (order.delivery_address.line1 or order.delivery_address.street):
                yield Finding("/delivery_address/line1", "missing", "An address needs line1, or street and house.")
            if order.customer is None or not order.customer.phone:
                yield Finding("/customer/phone", "missing", "A delivery needs customer.phone.")
        case ServiceType.DINE_IN:
            if order.table is None or (order.table.number is None and order.table.check is None):
                yield Finding("/table", "missing", "A dine_in order needs table.number or table.check.")
        case ServiceType.PICKUP:
            pass


def _time(order: Order, now: datetime) -> Iterator[Finding]:
    if order.requested_for is not None and order.requested_for < now - PAST_TOLERANCE:
        yield Finding(
            "/requested_for", "in_the_past", "requested_for lies in the past; leave it out for as soon as possible."
        )


def _products(order: Order) -> Iterator[Finding]:
    for number, item in enumerate(order.items):
        if not (item.sku or item.product_id):
            yield Finding(f"/items/{number}/sku", "missing", "An item needs sku or product_id.")
        yield from _modifiers(item.modifiers, f"/items/{number}")
        for place, sub_item in enumerate(item.sub_items):
            pointer = f"/items/{number}/sub_items/{place}"
            if not (sub_item.sku or sub_item.product_id):
                yield Finding(f"{pointer}/sku", "missing", "A sub-item needs sku or product_id.")
            yield from _modifiers(sub_item.modifiers, pointer)


def _modifiers(modifiers: Sequence[Modifier], pointer: str) -> Iterator[Finding]:
    for number, modifier in enumerate(modifiers):
        if not (modifier.id or modifier.sku):
            yield Finding(f"{pointer}/modifiers/{number}/id", "missing", "A modifier needs id or sku.")


def _currency(order: Order, currency: str) -> Iterator[Finding]:
    if order.currency not in (None, currency):
        yield Finding("/currency", "wrong_currency", f"This location sells in {currency}, not in {order.currency}.")
        return
    for pointer, amount in _amounts(order):
        if not fits(amount, currency):
            yield Finding(pointer, "too_many_places", f"{currency} has {places(currency)} decimal places.")


def _amounts(order: Order) -> Iterator[tuple[str, Decimal]]:
    for number, item in enumerate(order.items):
        yield from _item_amounts(item, f"/items/{number}")
    for number, fee in enumerate(order.fees):
        yield f"/fees/{number}/amount", fee.amount
    for number, discount in enumerate(order.discounts):
        yield f"/discounts/{number}/amount", discount.amount
    for number, payment in enumerate(order.payments):
        yield f"/payments/{number}/amount", payment.amount
        yield f"/payments/{number}/tip", payment.tip
    yield "/total", order.total


def _item_amounts(item: Item | SubItem, pointer: str) -> Iterator[tuple[str, Decimal]]:
    if item.unit_price is not None:
        yield f"{pointer}/unit_price", item.unit_price
    for number, modifier in enumerate(item.modifiers):
        if modifier.unit_price is not None:
            yield f"{pointer}/modifiers/{number}/unit_price", modifier.unit_price
    if isinstance(item, Item):
        for number, sub_item in enumerate(item.sub_items):
            yield from _item_amounts(sub_item, f"{pointer}/sub_items/{number}")


def _sums(order: Order, currency: str) -> Iterator[Finding]:
    total = computed_total(order, currency)
    if total is not None and total != order.total:
        message = f"total is {order.total:f}, but items + fees - discounts make {written(total, currency)}."
        yield Finding("/total", "total_mismatch", message)
    paid = sum((payment.amount for payment in order.payments), Decimal(0))
    if paid > order.total:
        yield Finding("/payments", "overpaid", f"The payments sum to {paid:f}, more than the total; tips go into tip.")


def computed_total(order: Order, currency: str) -> Decimal | None:
    """Items + fees - discounts, or None where a price is not given.

    Each line is rounded to the currency (half a cent up), as it is when it goes to a POS: 0.333 x 5.55 is 1.85.
    """
    prices = [line_total(item) for item in order.items]
    known = [rounded(price, currency) for price in prices if price is not None]
    if len(known) < len(prices):
        return None
    fees = sum((fee.amount for fee in order.fees), Decimal(0))
    discounts = sum((discount.amount for discount in order.discounts), Decimal(0))
    return sum(known, Decimal(0)) + fees - discounts


def line_total(item: Item | SubItem) -> Decimal | None:
    """Quantity x (unit price + modifiers + sub-items), or None where a price is not given."""
    parts = [item.unit_price]
    parts += [None if m.unit_price is None else m.unit_price * m.quantity for m in item.modifiers]
    if isinstance(item, Item):
        parts += [line_total(sub_item) for sub_item in item.sub_items]
    known = [part for part in parts if part is not None]
    return sum(known, Decimal(0)) * item.quantity if len(known) == len(parts) else None
