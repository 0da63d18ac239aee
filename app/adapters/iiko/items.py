"""Products, options and fees, in Iiko's words.

Until the catalog is synced (a later release), a product is known by its id alone and every price must be given.
"""

from collections.abc import Sequence
from decimal import Decimal

from app.adapters.iiko.guid import is_guid
from app.adapters.iiko.text import said
from app.adapters.iiko.wire import WireItem, WireModifier
from app.adapters.ledger import Ledger
from app.domain.fields import written_quantity
from app.domain.money import written
from app.domain.order import Fee, Item, Modifier
from app.domain.rules import line_total

_LATER = "until the catalog is synced"


def wire_item(item: Item, pointer: str, currency: str, ledger: Ledger) -> WireItem:
    """A line. ``sum`` = (unit price + modifiers) x quantity: Iiko wants the whole line."""
    _check_item(item, pointer, ledger)
    ledger.keep(f"{pointer}/course", item.course is not None)
    modifiers = [_modifier(one, f"{pointer}/modifiers/{n}", ledger) for n, one in enumerate(item.modifiers)]
    _check_unique(item.modifiers, pointer, ledger)
    return WireItem(
        id=item.product_id or "-",
        name=said(item.name) or item.sku,
        amount=_amount(item.quantity),
        code=item.sku,
        sum=written(line_total(item) or Decimal(0), currency),
        comment=item.note,
        modifiers=tuple(modifiers) or None,
    )


def wire_fee(fee: Fee, pointer: str, currency: str, ledger: Ledger) -> WireItem:
    """Iiko has no fees: a fee is a product of the menu."""
    if not is_guid(fee.sku):
        message = f"Iiko sells a fee as a product: {_LATER}, its sku must be the product's id (a GUID)."
        ledger.refuse(f"{pointer}/sku", "missing" if fee.sku is None else "wrong_format", message)
    return WireItem(id=fee.sku or "-", name=fee.name, amount="1", sum=written(fee.amount, currency))


def _amount(quantity: Decimal) -> str:
    return str(written_quantity(quantity))


def _check_item(item: Item, pointer: str, ledger: Ledger) -> None:
    if item.product_id is None:
        ledger.refuse(f"{pointer}/product_id", "missing", f"{_LATER.capitalize()}, an Iiko item needs product_id.")
    elif not is_guid(item.product_id):
        ledger.refuse(f"{pointer}/product_id", "wrong_format", "product_id must be the product's id in Iiko (a GUID).")
    if item.unit_price is None:
        ledger.refuse(f"{pointer}/unit_price", "missing", f"{_LATER.capitalize()}, an Iiko item needs unit_price.")
    if item.discount_code is not None:
        message = "Iiko takes no discount on a single item."
        ledger.refuse(f"{pointer}/discount_code", "not_supported", message)
    if item.sub_items:
        message = f"Iiko knows no sub-items {_LATER}; send them as modifiers."
        ledger.refuse(f"{pointer}/sub_items", "not_supported", message)


def _modifier(modifier: Modifier, pointer: str, ledger: Ledger) -> WireModifier:
    if modifier.id is None:
        ledger.refuse(f"{pointer}/id", "missing", f"{_LATER.capitalize()}, an Iiko modifier needs id.")
    elif not is_guid(modifier.id):
        ledger.refuse(f"{pointer}/id", "wrong_format", "id must be the modifier's id in Iiko (a GUID).")
    if modifier.unit_price is None:
        message = f'{_LATER.capitalize()}, an Iiko modifier needs unit_price; a free one has "0".'
        ledger.refuse(f"{pointer}/unit_price", "missing", message)
    _check_group(modifier, pointer, ledger)
    return WireModifier(
        id=modifier.id or "-",
        name=said(modifier.name) or modifier.sku or modifier.id or "-",
        amount=_amount(modifier.quantity),
        group_id=modifier.group_id,
        group_name=modifier.group_name,
    )


def _check_group(modifier: Modifier, pointer: str, ledger: Ledger) -> None:
    if modifier.group_id is None:
        return
    if not is_guid(modifier.group_id):
        ledger.refuse(f"{pointer}/group_id", "wrong_format", "group_id must be the group's id in Iiko (a GUID).")
    if not said(modifier.group_name):
        message = f"{_LATER.capitalize()}, Iiko needs group_name with group_id."
        ledger.refuse(f"{pointer}/group_name", "missing", message)


def _check_unique(modifiers: Sequence[Modifier], pointer: str, ledger: Ledger) -> None:
    seen: set[tuple[str, str | None]] = set()
    for number, modifier in enumerate(modifiers):
        if modifier.id is None:
            continue
        key = (modifier.id.lower(), modifier.group_id)
        if key in seen:
            message = "Iiko takes a modifier once per item; say how many with quantity."
            ledger.refuse(f"{pointer}/modifiers/{number}/id", "duplicate", message)
        seen.add(key)
