"""An order as staff key it in by hand: plain words, times in the restaurant's own zone. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.money import written
from app.store.views import OrderRow

_ADDRESS_LINES = (
    ("line1",),
    ("line2",),
    ("street", "house", "building"),
    ("postal_code", "city"),
)
_ADDRESS_WORDS = ("entrance", "floor", "apartment", "door_code", "comment")


def ticket(row: OrderRow, zone: ZoneInfo) -> str:
    """The order in plain text, one thing a line."""
    order = row.corrected_body or row.body
    lines = [
        *_head(row, order, zone),
        *_guest(order.get("customer") or {}),
        *_address(order.get("delivery_address") or {}),
        *_labelled("The guest's personal data were erased", _local(row.erased_at, zone) if row.erased_at else None),
        "",
        *_items(order),
        "",
        *_money(row, order),
        *_labelled("Note", order.get("note")),
        "",
        *_state(row),
    ]
    return "\n".join(lines) + "\n"


def _head(row: OrderRow, order: Mapping[str, Any], zone: ZoneInfo) -> Iterator[str]:
    yield f"ORDER {row.reference}"
    yield f"{row.location_id}, received {_local(row.received_at, zone)}"
    yield ""
    yield f"Service: {row.service_type.replace('_', ' ')}"
    wanted = row.requested_for
    yield f"Wanted:  {_local(wanted, zone) if wanted else 'as soon as possible'}"
    table = order.get("table") or {}
    yield from _labelled("Table", table.get("number"))
    yield from _labelled("Check", table.get("check"))
    yield from _labelled("Guests", order.get("guests"))
    yield from _labelled("Collection code", order.get("collection_code"))


def _guest(customer: Mapping[str, Any]) -> Iterator[str]:
    name = _words(customer, ("salutation", "first_name", "last_name"))
    yield from _labelled("Guest", name)
    yield from _labelled("Phone", customer.get("phone"))
    yield from _labelled("Email", customer.get("email"))
    yield from _labelled("About the guest", customer.get("notes"))


def _address(address: Mapping[str, Any]) -> Iterator[str]:
    lines = [_words(address, names) for names in _ADDRESS_LINES]
    yield from _labelled("Address", ", ".join(line for line in lines if line))
    for name in _ADDRESS_WORDS:
        yield from _labelled(f"  {name.replace('_', ' ')}", address.get(name))


def _items(order: Mapping[str, Any]) -> Iterator[str]:
    for item in order.get("items") or ():
        yield _product(item, "")
        yield from _modifiers(item, "    ")
        for sub_item in item.get("sub_items") or ():
            yield _product(sub_item, "    + ")
            yield from _modifiers(sub_item, "        ")
        yield from _labelled("    Note", item.get("note"))
        yield from _labelled("    Course", item.get("course"))
        yield from _labelled("    Discount code", item.get("discount_code"))


def _modifiers(item: Mapping[str, Any], indent: str) -> Iterator[str]:
    for modifier in item.get("modifiers") or ():
        yield _product(modifier, f"{indent}+ ")


def _product(product: Mapping[str, Any], indent: str) -> str:
    code = product.get("sku") or product.get("product_id") or product.get("id") or ""
    name = product.get("name")
    what = f"{name} ({code})" if name and code else name or code
    price = product.get("unit_price")
    return f"{indent}{product.get('quantity', 1)} x {what}" + (f"  at {price}" if price is not None else "")


def _money(row: OrderRow, order: Mapping[str, Any]) -> Iterator[str]:
    currency = row.currency
    for fee in order.get("fees") or ():
        yield f"Fee {_called(fee, ('name', 'sku'))}: {fee['amount']} {currency}"
    for discount in order.get("discounts") or ():
        yield f"Discount {_called(discount, ('name', 'code'))}: -{discount['amount']} {currency}"
    yield f"TOTAL {order.get('total') or written(row.total, currency)} {currency}"
    yield from _payments(order.get("payments") or (), currency)


def _payments(payments: Sequence[Mapping[str, Any]], currency: str) -> Iterator[str]:
    for payment in payments:
        tip = payment.get("tip")
        extra = f" and a tip of {tip}" if tip and tip.strip("0.") else ""
        how = "already paid" if payment["paid"] else "to be paid"
        yield f"{payment['method']}: {payment['amount']}{extra} {currency}, {how}"
    if not payments:
        yield "Nothing paid yet"


def _state(row: OrderRow) -> Iterator[str]:
    yield f"Status: {row.status.replace('_', ' ')}; sending: {row.state.replace('_', ' ')}"
    yield from _labelled("Number on the till", row.pos_number)
    if row.failure is not None:
        yield f"Problem: {row.failure['message']}"
        yield from _labelled("The POS said", row.failure.get("pos_message"))
    if row.attention is not None:
        yield f"To do: {row.attention['action']}"


def _labelled(label: str, value: object) -> Iterator[str]:
    """Nothing for what was not given; a note of several lines stays one labelled block."""
    if value not in (None, ""):
        yield f"{label}: " + str(value).replace("\n", "\n    ")


def _words(parts: Mapping[str, Any], names: Sequence[str]) -> str:
    return " ".join(str(parts[name]) for name in names if parts.get(name))


def _called(thing: Mapping[str, Any], names: Sequence[str]) -> str:
    return next((str(thing[name]) for name in names if thing.get(name)), "")


def _local(value: datetime, zone: ZoneInfo) -> str:
    return f"{value.astimezone(zone):%a %d %b %Y %H:%M} ({zone.key})"
