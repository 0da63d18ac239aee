"""Wake-ups reach other processes' connections, and come back after a connection was lost."""

import asyncio

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.store.database import run
from app.store.wakeup import CONFIG, WORK, Listener, Notifier
from tests.store.conftest import Wire

SOON_S = 10


def event_of(listener: Listener, channel: str) -> asyncio.Event:
    """Set at each wake-up."""
    event = asyncio.Event()
    listener.subscribe(channel, event.set)
    return event


async def heard(event: asyncio.Event) -> None:
    async with asyncio.timeout(SOON_S):
        await event.wait()
    event.clear()


async def terminate(engine: AsyncEngine, application_name: str) -> None:
    async def work(connection: AsyncConnection) -> None:
        statement = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name"
        ended = await connection.scalars(text(statement), {"name": application_name})
        assert [*ended] == [True]

    await run(engine, work)


async def test_a_notification_reaches_its_channel_only(database_url: str) -> None:
    async with Listener(database_url) as listener, Notifier(database_url) as notifier:
        work, config = event_of(listener, WORK), event_of(listener, CONFIG)
        await heard(work)  # connected: whatever was missed
        await heard(config)
        notifier.notify(WORK)
        await heard(work)
        notifier.notify(CONFIG)
        await heard(config)
        assert not work.is_set()


async def test_many_wishes_are_one_statement(database_url: str) -> None:
    calls = 0

    def count() -> None:
        nonlocal calls
        calls += 1

    async with Listener(database_url) as listener, Notifier(database_url) as notifier:
        await heard(event_of(listener, WORK)) if not listener.connected.is_set() else None
        done = event_of(listener, CONFIG)
        done.clear()
        listener.subscribe(WORK, count)
        for _ in range(1000):
            notifier.notify(WORK)
        notifier.notify(CONFIG)
        await heard(done)
        assert calls == 1


async def test_in_one_process_no_database_is_needed(closed_host: str) -> None:
    url = f"postgresql://nobody@{closed_host}/nothing"
    listener = Listener(url)
    work = event_of(listener, WORK)
    Notifier(url, local=listener).notify(WORK)
    assert work.is_set()


async def test_listener_comes_back_after_its_connection_was_ended(database_url: str, engine: AsyncEngine) -> None:
    async with Listener(database_url, application_name="ears") as listener, Notifier(database_url) as notifier:
        work = event_of(listener, WORK)
        await heard(work)
        await terminate(engine, "ears")
        await heard(work)  # back: whatever was missed
        notifier.notify(WORK)
        await heard(work)


async def test_notifier_comes_back_and_keeps_the_wish(database_url: str, engine: AsyncEngine) -> None:
    async with Listener(database_url) as listener, Notifier(database_url, application_name="mouth") as notifier:
        work = event_of(listener, WORK)
        await heard(work)
        notifier.notify(WORK)
        await heard(work)
        await terminate(engine, "mouth")
        notifier.notify(WORK)
        await heard(work)


async def test_wishes_of_an_outage_are_heard_after_it(database_url: str, wire: Wire) -> None:
    wire.freeze()
    async with Listener(database_url) as listener, Notifier(wire.url) as notifier:
        work = event_of(listener, WORK)
        await heard(work)
        notifier.notify(WORK)
        wire.thaw()
        await heard(work)


async def test_work_is_named_as_long_as_the_names_fit(database_url: str) -> None:
    async with Listener(database_url) as listener, Notifier(database_url) as notifier:
        due = listener.due()
        assert due.take() is None, "nothing is known yet"
        await asyncio.wait_for(listener.connected.wait(), 10)
        due.take()
        notifier.notify(WORK, "geneva-1")
        notifier.notify(WORK, "kyiv-1")
        await asyncio.wait_for(due.anything.wait(), 10)
        assert due.take() == ["geneva-1", "kyiv-1"]
        assert due.take() == []
        for number in range(1000):
            notifier.notify(WORK, f"location-{number}")
        await asyncio.wait_for(due.anything.wait(), 10)
        assert due.take() is None
