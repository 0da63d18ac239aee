"""A nomenclature as Iiko prints it, small enough to read, and the menu and names that were synced from it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.adapters.iiko.dictionaries import entries_of
from app.adapters.iiko.menu import menu_of
from app.adapters.iiko.stops import Sales
from app.domain.catalog import Kind, Menu, Product
from app.simulators.iiko import ids

SYNCED_AT = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
CENTRE, RIVERSIDE = ids.TERMINAL_CENTRE, ids.TERMINAL_RIVERSIDE
EVERYWHERE = Sales(terminal=None, terminals=frozenset({CENTRE, RIVERSIDE}), stopped={})
AT_CENTRE = Sales(terminal=CENTRE, terminals=frozenset({CENTRE, RIVERSIDE}), stopped={})
AT_RIVERSIDE = Sales(terminal=RIVERSIDE, terminals=frozenset({CENTRE, RIVERSIDE}), stopped={})


def choice(product_id: str, **fields: Any) -> dict[str, Any]:
    return {"modifierId": product_id, "minAmount": 0, "maxAmount": 1, "required": False, **fields}


def dish(product_id: str, code: str, name: str, price: float, **fields: Any) -> dict[str, Any]:
    shared = {"type": "dish", "parentGroup": ids.GROUP_KITCHEN, "isIncludedInMenu": True, "description": None}
    return {"id": product_id, "code": code, "name": name, "price": price, **shared, **fields}


def modifier(product_id: str, code: str, name: str, price: float, group_id: str | None = None) -> dict[str, Any]:
    return dish(product_id, code, name, price, type="modifier", parentGroup=None, groupId=group_id)


CRUST = choice(
    ids.GROUP_CRUST,
    minAmount=1,
    required=True,
    childModifiersHaveMinMaxRestrictions=False,
    childModifiers=[choice(ids.THIN_CRUST, defaultAmount=1), choice(ids.THICK_CRUST)],
)
EXTRAS = choice(
    ids.GROUP_EXTRAS,
    maxAmount=3,
    childModifiersHaveMinMaxRestrictions=True,
    childModifiers=[choice(ids.BACON, maxAmount=2), choice(ids.EXTRA_CHEESE, maxAmount=2)],
)
LEFT, RIGHT = ids.GROUP_HALVES, ids.GROUP_MILK
HALVES = [choice(group, minAmount=1, childModifiers=[choice(ids.HALF_PEPPERONI)]) for group in (LEFT, RIGHT)]
DRINK = choice(ids.GROUP_LUNCH_DRINK, minAmount=1, childModifiers=[choice(ids.COLA)])

PRODUCTS = (
    dish(ids.BURGER, "00032", "Burger", 111.0, modifiers=[choice(ids.BBQ_SAUCE, required=True, maxAmount=2)]),
    dish(ids.MARGHERITA, "00033", "Margherita", 189, groupModifiers=[CRUST, EXTRAS], parentGroup=ids.GROUP_PIZZA),
    dish(ids.BORSCHT, "00036", "Borscht", 98.5, description="With sour cream"),
    dish(ids.COLA, "00042", "Cola 0.5 l", 38, type="good", differentPricesOn=[{"terminalId": RIVERSIDE, "price": 42}]),
    dish(ids.HALF_AND_HALF, "00045", "Half and half", 205, groupModifiers=HALVES),
    dish(ids.BUSINESS_LUNCH, "00046", "Business lunch", 199, groupModifiers=[DRINK]),
    dish(ids.DELIVERY_FEE, "DELIVERY", "Delivery", 50, type="good"),
    dish(ids.TIP, "TIP", "Tip for the staff", 0, type="good"),
    modifier(ids.BBQ_SAUCE, "M01", "BBQ sauce", 0),
    modifier(ids.THIN_CRUST, "M04", "Thin crust", 0, ids.GROUP_CRUST),
    modifier(ids.THICK_CRUST, "M05", "Thick crust", 15, ids.GROUP_CRUST),
    modifier(ids.BACON, "M06", "Bacon", 29, ids.GROUP_EXTRAS),
    modifier(ids.EXTRA_CHEESE, "M08", "Extra cheese", 25, ids.GROUP_EXTRAS),
    modifier(ids.HALF_PEPPERONI, "M13", "Half Pepperoni", 10),
)
GROUPS = (
    {"id": ids.GROUP_FOOD, "name": "Food", "parentGroup": None},
    {"id": ids.GROUP_PIZZA, "name": "Pizza", "parentGroup": ids.GROUP_FOOD},
    {"id": ids.GROUP_KITCHEN, "name": "Kitchen", "parentGroup": ids.GROUP_FOOD},
    {"id": ids.GROUP_CRUST, "name": "Crust", "parentGroup": None},
    {"id": ids.GROUP_EXTRAS, "name": "Extras", "parentGroup": None},
    {"id": LEFT, "name": "Left half", "parentGroup": None},
    {"id": RIGHT, "name": "Right half", "parentGroup": None},
    {"id": ids.GROUP_LUNCH_DRINK, "name": "Drink", "parentGroup": None},
)
ANSWERS: Mapping[Kind, Any] = {
    Kind.PAYMENT_TYPES: {
        "paymentTypes": [
            {"id": "50000000-0000-4000-8000-00000000dead", "code": "CARD", "name": "Old card", "deleted": True},
            {"id": ids.PAYMENT_CASH, "code": "CASH", "name": "Cash", "deleted": False},
            {"id": ids.PAYMENT_CARD, "code": "CARD", "name": "Bank card", "deleted": False},
            {"id": ids.PAYMENT_VOUCHER_DELETED, "code": "VOUCHER", "name": "Gift voucher", "deleted": True},
        ]
    },
    Kind.ORDER_TYPES: {
        "items": [
            {"id": ids.ORDER_TYPE_DELIVERY, "name": "Courier", "orderServiceType": "DELIVERY_BY_COURIER"},
            {"id": ids.ORDER_TYPE_PICKUP, "name": "Pickup", "orderServiceType": "DELIVERY_PICKUP"},
        ]
    },
    Kind.MARKETING_SOURCES: [{"id": ids.MARKETING_WEBSITE, "name": "Website", "attachedSources": []}],
    Kind.TERMINALS: {
        "deliveryTerminals": [
            {"deliveryTerminalId": CENTRE, "deliveryRestaurantName": "Centre", "name": None, "address": "Kyivska 12"},
            {"deliveryTerminalId": RIVERSIDE, "deliveryRestaurantName": "Riverside", "name": "R-2"},
        ]
    },
}
NAMES = {kind.value: entries_of(kind, answer) or [] for kind, answer in ANSWERS.items()}


def tree(products: Sequence[Any] = PRODUCTS, **fields: Any) -> dict[str, Any]:
    return {"groups": list(GROUPS), "products": list(products), "revision": 7, **fields}


def products_of(*products: Any, sales: Sales = EVERYWHERE) -> list[Product]:
    return list(menu_of(tree([*products, *PRODUCTS[-6:]]), sales, "UAH").products)


MENU = Menu(
    synced_at=SYNCED_AT,
    products=menu_of(tree(), AT_CENTRE, "UAH").products,
    names=NAMES,
    names_synced_at=SYNCED_AT,
)
