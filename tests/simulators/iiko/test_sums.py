"""Prices of the menu, the delivery fee that Iiko adds by itself, what checkCreate tells of both."""

from typing import Any

import pytest

from app.simulators.iiko import ids
from tests.simulators.iiko.orders import Body, asabix_order, changed, delivery_order, with_item
from tests.simulators.iiko.pos import Pos
from tests.simulators.iiko.test_nomenclature import part


def line(sum_: float, amount: int = 1, product: str = ids.MARGHERITA) -> Body:
    modifiers = [part(ids.GROUP_CRUST, ids.THICK_CRUST), part(ids.GROUP_EXTRAS, ids.BACON, 2)]
    item = {"id": product, "code": "x", "name": "Dish", "amount": amount, "sum": sum_}
    if product == ids.MARGHERITA:
        item["modifiers"] = modifiers
    return changed(changed(with_item(asabix_order(), item), "order.fullSum", sum_), "order.paymentItems", [])


async def notes(pos: Pos, body: Body) -> list[str]:
    order_id = (await pos.add(body)).json()["orderId"]
    found: list[str] = (await pos.ledger(order_id))["notes"]
    return found


async def test_a_line_is_worth_its_dish_and_modifiers(pos: Pos) -> None:
    assert await notes(pos, line(2 * (189 + 15 + 2 * 29), 2)) == []
    (note,) = await notes(pos, line(300))
    assert "300" in note
    assert "262" in note


async def test_a_terminal_may_have_its_own_price(pos: Pos) -> None:
    cola = line(42, product=ids.COLA)
    assert len(await notes(pos, cola)) == 1
    at_riverside = changed(line(42, product=ids.COLA), "deliveryTerminalId", ids.TERMINAL_RIVERSIDE)
    assert await notes(pos, at_riverside) == []


async def test_open_prices_are_free(pos: Pos) -> None:
    assert await notes(pos, line(17, product=ids.TIP)) == []


@pytest.mark.parametrize(("policy", "status"), [("ignore", 200), ("note", 200), ("reject", 400)])
async def test_what_a_wrong_price_does_can_be_chosen(pos: Pos, policy: str, status: int) -> None:
    await pos.control("policy", price=policy)
    answer = await pos.add(line(300))
    assert answer.status_code == status
    if status == 400:
        assert answer.headers["x-sim-reason"] == "RequestProductPriceIsNotEqualToFrontPrice"


async def check(pos: Pos, body: Body) -> dict[str, Any]:
    answer = await pos.post("orders/checkCreate", body)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


async def test_a_paid_delivery_is_told_and_charged(pos: Pos) -> None:
    assert (await check(pos, delivery_order()))["deliveryServiceProductInfo"] is None
    await pos.control("policy", paid_delivery=True)
    told = (await check(pos, delivery_order()))["deliveryServiceProductInfo"]
    assert told == {"productId": ids.DELIVERY_FEE, "productSum": 50, "productName": "Delivery"}
    assert (await check(pos, asabix_order()))["deliveryServiceProductInfo"] is None  # a pickup is not brought
    order = (await pos.add(changed(delivery_order(), "order.paymentItems.0.sum", 663))).json()
    assert (order["sum"], order["items"][-1]["id"]) == (663, ids.DELIVERY_FEE)
    assert (await pos.info(order["orderId"])).json() == order


async def test_a_delivery_fee_of_the_client_is_enough(pos: Pos) -> None:
    await pos.control("policy", paid_delivery=True)
    body = delivery_order()
    body["order"]["items"].append({"id": ids.DELIVERY_FEE, "name": "Delivery", "amount": 1, "sum": 50})
    body["order"]["fullSum"] = 663
    order = (await pos.add(body)).json()
    assert (order["sum"], len(order["items"])) == (663, 3)


async def test_the_zone_is_told_where_it_decides(pos: Pos) -> None:
    assert (await check(pos, delivery_order()))["deliveryRestriction"] is None
    unforced = await check(pos, changed(delivery_order(), "deliveryTerminalId", ...))
    assert (unforced["resultState"], unforced["deliveryRestriction"]["minSum"]) == (0, 100)


async def test_any_result_state_can_be_asked_for(pos: Pos) -> None:
    await pos.fault("check_problem", count=7, reason="Kitchen is closed", times=1)
    refused = await check(pos, asabix_order())
    assert (refused["resultState"], refused["problem"]) == (7, "Kitchen is closed")
    assert (await check(pos, asabix_order()))["resultState"] == 0


async def test_problems_are_listed_and_can_be_waited_for(pos: Pos) -> None:
    body = asabix_order()
    order_id = (await pos.add(body)).json()["orderId"]
    for text in ("Cancel it", "Really"):
        sent = {"orderId": order_id, "problemText": text}
        await pos.post("orders/add_order_problem", sent, organization=ids.ORGANIZATION)
    listed = (await pos.http.get("/_sim/problems", params={"at_least": 2, "wait": 5})).json()
    assert [one["text"] for one in listed] == ["Cancel it", "Really"]
    assert {one["external_id"] for one in listed} == {body["order"]["externalId"]}
    assert (await pos.info(order_id)).json()["problem"] == {"hasProblem": True, "problem": "Really"}
