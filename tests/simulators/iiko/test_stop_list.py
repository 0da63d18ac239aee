"""What is sold out: the stop list, by terminal, and what it refuses."""

from typing import Any

from app.simulators.iiko import ids
from tests.simulators.iiko.orders import Body, asabix_order, changed, with_item
from tests.simulators.iiko.pos import Pos

CENTRE, RIVERSIDE = ids.TERMINAL_CENTRE, ids.TERMINAL_RIVERSIDE


def borscht(amount: int = 1) -> Body:
    item = {"id": ids.BORSCHT, "name": "Borscht", "code": "00036", "amount": amount, "sum": 98 * amount}
    return changed(changed(with_item(asabix_order(), item), "order.fullSum", 98 * amount), "order.paymentItems", [])


async def stop(pos: Pos, code: str, **details: Any) -> None:
    await pos.control(f"menu/products/{code}/stop", **details)


async def stopped(pos: Pos) -> dict[str, dict[str, float]]:
    answer = (await pos.get("stopLists/getDeliveryStopList", organization=ids.ORGANIZATION)).json()
    assert answer.keys() == {"stopList", "unregisteredOrganizations"}
    assert {one["organizationId"] for one in answer["stopList"]} <= {ids.ORGANIZATION}
    return {
        one["deliveryTerminalId"]: {item["productId"]: item["balance"] for item in one["items"]}
        for one in answer["stopList"]
    }


async def test_nothing_is_stopped_at_first(pos: Pos) -> None:
    assert await stopped(pos) == {}


async def test_a_product_is_stopped_everywhere_and_comes_back(pos: Pos) -> None:
    await stop(pos, "00036")
    assert await stopped(pos) == {CENTRE: {ids.BORSCHT: 0}, RIVERSIDE: {ids.BORSCHT: 0}}
    refused = await pos.add(borscht())
    assert (refused.status_code, refused.headers["x-sim-reason"]) == (400, "ProductInStopList")
    assert refused.json()["message"] == "Product 'Borscht' is in the stop list"
    assert (await pos.http.delete("/_sim/menu/products/00036/stop")).status_code == 200
    assert (await pos.add(borscht())).status_code == 200


async def test_a_stop_is_of_one_terminal_and_survives_its_new_id(pos: Pos) -> None:
    await stop(pos, "00036", terminal="Riverside")
    assert (await pos.add(borscht())).status_code == 200
    new = (await pos.control("rotate", kind="terminals", entry="Riverside", rename="Harbour"))["terminals"][RIVERSIDE]
    assert await stopped(pos) == {new: {ids.BORSCHT: 0}}
    assert (await pos.add(changed(borscht(), "deliveryTerminalId", new))).status_code == 400


async def test_a_balance_is_sold_down(pos: Pos) -> None:
    await stop(pos, "00036", balance=3, terminal="Centre")
    assert (await pos.add(borscht(2))).status_code == 200
    assert await stopped(pos) == {CENTRE: {ids.BORSCHT: 1}}
    assert (await pos.add(borscht(2))).status_code == 400
    assert (await pos.add(borscht())).status_code == 200
    assert await stopped(pos) == {CENTRE: {ids.BORSCHT: 0}}


async def test_modifiers_count_per_unit_of_their_dish(pos: Pos) -> None:
    await stop(pos, "M02", balance=3)
    assert (await pos.add(changed(asabix_order(), "order.items.1.amount", 2))).status_code == 400
    assert (await pos.add(asabix_order())).status_code == 200


async def test_words_and_enforcement_can_be_chosen(pos: Pos) -> None:
    await stop(pos, "00036")
    await pos.control("policy", stop_text="Нет в наличии: {name} ({balance})")
    assert (await pos.add(borscht())).json()["message"] == "Нет в наличии: Borscht (0)"
    check = await pos.post("orders/checkCreate", borscht())
    assert check.headers["x-sim-reason"] == "ProductInStopList"
    await pos.control("policy", stop_list="accept")
    assert (await pos.add(borscht())).status_code == 200
