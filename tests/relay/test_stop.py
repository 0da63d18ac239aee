"""Told to stop: a claim that was not begun is given back, what is sent is finished, what was cut off is in doubt."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.adapters import registry as adapters
from app.adapters.base import Limits
from app.relay.dispatch import Dispatcher, Pace
from app.relay.sending import Desk
from app.store.wakeup import Due
from tests.relay.house import IIKO, House, iiko_location, iiko_order

PATIENCE_S = 10.0
TURNS = 50
"""Of the event loop."""


@asynccontextmanager
async def dispatcher(house: House, *, drain_s: float = 20.0) -> AsyncIterator[Dispatcher]:
    registry = adapters.build()
    opened = adapters.OpenAdapters(registry, Limits(read_s=11.0, connect_s=2.0))
    desk = Desk(
        engine=house.engine,
        locations=house.locations,
        adapters=opened,
        registry=registry,
        menus=house.menus,
        syncs=house.sync,
        budget_s=12.0,
    )
    pace = Pace(concurrency=64, lease_s=20.0, verdict_grace_s=60.0, drain_s=drain_s)
    yield Dispatcher(house.engine, desk, pace, due=Due())
    await opened.aclose()


async def somebody_waits_for_a_lock(engine: AsyncEngine) -> None:
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    deadline = time.monotonic() + PATIENCE_S
    async with engine.connect() as looking:
        while not await looking.scalar(waiting):
            assert time.monotonic() < deadline
            await looking.rollback()  # or the next look would see the same instant


async def test_told_in_the_middle_of_a_claim_it_gives_it_back(house: House) -> None:
    """The tasks of such a claim have not taken their first step when the stop is seen."""
    order_id = await house.submit(iiko_order())
    await house.locations.get(IIKO)  # nothing to wait for between claim and send
    stop = asyncio.Event()
    async with dispatcher(house) as sending:
        async with house.engine.begin() as holding:
            await holding.execute(text("LOCK TABLE attempts IN EXCLUSIVE MODE"))
            running = asyncio.create_task(sending.run(stop))
            await somebody_waits_for_a_lock(house.engine)
            stop.set()
        await running
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"]) == ("received", "waiting")
    assert [attempt["outcome"] for attempt in view["attempts"]] == ["not_begun"]
    assert await house.at_pos(IIKO) == []
    await house.later(2)
    await house.send()
    assert (await house.view(order_id))["status"] == "accepted"


async def test_a_result_that_is_being_recorded_is_not_cut_off(house: House) -> None:
    """Also where nothing was sent, as when an order cannot be translated."""
    document = iiko_location(str(house.pos[IIKO].base_url).rstrip("/"))
    document["pos"]["order_types"]["pickup"] = "Kiosk"  # a name that no dictionary has
    await house.locations.put(IIKO, document)
    order_id = await house.submit(iiko_order())
    stop = asyncio.Event()
    async with dispatcher(house) as sending:
        async with house.engine.begin() as holding:
            await holding.execute(text("SELECT FROM orders FOR UPDATE"))
            running = asyncio.create_task(sending.run(stop))
            await somebody_waits_for_a_lock(house.engine)
            stop.set()
            for _ in range(TURNS):  # enough to cut it off, were that its way
                await asyncio.sleep(0)
        await running
    view = await house.view(order_id)
    assert (view["dispatch"]["state"], view["attention"]["code"]) == ("parked", "parked")
    assert [attempt["outcome"] for attempt in view["attempts"]] == ["not_translatable"]


async def test_what_does_not_end_in_time_is_in_doubt_at_once(house: House) -> None:
    """And not only when its lease is over."""
    await house.fault(IIKO, "hang", times=1, match={"endpoint": "orders/add"})
    order_id = await house.submit(iiko_order())
    stop = asyncio.Event()
    async with dispatcher(house, drain_s=0.2) as sending:
        running = asyncio.create_task(sending.run(stop))
        await house.pos[IIKO].get("/_sim/orders", params={"at_least": 1, "wait": PATIENCE_S})
        stop.set()
        await running
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"]) == ("received", "in_doubt")
    assert [attempt["outcome"] for attempt in view["attempts"]] == ["in_doubt"]
    await house.later(2)
    await house.send()
    assert (await house.view(order_id))["status"] == "accepted"
