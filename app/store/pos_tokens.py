"""OAuth tokens of a location: one row, whose lock is held while they are renewed.

A location is read, never locked, so that a renewal that hangs keeps no intake and no result waiting.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql import Select

from app.store.database import run
from app.store.tables import locations, pos_tokens

LOCK_WAIT_S = 11.0
"""For somebody else's renewal; a little more than it may last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTokens:
    """What is kept of a location."""

    now: datetime
    """The database's clock, after the lock was there."""
    began_with: bytes
    """As it was saved last; empty before the first time."""
    tokens: bytes = field(repr=False)
    """The same."""


async def read(engine: AsyncEngine, location_id: str) -> StoredTokens | None:
    """What is kept of a live location, without a lock. Raises StorageUnavailable."""

    async def work(connection: AsyncConnection) -> StoredTokens | None:
        row = (await connection.execute(_live(location_id))).one_or_none()
        return None if row is None else StoredTokens(now=row.now, began_with=row.began_with, tokens=row.tokens)

    return await run(engine, work, single_statement=True)


async def make_row(engine: AsyncEngine, location_id: str) -> None:
    """There is a row to lock. In a transaction of its own: the foreign key locks the location until it ends."""
    live = select(locations.c.location_id, literal(b""), literal(b""), func.now()).where(
        locations.c.location_id == location_id, locations.c.deleted_at.is_(None)
    )
    inserting = insert(pos_tokens).from_select(["location_id", "began_with", "tokens", "expires_at"], live)

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(inserting.on_conflict_do_nothing())

    await run(engine, work, single_statement=True)


async def lock(connection: AsyncConnection, location_id: str) -> StoredTokens | None:
    """The row, ours until the transaction ends; waits `LOCK_WAIT_S` at most. None: the location was deleted."""
    wait = f"{LOCK_WAIT_S:.0f}s"
    await connection.execute(text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": wait})
    row = (await connection.execute(_live(location_id).with_for_update(of=pos_tokens))).one_or_none()
    if row is None:
        return None
    # Asked anew: the clock of the statement above may be of before its wait.
    now: datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
    return StoredTokens(now=now, began_with=row.began_with, tokens=row.tokens)


async def save(
    connection: AsyncConnection, location_id: str, *, began_with: bytes, tokens: bytes, expires_at: datetime
) -> None:
    """Replaces what is kept. Under the lock, and without touching the key, which would lock the location."""
    values = {"began_with": began_with, "tokens": tokens, "expires_at": expires_at, "renewed_at": func.now()}
    await connection.execute(update(pos_tokens).where(pos_tokens.c.location_id == location_id).values(values))


async def wipe(connection: AsyncConnection, location_id: str) -> None:
    """Forgets them. Waits for a renewal that runs: before anything is locked that others need."""
    await connection.execute(delete(pos_tokens).where(pos_tokens.c.location_id == location_id))


def _live(location_id: str) -> Select[Any]:
    return (
        select(pos_tokens.c.began_with, pos_tokens.c.tokens, func.clock_timestamp().label("now"))
        .join(locations, locations.c.location_id == pos_tokens.c.location_id)
        .where(pos_tokens.c.location_id == location_id, locations.c.deleted_at.is_(None))
    )
