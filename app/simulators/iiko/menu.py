"""The default menu. `QUATTRO_FORMAGGI` (502.00) and `BURGER` (111.00) are the two products of the order printed in
the Iiko integration tips: the second one takes two single modifiers."""

from decimal import Decimal

from app.simulators.iiko import ids
from app.simulators.iiko.model import Choice, ChoiceGroup, Group, Product

GROUPS = (
    Group(id=ids.GROUP_PIZZA, name="Pizza"),
    Group(id=ids.GROUP_KITCHEN, name="Kitchen"),
    Group(id=ids.GROUP_DRINKS, name="Drinks"),
    Group(id=ids.GROUP_SERVICE, name="Service"),
    Group(id=ids.GROUP_CRUST, name="Crust", in_menu=False),
    Group(id=ids.GROUP_EXTRAS, name="Extras", in_menu=False),
    Group(id=ids.GROUP_DIPS, name="Dips", in_menu=False),
    Group(id=ids.GROUP_MILK, name="Milk", in_menu=False),
)

CRUST = ChoiceGroup(
    group_id=ids.GROUP_CRUST,
    minimum=1,
    maximum=1,
    required=True,
    children=(Choice(modifier_id=ids.THIN_CRUST), Choice(modifier_id=ids.THICK_CRUST)),
)
EXTRAS = ChoiceGroup(
    group_id=ids.GROUP_EXTRAS,
    minimum=0,
    maximum=3,
    children=tuple(Choice(modifier_id=one, maximum=3) for one in (ids.BACON, ids.MUSHROOMS, ids.EXTRA_CHEESE)),
)
DIPS = ChoiceGroup(
    group_id=ids.GROUP_DIPS,
    minimum=1,
    maximum=2,
    required=True,
    children=(Choice(modifier_id=ids.HOT_DIP), Choice(modifier_id=ids.GARLIC_DIP)),
    children_limited=True,
)
MILK = ChoiceGroup(group_id=ids.GROUP_MILK, minimum=0, maximum=1, children=(Choice(modifier_id=ids.OAT_MILK),))
BURGER_SINGLES = (
    Choice(modifier_id=ids.BBQ_SAUCE, minimum=1, maximum=2, required=True),
    Choice(modifier_id=ids.PICKLES, minimum=0, maximum=3),
)


def _dish(
    product_id: str,
    code: str,
    name: str,
    price: str,
    group_id: str,
    *,
    singles: tuple[Choice, ...] = (),
    groups: tuple[ChoiceGroup, ...] = (),
    kind: str = "dish",
) -> Product:
    return Product(
        id=product_id,
        code=code,
        name=name,
        price=Decimal(price),
        type=kind,
        group_id=group_id,
        modifiers=singles,
        group_modifiers=groups,
    )


def _modifier(product_id: str, code: str, name: str, price: str, group_id: str | None = None) -> Product:
    return Product(id=product_id, code=code, name=name, price=Decimal(price), type="modifier", group_id=group_id)


DISHES = (
    _dish(ids.QUATTRO_FORMAGGI, "00031", "Quattro formaggi, 45 cm", "502.00", ids.GROUP_PIZZA),
    _dish(ids.BURGER, "00032", "Burger", "111.00", ids.GROUP_KITCHEN, singles=BURGER_SINGLES),
    _dish(ids.MARGHERITA, "00033", "Margherita", "189.00", ids.GROUP_PIZZA, groups=(CRUST, EXTRAS)),
    _dish(ids.PEPPERONI, "00034", "Pepperoni", "215.00", ids.GROUP_PIZZA, groups=(CRUST, EXTRAS)),
    _dish(
        ids.CARBONARA,
        "00035",
        "Spaghetti carbonara",
        "176.00",
        ids.GROUP_KITCHEN,
        singles=(Choice(modifier_id=ids.PARMESAN, minimum=1, maximum=1, required=True),),
    ),
    _dish(ids.BORSCHT, "00036", "Borscht", "98.00", ids.GROUP_KITCHEN),
    _dish(ids.CAESAR_SALAD, "00037", "Caesar salad", "154.00", ids.GROUP_KITCHEN),
    _dish(ids.CHICKEN_WINGS, "00038", "Chicken wings", "168.00", ids.GROUP_KITCHEN, groups=(DIPS,)),
    _dish(ids.FRENCH_FRIES, "00039", "French fries", "62.00", ids.GROUP_KITCHEN),
    _dish(ids.CHEESECAKE, "00040", "Cheesecake", "119.00", ids.GROUP_KITCHEN),
    _dish(ids.FLAT_WHITE, "00041", "Flat white", "45.00", ids.GROUP_DRINKS, groups=(MILK,)),
    _dish(ids.COLA, "00042", "Cola 0.5 l", "38.00", ids.GROUP_DRINKS, kind="good"),
    _dish(ids.DELIVERY_FEE, "DELIVERY", "Delivery", "50.00", ids.GROUP_SERVICE, kind="good"),
    _dish(ids.TIP, "TIP", "Tip", "0.00", ids.GROUP_SERVICE, kind="good"),
)

NOT_SOLD = (
    Product(
        id=ids.PUMPKIN_SOUP_OFF_MENU,
        code="00043",
        name="Pumpkin soup",
        price=Decimal("88.00"),
        group_id=ids.GROUP_KITCHEN,
        in_menu=False,
    ),
    Product(
        id=ids.OYSTERS_NOT_AT_RIVERSIDE,
        code="00044",
        name="Oysters",
        price=Decimal("390.00"),
        group_id=ids.GROUP_KITCHEN,
        prohibited_on=("Riverside",),
    ),
)

MODIFIERS = (
    _modifier(ids.BBQ_SAUCE, "M01", "BBQ sauce", "0.00"),
    _modifier(ids.PICKLES, "M02", "Pickles", "0.00"),
    _modifier(ids.PARMESAN, "M03", "Parmesan", "0.00"),
    _modifier(ids.THIN_CRUST, "M04", "Thin crust", "0.00", ids.GROUP_CRUST),
    _modifier(ids.THICK_CRUST, "M05", "Thick crust", "15.00", ids.GROUP_CRUST),
    _modifier(ids.BACON, "M06", "Bacon", "29.00", ids.GROUP_EXTRAS),
    _modifier(ids.MUSHROOMS, "M07", "Mushrooms", "19.00", ids.GROUP_EXTRAS),
    _modifier(ids.EXTRA_CHEESE, "M08", "Extra cheese", "25.00", ids.GROUP_EXTRAS),
    _modifier(ids.HOT_DIP, "M09", "Hot dip", "0.00", ids.GROUP_DIPS),
    _modifier(ids.GARLIC_DIP, "M10", "Garlic dip", "0.00", ids.GROUP_DIPS),
    _modifier(ids.OAT_MILK, "M11", "Oat milk", "12.00", ids.GROUP_MILK),
)

PRODUCTS = DISHES + NOT_SOLD + MODIFIERS
