"""`orders/info`, `orders/deliveryOrders`, `orders/checkCreate`, `orders/add_order_problem`."""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.simulators.iiko import ids
from tests.simulators.iiko.orders import asabix_order, changed, delivery_order
from tests.simulators.iiko.pos import Pos

KYIV = ZoneInfo("Europe/Kyiv")


def days_ahead(days: int) -> datetime:
    return (datetime.now(KYIV) + timedelta(days=days)).replace(hour=23, minute=30, second=0, microsecond=0)


async def listed(pos: Pos, begin: str, end: str, **query: str) -> set[str]:
    answer = await pos.get("orders/deliveryOrders", organization=ids.ORGANIZATION, dateFrom=begin, dateTo=end, **query)
    assert answer.status_code == 200, answer.text
    return {one["orderId"] for one in answer.json()["deliveryOrders"]}


async def test_info_answers_what_add_answered(pos: Pos) -> None:
    added = await pos.add(asabix_order())
    assert (await pos.info(added.json()["orderId"])).text == added.text


async def test_info_of_an_unknown_order_is_500_with_code_110(pos: Pos) -> None:
    answer = await pos.info(str(uuid.uuid4()))
    assert (answer.status_code, answer.json()["code"], answer.json()["httpStatusCode"]) == (500, "110", 500)


async def test_info_of_no_guid_is_a_binding_error(pos: Pos) -> None:
    answer = await pos.info("WEB-1")
    assert answer.status_code == 400
    assert "order" in answer.json()["ModelState"]


async def test_delivery_orders_go_by_the_venues_day(pos: Pos) -> None:
    day, next_day = days_ahead(3), days_ahead(4)
    body = delivery_order(date=f"{day:%Y-%m-%d %H:%M:%S}")
    order_id = body["order"]["id"]
    assert (await pos.add(body)).json()["deliveryDate"] == f"{day:%Y-%m-%d} 23:30:00"
    assert await listed(pos, f"{day:%Y-%m-%d}", f"{day:%Y-%m-%d}") == {order_id}
    assert await listed(pos, f"{next_day:%Y-%m-%d}", f"{next_day:%Y-%m-%d}") == set()
    assert await listed(pos, f"{day:%Y-%m-%d} 23:30:00", f"{day:%Y-%m-%d} 23:30:00") == {order_id}


async def test_delivery_orders_by_status_and_terminal(pos: Pos) -> None:
    orders = [delivery_order(), changed(delivery_order(), "deliveryTerminalId", ids.TERMINAL_RIVERSIDE)]
    first, second = [(await pos.add(body)).json()["orderId"] for body in orders]
    await pos.control(f"orders/{second}/status", statusCode="on_way")
    begin, end = f"{days_ahead(-1):%Y-%m-%d}", f"{days_ahead(1):%Y-%m-%d}"
    assert await listed(pos, begin, end) == {first, second}
    assert await listed(pos, begin, end, deliveryStatus="new") == {first}
    assert await listed(pos, begin, end, deliveryStatus="ON_WAY") == {second}
    assert await listed(pos, begin, end, deliveryTerminalId=ids.TERMINAL_CENTRE) == {first}


@pytest.mark.parametrize("query", [{}, {"dateFrom": "2026-01-01"}, {"dateFrom": "x", "dateTo": "2026-01-01"}])
async def test_delivery_orders_wants_two_dates(pos: Pos, query: dict[str, str]) -> None:
    answer = await pos.get("orders/deliveryOrders", organization=ids.ORGANIZATION, **query)
    assert answer.status_code == 400
    assert answer.json()["ModelState"]


async def test_check_create_says_yes_without_creating(pos: Pos) -> None:
    body = asabix_order()
    answer = (await pos.post("orders/checkCreate", body)).json()
    assert (answer["resultState"], answer["problem"]) == (0, None)
    assert (await pos.info(body["order"]["id"])).status_code == 500


async def test_check_create_says_no_with_200(pos: Pos) -> None:
    body = changed(changed(delivery_order(), "deliveryTerminalId", ...), "order.fullSum", 50)
    answer = await pos.post("orders/checkCreate", changed(body, "order.paymentItems", []))
    assert (answer.status_code, answer.json()["resultState"]) == (200, 2)
    assert answer.json()["problem"]


async def test_check_create_refuses_what_add_refuses(pos: Pos) -> None:
    answer = await pos.post("orders/checkCreate", changed(asabix_order(), "order.items.0.id", ids.BACON))
    assert answer.headers["x-sim-reason"] == "ProductIsModifier"


async def test_a_problem_is_flagged_and_nothing_is_cancelled(pos: Pos) -> None:
    order_id = (await pos.add(asabix_order())).json()["orderId"]
    body = {"orderId": order_id, "problemText": "The guest does not want it any more"}
    answer = await pos.post("orders/add_order_problem", body, organization=ids.ORGANIZATION)
    assert (answer.status_code, answer.content) == (200, b"")
    order = (await pos.info(order_id)).json()
    assert order["problem"] == {"hasProblem": True, "problem": body["problemText"]}
    assert order["statusCode"] == "NEW"
