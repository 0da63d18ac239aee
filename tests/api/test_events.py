"""GET /v1/orders/{id}/events: the order now, and at each change, up to its end."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from app.store import keys
from app.store.keys import Scope
from app.store.tables import submissions
from tests.api.conftest import DEADLINE_S, IKENTOO, Api, running
from tests.api.test_waiting import happens, waiting
from tests.planted import Planted, plant, plant_location

READ = Scope.ORDERS_READ
ORDER = Planted()
PATH = f"/v1/orders/{ORDER.id}/events"
ENDED = Planted(columns={"status": "completed", "version": 7}, submission={"state": "done"})


@dataclass
class Stream:
    """What comes of a stream."""

    answer: httpx.Response
    lines: AsyncIterator[str]

    async def event(self) -> dict[str, str]:
        """The next one's fields; empty at the end."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(DEADLINE_S):
            async for line in self.lines:
                if not line and fields:
                    break
                name, _, value = line.partition(":")
                fields[name] = value.strip()
        return fields

    async def order(self) -> Any:
        """The order that comes next."""
        event = await self.event()
        view = json.loads(event["data"])
        assert event["id"] == str(view["version"])
        return view


@pytest_asyncio.fixture
async def shop(api: Api) -> Api:
    assert (await api.put("geneva-1", IKENTOO)).status_code == 201
    await plant(api.services.engine, ORDER)
    return api


@asynccontextmanager
async def following(api: Api, path: str = PATH, **headers: str) -> AsyncIterator[Stream]:
    """A stream, and what it begins with."""
    headers.setdefault("Authorization", f"Bearer {await api.key(READ)}")
    async with api.client.stream("GET", path, headers=headers) as answer:
        stream = Stream(answer, answer.aiter_lines())
        if answer.status_code == 200:
            assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
            assert int((await stream.event())["retry"]) >= 1000
        yield stream


async def test_the_order_now_and_at_each_change_and_its_end(shop: Api) -> None:
    async with following(shop) as stream:
        assert stream.answer.headers["cache-control"] == "no-store"
        now = await stream.order()
        [listed] = (await shop.call("GET", "/v1/orders", READ)).json()["items"]
        assert now == listed
        await happens(shop, ORDER)
        assert ((await stream.order())["version"]) == 2
        async with shop.services.engine.begin() as connection:  # a claim
            await connection.execute(update(submissions).values(state="sending", attempt=1))
        shop.services.watching.wake()
        claimed = await stream.order()
        assert (claimed["version"], claimed["dispatch"]["state"]) == (3, "sending")
        async with shop.services.engine.begin() as connection:
            await connection.execute(update(submissions).values(state="done"))
        await happens(shop, ORDER, status="completed")
        assert (await stream.order())["final"] is True
        assert await stream.event() == {}  # the server ends it
    await waiting(shop.services.watching, 0)


async def test_who_comes_back_hears_what_is_new_only(shop: Api) -> None:
    async with following(shop, **{"Last-Event-ID": "1"}) as stream:
        await waiting(shop.services.watching, 1)
        await happens(shop, ORDER, status="accepted")
        assert (await stream.order())["status"] == "accepted"
    for last in ("1", "99", "", "x"):  # it missed something, or it never was ours
        async with following(shop, **{"Last-Event-ID": last}) as stream:
            assert (await stream.order())["version"] == 2


async def test_an_order_that_has_ended(shop: Api) -> None:
    ended = Planted(reference="WEB-2", columns=ENDED.columns, submission=ENDED.submission)
    await plant(shop.services.engine, ended)
    path = f"/v1/orders/{ended.id}/events"
    async with following(shop, path) as stream:
        assert (await stream.order())["version"] == 7
        assert await stream.event() == {}
    async with following(shop, path, **{"Last-Event-ID": "7"}) as stream:
        assert stream.answer.status_code == 204  # to browsers: do not come again
    async with following(shop, path, **{"Last-Event-ID": "6"}) as stream:
        assert (await stream.order())["version"] == 7


async def test_a_client_that_goes_away_leaves_nothing_behind(shop: Api) -> None:
    async with following(shop) as stream:
        await stream.order()
        await waiting(shop.services.watching, 1)
    await waiting(shop.services.watching, 0)


async def test_a_client_that_does_not_read_keeps_nobody_waiting(shop: Api) -> None:
    big = [{"code": "x", "message": "y" * 1000}] * 500
    async with AsyncExitStack() as stack:
        lazy = [await stack.enter_async_context(following(shop)) for _ in range(3)]
        await waiting(shop.services.watching, 3)
        stream = await stack.enter_async_context(following(shop))
        assert (await stream.order())["version"] == 1
        for version in range(2, 12):  # half a megabyte each: more than all buffers on the way
            await happens(shop, ORDER, warnings=big)
            assert (await stream.order())["version"] == version
        assert (await lazy[0].order())["version"] == 1
        assert 1 < (await lazy[0].order())["version"] <= 11


async def test_a_revoked_key_hears_no_more(shop: Api) -> None:
    new = await keys.create(shop.services.engine, name="short", scopes={READ}, locations=None)
    async with following(shop, Authorization=f"Bearer {new.key}") as stream:
        await stream.order()
        await keys.revoke(shop.services.engine, "short")
        shop.services.keys.drop()  # as its notification does
        await happens(shop, ORDER)
        await stream.event()  # it may have been on its way
        assert await stream.event() == {}


async def test_a_stop_ends_streams(shop: Api) -> None:
    async with following(shop) as stream:
        await stream.order()
        await waiting(shop.services.watching, 1)
        shop.services.watching.close()
        assert await stream.event() == {}


async def test_where_there_is_no_room_the_order_is_told_once(database_url: str, engine: AsyncEngine) -> None:
    await plant_location(engine)
    await plant(engine, ORDER)
    async with running(database_url, most_waiting=0) as api, following(api) as stream:
        assert (await stream.order())["version"] == 1
        assert await stream.event() == {}


@pytest.mark.parametrize(
    ("path", "locations", "scope", "status"),
    [
        (PATH, ["kyiv-1"], READ, 404),
        ("/v1/orders/7/events", None, READ, 404),
        (PATH, None, Scope.OPS, 403),
    ],
)
async def test_who_may_not(shop: Api, path: str, locations: list[str] | None, scope: Scope, status: int) -> None:
    answer = await shop.call("GET", path, scope, locations=locations)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_other_methods(shop: Api) -> None:
    answer = await shop.call("HEAD", PATH, READ)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
