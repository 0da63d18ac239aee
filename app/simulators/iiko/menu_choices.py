"""What can be chosen with the dishes of the default menu: group modifiers and single modifiers."""

from app.simulators.iiko import ids
from app.simulators.iiko.model import Choice, ChoiceGroup


def _choices(*modifier_ids: str, maximum: int = 1) -> tuple[Choice, ...]:
    return tuple(Choice(modifier_id=one, maximum=maximum) for one in modifier_ids)


def _one_of(group_id: str, *modifier_ids: str) -> ChoiceGroup:
    return ChoiceGroup(group_id=group_id, minimum=1, maximum=1, required=True, children=_choices(*modifier_ids))


CRUST = _one_of(ids.GROUP_CRUST, ids.THIN_CRUST, ids.THICK_CRUST)
EXTRAS = ChoiceGroup(
    group_id=ids.GROUP_EXTRAS,
    minimum=0,
    maximum=3,
    children=_choices(ids.BACON, ids.MUSHROOMS, ids.EXTRA_CHEESE, maximum=3),
)
DIPS = ChoiceGroup(
    group_id=ids.GROUP_DIPS,
    minimum=1,
    maximum=2,
    required=True,
    children=_choices(ids.HOT_DIP, ids.GARLIC_DIP),
    children_limited=True,
)
MILK = ChoiceGroup(group_id=ids.GROUP_MILK, minimum=0, maximum=1, children=_choices(ids.OAT_MILK, ids.ALMOND_MILK))
HALVES = ChoiceGroup(
    group_id=ids.GROUP_HALVES,
    minimum=2,
    maximum=2,
    required=True,
    children=_choices(ids.HALF_MARGHERITA, ids.HALF_PEPPERONI, ids.HALF_QUATTRO_FORMAGGI, maximum=2),
    children_limited=True,
)
LUNCH = (
    _one_of(ids.GROUP_LUNCH_SOUP, ids.BORSCHT, ids.CAESAR_SALAD),
    _one_of(ids.GROUP_LUNCH_MAIN, ids.CARBONARA, ids.CHICKEN_WINGS, ids.FRENCH_FRIES),
    _one_of(ids.GROUP_LUNCH_DRINK, ids.COLA, ids.GREEN_TEA),
)
"""The parts of the compound lunch are dishes and goods of the menu, taken without modifiers of their own."""

BURGER_SINGLES = (
    Choice(modifier_id=ids.BBQ_SAUCE, minimum=1, maximum=2, required=True, default=1),
    Choice(modifier_id=ids.PICKLES, minimum=0, maximum=3, default=1),
)
CARBONARA_SINGLES = (Choice(modifier_id=ids.PARMESAN, minimum=1, maximum=1, required=True, default=1),)
COFFEE_SINGLES = (Choice(modifier_id=ids.SUGAR, minimum=0, maximum=4, default=0),)
