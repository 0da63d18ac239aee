"""The lock of a renewal: it makes renewals wait, and nobody else."""

import asyncio
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.store import locations, pos_tokens
from app.store.tables import api_keys, lanes
from app.store.tables import locations as location_rows
from app.store.tables import pos_tokens as token_rows
from tests.relay.issuer import LOCATION, make_location, until

WAITING = """SELECT count(*) = 1 FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query ~ 'pos_tokens'"""
END = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)


@pytest_asyncio.fixture(autouse=True)
async def row(engine: AsyncEngine) -> None:
    await make_location(engine)
    await pos_tokens.make_row(engine, LOCATION)


async def save(connection: AsyncConnection, tokens: bytes) -> None:
    await pos_tokens.save(connection, LOCATION, began_with=b"hash", tokens=tokens, expires_at=END)


async def test_there_is_a_row_and_making_it_again_changes_nothing(engine: AsyncEngine) -> None:
    found = await pos_tokens.read(engine, LOCATION)
    assert found is not None
    assert found.tokens == b""
    async with engine.begin() as connection:
        await save(connection, b"sealed")
    await pos_tokens.make_row(engine, LOCATION)
    found = await pos_tokens.read(engine, LOCATION)
    assert found is not None
    assert found.tokens == b"sealed"
    assert found.now.tzinfo is not None
    assert "sealed" not in repr(found)


@pytest.mark.parametrize("outcome", ["commit", "rollback"])
async def test_who_waited_for_the_lock_sees_what_became_of_the_row(engine: AsyncEngine, outcome: str) -> None:
    async def second() -> pos_tokens.StoredTokens | None:
        async with engine.begin() as connection:
            return await pos_tokens.lock(connection, LOCATION)

    async with engine.connect() as connection:
        assert await pos_tokens.lock(connection, LOCATION)
        waiting = asyncio.create_task(second())
        await until(engine, WAITING)
        async with engine.connect() as other:
            waited_until = await other.scalar(text("SELECT clock_timestamp()"))
        await save(connection, b"new")
        await getattr(connection, outcome)()
    found = await waiting
    assert found is not None
    assert (found.began_with, found.tokens) == ((b"hash", b"new") if outcome == "commit" else (b"", b""))
    assert found.now > waited_until, "its clock is of after the wait"


async def test_a_renewal_that_hangs_keeps_no_other_transaction_waiting(engine: AsyncEngine) -> None:
    async with engine.begin() as renewing:
        await pos_tokens.lock(renewing, LOCATION)
        await save(renewing, b"new")
        async with engine.begin() as other:
            await other.execute(text("SET LOCAL lock_timeout = '1ms'"))
            for table in (location_rows, lanes):
                rows = await other.scalars(select(table.c.location_id).with_for_update())
                assert list(rows) == [LOCATION]
            await other.execute(update(location_rows).values(version=location_rows.c.version + 1))
            await other.execute(select(api_keys))
        found = await pos_tokens.read(engine, LOCATION)
        assert found is not None
        assert found.tokens == b""


async def test_a_deleted_location_has_no_tokens(engine: AsyncEngine) -> None:
    await locations.delete(engine, LOCATION)
    assert await pos_tokens.read(engine, LOCATION) is None
    async with engine.begin() as connection:
        assert await pos_tokens.lock(connection, LOCATION) is None


async def test_none_are_made_for_a_location_that_is_not_there(engine: AsyncEngine) -> None:
    await locations.delete(engine, LOCATION)
    async with engine.begin() as connection:
        await pos_tokens.wipe(connection, LOCATION)
    for location_id in (LOCATION, "nowhere"):
        await pos_tokens.make_row(engine, location_id)
    async with engine.connect() as connection:
        assert (await connection.execute(select(token_rows))).all() == []


@pytest.mark.parametrize("times", [1, 2])
async def test_wiped(engine: AsyncEngine, times: int) -> None:
    async with engine.begin() as connection:
        await save(connection, b"sealed")
    for _ in range(times):
        async with engine.begin() as connection:
            await pos_tokens.wipe(connection, LOCATION)
    async with engine.connect() as connection:
        assert (await connection.execute(select(token_rows))).all() == []
