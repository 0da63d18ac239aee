"""Items against the nomenclature: unknown ids, required modifiers, minimum and maximum, groups.

The texts resemble those seen in the field for the newer API of the same engine; their legacy codes are UNKNOWN.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from app.simulators.iiko.errors import Refusal, required
from app.simulators.iiko.model import Choice, ChoiceGroup, Product, Terminal
from app.simulators.iiko.request_parts import ChosenModifier, Item

Products = Mapping[str, Product]


def check_item(item: Item, products: Products, terminal: Terminal | None) -> None:
    """The first thing wrong with an item, if any."""
    product = products.get(item.id)
    if product is None:
        raise Refusal("ProductNotFound", f"Product '{item.id}' of '{item.path}' is not found in nomenclature")
    _check_sellable(item, product, terminal)
    _check_unique(item)
    for chosen in item.modifiers:
        if chosen.id not in products:
            raise Refusal("ModifierNotFound", f"Modifier '{chosen.id}' of '{chosen.path}' is not found in nomenclature")
    _check_singles(item, product)
    _check_groups(item, product)


def _check_sellable(item: Item, product: Product, terminal: Terminal | None) -> None:
    if product.type == "modifier":
        raise Refusal("ProductIsModifier", f"'{product.name}' of '{item.path}' is a modifier and cannot be sold alone")
    if not product.in_menu:
        raise Refusal("ProductExcluded", f"Product '{product.name}' is excluded from menu")
    if terminal is not None and terminal.name in product.prohibited_on:
        raise Refusal("ProductExcluded", f"Product '{product.name}' is prohibited to sale on '{terminal.name}'")


def _check_unique(item: Item) -> None:
    seen: set[tuple[str, str | None]] = set()
    for chosen in item.modifiers:
        key = (chosen.id, chosen.group_id)
        if key in seen:
            raise Refusal("ModifierDuplicated", f"Modifier '{chosen.id}' of '{item.path}' is duplicated")
        seen.add(key)


def _check_singles(item: Item, product: Product) -> None:
    """Modifiers without a group must be single modifiers of this product; required ones must be there."""
    allowed = {one.modifier_id: one for one in product.modifiers}
    given = {one.id: one.amount for one in item.modifiers if one.group_id is None}
    for chosen in item.modifiers:
        if chosen.group_id is None and chosen.id not in allowed:
            raise _stray(chosen, product)
    for choice in allowed.values():
        _check_amount(choice, given.get(choice.modifier_id), product)


def _stray(chosen: ChosenModifier, product: Product) -> Refusal:
    children = {child.modifier_id for group in product.group_modifiers for child in group.children}
    if chosen.id in children:
        return required(f"{chosen.path}.groupId")
    message = f"Cannot find simple modifiers item '{chosen.id}' of product '{product.name}'"
    return Refusal("ModifierNotOfProduct", message)


def _check_amount(choice: Choice, amount: Decimal | None, product: Product) -> None:
    if amount is None or amount == 0:
        if choice.required or choice.minimum > 0:
            raise Refusal(
                "RequiredModifierMissing", f"Required modifier '{choice.modifier_id}' of '{product.name}' is missing"
            )
        return
    if not choice.minimum <= amount <= choice.maximum:
        raise Refusal(
            "ModifierAmount",
            f"Modifier '{choice.modifier_id}' of '{product.name}' has invalid amount: "
            f"min = {choice.minimum}, max = {choice.maximum}, actual = {amount}",
        )


def _check_groups(item: Item, product: Product) -> None:
    """Children name their group; the sum of a group lies within its limits."""
    groups = {one.group_id: one for one in product.group_modifiers}
    chosen_by_group: dict[str, list[ChosenModifier]] = {one: [] for one in groups}
    for chosen in item.modifiers:
        if chosen.group_id is None:
            continue
        if not chosen.group_name:
            raise required(f"{chosen.path}.groupName")
        group = groups.get(chosen.group_id)
        if group is None or chosen.id not in {child.modifier_id for child in group.children}:
            message = f"Cannot find fixed group modifiers item '{chosen.id}' of product '{product.name}'"
            raise Refusal("ModifierNotOfProduct", message)
        chosen_by_group[chosen.group_id].append(chosen)
    for group_id, chosen_ones in chosen_by_group.items():
        _check_group(groups[group_id], chosen_ones, product)


def _check_group(group: ChoiceGroup, chosen: Sequence[ChosenModifier], product: Product) -> None:
    actual = sum((one.amount for one in chosen), Decimal(0))
    minimum = max(group.minimum, 1 if group.required else 0)
    if not minimum <= actual <= group.maximum:
        raise Refusal(
            "GroupModifierAmount",
            f"Product '{product.name}', group '{group.group_id}' has invalid group amount: "
            f"min = {minimum}, max = {group.maximum}, actual = {actual}",
        )
    if not group.children_limited:
        return
    amounts = {one.id: one.amount for one in chosen}
    for child in group.children:
        _check_amount(child, amounts.get(child.modifier_id), product)
