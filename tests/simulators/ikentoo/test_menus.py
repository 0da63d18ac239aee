"""What can be looked up: businesses, floor plans, menus, production instructions, discounts."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.simulators.ikentoo.conftest import Start
from tests.simulators.ikentoo.serving import Pos

DEMO = "businessLocationId=25769803788"
# The example of the iKentoo API guide, Load Menu, word for word.
GUIDE_MENU = json.loads((Path(__file__).parent / "guide_menu.json").read_text())


async def get(pos: Pos, path: str) -> Any:
    answer = await pos.client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    return answer.json()


async def menu(pos: Pos, menu_id: int, more: str = "") -> Any:
    return await get(pos, f"/o/op/1/menu/load/{menu_id}?{DEMO}{more}")


def entries(menu: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for group in menu["menuEntryGroups"]:
        yield from group["menuEntry"]


async def test_businesses_with_their_locations(pos: Pos) -> None:
    first, second = await get(pos, "/op/data/businesses")
    assert first == {
        "name": "iKentoo",
        "id": 1,
        "businessLocations": [
            {"name": "Demo", "id": 25769803788},
            {"name": "iKentoo 2", "id": 25769805870},
        ],
    }
    assert [each["id"] for each in second["businessLocations"]] == [123]


async def test_the_guides_floor_plans(pos: Pos) -> None:
    inside, outside = await get(pos, "/op/data/25769803788/floorplans")
    assert (inside["name"], [each["number"] for each in inside["tables"]]) == ("Salle 1", [1, 2, 3])
    assert outside["name"] == "Terrasse"
    assert outside["tables"][0] == {"number": 21, "description": "Table 21", "defaultClientCount": 24}


async def test_a_location_without_floor_plans(pos: Pos) -> None:
    await pos.client.put("/_sim/floorplans", json={"location": 123, "floorplans": []})
    assert (await pos.client.get("/op/data/123/floorplans")).status_code == 404
    tables = [{"number": 7, "description": "By the window"}]
    await pos.client.put("/_sim/floorplans", json={"floorplans": [{"name": "Bar", "tables": tables}]})
    (plan,) = await get(pos, "/op/data/123/floorplans")
    assert plan["tables"] == [{"number": 7, "description": "By the window", "defaultClientCount": 2}]


async def test_menus_are_listed(pos: Pos) -> None:
    assert await get(pos, f"/op/1/menu/list?{DEMO}") == [
        {"menuName": "Carte", "ikentooMenuId": 1234},
        {"menuName": "Drinks", "ikentooMenuId": 4321},
        {"menuName": "Demo Menu", "ikentooMenuId": 123},
    ]


async def test_the_guides_menu_word_for_word(pos: Pos) -> None:
    assert await menu(pos, 123, "&richContent=true") == GUIDE_MENU


async def test_rich_content_only_when_asked_for(pos: Pos) -> None:
    plain = await menu(pos, 123)
    assert "richDataMissing" not in plain
    assert all("itemRichData" not in entry for entry in entries(plain))
    await pos.client.post("/_sim/switches", json={"rich_data_missing": True})
    missing = await menu(pos, 123, "&richContent=true")
    assert missing["richDataMissing"] is True
    assert all("itemRichData" not in entry for entry in entries(missing))


async def test_the_carte_has_all_there_can_be(pos: Pos) -> None:
    found = list(entries(await menu(pos, 1234, "&richContent=true")))
    assert {each.get("pricingStrategy") for each in found} == {
        None,  # deals have none
        "CUSTOMIZED_ITEM_PRICE_WILL_BE_NEGATIVE",
        "CUSTOMIZED_ITEM_PRICE_WILL_BE_POSTIVE",
        "CUSTOMIZED_ITEM_PRICE_WILL_BE_A_PERCENTAGE_OF_TOTAL",
        "PRICE_CANNOT_BE_CUSTOMIZED",
    }
    pizza, cheese = found[3], found[4]
    assert (pizza["defaultTaxPercentage"], pizza["itemRichData"]["allergenCodes"]) == ("8.00", ["gluten", "milk"])
    assert [each["locale"] for each in pizza["itemRichData"]["texts"]] == ["en", "fr"]
    assert (cheese["sku"], cheese["asSubItem"]) == ("CHEESE", True)
    assert {each["sku"] for each in found if each.get("customItemNameEnabled")} >= {"RISOTTO", "FEE"}
    lunch = next(each for each in found if each["sku"] == "LUNCH")
    assert (lunch["@type"], lunch["type"]) == ("menuDeal", "menuDeal")
    bounds = [(each["mustSelectAnItem"], each["multiSelectionPermitted"]) for each in lunch["menuDealGroups"]]
    assert bounds == [(True, False), (True, False), (False, True)]


async def test_production_instructions(pos: Pos) -> None:
    groups = await get(pos, f"/op/1/menu/modifiers?{DEMO}")
    assert groups[0] == {
        "multiSelectionPermitted": False,
        "productionInstructionGroupName": "Cooking",
        "productionIntructionGroupId": 123,
        "productionInstructionList": [
            {"instruction": "Well Done", "ikentooModifierId": 567},
            {"instruction": "Rear", "ikentooModifierId": 568},
        ],
    }
    assert groups[1]["multiSelectionPermitted"] is True


async def test_discounts(pos: Pos) -> None:
    await pos.client.put("/_sim/discounts/FIVE", json={"name": "Five off", "amount": "5.00"})
    assert await get(pos, f"/op/1/menu/discounts?{DEMO}") == [
        {"name": "10 % Discount", "code": "10PCT", "discountPercentage": "10.00"},
        {"name": "Staff Discount", "code": "STAFF", "discountPercentage": "15.00"},
        {"name": "Five off", "code": "FIVE", "discountAmount": "5.00"},
    ]


async def test_todays_bounds_in_k_mode(start: Start) -> None:
    async with start(payload_mode="k") as pos:
        doneness = (await get(pos, f"/op/1/menu/modifiers?{DEMO}"))[2]
        assert (doneness["minimumSelection"], doneness["maximumSelection"]) == (1, 1)
        deal = next(each for each in entries(await menu(pos, 123)) if each["@type"] == "menuDeal")
        assert deal["menuDealGroups"][0]["minimumSelection"] == 1


REFUSED = [
    ("/op/data/7/floorplans", 403, "error_description"),
    ("/op/data/x/floorplans", 400, "message"),
    ("/op/1/menu/list", 400, "message"),
    ("/op/1/menu/list?businessLocationId=7", 403, "error_description"),
    (f"/op/1/menu/load/77?{DEMO}", 404, "message"),
    (f"/op/1/menu/load/x?{DEMO}", 400, "message"),
    (f"/op/1/menu/load/123?{DEMO}&richContent=perhaps", 400, "message"),
    ("/op/1/menu/load/123", 400, "message"),
    ("/op/1/menu/modifiers", 400, "message"),
    ("/op/1/menu/discounts?businessLocationId=x", 400, "message"),
]


@pytest.mark.parametrize(("path", "status", "says"), REFUSED)
async def test_what_is_not_there_or_not_asked_well(pos: Pos, path: str, status: int, says: str) -> None:
    answer = await pos.client.get(path)
    assert answer.status_code == status
    assert answer.json()[says]


async def test_the_menu_service_can_be_down(pos: Pos) -> None:
    await pos.plant("backend_down", times=1)
    answer = await pos.client.get(f"/op/1/menu/load/123?{DEMO}")
    body = answer.json()
    assert (answer.status_code, body["status"], set(body)) == (
        503,
        "503",
        {"status", "timestamp", "message", "apiSubExceptions"},
    )
    assert await menu(pos, 123)
