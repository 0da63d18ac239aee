"""What a synced catalog says against an order: products, prices, the total, fees."""

from decimal import Decimal
from typing import Any

import pytest

from app.domain.catalog import NO_MENU, DealChoice, DealGroup, Menu, ModifierChoice, ModifierGroup, Product
from app.domain.errors import CURABLE
from app.domain.menu_rules import check_menu
from app.domain.order import Order
from tests.domain.menu_for_rules import IIKO, IKENTOO, SYNCED, deal, findings, pizza, told
from tests.domain.orders import FULL, order


def total(order: Order, menu: Menu = IIKO, currency: str = "CHF") -> list[tuple[str, str]]:
    return [(finding.pointer, finding.message) for finding in check_menu(order, menu, currency=currency)]


def test_a_menu_that_was_never_synced_says_nothing() -> None:
    assert check_menu(order(FULL), NO_MENU, currency="CHF") == []
    assert check_menu(order(FULL), Menu(products=IIKO.products), currency="CHF") == []


def test_orders_within_all_limits_have_no_findings() -> None:
    assert (
        told(IIKO, pizza({"id": "BACON", "group_id": "BBBB-extras", "quantity": 2}, {"id": "garlic", "quantity": 4}))
        == []
    )
    assert told(IKENTOO, {"sku": "SKUBEE", "quantity": 2, "modifiers": [{"id": "567"}, {"sku": "SAU1"}]}) == []
    assert told(IKENTOO, deal({"sku": "SKU2"})) == []


@pytest.mark.parametrize(
    ("item", "pointer", "message"),
    [
        ({"sku": "77"}, "sku", 'The catalog has no product with the SKU "77".'),
        ({"sku": "77", "name": "Pho"}, "sku", 'The catalog has no product with the SKU "77" (Pho).'),
        ({"product_id": "p-77"}, "product_id", 'The catalog has no product with the id "p-77".'),
        (
            {"product_id": "p-old", "sku": "00040"},
            "product_id",
            'The catalog has no product with the id "p-old"; the SKU "00040" is Water with the id p-water.',
        ),
    ],
)
def test_an_unknown_product(item: dict[str, Any], pointer: str, message: str) -> None:
    more = {"quantity": 1, "modifiers": [{"id": "x"}], "sub_items": [{"sku": "x"}]}
    found = told(IIKO, item | more)
    assert found == [(f"/items/0/{pointer}", "item_not_found", message)]
    assert found[0][1] in CURABLE


def test_a_pos_without_product_ids_goes_by_the_sku() -> None:
    assert told(IKENTOO, {"product_id": "of-the-website", "sku": "SKU1", "quantity": 1}) == []


def test_a_name_of_its_own_is_no_finding() -> None:
    assert told(IIKO, {"sku": "00040", "name": "Eau", "quantity": 1}) == []
    assert told(IIKO, {"sku": "00040", "name": "Eau", "custom_name": True, "quantity": 1}) == []


def test_a_product_that_is_sold_out() -> None:
    message = "Soup cannot be ordered now: it is sold out, or not on this location's menu."
    assert told(IIKO, {"sku": "00050", "quantity": 1}) == [("/items/0/sku", "item_unavailable", message)]
    fees = [{"sku": "00050", "amount": "1.00"}]
    assert told(IIKO, pizza(), fees=fees) == [("/fees/0/sku", "item_unavailable", message)]


def test_what_is_wrong_without_a_catalog_is_not_told_again() -> None:
    unnamed = {"quantity": 1, "name": "Something"}
    assert told(IIKO, unnamed) == []
    assert told(IIKO, pizza({"name": "Something"})) == []
    assert told(IKENTOO, deal({"sku": "SKU1"}, unnamed)) == []


def test_fees_are_products() -> None:
    known = [
        {"sku": "90001", "amount": "9.00"},
        {"sku": "P-Courier", "amount": "1.00"},
        {"name": "Bag", "amount": "1.00"},
    ]
    unknown = {"sku": "77", "name": "Bag", "amount": "1.00"}
    message = 'The catalog has no product with the SKU "77" (Bag), which the fee is to be sold as.'
    assert told(IIKO, pizza(), fees=[*known, unknown]) == [("/fees/3/sku", "item_not_found", message)]


@pytest.mark.parametrize(
    ("item", "pointer", "message"),
    [
        (pizza(unit_price="9.00"), "", "Margherita costs 9.50 CHF in the catalog, not 9.00 CHF."),
        (
            pizza({"id": "bacon", "unit_price": "0"}),
            "/modifiers/2",
            "Margherita: Bacon costs 2.00 CHF in the catalog, not 0.00 CHF.",
        ),
        (
            pizza({"id": "garlic", "unit_price": "0.01"}),
            "/modifiers/2",
            "Margherita: Garlic dip costs 0.00 CHF in the catalog, not 0.01 CHF.",
        ),
    ],
)
def test_another_price_than_the_catalog_s(item: dict[str, Any], pointer: str, message: str) -> None:
    assert told(IIKO, item) == [(f"/items/0{pointer}/unit_price", "price_mismatch", message)]


def test_the_price_of_a_sub_item_is_the_deal_s() -> None:
    assert told(IKENTOO, deal({"sku": "SKU1", "unit_price": "0.00"}, {"sku": "FRI", "unit_price": "1"})) == []
    message = "Cheese Burger Deal: Sprite costs 0.00 CHF in the catalog, not 5.50 CHF."
    pointer = "/items/0/sub_items/0/unit_price"
    assert told(IKENTOO, deal({"sku": "SKU1", "unit_price": "5.50"})) == [(pointer, "price_mismatch", message)]
    patty = {"sku": "SKUBEE", "quantity": 1, "sub_items": [{"sku": "SAU1", "unit_price": "1.00"}]}
    message = "Beef Patty: Pepper sauce costs 1.20 CHF in the catalog, not 1.00 CHF."
    assert told(IKENTOO, patty) == [(pointer, "price_mismatch", message)]


@pytest.mark.parametrize("price", ["9.5", "9.50"])
def test_prices_are_compared_as_amounts(price: str) -> None:
    assert told(IIKO, pizza(unit_price=price)) == []
    assert told(IIKO, {"sku": "00040", "quantity": 1, "unit_price": "2.00"}) == []


@pytest.mark.parametrize("sku", ["OPEN", "NEG", "PCT"])
def test_some_products_have_any_price(sku: str) -> None:
    assert told(IKENTOO, {"sku": sku, "quantity": 1, "unit_price": "7.77"}) == []


@pytest.mark.parametrize("price", [None, "1e30", "-1e30"])
def test_a_price_that_the_catalog_does_not_know_is_not_compared(price: str | None) -> None:
    water = Product.model_validate({"sku": "W", "name": "Water", "price": price})
    menu = Menu(synced_at=SYNCED, products=(water,))
    assert told(menu, {"sku": "W", "quantity": 1, "unit_price": "1.00"}) == []
    assert total(order(items=[{"sku": "W", "quantity": 1}], total="1.00"), menu) == []


def test_the_total_is_checked_with_the_catalog_s_prices() -> None:
    items = [pizza({"id": "bacon", "quantity": 2}, quantity=2), {"sku": "00040", "quantity": "0.333"}]
    more: dict[str, Any] = {"fees": [{"amount": "5.00"}], "discounts": [{"code": "TEN", "amount": "1.00"}]}
    # 2 x (9.50 + 0.30 + 2 x 2.00) + 0.67 + 5.00 - 1.00
    assert total(order(items=items, total="32.27", **more)) == []
    message = "The total is 32.28 CHF, but with the catalog's prices items + fees - discounts make 32.27 CHF."
    assert total(order(items=items, total="32.28", **more)) == [("/total", message)]


def test_given_prices_count_in_the_total() -> None:
    items = [
        {"sku": "OPEN", "quantity": 1, "unit_price": "3.00"},
        deal({"sku": "SKU2"}, {"sku": "SKUBEE", "quantity": 2}),
    ]
    assert total(order(items=items, total="13.50"), IKENTOO) == []
    assert [pointer for pointer, _ in total(order(items=items, total="10.50"), IKENTOO)] == ["/total"]


def test_choices_below_a_sub_item_count_in_the_total() -> None:
    patty = {"sku": "SKUBEE", "quantity": 2, "modifiers": [{"sku": "SAU2", "quantity": 3}]}
    items = [deal({"sku": "SKU1"}, patty)]
    assert total(order(items=items, total="16.00"), IKENTOO) == []
    assert [pointer for pointer, _ in total(order(items=items, total="10.00"), IKENTOO)] == ["/total"]


@pytest.mark.parametrize(
    ("menu", "items"),
    [
        pytest.param(IIKO, [pizza(discount_code="10PCT")], id="the POS works out a discount"),
        pytest.param(IIKO, [{"sku": "00040", "quantity": 1, "unit_price": "2.00"}], id="all prices are given"),
        pytest.param(IKENTOO, [{"sku": "NEG", "quantity": 1}], id="a product is taken off"),
        pytest.param(IKENTOO, [{"sku": "SKU1", "quantity": 1}, {"sku": "PCT", "quantity": 1}], id="a share"),
    ],
)
def test_some_totals_are_not_the_catalog_s_business(menu: Menu, items: list[dict[str, Any]]) -> None:
    assert total(order(items=items, total="999.00"), menu) == []


def test_a_total_with_something_unknown_is_not_checked() -> None:
    pointers = [pointer for pointer, _ in total(order(items=[pizza(), {"sku": "77", "quantity": 1}], total="1.00"))]
    assert pointers == ["/items/1/sku"]


def test_everything_is_told_in_the_order_s_own_order() -> None:
    items = [
        {"sku": "77", "quantity": 1},
        {"sku": "00050", "quantity": 1, "unit_price": "1.00"},
        pizza({"id": "x"}, {"id": "bacon", "quantity": 3, "unit_price": "1.00"}),
        {"sku": "00031", "quantity": 1, "sub_items": [{"sku": "88"}]},
    ]
    assert [finding.pointer for finding in findings(IIKO, *items, fees=[{"sku": "99", "amount": "1.00"}])] == [
        "/items/0/sku",
        "/items/1/sku",
        "/items/1/unit_price",
        "/items/2/modifiers/2/id",
        "/items/2/modifiers/3/quantity",
        "/items/2/modifiers/3/unit_price",
        "/items/3/modifiers",
        "/items/3/modifiers",
        "/items/3/sub_items/0/sku",
        "/fees/0/sku",
    ]


def test_a_voucher_below_an_item_keeps_the_total_the_pos_s_business() -> None:
    part = DealGroup(name="Parts", items=(DealChoice(sku="D", name="Dish"), DealChoice(sku="NEG", name="Voucher")))
    voucher = ModifierGroup(name="", modifiers=(ModifierChoice(name="Voucher", sku="NEG"),))
    dish = Product(sku="D", name="Dish", price=Decimal(1), modifier_groups=(voucher,), deals=(part,))
    menu = Menu(synced_at=SYNCED, products=(dish, *IKENTOO.products))
    as_part = [{"sku": "D", "quantity": 1, "sub_items": [{"sku": "NEG"}]}]
    below_part = [{"sku": "D", "quantity": 1, "sub_items": [{"sku": "D", "modifiers": [{"sku": "NEG"}]}]}]
    assert total(order(items=as_part, total="9.00"), menu) == []
    assert total(order(items=below_part, total="9.00"), menu) == []


def test_a_choice_with_several_prices_has_any_of_them_and_no_total() -> None:
    groups = tuple(
        DealGroup(name=name, items=(DealChoice(sku="IPA", name="IPA", price=Decimal(extra)),))
        for name, extra in (("First", "0"), ("Second", "1"))
    )
    menu = Menu(synced_at=SYNCED, products=(Product(sku="D", name="Beers", price=Decimal(9), deals=groups),))
    beers = {"sku": "D", "quantity": 1, "sub_items": [{"sku": "IPA", "quantity": 2}]}
    assert total(order(items=[beers], total="1.00"), menu) == []
    for price, pointers in (("0.00", []), ("1.00", []), ("2.00", ["/items/0/sub_items/0/unit_price"])):
        priced = beers | {"sub_items": [{"sku": "IPA", "quantity": 2, "unit_price": price}]}
        assert [pointer for pointer, *_ in told(menu, priced)] == pointers


def test_a_part_that_the_menu_does_not_sell_by_itself_is_in_the_total_if_its_own_choices_are_priced() -> None:
    fries = {"sku": "FRI", "modifiers": [{"id": "salt", "unit_price": "0.20"}]}
    priced = [deal({"sku": "SKU1"}, fries)]
    assert total(order(items=priced, total="11.20"), IKENTOO) == []
    assert [pointer for pointer, _ in total(order(items=priced, total="11.00"), IKENTOO)] == ["/total"]
    unpriced = [deal({"sku": "SKU1"}, {"sku": "FRI", "modifiers": [{"id": "salt"}]})]
    assert total(order(items=unpriced, total="1.00"), IKENTOO) == []
