"""retry, resend, resolve, cancel: who may, from which state, and what the answer shows."""

from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from httpx import Response
from sqlalchemy import update

from app.domain.ids import new_id
from app.store.keys import Scope
from app.store.tables import orders, submissions
from tests.api.conftest import IIKO, IKENTOO, Api
from tests.planted import NOON, Planted, plant_attempt

OPS, WRITE, READ = Scope.OPS, Scope.ORDERS_WRITE, Scope.ORDERS_READ
ORDER: dict[str, Any] = {
    "location": "geneva-1",
    "reference": "WEB-1",
    "service_type": "dine_in",
    "table": {"number": 10},
    "items": [{"sku": "PIZZA", "quantity": 1, "unit_price": "12.50"}],
    "total": "12.50",
}
ATTENTION = {"code": "rejected", "since": NOON.isoformat(), "message": "No.", "action": "Correct it."}
BODIES = {
    "retry": None,
    "resend": {},
    "resolve": {"note": "looked on the till"},
    "cancel": {"reason": "the guest left"},
}


@pytest_asyncio.fixture
async def shop(api: Api) -> Api:
    """The API with two locations."""
    await api.put("geneva-1", IKENTOO)
    await api.put("kyiv-1", IIKO)
    return api


async def submitted(shop: Api, *, state: str = "waiting", **columns: Any) -> str:
    """An order in this state, as nobody sends anything here."""
    order_id: str = (await shop.call("POST", "/v1/orders", WRITE, json=ORDER)).json()["id"]
    async with shop.services.engine.begin() as connection:
        await connection.execute(update(submissions).values(state=state))
        if columns:
            await connection.execute(update(orders).values(columns))
    return order_id


async def act(shop: Api, order_id: str, action: str, body: Any = None, scope: str = OPS, **options: Any) -> Response:
    sent = {"json": body} if body is not None else {}
    return await shop.call("POST", f"/v1/orders/{order_id}/{action}", scope, **sent, **options)


async def test_retry_of_a_parked_order(shop: Api) -> None:
    order_id = await submitted(shop, state="parked")
    answer = await act(shop, order_id, "retry")
    assert answer.status_code == 200, answer.text
    view = answer.json()
    assert view["dispatch"]["state"] == "waiting"
    assert view["version"] == 2
    read = await shop.call("GET", f"/v1/orders/{order_id}", READ, OPS)
    assert answer.headers["ETag"] == read.headers["ETag"]
    assert [view["history"][-1][key] for key in ("source", "event")] == ["operator", "retry"]
    assert "by key" in view["history"][-1]["detail"]


async def test_resend_of_a_rejected_order_corrected(shop: Api) -> None:
    order_id = await submitted(shop, state="done", status="rejected", attention=ATTENTION)
    before = (await shop.call("GET", f"/v1/orders/{order_id}", READ)).json()
    corrected = ORDER | {"items": [{"sku": "PASTA", "quantity": 1, "unit_price": "11.00"}], "total": "11"}
    answer = await act(shop, order_id, "resend", {"order": corrected})
    assert answer.status_code == 200, answer.text
    view = answer.json()
    assert [view["status"], view["dispatch"]["state"], view["needs_attention"]] == ["received", "waiting", False]
    assert view["pos"]["reference"] != before["pos"]["reference"]
    assert view["order"] == corrected | {"total": "11.00"}
    assert view["total"] == "11.00"
    again = await shop.call("POST", "/v1/orders", WRITE, json=ORDER)
    assert [again.status_code, again.json()["id"]] == [200, order_id], "the reference still means what was received"


@pytest.mark.parametrize("body", [None, {}, {"order": None}])
async def test_resend_of_the_same(shop: Api, body: Any) -> None:
    order_id = await submitted(shop, state="done", status="rejected")
    answer = await act(shop, order_id, "resend", body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["order"] == ORDER


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"reference": "WEB-2"}, "/order/reference"),
        ({"location": "kyiv-1"}, "/order/location"),
        ({"total": "99.00"}, "/order/total"),
        ({"total": 12.5}, "/order/total"),
        ({"items": [{"quantity": 1}]}, "/order/items/0/sku"),
        ({"extra": 1}, "/order/extra"),
        ({"items": [{"sku": "PIZZA", "quantity": "0.5", "unit_price": "25.00"}]}, "/order/items/0/quantity"),
    ],
)
async def test_a_correction_is_checked_like_an_order(shop: Api, change: dict[str, Any], pointer: str) -> None:
    order_id = await submitted(shop, state="done", status="rejected")
    answer = await act(shop, order_id, "resend", {"order": ORDER | change})
    assert answer.status_code == 422, answer.text
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    seen = (await shop.call("GET", f"/v1/orders/{order_id}", READ)).json()
    assert [seen["status"], seen["version"]] == ["rejected", 1]


async def test_resolve_clears_attention(shop: Api) -> None:
    order_id = await submitted(shop, state="in_doubt", attention=ATTENTION | {"code": "in_doubt"})
    answer = await act(shop, order_id, "resolve", {"note": "it is on the till", "status": "accepted"})
    assert answer.status_code == 200, answer.text
    view = answer.json()
    assert [view["status"], view["dispatch"]["state"], view["attention"]] == ["accepted", "done", None]
    assert "it is on the till" in view["history"][-1]["detail"]
    listed = await shop.call("GET", "/v1/orders?needs_attention=true", READ)
    assert listed.json()["items"] == []


async def test_cancel_before_anything_was_sent(shop: Api) -> None:
    order_id = await submitted(shop)
    answer = await act(shop, order_id, "cancel", {"reason": "the guest left"}, WRITE)
    assert answer.status_code == 200, answer.text
    view = answer.json()
    assert [view["status"], view["final"], view["cancellation"]["state"]] == ["cancelled", True, "stopped"]


async def test_a_website_cannot_cancel_what_may_be_at_the_pos(shop: Api) -> None:
    order_id = await submitted(shop, state="in_doubt")
    async with shop.services.engine.begin() as connection:
        view = (await shop.call("GET", f"/v1/orders/{order_id}", READ)).json()
        order = Planted(id=UUID(order_id), current=UUID(view["pos"]["reference"]))
        await plant_attempt(connection, order, order.current, outcome="in_doubt")
    refused = await act(shop, order_id, "cancel", {"reason": "left"}, WRITE)
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/state-conflict"
    answer = await act(shop, order_id, "cancel", {"reason": "left"}, OPS)
    assert answer.status_code == 200
    assert [answer.json()["status"], answer.json()["cancellation"]["state"]] == ["received", "requested"]


@pytest.mark.parametrize(
    ("action", "state", "status"),
    [
        ("retry", "sending", "received"),
        ("retry", "done", "accepted"),
        ("retry", "done", "rejected"),
        ("resend", "waiting", "received"),
        ("resend", "sending", "received"),
        ("resend", "in_doubt", "received"),
        ("resend", "done", "accepted"),
        ("resolve", "waiting", "received"),
        ("resolve", "sending", "received"),
        ("cancel", "done", "rejected"),
        ("cancel", "done", "completed"),
    ],
)
async def test_conflicts_tell_the_state_and_change_nothing(shop: Api, action: str, state: str, status: str) -> None:
    order_id = await submitted(shop, state=state, status=status)
    answer = await act(shop, order_id, action, BODIES[action])
    assert answer.status_code == 409, answer.text
    assert answer.json()["type"] == "/problems/state-conflict"
    assert answer.json()["state"]
    seen = (await shop.call("GET", f"/v1/orders/{order_id}", READ)).json()
    assert [seen["status"], seen["dispatch"]["state"], seen["version"]] == [status, state, 1]


@pytest.mark.parametrize(
    ("action", "body", "pointer"),
    [
        ("resolve", {}, "/note"),
        ("resolve", {"note": " "}, "/note"),
        ("resolve", {"note": "x", "status": "ready"}, "/status"),
        ("resolve", {"note": "x" * 501}, "/note"),
        ("cancel", {}, "/reason"),
        ("cancel", {"reason": "a\nb"}, "/reason"),
        ("cancel", {"reason": "x", "note": "x"}, "/note"),
        ("resend", {"orders": []}, "/orders"),
        ("resend", {"order": 7}, "/order"),
    ],
)
async def test_bad_bodies(shop: Api, action: str, body: Any, pointer: str) -> None:
    order_id = await submitted(shop)
    answer = await act(shop, order_id, action, body)
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("action", BODIES)
async def test_what_a_key_may_not_see_is_not_there(shop: Api, action: str) -> None:
    order_id = await submitted(shop)
    for name in (str(uuid4()), str(new_id()), "7"):
        assert (await act(shop, name, action, BODIES[action])).status_code == 404
    hidden = await act(shop, order_id, action, BODIES[action], locations=["kyiv-1"])
    assert hidden.status_code == 404
    assert hidden.json()["type"] == "/problems/not-found"


@pytest.mark.parametrize("action", BODIES)
async def test_scopes(shop: Api, action: str) -> None:
    order_id = await submitted(shop)
    for scope in {WRITE, READ, Scope.ADMIN} - ({WRITE} if action == "cancel" else set()):
        assert (await act(shop, order_id, action, BODIES[action], scope)).status_code == 403
    assert (await shop.call("POST", f"/v1/orders/{order_id}/{action}", json={})).status_code == 401
