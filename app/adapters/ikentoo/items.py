"""Items, sub-items and modifiers in iKentoo's words.

Prices are not sent: the POS has its own, and takes another one only for products whose pricing strategy allows it.
"""

from collections.abc import Sequence
from decimal import Decimal

from app.adapters.ikentoo.ledger import Ledger
from app.adapters.ikentoo.settings import SKU_LENGTH
from app.adapters.ikentoo.unchecked import keep_unchecked
from app.adapters.ikentoo.wire import ItemLine, ModifierRef, SubLine
from app.domain.fields import written_quantity
from app.domain.order import Item, Modifier, SubItem


def item_line(item: Item, pointer: str, ledger: Ledger, *, order_code: str | None, local: bool) -> ItemLine:
    """One item. ``order_code`` is a discount code that holds for all items; a course exists in local orders only."""
    refs, priced = modifiers(item.modifiers, pointer, ledger)
    parts = [sub_line(each, f"{pointer}/sub_items/{n}", ledger) for n, each in enumerate(item.sub_items)]
    if item.note:
        ledger.note(f"{pointer}/note", f"{written_quantity(item.quantity)}x {item.name or item.sku}: {item.note}")
        if item.name and not item.custom_name:
            ledger.folded.append(f"{pointer}/name")
    keep_unchecked(item, pointer, ledger, sent=("name",) if item.custom_name or item.note else ())
    if not local:
        ledger.keep(f"{pointer}/course", item.course is not None)
    return ItemLine(
        quantity=whole(item.quantity, pointer, ledger),
        sku=known_sku(item.sku, item.product_id, pointer, ledger),
        custom_item_name=_custom_name(item, pointer, ledger),
        modifiers=tuple(refs) or None,
        discount_code=item.discount_code or order_code,
        course=item.course if local else None,
        sub_items=(*parts, *priced) or None,
    )


def sub_line(sub_item: SubItem, pointer: str, ledger: Ledger) -> SubLine:
    """A sub-item. Its quantity is sent as we have it, per one unit of the item.

    INFERRED: neither the guide nor its examples say whether the POS multiplies it by the item's quantity.
    """
    refs, priced = modifiers(sub_item.modifiers, pointer, ledger)
    if priced:
        number = next(n for n, each in enumerate(sub_item.modifiers) if not is_instruction(each))
        message = "iKentoo takes no product below a sub-item, only modifier ids of quantity 1 without a price."
        ledger.refuse(f"{pointer}/modifiers/{number}", "too_deep", message)
    keep_unchecked(sub_item, pointer, ledger, sent=())
    return SubLine(
        quantity=whole(sub_item.quantity, pointer, ledger),
        sku=known_sku(sub_item.sku, sub_item.product_id, pointer, ledger),
        modifiers=tuple(refs) or None,
    )


def is_instruction(modifier: Modifier) -> bool:
    """Whether it can be a production instruction: those have neither a price nor a quantity."""
    return modifier.id is not None and modifier.quantity == 1 and not modifier.unit_price


def modifiers(given: Sequence[Modifier], pointer: str, ledger: Ledger) -> tuple[list[ModifierRef], list[SubLine]]:
    """Free ones by id are production instructions, the others are products below the item."""
    refs: list[ModifierRef] = []
    products: list[SubLine] = []
    for number, modifier in enumerate(given):
        place = f"{pointer}/modifiers/{number}"
        if is_instruction(modifier) and modifier.id:
            refs.append(ModifierRef(modifier_id=modifier.id))
            keep_unchecked(modifier, place, ledger, sent=("id",))
        elif modifier.sku:
            sku = known_sku(modifier.sku, None, place, ledger)
            products.append(SubLine(quantity=whole(modifier.quantity, place, ledger), sku=sku))
            keep_unchecked(modifier, place, ledger, sent=("sku",))
        else:
            _refuse_priced(modifier, place, ledger)
    return refs, products


def _refuse_priced(modifier: Modifier, pointer: str, ledger: Ledger) -> None:
    member = "quantity" if modifier.quantity != 1 else "unit_price" if modifier.unit_price else "id"
    message = "An iKentoo modifier id has neither a price nor a quantity; give the sku of a product instead."
    ledger.refuse(f"{pointer}/{member}", "not_possible", message)


def known_sku(sku: str | None, product_id: str | None, pointer: str, ledger: Ledger) -> str:
    """The SKU, which is the only name of a product in an order. "" where it was refused."""
    if not sku:
        ledger.refuse(f"{pointer}/sku", "missing", "iKentoo names products by sku.")
        return ""
    if len(sku) > SKU_LENGTH:
        ledger.refuse(f"{pointer}/sku", "too_long", f"iKentoo takes a sku of at most {SKU_LENGTH} characters.")
    ledger.keep(f"{pointer}/product_id", product_id)
    return sku


def whole(quantity: Decimal, pointer: str, ledger: Ledger) -> int:
    """The quantity as an integer; parts of one are refused."""
    if quantity != quantity.to_integral_value():
        ledger.refuse(f"{pointer}/quantity", "not_whole", "iKentoo takes whole quantities only.")
    return int(quantity)


def _custom_name(item: Item, pointer: str, ledger: Ledger) -> str | None:
    if not item.custom_name:
        return None
    if not item.name:
        ledger.refuse(f"{pointer}/name", "missing", "custom_name needs a name.")
    return item.name
