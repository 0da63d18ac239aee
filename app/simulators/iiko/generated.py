"""A big menu made by counting: what a chain's catalog weighs, for benchmarks. The same count gives the same menu."""

from collections.abc import Sequence
from decimal import Decimal

from app.simulators.iiko import ids
from app.simulators.iiko.model import Choice, ChoiceGroup, Group, Product

DISHES_IN_A_GROUP = 50
MODIFIER_GROUPS = 40
MODIFIERS_IN_A_GROUP = 5
SIZES = ("S", "M", "L")


def product_id(number: int) -> str:
    """Of the generated dish with this number, counted from 1; its code is `G00001`."""
    return f"a0000000-0000-4000-8000-{number:012d}"


def _menu_group_id(number: int) -> str:
    return f"a1000000-0000-4000-8000-{number:012d}"


def _modifier_group_id(number: int) -> str:
    return f"a2000000-0000-4000-8000-{number:012d}"


def _modifier_id(group: int, number: int) -> str:
    return f"a3000000-0000-4000-8000-{group:06d}{number:06d}"


def generated(count: int) -> tuple[Sequence[Group], Sequence[Product]]:
    """So many dishes with two group modifiers each, and what they need; nothing for 0."""
    if count < 1:
        return (), ()
    pages = (count - 1) // DISHES_IN_A_GROUP + 1
    groups = [
        *(Group(id=_menu_group_id(one), name=f"Page {one}", parent_id=ids.GROUP_FOOD) for one in range(1, pages + 1)),
        *(Group(id=_modifier_group_id(one), name=f"Choice {one}", in_menu=False) for one in range(MODIFIER_GROUPS)),
    ]
    modifiers = [_modifier(group, one) for group in range(MODIFIER_GROUPS) for one in range(MODIFIERS_IN_A_GROUP)]
    return groups, [*modifiers, *(_dish(number) for number in range(1, count + 1))]


def _modifier(group: int, number: int) -> Product:
    return Product(
        id=_modifier_id(group, number),
        code=f"GM{group:02d}{number:02d}",
        name=f"Choice {group}.{number}",
        price=Decimal(number * 5),
        type="modifier",
        group_id=_modifier_group_id(group),
    )


def _dish(number: int) -> Product:
    return Product(
        id=product_id(number),
        code=f"G{number:05d}",
        name=f"Dish {number} {SIZES[number % len(SIZES)]}",
        price=Decimal(50 + number % 450),
        group_id=_menu_group_id((number - 1) // DISHES_IN_A_GROUP + 1),
        description=f"The kitchen's number {number}",
        weight=Decimal(200 + number % 300) / 1000,
        category_id=ids.CATEGORY_FOOD,
        group_modifiers=(
            _choice_group(number % MODIFIER_GROUPS, required=True),
            _choice_group((number + 1) % MODIFIER_GROUPS, required=False),
        ),
    )


def _choice_group(group: int, *, required: bool) -> ChoiceGroup:
    children = tuple(Choice(modifier_id=_modifier_id(group, one)) for one in range(MODIFIERS_IN_A_GROUP))
    return ChoiceGroup(
        group_id=_modifier_group_id(group),
        minimum=1 if required else 0,
        maximum=1 if required else 3,
        required=required,
        children=children,
        children_limited=not required,
    )
