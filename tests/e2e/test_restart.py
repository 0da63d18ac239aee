"""SIGTERM: what runs is finished and recorded, what was not begun is given back, and a next start sends it once."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tests.e2e import city
from tests.e2e.crowd import settled, stories, summaries
from tests.e2e.ledger import Promise, findings, oddities
from tests.e2e.processes import Process, Processes
from tests.e2e.restaurant import SCOPES, client

STOPS_WITHIN_S = 20.0
"""The contract's own number."""
NUMBERS = [f"W-{n}" for n in range(10)]
SLUG = "zhytomyr-1"
LOCK = text("LOCK TABLE locations IN ACCESS EXCLUSIVE MODE")
CLAIM = "WITH room AS"
"""How the claim's statement begins."""


def test_told_to_stop_a_worker_finishes_what_it_sends_and_leaves_the_rest(order_relay: Processes) -> None:
    iiko, door, first = order_relay.simulate("iiko"), order_relay.serve("--no-worker"), order_relay.worker()
    with client(door.url, order_relay.key("website", *SCOPES)) as api:
        city.open_iiko(api, iiko.url, SLUG)
        city.plant(iiko.url, kind="delay", seconds=1, match={"endpoint": "orders/add"})
        ids = [city.submit(api, SLUG, number) for number in NUMBERS]
        city.book(iiko.url, at_least=1)
        assert first.terminate(seconds=STOPS_WITHIN_S) == 0, first.said
        stopped = {view["reference"]: view["dispatch"]["state"] for view in summaries(api)}
        sent = {entry.number for entry in city.book(iiko.url)}

        second = order_relay.worker()
        settled(api)
        views = stories(api, summaries(api))
        assert second.terminate(seconds=STOPS_WITHIN_S) == 0, second.said
    assert stopped == {number: "done" if number in sent else "waiting" for number in NUMBERS}
    assert 0 < len(sent) < len(NUMBERS)
    promises = [Promise(id=i, number=number, place=city.IIKO_PLACE) for i, number in zip(ids, NUMBERS, strict=True)]
    assert findings(promises, {view["id"]: view for view in views}, city.book(iiko.url)) == []
    assert [words for view in views for words in oddities(view)] == []
    outcomes = [attempt["outcome"] for view in views for attempt in view["attempts"]]
    # A claim that was made just when it was told to stop may have been given back.
    assert [outcome for outcome in outcomes if outcome != "not_begun"] == ["taken"] * len(NUMBERS)


@asynccontextmanager
async def between_claim_and_settings(engine: AsyncEngine, worker: Process) -> AsyncIterator[None]:
    """Wakes a worker that has orders to send, and holds it where it has claimed them and reads the location's settings.

    Two locks of a table that both steps read, one after the other: the claim gets in between, for locks are queued.
    """
    async with engine.connect() as one, engine.connect() as other, engine.connect() as looking:
        await one.execute(LOCK)
        worker.popen.send_signal(signal.SIGCONT)
        await until_seen(
            looking, "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ :is", CLAIM
        )
        next_lock = asyncio.create_task(other.execute(LOCK))
        await until_seen(
            looking, "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = :is", "AccessExclusiveLock"
        )
        await one.rollback()
        await next_lock
        await until_seen(looking, "SELECT count(*) FROM submissions WHERE state = :is", "sending")
        yield


async def until_seen(looking: AsyncConnection, count: str, what: str) -> None:
    deadline = time.monotonic() + STOPS_WITHIN_S
    while not await looking.scalar(text(count), {"is": what}):
        assert time.monotonic() < deadline, what
        await looking.rollback()  # or the next look would see the same instant


async def test_claims_that_were_not_begun_are_given_back(order_relay: Processes, engine: AsyncEngine) -> None:
    """A worker that cannot read the settings of a location has claimed its orders, and has sent nothing."""
    iiko, door, first = order_relay.simulate("iiko"), order_relay.serve("--no-worker"), order_relay.worker()
    with client(door.url, order_relay.key("website", *SCOPES)) as api:
        city.open_iiko(api, iiko.url, SLUG)
        first.popen.send_signal(signal.SIGSTOP)
        ids = [city.submit(api, SLUG, number) for number in NUMBERS]
        async with between_claim_and_settings(engine, first):
            assert first.terminate(seconds=STOPS_WITHIN_S) == 0, first.said
        given_back = stories(api, summaries(api))
        nothing = city.book(iiko.url)

        second = order_relay.worker()
        settled(api)
        views = stories(api, summaries(api))
        assert second.terminate(seconds=STOPS_WITHIN_S) == 0, second.said
    assert nothing == []
    assert {view["dispatch"]["state"] for view in given_back} == {"waiting"}
    outcomes = [attempt["outcome"] for view in given_back for attempt in view["attempts"]]
    assert outcomes
    assert set(outcomes) == {"not_begun"}
    promises = [Promise(id=i, number=number, place=city.IIKO_PLACE) for i, number in zip(ids, NUMBERS, strict=True)]
    assert findings(promises, {view["id"]: view for view in views}, city.book(iiko.url)) == []
    assert [words for view in views for words in oddities(view)] == []
    assert {entry.asked for entry in city.book(iiko.url)} == {1}
    assert not any(view["needs_attention"] for view in views)
