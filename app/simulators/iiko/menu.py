"""The default menu. `QUATTRO_FORMAGGI` (502.00) and `BURGER` (111.00) are the two products of the order printed in
the Iiko integration tips: the second one takes two single modifiers."""

from collections.abc import Mapping
from decimal import Decimal

from app.simulators.iiko import ids
from app.simulators.iiko.menu_choices import (
    BURGER_SINGLES,
    CARBONARA_SINGLES,
    COFFEE_SINGLES,
    CRUST,
    DIPS,
    EXTRAS,
    HALVES,
    LUNCH,
    MILK,
)
from app.simulators.iiko.menu_details import description_of, weight_of
from app.simulators.iiko.model import Category, Choice, ChoiceGroup, Group, Product

CATEGORIES = (
    Category(id=ids.CATEGORY_FOOD, name="Food"),
    Category(id=ids.CATEGORY_BAR, name="Bar"),
    Category(id=ids.CATEGORY_SERVICE, name="Service"),
)
GROUPS = (
    Group(id=ids.GROUP_FOOD, name="Food", description="Everything from the stove and the oven"),
    Group(id=ids.GROUP_PIZZA, name="Pizza", parent_id=ids.GROUP_FOOD),
    Group(id=ids.GROUP_KITCHEN, name="Kitchen", parent_id=ids.GROUP_FOOD),
    Group(id=ids.GROUP_LUNCH, name="Lunches", parent_id=ids.GROUP_KITCHEN, description="Weekdays, 12 to 16 o'clock"),
    Group(id=ids.GROUP_SEASONAL_OFF_MENU, name="Seasonal", parent_id=ids.GROUP_KITCHEN, in_menu=False),
    Group(id=ids.GROUP_DRINKS, name="Drinks"),
    Group(id=ids.GROUP_COFFEE, name="Coffee and tea", parent_id=ids.GROUP_DRINKS),
    Group(id=ids.GROUP_SERVICE, name="Service"),
    Group(id=ids.GROUP_CRUST, name="Crust", in_menu=False),
    Group(id=ids.GROUP_EXTRAS, name="Extras", in_menu=False),
    Group(id=ids.GROUP_DIPS, name="Dips", in_menu=False),
    Group(id=ids.GROUP_MILK, name="Milk", in_menu=False),
    Group(id=ids.GROUP_HALVES, name="Halves", in_menu=False),
    Group(id=ids.GROUP_LUNCH_SOUP, name="Soup or salad", in_menu=False),
    Group(id=ids.GROUP_LUNCH_MAIN, name="Main course", in_menu=False),
    Group(id=ids.GROUP_LUNCH_DRINK, name="Drink", in_menu=False),
)
_CATEGORY_OF = {
    ids.GROUP_DRINKS: ids.CATEGORY_BAR,
    ids.GROUP_COFFEE: ids.CATEGORY_BAR,
    ids.GROUP_SERVICE: ids.CATEGORY_SERVICE,
}


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
    in_menu: bool = True,
    prohibited_on: tuple[str, ...] = (),
    riverside: str | None = None,
) -> Product:
    prices: Mapping[str, Decimal] = {"Riverside": Decimal(riverside)} if riverside else {}
    return Product(
        id=product_id,
        code=code,
        name=name,
        price=Decimal(price),
        type=kind,
        group_id=group_id,
        modifiers=singles,
        group_modifiers=groups,
        in_menu=in_menu,
        description=description_of(product_id),
        weight=weight_of(product_id),
        category_id=_CATEGORY_OF.get(group_id, ids.CATEGORY_FOOD),
        images=() if kind == "good" else (f"https://images.example/menu/{code}.jpg",),
        prohibited_on=prohibited_on,
        prices_on=prices,
    )


def _modifier(product_id: str, code: str, name: str, price: str, group_id: str | None = None) -> Product:
    return Product(id=product_id, code=code, name=name, price=Decimal(price), type="modifier", group_id=group_id)


PIZZA, KITCHEN, COFFEE = ids.GROUP_PIZZA, ids.GROUP_KITCHEN, ids.GROUP_COFFEE
DISHES = (
    _dish(ids.QUATTRO_FORMAGGI, "00031", "Quattro formaggi, 45 cm", "502.00", PIZZA),
    _dish(ids.BURGER, "00032", "Burger", "111.00", KITCHEN, singles=BURGER_SINGLES),
    _dish(ids.MARGHERITA, "00033", "Margherita", "189.00", PIZZA, groups=(CRUST, EXTRAS)),
    _dish(ids.PEPPERONI, "00034", "Pepperoni", "215.00", PIZZA, groups=(CRUST, EXTRAS)),
    _dish(ids.CARBONARA, "00035", "Spaghetti carbonara", "176.00", KITCHEN, singles=CARBONARA_SINGLES),
    _dish(ids.BORSCHT, "00036", "Borscht", "98.00", KITCHEN),
    _dish(ids.CAESAR_SALAD, "00037", "Caesar salad", "154.00", KITCHEN),
    _dish(ids.CHICKEN_WINGS, "00038", "Chicken wings", "168.00", KITCHEN, groups=(DIPS,)),
    _dish(ids.FRENCH_FRIES, "00039", "French fries", "62.00", KITCHEN),
    _dish(ids.CHEESECAKE, "00040", "Cheesecake", "119.00", KITCHEN, riverside="129.00"),
    _dish(ids.FLAT_WHITE, "00041", "Flat white", "45.00", COFFEE, groups=(MILK,), singles=COFFEE_SINGLES),
    _dish(ids.COLA, "00042", "Cola 0.5 l", "38.00", ids.GROUP_DRINKS, kind="good", riverside="42.00"),
    _dish(ids.HALF_AND_HALF, "00045", "Half and half", "205.00", PIZZA, groups=(HALVES, CRUST)),
    _dish(ids.BUSINESS_LUNCH, "00046", "Business lunch", "25.00", ids.GROUP_LUNCH, groups=LUNCH),
    _dish(ids.CAPPUCCINO, "00047", "Cappuccino", "49.00", COFFEE, groups=(MILK,), singles=COFFEE_SINGLES),
    _dish(ids.GREEN_TEA, "00048", "Green tea", "40.00", COFFEE),
    _dish(ids.DELIVERY_FEE, "DELIVERY", "Delivery", "50.00", ids.GROUP_SERVICE, kind="good"),
    _dish(ids.TIP, "TIP", "Tip", "0.00", ids.GROUP_SERVICE, kind="good"),
)
NOT_SOLD = (
    _dish(ids.PUMPKIN_SOUP_OFF_MENU, "00043", "Pumpkin soup", "88.00", ids.GROUP_SEASONAL_OFF_MENU, in_menu=False),
    _dish(ids.OYSTERS_NOT_AT_RIVERSIDE, "00044", "Oysters", "390.00", KITCHEN, prohibited_on=("Riverside",)),
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
    _modifier(ids.HALF_MARGHERITA, "M12", "Half Margherita", "0.00", ids.GROUP_HALVES),
    _modifier(ids.HALF_PEPPERONI, "M13", "Half Pepperoni", "10.00", ids.GROUP_HALVES),
    _modifier(ids.HALF_QUATTRO_FORMAGGI, "M14", "Half Quattro formaggi", "25.00", ids.GROUP_HALVES),
    _modifier(ids.SUGAR, "M15", "Sugar", "0.00"),
    _modifier(ids.ALMOND_MILK, "M16", "Almond milk", "14.00", ids.GROUP_MILK),
)
PRODUCTS = DISHES + NOT_SOLD + MODIFIERS
