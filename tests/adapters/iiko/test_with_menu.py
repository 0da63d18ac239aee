"""Orders that leave out what the menu knows."""

from typing import Any

import pytest

from app.domain.catalog import NO_MENU, Menu
from app.domain.errors import CURABLE, ITEM_NOT_FOUND, Finding, OrderNotExpressible
from app.domain.ids import new_id
from app.simulators.iiko import ids
from tests.adapters.iiko.nomenclature import LEFT, MENU, RIGHT
from tests.adapters.iiko.places import pickup, translated

GONE = str(new_id())


def lines(*items: dict[str, Any], menu: Menu = MENU, **order: Any) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = translated(pickup(items=list(items), **order), menu=menu).request.body["order"][
        "items"
    ]
    return told


def line(*, menu: Menu = MENU, **item: Any) -> dict[str, Any]:
    return lines({"quantity": 1, **item}, menu=menu)[0]


def findings(*, menu: Menu = MENU, pos: dict[str, Any] | None = None, **order: Any) -> list[Finding]:
    with pytest.raises(OrderNotExpressible) as refused:
        translated(pickup(**order), menu=menu, **pos or {})
    return list(refused.value.findings)


def refusals(item: dict[str, Any], menu: Menu = MENU) -> list[tuple[str, str]]:
    return [(each.pointer, each.code) for each in findings(menu=menu, items=[{"quantity": 1, **item}])]


def test_a_sku_is_all_it_takes() -> None:
    assert line(sku="00036", quantity=2) == {
        "id": ids.BORSCHT,
        "name": "Borscht",
        "amount": "2",
        "code": "00036",
        "sum": "197.00",
    }


def test_an_id_is_enough_too() -> None:
    assert line(product_id=ids.BORSCHT.upper()) == {
        "id": ids.BORSCHT.upper(),
        "name": "Borscht",
        "amount": "1",
        "code": "00036",
        "sum": "98.50",
    }


def test_what_is_given_wins() -> None:
    told = line(sku="00036", name="Red soup", unit_price="90.00")
    assert (told["name"], told["sum"]) == ("Red soup", "90.00")


def test_modifiers_by_sku_and_by_id_are_filled_in() -> None:
    told = line(sku="00033", quantity=2, modifiers=[{"sku": "M05"}, {"id": ids.BACON, "quantity": 2}])
    assert told["modifiers"] == [
        {
            "id": ids.THICK_CRUST,
            "name": "Thick crust",
            "amount": "1",
            "groupId": ids.GROUP_CRUST,
            "groupName": "Crust",
        },
        {"id": ids.BACON, "name": "Bacon", "amount": "2", "groupId": ids.GROUP_EXTRAS, "groupName": "Extras"},
    ]
    assert told["sum"] == "524.00"  # 2 x (189 + 15 + 2 x 29)


def test_a_single_modifier_has_no_group() -> None:
    told = line(sku="00032", modifiers=[{"sku": "M01", "group_id": ids.GROUP_EXTRAS, "group_name": "Extras"}])
    assert told["modifiers"] == [{"id": ids.BBQ_SAUCE, "name": "BBQ sauce", "amount": "1"}]


def test_required_choices_are_not_made_for_the_guest() -> None:
    assert "modifiers" not in line(sku="00033")


def test_the_same_choice_in_two_groups_fills_one_after_the_other() -> None:
    told = line(sku="00045", modifiers=[{"sku": "M13"}, {"sku": "M13"}])
    assert [each["groupId"] for each in told["modifiers"]] == [LEFT, RIGHT]
    told = line(sku="00045", modifiers=[{"sku": "M13", "group_id": RIGHT.upper()}, {"sku": "M13"}])
    assert [each["groupId"] for each in told["modifiers"]] == [RIGHT, LEFT]
    assert refusals({"sku": "00045", "modifiers": [{"sku": "M13"}] * 3}) == [("/items/0/modifiers/2/id", "duplicate")]


def test_a_group_that_does_not_offer_the_choice_is_corrected() -> None:
    told = line(sku="00033", modifiers=[{"id": ids.BACON, "group_id": ids.GROUP_CRUST, "group_name": "Crust"}])
    assert told["modifiers"][0]["groupName"] == "Extras"


def test_a_part_of_a_dish_is_sent_as_its_choice() -> None:
    told = line(sku="00046", sub_items=[{"sku": "00042", "unit_price": "5.00"}])
    assert told["modifiers"] == [
        {
            "id": ids.COLA,
            "name": "Cola 0.5 l",
            "amount": "1",
            "groupId": ids.GROUP_LUNCH_DRINK,
            "groupName": "Drink",
        }
    ]
    assert told["sum"] == "204.00"
    assert line(sku="00046", sub_items=[{"product_id": ids.COLA}])["sum"] == "237.00"


def test_a_part_that_is_no_choice_of_its_dish_is_refused() -> None:
    part = {"sub_items": [{"sku": "00042"}]}
    assert refusals({"sku": "00036", **part}) == [("/items/0/sub_items/0/sku", "not_supported")]
    unknown = {"product_id": GONE, "unit_price": "1.00", **part}
    assert refusals(unknown) == [("/items/0/sub_items/0/sku", ITEM_NOT_FOUND)]
    assert refusals({**unknown, "product_id": ids.BORSCHT}, NO_MENU) == [("/items/0/sub_items/0/sku", ITEM_NOT_FOUND)]


def test_a_part_has_no_choices_of_its_own() -> None:
    part = {"sku": "00042", "modifiers": [{"sku": "M06"}]}
    assert refusals({"sku": "00046", "sub_items": [part]}) == [("/items/0/sub_items/0/modifiers", "not_supported")]


CURED_BY_A_SYNC: list[tuple[str, dict[str, Any]]] = [
    ("/items/0/sku", {"sku": "00099"}),
    ("/items/0/sku", {"sku": "M06"}),  # a modifier is not sold alone
    ("/items/0/unit_price", {"product_id": GONE}),
    ("/items/0/modifiers/0/sku", {"sku": "00036", "modifiers": [{"sku": "M06"}]}),
    ("/items/0/modifiers/0/unit_price", {"sku": "00036", "modifiers": [{"id": GONE}]}),
    (
        "/items/0/modifiers/0/group_name",
        {"sku": "00036", "modifiers": [{"id": GONE, "unit_price": "1", "group_id": ids.GROUP_CRUST}]},
    ),
]


@pytest.mark.parametrize("menu", [MENU, NO_MENU], ids=["synced", "never"])
@pytest.mark.parametrize(("pointer", "item"), CURED_BY_A_SYNC)
def test_what_a_newer_menu_may_have(pointer: str, item: dict[str, Any], menu: Menu) -> None:
    found = findings(menu=menu, items=[{"quantity": 1, **item}])
    assert pointer in {each.pointer for each in found}
    assert {each.code for each in found} <= CURABLE
    assert all(each.message.endswith(".") for each in found)


def test_an_unknown_id_is_sent_where_nothing_else_is_missing() -> None:
    option = {"id": GONE, "name": "Olives", "unit_price": "5.00", "group_id": ids.GROUP_CRUST}
    (told,) = lines({"product_id": GONE, "name": "New dish", "quantity": 1, "unit_price": "50.00"})
    assert told == {"id": GONE, "name": "New dish", "amount": "1", "sum": "50.00"}
    (told,) = lines({"sku": "00033", "quantity": 1, "modifiers": [option]})
    assert told["modifiers"] == [
        {"id": GONE, "name": "Olives", "amount": "1", "groupId": ids.GROUP_CRUST, "groupName": "Crust"}
    ]


def test_a_dish_without_a_price() -> None:
    free = MENU.products[2].model_copy(update={"price": None})
    assert refusals({"sku": "00036"}, Menu(synced_at=MENU.synced_at, products=(free,))) == [
        ("/items/0/unit_price", "missing")
    ]


@pytest.mark.parametrize("sku", ["DELIVERY", ids.DELIVERY_FEE])
def test_fees_by_sku_and_id(sku: str) -> None:
    fee = lines({"sku": "00036", "quantity": 1}, fees=[{"sku": sku, "amount": "40.00"}])[-1]
    assert fee == {"id": ids.DELIVERY_FEE, "name": "Delivery", "amount": "1", "code": "DELIVERY", "sum": "40.00"}


@pytest.mark.parametrize("menu", [MENU, NO_MENU], ids=["synced", "never"])
def test_a_fee_and_a_tip_that_are_not_on_the_menu(menu: Menu) -> None:
    tipped = [{"method": "CARD", "amount": "98.00", "tip": "5.00", "paid": True}]
    order = {"fees": [{"sku": "BAG", "amount": "1.00"}], "payments": tipped}
    found = findings(menu=menu, pos={"tip_sku": "GRATUITY"}, **order)
    assert [(each.pointer, each.code) for each in found] == [
        ("/fees/0/sku", ITEM_NOT_FOUND),
        ("/payments/0/tip", ITEM_NOT_FOUND),
    ]


@pytest.mark.parametrize("sku", ["TIP", ids.TIP])
def test_a_tip_is_sold_as_the_settings_product(sku: str) -> None:
    tipped = [{"method": "CARD", "amount": "98.00", "tip": "5.00", "paid": True}]
    told = translated(pickup(payments=tipped), menu=MENU, tip_sku=sku).request.body["order"]["items"][-1]
    assert told == {"id": ids.TIP, "name": "Tip for the staff", "amount": "1", "code": "TIP", "sum": "5.00"}


def test_the_guests_id_is_sent() -> None:
    body = translated(pickup(), facts={"customer_id": GONE}).request.body
    assert body["customer"]["id"] == GONE
