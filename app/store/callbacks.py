"""Callbacks: the raw bytes as they came, once each, and what became of them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.ids import new_id
from app.store.tables import callbacks, locations


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A callback that is on disk."""

    id: UUID
    repeats: int
    """How often the very same bytes came; 1 = new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedCallback:
    """A callback whose row is locked until the transaction ends."""

    location_id: str
    id: UUID
    body: bytes
    received_at: datetime
    state: str
    now: datetime


async def store_callback(connection: AsyncConnection, location_id: str, body: bytes) -> Stored:
    """Stores the bytes, or counts the repeat. Both write, so that the 200 that follows is never a promise which a
    fail-over can break."""
    statement = (
        insert(callbacks)
        .values(location_id=location_id, id=new_id(), hash=hashlib.sha256(body).digest(), body=body)
        .on_conflict_do_update(
            index_elements=[callbacks.c.location_id, callbacks.c.hash],
            set_={"repeats": callbacks.c.repeats + 1},
        )
        .returning(callbacks.c.id, callbacks.c.repeats)
    )
    row = (await connection.execute(statement)).one()
    return Stored(id=row.id, repeats=row.repeats)


async def lock_callback(connection: AsyncConnection, location_id: str, callback_id: UUID) -> LockedCallback | None:
    """The callback, locked; None where there is none, or where somebody else is at it."""
    columns = [callbacks.c[name] for name in LockedCallback.__dataclass_fields__ if name != "now"]
    statement = (
        select(*columns, func.now().label("now"))
        .where(callbacks.c.location_id == location_id, callbacks.c.id == callback_id)
        .with_for_update(skip_locked=True)
    )
    row = (await connection.execute(statement)).mappings().one_or_none()
    return LockedCallback(**row) if row else None


async def save_callback(connection: AsyncConnection, callback: LockedCallback, **changes: Any) -> None:
    """Writes what changed of a locked callback."""
    await connection.execute(
        callbacks.update()
        .where(callbacks.c.location_id == callback.location_id, callbacks.c.id == callback.id)
        .values(**changes)
    )


@dataclass(frozen=True, slots=True)
class FoundCallback:
    """Where a callback came in, and what became of it."""

    location_id: str
    id: UUID
    system: str
    state: str


_FOUND = select(callbacks.c.location_id, callbacks.c.id, locations.c.pos_system, callbacks.c.state).join(
    locations, locations.c.location_id == callbacks.c.location_id
)


async def due_callbacks(connection: AsyncConnection, *, limit: int, after_s: float) -> list[FoundCallback]:
    """Callbacks that nobody finished (a crash between storing and processing), or that want another match. Fresh ones
    are left to the process that took them for ``after_s`` seconds."""
    statement = (
        _FOUND.where(
            callbacks.c.due_at <= func.now(),
            callbacks.c.received_at <= func.now() - timedelta(seconds=after_s),
        )
        .order_by(callbacks.c.due_at)
        .limit(limit)
    )
    return [FoundCallback(*row) for row in await connection.execute(statement)]


async def find_callback(connection: AsyncConnection, callback_id: UUID) -> FoundCallback | None:
    """The callback of this id."""
    row = (await connection.execute(_FOUND.where(callbacks.c.id == callback_id))).one_or_none()
    return FoundCallback(*row) if row else None
