"""Items, sub-items and modifiers in iKentoo's words.

Prices are not sent, but for products whose pricing strategy takes one: the POS has its own.
"""

from collections.abc import Sequence
from decimal import Decimal

from app.adapters.ikentoo.known import Known, choice_of
from app.adapters.ikentoo.ledger import Ledger
from app.adapters.ikentoo.settings import SKU_LENGTH
from app.adapters.ikentoo.wire import ItemLine, ModifierRef, SubLine
from app.domain.catalog import Product
from app.domain.fields import written_quantity
from app.domain.order import Item, Modifier, SubItem


def item_line(
    item: Item, pointer: str, known: Known, ledger: Ledger, *, order_code: str | None, local: bool
) -> ItemLine:
    """One item. ``order_code`` is a discount code that holds for all items; a course exists in local orders only."""
    product = known.product(item.sku)
    refs, priced = modifiers(item.modifiers, product, pointer, known, ledger)
    parts = [sub_line(each, f"{pointer}/sub_items/{n}", known, ledger) for n, each in enumerate(item.sub_items)]
    _note(item, product, pointer, ledger)
    price = known.price(item, product, pointer, ledger)
    sent = {"name": item.custom_name or bool(item.note), "unit_price": price is not None}
    known.keep_name_and_price(item, product, pointer, ledger, sent=[name for name, is_sent in sent.items() if is_sent])
    if not local:
        ledger.keep(f"{pointer}/course", item.course is not None)
    return ItemLine(
        quantity=whole(item.quantity, pointer, ledger),
        sku=known_sku(item.sku, item.product_id, pointer, ledger),
        custom_item_name=_custom_name(item, product, pointer, ledger),
        custom_item_price=price,
        modifiers=tuple(refs) or None,
        discount_code=item.discount_code or order_code,
        course=item.course if local else None,
        sub_items=(*parts, *priced) or None,
    )


def sub_line(sub_item: SubItem, pointer: str, known: Known, ledger: Ledger) -> SubLine:
    """A sub-item. Its quantity is sent as we have it, per one unit of the item.

    INFERRED: neither the guide nor its examples say whether the POS multiplies it by the item's quantity.
    """
    product = known.product(sub_item.sku)
    refs, priced = modifiers(sub_item.modifiers, product, pointer, known, ledger)
    if priced:
        number = next(n for n, each in enumerate(sub_item.modifiers) if not _is_ref(each, product))
        message = "iKentoo takes no product below a sub-item, only modifier ids of quantity 1 without a price."
        ledger.refuse(f"{pointer}/modifiers/{number}", "too_deep", message)
    price = known.price(sub_item, product, pointer, ledger)
    known.keep_name_and_price(sub_item, product, pointer, ledger, sent=("unit_price",) if price else ())
    return SubLine(
        quantity=whole(sub_item.quantity, pointer, ledger),
        sku=known_sku(sub_item.sku, sub_item.product_id, pointer, ledger),
        custom_item_price=price,
        modifiers=tuple(refs) or None,
    )


def is_instruction(modifier: Modifier) -> bool:
    """Whether it can be a production instruction: those have neither a price nor a quantity."""
    return modifier.id is not None and modifier.quantity == 1 and not modifier.unit_price


def _is_ref(modifier: Modifier, product: Product | None) -> bool:
    """Whether it is sent as an instruction. What the catalog has as a product below this one is not."""
    choice = choice_of(product, modifier)
    return is_instruction(modifier) and (choice is None or choice.id is not None)


def modifiers(
    given: Sequence[Modifier], product: Product | None, pointer: str, known: Known, ledger: Ledger
) -> tuple[list[ModifierRef], list[SubLine]]:
    """Free ones by id are production instructions, the others are products below the item."""
    refs: list[ModifierRef] = []
    products: list[SubLine] = []
    for number, modifier in enumerate(given):
        place = f"{pointer}/modifiers/{number}"
        choice = choice_of(product, modifier)
        if modifier.id and _is_ref(modifier, product):
            refs.append(ModifierRef(modifier_id=modifier.id))
            known.keep_choice(modifier, place, ledger, sent="id", known=choice is not None)
        elif modifier.sku:
            below = known.product(modifier.sku)
            products.append(_below(modifier, below, place, known, ledger))
            known.keep_choice(modifier, place, ledger, sent="sku", known=choice is not None or below is not None)
        else:
            _refuse_priced(modifier, place, ledger)
    return refs, products


def _below(modifier: Modifier, product: Product | None, pointer: str, known: Known, ledger: Ledger) -> SubLine:
    sku = known_sku(modifier.sku, None, pointer, ledger)
    price = known.price(modifier, product, pointer, ledger)
    return SubLine(quantity=whole(modifier.quantity, pointer, ledger), sku=sku, custom_item_price=price)


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


def _note(item: Item, product: Product | None, pointer: str, ledger: Ledger) -> None:
    if not item.note:
        return
    name = item.name or (product.name if product else item.sku)
    ledger.note(f"{pointer}/note", f"{written_quantity(item.quantity)}x {name}: {item.note}")
    if item.name and not item.custom_name:
        ledger.folded.append(f"{pointer}/name")


def _custom_name(item: Item, product: Product | None, pointer: str, ledger: Ledger) -> str | None:
    if not item.custom_name:
        return None
    if not item.name:
        ledger.refuse(f"{pointer}/name", "missing", "custom_name needs a name.")
    if product is not None and not product.custom_name:
        message = f"iKentoo does not let {product.name} ({product.sku}) be given another name."
        ledger.refuse(f"{pointer}/custom_name", "not_possible", message)
    return item.name
