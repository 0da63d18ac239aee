"""`Prefer: wait=N`: the answer comes with the news, and thousands who wait are one query."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from app.relay.watching import Watching
from app.store.keys import Scope
from app.store.tables import orders, submissions
from tests.api.conftest import DEADLINE_S, IKENTOO, Api, running
from tests.planted import Planted, plant, plant_location

READ, WRITE = Scope.ORDERS_READ, Scope.ORDERS_WRITE
ORDER: dict[str, Any] = {
    "location": "geneva-1",
    "reference": "WEB-1",
    "service_type": "pickup",
    "items": [{"sku": "PIZZA", "quantity": 1}],
    "total": "12.50",
}
LONG = {"Prefer": "wait=25"}


@pytest_asyncio.fixture
async def shop(api: Api) -> Api:
    assert (await api.put("geneva-1", IKENTOO)).status_code == 201
    return api


async def waiting(watching: Watching, clients: int) -> None:
    """Until so many wait."""
    async with asyncio.timeout(DEADLINE_S):
        while watching.clients != clients:  # noqa: ASYNC110 - nobody is told, nobody but a test would care
            await asyncio.sleep(0.005)


async def happens(api: Api, order: Planted | str, **columns: Any) -> None:
    """Something of the order changes, as by another process, which then says that something did."""
    order_id = order if isinstance(order, str) else order.id
    async with api.services.engine.begin() as connection:
        changes = {"version": orders.c.version + 1, **columns}
        await connection.execute(update(orders).where(orders.c.id == order_id).values(**changes))
    api.services.watching.wake()


@asynccontextmanager
async def asked(
    api: Api, method: str, path: str, *scopes: str, **options: Any
) -> AsyncIterator[asyncio.Task[httpx.Response]]:
    """A request that waits already."""
    before = api.services.watching.clients
    task = asyncio.create_task(api.call(method, path, *scopes, timeout=60, **options))
    await waiting(api.services.watching, before + 1)
    yield task
    async with asyncio.timeout(DEADLINE_S):
        await task


async def test_a_submit_answers_when_the_status_changes(shop: Api) -> None:
    async with asked(shop, "POST", "/v1/orders", WRITE, json=ORDER, headers=LONG) as submit:
        [found] = (await shop.call("GET", "/v1/orders", READ)).json()["items"]  # stored, and being sent, at once
        assert len(shop.announced) == 1
        async with shop.services.engine.begin() as connection:  # it is claimed: not worth an answer
            await connection.execute(update(submissions).values(state="sending", attempt=1))
        await happens(shop, found["id"])
        await happens(shop, found["id"], status="submitted")
    answer = submit.result()
    assert (answer.status_code, answer.json()["status"]) == (202, "submitted")
    assert answer.headers["Preference-Applied"] == "wait=25"
    assert answer.headers["Location"] == f"/v1/orders/{found['id']}"


async def test_a_repeat_of_a_submit_waits_as_well(shop: Api) -> None:
    first = await shop.call("POST", "/v1/orders", WRITE, json=ORDER)
    async with asked(shop, "POST", "/v1/orders", WRITE, json=ORDER, headers=LONG) as repeat:
        await happens(shop, first.json()["id"], status="accepted")
    assert (repeat.result().status_code, repeat.result().json()["status"]) == (200, "accepted")
    assert repeat.result().headers["Idempotent-Replayed"] == "true"
    again = await shop.call("POST", "/v1/orders", WRITE, json=ORDER, headers=LONG)  # news already
    assert (again.status_code, again.headers["Preference-Applied"]) == (200, "wait=25")


async def test_when_the_time_is_over_the_answer_is_the_order_as_it_is(shop: Api) -> None:
    answer = await shop.call("POST", "/v1/orders", WRITE, json=ORDER, headers={"Prefer": "wait=1"})
    assert (answer.status_code, answer.json()["status"]) == (202, "received")
    assert answer.headers["Preference-Applied"] == "wait=1"
    path = answer.headers["Location"]
    read = await shop.call("GET", path, READ, headers={"Prefer": "wait=1"})
    assert (read.status_code, read.headers["Preference-Applied"]) == (200, "wait=1")
    headers = {"Prefer": "wait=1", "If-None-Match": read.headers["ETag"]}
    known = await shop.call("GET", path, READ, headers=headers)
    assert (known.status_code, known.headers["Preference-Applied"], known.content) == (304, "wait=1", b"")


async def test_a_read_answers_when_the_status_changes(shop: Api) -> None:
    order = Planted()
    await plant(shop.services.engine, order)
    async with asked(shop, "GET", f"/v1/orders/{order.id}", READ, headers=LONG) as read:
        await happens(shop, order)
        await happens(shop, order, status="accepted")
    assert (read.result().status_code, read.result().json()["status"]) == (200, "accepted")


@pytest.mark.parametrize("accept", ["application/json", "text/plain"])
async def test_a_read_of_a_known_version_answers_when_anything_changes(shop: Api, accept: str) -> None:
    order = Planted()
    await plant(shop.services.engine, order)
    path, form = f"/v1/orders/{order.id}", {"Accept": accept}
    known = await shop.call("GET", path, READ, headers=form)
    headers = {**LONG, **form, "If-None-Match": known.headers["ETag"]}
    async with asked(shop, "GET", path, READ, headers=headers) as read:
        await happens(shop, order, warnings=[{"code": "x", "message": "odd"}], reference="WEB-2")
    assert read.result().status_code == 200
    assert "WEB-2" in read.result().text
    old = await shop.call("GET", path, READ, headers=headers)  # another version is known: no wait
    assert old.status_code == 200


async def test_an_order_that_has_ended_is_answered_at_once(shop: Api) -> None:
    order = Planted(columns={"status": "completed"}, submission={"state": "done"})
    await plant(shop.services.engine, order)
    path = f"/v1/orders/{order.id}"
    read = await shop.call("GET", path, READ, headers=LONG)
    assert (read.status_code, read.headers["Preference-Applied"]) == (200, "wait=25")
    known = await shop.call("GET", path, READ, headers={**LONG, "If-None-Match": read.headers["ETag"]})
    assert known.status_code == 304


async def test_an_end_ends_waiting_too(shop: Api) -> None:
    """A person settled the order, and left its status as it was."""
    order = Planted()
    await plant(shop.services.engine, order)
    async with asked(shop, "GET", f"/v1/orders/{order.id}", READ, headers=LONG) as read:
        async with shop.services.engine.begin() as connection:
            await connection.execute(update(submissions).values(state="done"))
        await happens(shop, order)
    assert read.result().json()["final"] is True


@pytest.mark.parametrize(
    ("prefer", "applied"),
    [
        ("respond-async, wait=1", "wait=1"),
        ('WAIT = "1"; x=y', "wait=1"),
        ("wait=1, wait=20", "wait=1"),
        ("wait", None),
        ("wait=", None),
        ("wait=0", None),
        ("wait=-1", None),
        ("wait=1.5", None),
        ("wait=\u0661", None),
        ("wait=soon, wait=20", None),
        ("handling=strict", None),
        (",;=,", None),
    ],
)
async def test_what_is_understood(shop: Api, prefer: str, applied: str | None) -> None:
    order = Planted()
    await plant(shop.services.engine, order)
    answer = await shop.call("GET", f"/v1/orders/{order.id}", READ, headers={"Prefer": prefer.encode()})
    assert (answer.status_code, answer.headers.get("Preference-Applied")) == (200, applied)


@pytest.mark.parametrize("seconds", ["26", "99999", "9" * 5000])
async def test_nobody_waits_longer_than_25_s(shop: Api, seconds: str) -> None:
    order = Planted()
    await plant(shop.services.engine, order)
    headers = {"Prefer": f"wait={seconds}"}
    async with asked(shop, "GET", f"/v1/orders/{order.id}", READ, headers=headers) as read:
        await happens(shop, order, status="accepted")
    assert read.result().headers["Preference-Applied"] == "wait=25"


async def test_a_stop_ends_all_waiting_with_the_present_view(shop: Api) -> None:
    order = Planted()
    await plant(shop.services.engine, order)
    async with (
        asked(shop, "GET", f"/v1/orders/{order.id}", READ, headers=LONG) as read,
        asked(shop, "POST", "/v1/orders", WRITE, json={**ORDER, "reference": "WEB-2"}, headers=LONG) as submit,
    ):
        shop.services.watching.close()
    assert (read.result().status_code, read.result().json()["status"]) == (200, "received")
    assert (submit.result().status_code, submit.result().json()["status"]) == (202, "received")
    late = await shop.call("GET", f"/v1/orders/{order.id}", READ, headers=LONG)
    assert (late.status_code, "Preference-Applied" in late.headers) == (200, False)


async def test_where_there_is_no_room_nobody_waits(database_url: str, engine: AsyncEngine) -> None:
    order = Planted()
    await plant_location(engine)
    await plant(engine, order)
    async with running(database_url, most_waiting=1) as api:
        async with asked(api, "GET", f"/v1/orders/{order.id}", READ, headers=LONG) as read:
            beyond = await api.call("GET", f"/v1/orders/{order.id}", READ, headers=LONG)
            assert (beyond.status_code, "Preference-Applied" in beyond.headers) == (200, False)
            await happens(api, order, status="accepted")
        assert read.result().headers["Preference-Applied"] == "wait=25"
