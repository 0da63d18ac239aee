"""Faults as a client sees them: whether it got an answer, and whether the order exists all the same."""

import asyncio
from typing import Any

import httpx
import pytest

from app.simulators.iiko import ids
from tests.simulators.iiko.orders import asabix_order, delivery_order
from tests.simulators.iiko.pos import DEADLINE_S, Pos

SPOILT: list[tuple[str, dict[str, Any], int, str | None, bool]] = [
    ("timeout_408", {}, 408, "0", False),
    ("timeout_408_after", {}, 408, "0", True),
    ("timeout_408", {"created": True}, 408, "0", True),
    ("rabbit_701", {}, 500, "701", False),
    ("stack_trace_500", {}, 500, None, False),
    ("stack_trace_500_after", {}, 500, None, True),
    ("rejected", {"word": "512", "reason": "Kitchen is closed"}, 400, "512", False),
    ("rejected", {"word": "512", "status": 409}, 409, "512", False),
]
OF_THE_CONNECTION = [
    ("drop_before", httpx.RemoteProtocolError, False),
    ("drop_after", httpx.RemoteProtocolError, True),
    ("hang", httpx.ReadTimeout, True),
    ("hang_before", httpx.ReadTimeout, False),
]


async def exists(pos: Pos, order_id: str) -> bool:
    answer = await pos.info(order_id)
    assert answer.status_code == 200 or answer.json()["code"] == "110"
    return answer.status_code == 200


@pytest.mark.parametrize(("kind", "details", "status", "code", "created"), SPOILT)
async def test_an_error_instead_of_the_order(  # noqa: PLR0917 - a row of the table
    pos: Pos, kind: str, details: dict[str, Any], status: int, code: str | None, created: bool
) -> None:
    await pos.fault(kind, match={"endpoint": "orders/add"}, times=1, **details)
    body = asabix_order()
    answer = await pos.add(body)
    assert (answer.status_code, answer.json().get("code")) == (status, code)
    assert ("StackTrace" in answer.json()) is kind.startswith("stack_trace")
    assert await exists(pos, body["order"]["id"]) is created
    repeated = await pos.add(body)
    assert repeated.status_code == (400 if created else 200)
    row = await pos.ledger(body["order"]["id"])
    assert (row["requests"], row["created"]) == (2, 1)


@pytest.mark.parametrize(("kind", "error", "created"), OF_THE_CONNECTION)
async def test_no_answer_at_all(pos: Pos, kind: str, error: type[Exception], created: bool) -> None:
    body = delivery_order(comment=f"WEB-1 [sim:{kind}]")
    query = {"access_token": pos.token}
    with pytest.raises(error):
        await pos.http.post("/api/0/orders/add", params=query, json=body, timeout=1.0)
    assert await exists(pos, body["order"]["id"]) is created
    row = await pos.ledger(body["order"]["id"])
    assert (row["requests"], row["created"]) == (1, int(created))


async def test_a_mark_in_the_comment_works_once_for_its_own_order(pos: Pos) -> None:
    marked, plain = delivery_order(comment="please ring [sim:rabbit_701]"), delivery_order()
    assert (await pos.add(marked)).json()["code"] == "701"
    assert (await pos.add(plain)).status_code == 200
    assert (await pos.add(marked)).status_code == 200


async def test_a_mark_can_be_for_ever(pos: Pos) -> None:
    body = delivery_order(comment="[sim:rejected word=9 times=all]")
    assert [(await pos.add(body)).json()["code"] for _ in range(3)] == ["9"] * 3


async def test_a_refused_token(pos: Pos) -> None:
    await pos.fault("token_401", times=1)
    assert (await pos.add(asabix_order())).status_code == 401
    assert (await pos.add(asabix_order())).status_code == 200


async def test_the_restaurant_can_be_offline_for_questions_too(pos: Pos) -> None:
    await pos.fault("rabbit_701", match={"endpoint": "orders/info"}, times=1)
    order_id = (await pos.add(asabix_order())).json()["orderId"]
    assert (await pos.info(order_id)).json()["code"] == "701"
    assert (await pos.info(order_id)).status_code == 200


async def test_an_order_can_come_in_unconfirmed(pos: Pos) -> None:
    assert (await pos.add(delivery_order(comment="[sim:unconfirmed]"))).json()["statusCode"] == "UNCONFIRMED"


async def test_an_order_can_become_visible_late_by_looks(pos: Pos) -> None:
    body = delivery_order(comment="[sim:late_visible count=2]")
    assert (await pos.add(body)).status_code == 200
    assert [await exists(pos, body["order"]["id"]) for _ in range(3)] == [False, False, True]


async def test_an_order_can_become_visible_late_by_time(pos: Pos) -> None:
    body = delivery_order(comment="[sim:late_visible seconds=0.05] [sim:timeout_408_after]")
    assert (await pos.add(body)).status_code == 408
    assert (await pos.add(body)).json()["code"] == "192"
    async with asyncio.timeout(DEADLINE_S):
        while not await exists(pos, body["order"]["id"]):
            pass


async def test_a_late_order_is_not_in_the_list_either(pos: Pos) -> None:
    await pos.add(delivery_order(comment="[sim:late_visible]"))
    query = {"organization": ids.ORGANIZATION, "dateFrom": "2020-01-01", "dateTo": "2099-01-01"}
    assert (await pos.get("orders/deliveryOrders", **query)).json() == {"deliveryOrders": []}


async def test_an_unknown_fault_is_refused(pos: Pos) -> None:
    answer = await pos.http.post("/_sim/faults", json={"kind": "earthquake"})
    assert answer.status_code == 400
    assert "late_visible" in answer.json()["error"]
