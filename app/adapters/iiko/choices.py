"""What is chosen with a dish, in Iiko's words: modifiers, and sub-items that are choices of the dish.

The menu knows a dish's groups and choices. A choice is named by its id or SKU; id, name, group and price are filled
in. A modifier given by its id is sent also where the menu does not have it: Iiko decides.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.adapters.iiko.guid import is_guid
from app.adapters.iiko.text import said
from app.adapters.iiko.wire import WireModifier
from app.adapters.ledger import Ledger
from app.domain.catalog import ModifierChoice, ModifierGroup, Product
from app.domain.errors import ITEM_NOT_FOUND
from app.domain.fields import written_quantity
from app.domain.order import Item, Modifier, SubItem

Candidate = tuple[ModifierGroup, ModifierChoice]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A choice as it is sent, and its price: of one, and how many per one unit of the dish."""

    wired: WireModifier
    price: Decimal
    quantity: Decimal
    pointer: str


def chosen_of(item: Item, product: Product | None, pointer: str, ledger: Ledger) -> list[Chosen]:
    """Everything that is chosen with the item."""
    groups = _Groups(product)
    chosen = [_modifier(one, f"{pointer}/modifiers/{n}", groups, ledger) for n, one in enumerate(item.modifiers)]
    for number, sub_item in enumerate(item.sub_items):
        part = _sub_item(sub_item, f"{pointer}/sub_items/{number}", groups, ledger)
        chosen += [part] if part else []
    _check_unique(chosen, ledger)
    return chosen


class _Groups:
    """The groups of one dish, and how much of each is taken already."""

    def __init__(self, product: Product | None) -> None:
        self.product = product
        self._groups: Sequence[ModifierGroup] = product.modifier_groups if product else ()
        self._taken: dict[str | None, Decimal] = {}

    def name_of(self, group_id: str | None) -> str | None:
        return next((group.name for group in self._groups if group.id and group.id == (group_id or "").lower()), None)

    def take(
        self, quantity: Decimal, *, choice_id: str | None, sku: str | None, group_id: str | None = None
    ) -> Candidate | None:
        """The choice: in the group that was named, else in the first that still lacks some, or has room (two halves of
        a pizza)."""
        found = list(self._candidates(choice_id, sku))
        named = [one for one in found if group_id is not None and one[0].id == group_id.lower()]
        roomy = [one for one in found if self._has_room(one[0], quantity)]
        lacking = [one for one in roomy if self._taken.get(one[0].id, Decimal(0)) < one[0].min]
        candidate = next(iter([*named, *lacking, *roomy, *found]), None)
        if candidate is not None:
            self._taken[candidate[0].id] = self._taken.get(candidate[0].id, Decimal(0)) + quantity
        return candidate

    def _candidates(self, choice_id: str | None, sku: str | None) -> Iterator[Candidate]:
        for group in self._groups:
            for choice in group.modifiers:
                if choice.id == choice_id.lower() if choice_id else sku is not None and choice.sku == sku:
                    yield group, choice

    def _has_room(self, group: ModifierGroup, quantity: Decimal) -> bool:
        return group.max is None or self._taken.get(group.id, Decimal(0)) + quantity <= group.max


def _modifier(modifier: Modifier, pointer: str, groups: _Groups, ledger: Ledger) -> Chosen:
    quantity = modifier.quantity
    found = groups.take(quantity, choice_id=modifier.id, sku=modifier.sku, group_id=modifier.group_id)
    if found is not None:
        return _known(found, quantity, said(modifier.name), modifier.unit_price, pointer)
    _check_unknown(modifier, pointer, groups, ledger)
    return Chosen(
        wired=WireModifier(
            id=modifier.id or "-",
            name=said(modifier.name) or modifier.sku or modifier.id or "-",
            amount=str(written_quantity(quantity)),
            group_id=modifier.group_id,
            group_name=said(modifier.group_name) or groups.name_of(modifier.group_id),
        ),
        price=modifier.unit_price or Decimal(0),
        quantity=quantity,
        pointer=f"{pointer}/id",
    )


def _known(found: Candidate, quantity: Decimal, name: str | None, price: Decimal | None, pointer: str) -> Chosen:
    group, choice = found
    return Chosen(
        wired=WireModifier(
            id=choice.id or "-",
            name=name or choice.name,
            amount=str(written_quantity(quantity)),
            group_id=group.id,
            group_name=group.name if group.id else None,
        ),
        price=choice.price if price is None else price,
        quantity=quantity,
        pointer=f"{pointer}/id",
    )


def _check_unknown(modifier: Modifier, pointer: str, groups: _Groups, ledger: Ledger) -> None:
    lacks = _lacks(groups.product, modifier.name or modifier.sku or modifier.id)
    if modifier.id is None:
        ledger.refuse(f"{pointer}/sku", ITEM_NOT_FOUND, lacks)
        return
    if not is_guid(modifier.id):
        ledger.refuse(f"{pointer}/id", "wrong_format", "id must be the modifier's id in Iiko (a GUID).")
    elif modifier.unit_price is None:
        message = f'unit_price is missing (a free one has "0"). {lacks}'
        ledger.refuse(f"{pointer}/unit_price", ITEM_NOT_FOUND, message)
    _check_group(modifier, pointer, groups, lacks, ledger)


def _check_group(modifier: Modifier, pointer: str, groups: _Groups, lacks: str, ledger: Ledger) -> None:
    if modifier.group_id is None:
        return
    if not is_guid(modifier.group_id):
        ledger.refuse(f"{pointer}/group_id", "wrong_format", "group_id must be the group's id in Iiko (a GUID).")
    if not said(modifier.group_name) and groups.name_of(modifier.group_id) is None:
        ledger.refuse(f"{pointer}/group_name", ITEM_NOT_FOUND, f"Iiko needs group_name with group_id. {lacks}")


def _sub_item(sub_item: SubItem, pointer: str, groups: _Groups, ledger: Ledger) -> Chosen | None:
    """Iiko has no parts of a dish: what belongs to one is a modifier that the menu offers with it."""
    if sub_item.modifiers:
        message = "Iiko takes no modifiers of a sub-item: choices of a dish have none of their own."
        ledger.refuse(f"{pointer}/modifiers", "not_supported", message)
    found = groups.take(sub_item.quantity, choice_id=sub_item.product_id, sku=sub_item.sku)
    if found is not None:
        return _known(found, sub_item.quantity, said(sub_item.name), sub_item.unit_price, pointer)
    at = f"{pointer}/product_id" if sub_item.product_id else f"{pointer}/sku"
    lacks = _lacks(groups.product, sub_item.name or sub_item.sku or sub_item.product_id)
    if groups.product is None:
        ledger.refuse(at, ITEM_NOT_FOUND, lacks)
    else:
        ledger.refuse(at, "not_supported", f"{lacks} Iiko takes a sub-item only as a choice of its dish.")
    return None


def _lacks(product: Product | None, what: str | None) -> str:
    if product is None:
        return "The menu, as last read from Iiko, does not have this dish, so its choices cannot be looked up."
    return f"The restaurant's menu offers no {what!r} with {product.name!r}."


def _check_unique(chosen: Sequence[Chosen], ledger: Ledger) -> None:
    seen: set[tuple[str, str]] = set()
    for one in chosen:
        if one.wired.id == "-":
            continue
        key = (one.wired.id.lower(), (one.wired.group_id or "").lower())
        if key in seen:
            message = "Iiko takes a modifier once per item; say how many with quantity."
            ledger.refuse(one.pointer, "duplicate", message)
        seen.add(key)
