"""The control API: ledger, policies, and what it refuses."""

import asyncio
import uuid
from typing import Any

import pytest

from tests.simulators.iiko.orders import asabix_order, changed
from tests.simulators.iiko.pos import Pos


async def test_a_repeated_id_is_refused_with_code_192(pos: Pos) -> None:
    body = asabix_order()
    await pos.add(body)
    again = await pos.add(body)
    assert (again.status_code, again.json()["code"]) == (400, "192")
    row = await pos.ledger(body["order"]["id"])
    assert (row["requests"], row["created"]) == (2, 1)
    assert row["answers"] == ["answered", "DuplicatedOrderId"]


async def test_a_repeated_id_can_answer_the_order_that_exists(pos: Pos) -> None:
    await pos.control("policy", duplicate="return_existing")
    body = asabix_order()
    first, second = await pos.add(body), await pos.add(changed(body, "order.comment", "changed"))
    assert (second.status_code, second.text) == (200, first.text)


async def test_twenty_at_once_make_one_order(pos: Pos) -> None:
    body = asabix_order()
    answers = await asyncio.gather(*(pos.add(body) for _ in range(20)))
    assert sorted(one.status_code for one in answers) == [200] + [400] * 19
    row = await pos.ledger(body["order"]["id"])
    assert (row["requests"], row["created"]) == (20, 1)


async def test_a_repeated_external_id_can_be_refused(pos: Pos) -> None:
    await pos.control("policy", external_id="reject")
    body = asabix_order()
    assert (await pos.add(body)).status_code == 200
    other = await pos.add(changed(body, "order.id", str(uuid.uuid4())))
    assert other.headers["x-sim-reason"] == "DuplicatedExternalId"


async def test_the_ledger_shows_the_body_as_received(pos: Pos) -> None:
    body = asabix_order()
    await pos.add(body)
    row = (await pos.http.get(f"/_sim/orders/{body['order']['id']}")).json()
    assert row["body"] == body
    assert (row["externalId"], row["statusCode"]) == (body["order"]["externalId"], "NEW")


async def test_the_ledger_can_be_waited_for(pos: Pos) -> None:
    waiting = asyncio.create_task(pos.http.get("/_sim/orders", params={"at_least": 1, "wait": 5}))
    await pos.add(asabix_order())
    assert len((await waiting).json()) == 1


async def test_a_request_that_never_arrived_is_in_the_ledger(pos: Pos) -> None:
    body = changed(asabix_order(), "order.comment", "[sim:status status=503]")
    assert (await pos.add(body)).status_code == 503
    row = await pos.ledger(body["order"]["id"])
    assert (row["requests"], row["created"], row["statusCode"]) == (1, 0, None)


async def test_an_order_never_asked_for_is_not_there(pos: Pos) -> None:
    assert (await pos.http.get(f"/_sim/orders/{uuid.uuid4()}")).status_code == 404


async def test_secrets_are_not_in_the_journal(pos: Pos) -> None:
    await pos.log_in()
    text = (await pos.http.get("/_sim/requests")).text
    assert "auth/access_token" in text
    assert "demo-secret" not in text


async def test_policy_is_shown(pos: Pos) -> None:
    policy = (await pos.http.get("/_sim/policy")).json()
    assert (policy["duplicate"], policy["external_id"], policy["confirm"]) == ("reject", "accept", False)
    assert policy["address"] == policy["price"] == "note"
    changed_policy = await pos.control("policy", address="reject", stop_text="sold out: {name}")
    assert changed_policy == policy | {"address": "reject", "stop_text": "sold out: {name}"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("policy", {"duplicate": "accept"}),
        ("policy", {"external_id": "return_existing"}),
        ("policy", {"confirm": "yes"}),
        ("policy", {"colour": "red"}),
        ("policy", {"stop_text": 5}),
        ("policy", {"missing_guest": "teapot"}),
        ("auto", {"on": 1}),
        ("clock", {"factor": 0}),
        ("orders/99999999-0000-4000-8000-000000000001/status", {"statusCode": "NEW"}),
    ],
)
async def test_what_the_control_api_refuses(pos: Pos, path: str, body: dict[str, Any]) -> None:
    answer = await pos.http.post(f"/_sim/{path}", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_the_page_for_people(pos: Pos) -> None:
    body = asabix_order()
    await pos.add(body)
    page = await pos.http.get("/_sim")
    assert page.headers["content-type"].startswith("text/html")
    assert body["order"]["id"] in page.text
    for shown in ("Stop list", "Riverside", "Kovalenko", "in revision"):
        assert shown in page.text
