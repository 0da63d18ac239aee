"""The nomenclature as a menu. Whatever stands in it, the rest of it is read."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.iiko.menu import menu_of
from app.adapters.iiko.stops import Sales, stopped_of
from app.domain.catalog import ModifierGroup, Product
from app.simulators.iiko import ids
from tests.adapters.iiko.nomenclature import (
    AT_CENTRE,
    AT_RIVERSIDE,
    CENTRE,
    EVERYWHERE,
    RIVERSIDE,
    choice,
    dish,
    products_of,
    tree,
)

READ = menu_of(tree(), EVERYWHERE, "UAH")
BY_ID = {product.product_id: product for product in READ.products}


def one(**fields: Any) -> Product:
    """The borscht with these members."""
    sales = fields.pop("sales", EVERYWHERE)
    return products_of(dish(ids.BORSCHT, "00036", "Borscht", 98.5) | fields, sales=sales)[0]


def group_of(**fields: Any) -> ModifierGroup:
    return one(groupModifiers=[choice(ids.GROUP_CRUST, **fields)]).modifier_groups[0]


def test_modifiers_are_no_items() -> None:
    assert ids.BACON not in BY_ID
    assert len(READ.products) == 8
    assert READ.revision == 7


def test_a_dish() -> None:
    borscht = BY_ID[ids.BORSCHT]
    assert (borscht.sku, borscht.name, str(borscht.price)) == ("00036", "Borscht", "98.50")
    assert borscht.texts[0].description == "With sour cream"
    assert (borscht.available, borscht.allergens, borscht.group_id) == (True, (), ids.GROUP_KITCHEN)


def test_headings_are_those_with_something_in_them() -> None:
    assert [(group.name, group.parent_id) for group in READ.groups] == [
        ("Food", None),
        ("Pizza", ids.GROUP_FOOD),
        ("Kitchen", ids.GROUP_FOOD),
    ]


def test_groups_that_stand_under_each_other_end() -> None:
    circle = [
        {"id": ids.GROUP_KITCHEN, "name": "A", "parentGroup": ids.GROUP_FOOD},
        {"id": ids.GROUP_FOOD, "name": "B", "parentGroup": ids.GROUP_KITCHEN},
    ]
    assert len(menu_of(tree(groups=circle), EVERYWHERE, "UAH").groups) == 2


def test_single_modifiers_stand_for_themselves() -> None:
    (group,) = BY_ID[ids.BURGER].modifier_groups
    assert (group.id, group.min, group.max) == (None, 0, None)
    (sauce,) = group.modifiers
    assert (sauce.id, sauce.sku, sauce.name, sauce.min, sauce.max) == (ids.BBQ_SAUCE, "M01", "BBQ sauce", 1, 2)


def test_group_modifiers_have_the_groups_name_and_the_products_prices() -> None:
    crust, extras = BY_ID[ids.MARGHERITA].modifier_groups
    assert (crust.id, crust.name, crust.min, crust.max, crust.each_limited) == (ids.GROUP_CRUST, "Crust", 1, 1, False)
    assert [(each.name, each.price, each.default) for each in crust.modifiers] == [
        ("Thin crust", Decimal(0), 1),
        ("Thick crust", Decimal(15), None),
    ]
    assert (extras.min, extras.max, extras.each_limited) == (0, 3, True)


def test_required_means_one_at_least() -> None:
    assert group_of(required=True, minAmount=0).min == 1
    assert group_of(required=True, minAmount=2).min == 2


@pytest.mark.parametrize("most", [0, None, "?", -1])
def test_no_greatest_amount_is_no_limit(most: Any) -> None:
    assert group_of(maxAmount=most).max is None


@pytest.mark.parametrize("children", [None, []])
def test_a_group_without_children_has_the_modifiers_that_name_it(children: Any) -> None:
    assert [each.id for each in group_of(childModifiers=children).modifiers] == [ids.THIN_CRUST, ids.THICK_CRUST]


def test_a_choice_that_is_no_product_is_left_out() -> None:
    children = [choice(ids.CHEESECAKE), choice(ids.THIN_CRUST), choice(ids.THIN_CRUST, maxAmount=5)]
    assert [each.id for each in group_of(childModifiers=children).modifiers] == [ids.THIN_CRUST]


@pytest.mark.parametrize(
    ("sales", "price"), [(EVERYWHERE, "38.00"), (AT_CENTRE, "38.00"), (AT_RIVERSIDE, "42.00")], ids=["-", "C", "R"]
)
def test_the_price_is_the_terminals(sales: Sales, price: str) -> None:
    own = [{"terminalId": RIVERSIDE.upper(), "price": "42"}, {"terminalId": CENTRE, "price": None}]
    assert str(one(price=38, differentPricesOn=own, sales=sales).price) == price


@pytest.mark.parametrize(
    ("wired", "price"),
    [
        (685.000000000, "685.00"),
        ("12.50", "12.50"),
        (0, "0.00"),
        (12.345, "12.345"),
        (500, "500.00"),
        *((odd, "None") for odd in (None, -1, True, "?", float("nan"), 1e300)),
    ],
)
def test_prices(wired: Any, price: str) -> None:
    assert str(one(price=wired).price) == price


@pytest.mark.parametrize(
    ("prohibited", "everywhere", "centre", "riverside"),
    [
        ([], True, True, True),
        (None, True, True, True),
        ([RIVERSIDE], True, True, False),
        ([RIVERSIDE.upper(), CENTRE], False, False, False),
    ],
)
def test_what_a_terminal_may_not_sell(prohibited: Any, everywhere: bool, centre: bool, riverside: bool) -> None:
    found = [one(prohibitedToSaleOn=prohibited, sales=sales) for sales in (EVERYWHERE, AT_CENTRE, AT_RIVERSIDE)]
    assert [product.available for product in found] == [everywhere, centre, riverside]


def test_what_is_not_on_the_menu_is_not_to_be_had() -> None:
    assert not one(isIncludedInMenu=False).available
    assert one(isIncludedInMenu=None).available


def stop(terminal: str | None, balance: Any = 0, product: str = ids.BORSCHT) -> dict[str, Any]:
    return {"deliveryTerminalId": terminal, "items": [{"productId": product, "balance": balance}]}


@pytest.mark.parametrize(
    ("rows", "everywhere", "centre"),
    [
        ([stop(CENTRE)], True, False),
        ([stop(RIVERSIDE, -1.0)], True, True),
        ([stop(CENTRE), stop(RIVERSIDE)], False, False),
        ([stop(CENTRE.upper(), None, ids.BORSCHT.upper())], True, False),
        ([stop(None)], False, False),
        ([stop(CENTRE, 3)], True, True),
        ([stop(CENTRE, "0.0")], True, False),
    ],
)
def test_the_stop_list(rows: list[Any], everywhere: bool, centre: bool) -> None:
    for body in (rows, {"stopList": rows, "unregisteredOrganizations": []}):
        stopped = stopped_of(body)
        assert stopped is not None
        found = [
            one(sales=Sales(terminal=terminal, terminals=EVERYWHERE.terminals, stopped=stopped)).available
            for terminal in (None, CENTRE)
        ]
        assert found == [everywhere, centre]


def test_a_stop_list_that_is_none() -> None:
    assert stopped_of({"stopList": None}) == {}
    assert stopped_of({"error": "?"}) is None
    assert stopped_of("?") is None


def test_the_newest_picture() -> None:
    images = [
        {"imageUrl": "https://a/1.jpg", "uploadDate": "2020-01-01 00:00:00"},
        {"imageUrl": "https://a/2.jpg", "uploadDate": "2024-01-01 00:00:00"},
        {"imageUrl": None, "uploadDate": "2025-01-01 00:00:00"},
    ]
    assert one(images=images).image_url == "https://a/2.jpg"
    assert one(images=None).image_url is None


def test_odd_products_cost_nothing_else() -> None:
    odd: list[Any] = [None, 7, {}, {"id": None}, {"id": ids.BORSCHT}, {"id": ids.BORSCHT, "name": "again"}, {"id": {}}]
    found = menu_of(tree([*odd, dish(ids.COLA, "00042", "Cola\x00", 38)]), EVERYWHERE, "UAH").products
    assert [(product.product_id, product.name) for product in found] == [
        (ids.BORSCHT, ids.BORSCHT),
        (ids.COLA, "Cola\N{REPLACEMENT CHARACTER}"),
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(ids.BORSCHT),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
MEMBERS = st.sampled_from(
    "id code name price type parentGroup groupId modifiers groupModifiers prohibitedToSaleOn differentPricesOn "
    "isIncludedInMenu images description".split()
)


@given(st.dictionaries(MEMBERS, JSON), st.dictionaries(st.sampled_from([*choice(""), "childModifiers"]), JSON))
def test_nothing_in_it_makes_it_fail(fields: dict[str, Any], option: dict[str, Any]) -> None:
    wired = dish(ids.PEPPERONI, "x", "y", 1, groupModifiers=[option], modifiers=[option]) | fields
    found = menu_of(tree([wired, *tree()["products"]]), AT_CENTRE, "UAH").products
    assert {product.product_id for product in READ.products} <= {product.product_id for product in found}
    for product in found:
        product.model_dump_json()
