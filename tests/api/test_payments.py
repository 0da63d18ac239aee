"""/v1/payments: taken once for ever, shown, and settled by a person."""

import asyncio
from typing import Any

import pytest
import pytest_asyncio
from httpx import Response
from sqlalchemy import update

from app.store.tables import orders, submissions
from tests.api.conftest import IIKO, IKENTOO, Api

PAYMENT: dict[str, Any] = {
    "location": "geneva-1",
    "reference": "PAY-1",
    "check": "A1234.56",
    "amount": "42.00",
    "tip": "3.00",
    "method": "CARD",
}
MEMBERS = (
    "id version final location reference status check table amount tip method currency dispatch pos milestones failure "
    "needs_attention attention warnings history attempts"
).split()


@pytest_asyncio.fixture
async def website(api: Api) -> Api:
    """The API with two locations."""
    await api.put("geneva-1", IKENTOO)
    await api.put("kyiv-1", IIKO)
    return api


async def pay(api: Api, **changes: Any) -> Response:
    wanted = {name: value for name, value in {**PAYMENT, **changes}.items() if value is not None}
    return await api.call("POST", "/v1/payments", "orders:write", json=wanted)


async def test_it_is_answered_at_once_and_can_be_read(website: Api) -> None:
    answer = await pay(website)
    assert answer.status_code == 202
    view = answer.json()
    assert answer.headers["Location"] == f"/v1/payments/{view['id']}"
    assert list(view) == MEMBERS
    assert (view["status"], view["version"], view["final"], view["currency"]) == ("received", 1, False, "CHF")
    assert {name: view[name] for name in PAYMENT} == PAYMENT
    assert (view["table"], view["pos"]["system"], view["pos"]["account"]) == (None, "ikentoo", "A1234.56")
    assert [line["event"] for line in view["history"]] == ["received"]
    read = await website.call("GET", answer.headers["Location"], "orders:read")
    assert read.json() == view
    known = {"If-None-Match": read.headers["ETag"]}
    assert (await website.call("GET", answer.headers["Location"], "orders:read", headers=known)).status_code == 304
    assert len(website.announced) == 1


async def test_the_same_content_is_the_same_payment(website: Api) -> None:
    first = await pay(website)
    for again in ({}, {"amount": "42"}, {"tip": "3"}, {"currency": "CHF"}, {"table": None}):
        answer = await pay(website, **again)
        assert (answer.status_code, answer.headers["Idempotent-Replayed"]) == (200, "true")
        assert answer.json()["id"] == first.json()["id"]
    other = await pay(website, amount="42.01")
    assert (other.status_code, other.json()["type"]) == (409, "/problems/reference-conflict")
    assert other.json()["payment_id"] == first.json()["id"]


async def test_many_at_once_are_one(website: Api) -> None:
    answers = await asyncio.gather(*(pay(website) for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [200] * 11 + [202]
    assert len({answer.json()["id"] for answer in answers}) == 1


@pytest.mark.parametrize(
    ("changes", "status", "slug", "pointer"),
    [
        ({"location": "nowhere"}, 404, "location-unknown", None),
        ({"location": "kyiv-1", "currency": None}, 409, "not-supported-by-pos", None),
        ({"table": 10}, 422, "validation-failed", ""),
        ({"check": None}, 422, "validation-failed", ""),
        ({"amount": 42}, 422, "validation-failed", "/amount"),
        ({"amount": "42.001"}, 422, "validation-failed", "/amount"),
        ({"amount": "0"}, 422, "validation-failed", "/amount"),
        ({"amount": None}, 422, "validation-failed", "/amount"),
        ({"currency": "EUR"}, 422, "validation-failed", "/currency"),
        ({"reference": "x" * 49}, 422, "validation-failed", "/reference"),
        ({"colour": "red"}, 422, "validation-failed", "/colour"),
        ({"method": "BARTER"}, 422, "order-not-expressible", "/method"),
    ],
)
async def test_what_is_refused(
    website: Api, changes: dict[str, Any], status: int, slug: str, pointer: str | None
) -> None:
    answer = await pay(website, **changes)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}"), answer.text
    if pointer is not None:
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_a_payment_is_no_order_and_an_order_no_payment(website: Api) -> None:
    payment_id = (await pay(website)).json()["id"]
    for method, action in (("GET", ""), ("POST", "/retry")):
        answer = await website.call(method, f"/v1/orders/{payment_id}{action}", "orders:read", "ops")
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
    assert (await website.call("GET", "/v1/orders", "orders:read")).json()["items"] == []
    assert (await website.call("GET", "/v1/payments/none", "orders:read")).status_code == 404


async def test_a_key_sees_its_own_locations_only(website: Api) -> None:
    payment_id = (await pay(website)).json()["id"]
    there: dict[str, Any] = {"locations": ["kyiv-1"]}
    for scopes, method, path in (
        (["orders:write"], "POST", "/v1/payments"),
        (["orders:read"], "GET", f"/v1/payments/{payment_id}"),
        (["ops"], "POST", f"/v1/payments/{payment_id}/retry"),
    ):
        body: dict[str, Any] = {"json": PAYMENT} if path == "/v1/payments" else {}
        assert (await website.call(method, path, *scopes, **there, **body)).status_code == 404
        assert (await website.call(method, path, "admin", **body)).status_code == 403
        assert (await website.call(method, path, **body)).status_code == 401
    assert (await website.call("GET", "/v1/payments", "orders:read", **there)).json()["items"] == []


async def test_lists_have_pages_and_filters(website: Api) -> None:
    ids = [(await pay(website, reference=f"PAY-{number}")).json()["id"] for number in range(3)]

    async def listed(**query: Any) -> Any:
        return (await website.call("GET", "/v1/payments", "orders:read", params=query)).json()

    page = await listed(limit=2)
    assert [item["id"] for item in page["items"]] == [ids[2], ids[1]]
    assert list(page["items"][0]) == MEMBERS[:-2]
    assert [item["id"] for item in (await listed(cursor=page["next_cursor"]))["items"]] == [ids[0]]
    assert [item["id"] for item in (await listed(reference="PAY-1"))["items"]] == [ids[1]]
    assert (await listed(needs_attention="true"))["items"] == []
    assert len((await listed(status="received", location="geneva-1"))["items"]) == 3
    for wrong in ({"status": "ready"}, {"colour": "red"}, {"cursor": "x"}):
        assert (await listed(**wrong))["status"] == 422


async def test_a_person_settles_a_payment(website: Api) -> None:
    payment_id = (await pay(website)).json()["id"]
    path = f"/v1/payments/{payment_id}"
    refused = await website.call("POST", f"{path}/resolve", "ops", json={"note": "seen"})
    assert (refused.status_code, refused.json()["state"]) == (409, "received/waiting")
    assert (await website.call("POST", f"{path}/retry", "ops")).status_code == 200
    async with website.services.engine.begin() as connection:
        await connection.execute(update(submissions).values(state="in_doubt"))
        await connection.execute(update(orders).values(version=orders.c.version + 1))
    answer = await website.call("POST", f"{path}/resolve", "ops", json={"note": "It is paid.", "status": "accepted"})
    assert answer.status_code == 200, answer.text
    view = answer.json()
    assert (view["status"], view["final"], view["dispatch"]["state"]) == ("accepted", True, "done")
    assert "It is paid." in view["history"][-1]["detail"]
    again = await website.call("POST", f"{path}/retry", "ops")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/state-conflict")
