"""Hundreds of clients wait, and the database hears of it as of one."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
from sqlalchemy import event, update
from sqlalchemy.ext.asyncio import AsyncEngine

from app.store.tables import orders
from tests.api.conftest import Api
from tests.api.test_waiting import LONG, READ, waiting
from tests.planted import Planted, plant, plant_location

CLIENTS = 200
DEADLINE_S = 60


class Said:
    """The statements of an engine: those that look for changes by the orders they ask for, and all others."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.looks: list[int] = []
        self.others: list[str] = []
        self._new = asyncio.Event()
        event.listen(engine.sync_engine, "before_cursor_execute", self._hear)

    def _hear(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "unnest" in statement:
            self.looks.append(len(parameters[0]))
            self._new.set()
        else:
            self.others.append(statement)

    async def looked(self, times: int) -> None:
        """Until so many looks were made."""
        async with asyncio.timeout(DEADLINE_S):
            while len(self.looks) < times:
                self._new.clear()
                await self._new.wait()


@asynccontextmanager
async def crowd(api: Api, wanted: Sequence[Planted]) -> AsyncIterator[list[asyncio.Task[httpx.Response]]]:
    """One client for each order, all waiting."""
    headers = {**LONG, "Authorization": f"Bearer {await api.key(READ)}"}
    limits = httpx.Limits(max_connections=None)
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=api.url, headers=headers, limits=limits, timeout=DEADLINE_S, trust_env=False)
        )
        asking = [asyncio.create_task(client.get(f"/v1/orders/{order.id}")) for order in wanted]
        await waiting(api.services.watching, len(wanted))
        yield asking
        await asyncio.gather(*asking)


async def test_two_hundred_who_wait_make_one_query(api: Api) -> None:
    engine = api.services.engine
    planted = [Planted(reference=f"WEB-{number}") for number in range(CLIENTS)]
    await plant_location(engine)
    await plant(engine, *planted)
    async with crowd(api, planted) as asking:
        said = Said(engine)
        for _ in range(1000):  # a busy shop: many orders change, none of these
            api.services.watching.wake()
        await said.looked(3)
        assert set(said.looks) == {CLIENTS}
        assert said.others == []  # and nothing else, for none of them

        async with engine.begin() as connection:
            await connection.execute(update(orders).values(version=orders.c.version + 1, status="accepted"))
        api.services.watching.wake()
        answers = await asyncio.gather(*asking)
    assert {answer.json()["status"] for answer in answers} == {"accepted"}
    reads = [statement for statement in said.others if statement.startswith("SELECT")]
    assert len(reads) == CLIENTS  # each its answer
    assert api.services.watching.clients == 0


async def test_nobody_waits_and_nothing_is_asked(api: Api) -> None:
    said = Said(api.services.engine)
    order = Planted()
    await plant_location(api.services.engine)
    await plant(api.services.engine, order)
    for _ in range(100):
        api.services.watching.wake()
    assert (await api.call("GET", f"/v1/orders/{order.id}", READ)).status_code == 200
    assert said.looks == []


async def test_a_change_between_reading_and_waiting_is_not_missed(api: Api) -> None:
    """No wake-up comes after it, and the look of the safety net is far away: its mark tells."""
    order = Planted()
    await plant_location(api.services.engine)
    await plant(api.services.engine, order)
    watching = api.services.watching
    since = watching.mark()
    async with api.services.engine.begin() as connection:
        await connection.execute(update(orders).values(version=2, status="accepted"))
    watching.wake()
    with watching.watch(order.id, 1, since=since) as watch:
        row = await watch.change(DEADLINE_S)
        assert row is not None
        assert (row.version, watch.version) == (2, 2)
        # Another client, which read the order before this one did.
        with watching.watch(order.id, 1, since=watching.mark()) as other:
            assert await other.change(DEADLINE_S) is not None
