"""What is on offer changes between two looks, and the till always takes what the menu shows."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx

from app.simulators.ikentoo import create_app, default_config
from tests.simulators.ikentoo.serving import Pos, serve


async def carte(pos: Pos, menu_id: int = 1234) -> dict[str, dict[str, Any]]:
    answer = await pos.client.get(f"/op/1/menu/load/{menu_id}?businessLocationId=123")
    assert answer.status_code == 200, answer.text
    return {entry["sku"]: entry for group in answer.json()["menuEntryGroups"] for entry in group["menuEntry"]}


async def edit(pos: Pos, sku: str, **changes: Any) -> httpx.Response:
    answer = await pos.client.put(f"/_sim/products/{sku}", json=changes)
    assert answer.status_code == 200, answer.text
    return answer


async def verdict(pos: Pos, reference: str, *items: dict[str, Any]) -> tuple[str | None, str | None]:
    """Order it, and answer total and reason."""
    await pos.to_go(thirdPartyReference=reference, collectionCode=None, items=list(items))
    await pos.receiver.until(lambda receiver: any(each["thirdPartyReference"] == reference for each in receiver.read))
    order = await pos.order(reference)
    return order["total"], order["reason"]


def item(sku: str, *subs: str, modifiers: tuple[int, ...] = ()) -> dict[str, Any]:
    return {
        "sku": sku,
        "quantity": 1,
        "modifiers": [{"modifierId": str(each)} for each in modifiers],
        "subItems": [{"sku": each, "quantity": 1} for each in subs],
    }


async def test_a_new_price_is_on_the_menu_and_at_the_till(pos: Pos) -> None:
    await edit(pos, "11", price="17.00", location=123)
    assert (await carte(pos))["11"]["productPrice"] == "17.00"
    assert await verdict(pos, "A", item("11")) == ("17.00", None)
    await pos.client.post("/_sim/reset")
    assert (await carte(pos))["11"]["productPrice"] == "16.50"


async def test_a_new_product_comes_and_goes(pos: Pos) -> None:
    await edit(pos, "NEW", name="Gnocchi", price="19.00", menu=1234, group="Pizza", instructions=[124])
    found = (await carte(pos))["NEW"]
    assert found["productionInstructionList"][0]["productionIntructionGroupId"] == 124
    assert await verdict(pos, "A", item("NEW", modifiers=(601, 602))) == ("19.00", None)
    assert (await pos.client.delete("/_sim/products/NEW")).status_code == 204
    assert "NEW" not in await carte(pos)
    assert (await verdict(pos, "B", item("NEW")))[1] == "No such item id: 0, sku: NEW, blId: 123"
    assert (await pos.client.delete("/_sim/products/NEW")).status_code == 404


async def test_a_removed_product_leaves_deals_too(pos: Pos) -> None:
    await pos.client.delete("/_sim/products/SKU2?location=123")
    (drinks,) = (await carte(pos))["CBD1"]["menuDealGroups"]
    assert [each["sku"] for each in drinks["items"]] == ["SKU1"]


async def test_what_is_sold_out_stays_on_the_menu_but_is_refused(pos: Pos) -> None:
    await edit(pos, "15", restricted=True)
    assert "15" in await carte(pos)
    assert (await verdict(pos, "A", item("15")))[1] == "Could not add item Tiramisu (check sales restrictions)"


async def test_a_deal_wants_its_choices_at_the_price_of_the_deal(pos: Pos) -> None:
    assert await verdict(pos, "A", item("CBD1", "SKU1")) == ("10.00", None)
    assert await verdict(pos, "B", item("LUNCH", "SOUP", "ENTRECOTE")) == (
        None,
        "Could not add item Entrecote (choose one of Doneness)",
    )
    assert await verdict(pos, "C", item("LUNCH", "SOUP", "11", "15", "SORBET")) == ("34.50", None)
    none, both = "Could not add item Cheese Burger Deal (choose one of Drinks)", item("CBD1", "SKU1", "SKU2")
    assert (await verdict(pos, "D", item("CBD1")))[1] == none
    assert (await verdict(pos, "E", both))[1] == none


async def test_exactly_one_of_a_required_group(pos: Pos) -> None:
    refused = "Could not add item Entrecote (choose one of Doneness)"
    assert (await verdict(pos, "A", item("ENTRECOTE")))[1] == refused
    assert (await verdict(pos, "B", item("ENTRECOTE", modifiers=(612, 613))))[1] == refused
    assert await verdict(pos, "C", item("ENTRECOTE", modifiers=(613, 601, 602))) == ("38.00", None)
    assert (await verdict(pos, "D", item("SKUBEE", modifiers=(567, 568))))[1] == (
        "Could not add item Beef Patty (choose one of Cooking)"
    )


async def test_ids_change_with_a_clumsy_edit_and_the_old_ones_are_gone(pos: Pos) -> None:
    await pos.client.post("/_sim/renumber", json={"location": 123})
    menus = (await pos.client.get("/op/1/menu/list?businessLocationId=123")).json()
    new = {each["menuName"]: each["ikentooMenuId"] for each in menus}
    (cooking,) = (await carte(pos, new["Demo Menu"]))["SKUBEE"]["productionInstructionList"]
    (well_done, _) = cooking["productionInstructionList"]
    assert (await verdict(pos, "A", item("SKUBEE", modifiers=(567,))))[1] == "Could not add item 567 (not found)"
    assert await verdict(pos, "B", item("SKUBEE", modifiers=(well_done["ikentooModifierId"],))) == ("8.00", None)
    assert (await pos.client.get("/op/1/menu/load/1234?businessLocationId=123")).status_code == 404


async def test_instructions_discounts_and_menus_can_be_edited(pos: Pos) -> None:
    spice = {"name": "Spice", "multi": False, "required": True, "options": [{"id": 900, "name": "Hot"}]}
    await pos.client.put("/_sim/instructions/90", json=spice)
    await edit(pos, "SOUP", instructions=[90])
    await pos.client.put("/_sim/discounts/HALF", json={"name": "Half", "percentage": 50})
    half = {**item("SOUP", modifiers=(900,)), "discountCode": "HALF"}
    assert await verdict(pos, "A", half) == ("4.25", None)
    await pos.client.delete("/_sim/instructions/90")
    assert (await verdict(pos, "B", half))[1] == "Could not add item 900 (not found)"
    await pos.client.put("/_sim/menus/77", json={"name": "Brunch"})
    await edit(pos, "11", menu=77, group="Late")
    assert set(await carte(pos, 77)) == {"11"}
    await pos.client.delete("/_sim/menus/77")
    assert (await pos.client.get("/op/1/menu/load/77?businessLocationId=123")).status_code == 404


async def test_edits_that_make_no_sense_are_refused(pos: Pos) -> None:
    for path, body in (
        ("products/11", {"price": "x"}),
        ("products/11", {"colour": "RED"}),
        ("products/11", {"pricing": "FREE"}),
        ("products/11", {"menu": 9}),
        ("products/11", {"location": 9}),
        ("instructions/1", {"options": [{"id": "x", "name": "y"}]}),
        ("floorplans", {"floorplans": [{"tables": [{"number": "x", "description": "y"}]}]}),
    ):
        assert (await pos.client.put(f"/_sim/{path}", json=body)).status_code == 400, body


async def test_any_number_of_made_up_products() -> None:
    config = replace(default_config(products=5_000), clock_factor=1000.0)
    async with serve(create_app(config)) as url, httpx.AsyncClient(base_url=url, timeout=10) as client:
        listed = (await client.get("/op/1/menu/list?businessLocationId=123")).json()
        assert {"menuName": "Generated", "ikentooMenuId": 9000} in listed
        menu = (await client.get("/op/1/menu/load/9000?businessLocationId=123")).json()
        found = list(_entries(menu))
        assert len({each["sku"] for each in found}) == 5_000
        assert {len(each["productionInstructionList"]) for each in found} == {2}
        known = (await client.get("/op/1/menu/modifiers?businessLocationId=123")).json()
        ids = [option["ikentooModifierId"] for group in known for option in group["productionInstructionList"]]
        assert len(ids) == len(set(ids))


def _entries(menu: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for group in menu["menuEntryGroups"]:
        yield from group["menuEntry"]
