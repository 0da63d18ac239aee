"""Callbacks: the raw bytes as they came, once each, and what became of them."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Update, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.ids import new_id
from app.store.tables import callbacks, locations


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCallback:
    """A callback as it came."""

    location_id: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedCallback:
    """A callback whose row is locked until the transaction ends."""

    location_id: str
    id: UUID
    body: bytes
    received_at: datetime
    state: str
    now: datetime


# Both branches write, so that the 200 that follows is never a promise which a fail-over can break. Sorted, or two
# batches with the same bytes in opposite order would deadlock.
_STORE = """
INSERT INTO callbacks (location_id, id, hash, body, repeats)
SELECT n.location_id, n.id, n.hash, n.body, n.repeats
FROM unnest($1::text[], $2::uuid[], $3::bytea[], $4::bytea[], $5::integer[])
    AS n(location_id, id, hash, body, repeats)
ORDER BY n.location_id, n.hash
ON CONFLICT (location_id, hash) DO UPDATE SET repeats = callbacks.repeats + excluded.repeats
RETURNING location_id, hash, id
"""


async def store_callbacks(connection: AsyncConnection, new: Sequence[NewCallback]) -> list[UUID]:
    """Stores the bytes, or counts the repeat: the id of each, in their order."""
    keys = [(one.location_id, hashlib.sha256(one.body).digest()) for one in new]
    bodies = {key: one.body for key, one in zip(keys, new, strict=True)}
    times = Counter(keys)
    arguments = (
        [location_id for location_id, _ in bodies],
        [new_id() for _ in bodies],
        [digest for _, digest in bodies],
        list(bodies.values()),
        [times[key] for key in bodies],
    )
    rows = await connection.exec_driver_sql(_STORE, arguments)
    ids: dict[tuple[str, bytes], UUID] = {(row.location_id, bytes(row.hash)): row.id for row in rows}
    return [ids[key] for key in keys]


_COLUMNS = ", ".join(f"c.{name}" for name in LockedCallback.__dataclass_fields__ if name != "now")
_LOCK = f"""
SELECT {_COLUMNS}, now() AS now
FROM callbacks c JOIN unnest($1::text[], $2::uuid[]) AS wanted(location_id, id)
    ON c.location_id = wanted.location_id AND c.id = wanted.id
ORDER BY c.received_at, c.id
FOR UPDATE OF c SKIP LOCKED
"""  # noqa: S608 - names of our own columns


async def lock_callbacks(connection: AsyncConnection, keys: Sequence[tuple[str, UUID]]) -> list[LockedCallback]:
    """The callbacks, locked, as they came. Without those that somebody else is at."""
    arguments = ([location_id for location_id, _ in keys], [callback_id for _, callback_id in keys])
    rows = await connection.exec_driver_sql(_LOCK, arguments)
    return [LockedCallback(**row) for row in rows.mappings()]


async def save_callbacks(
    connection: AsyncConnection, changed: Iterable[tuple[LockedCallback, Mapping[str, Any]]]
) -> None:
    """Writes what changed of locked callbacks."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for callback, changes in changed:
        key = {"of_location": callback.location_id, "of_id": callback.id}
        alike[tuple(sorted(changes))].append({**changes, **key})
    for names, rows in alike.items():
        await connection.execute(_update(names), rows)


@cache
def _update(names: tuple[str, ...]) -> Update:
    return (
        callbacks.update()
        .where(callbacks.c.location_id == bindparam("of_location"), callbacks.c.id == bindparam("of_id"))
        .values({name: bindparam(name) for name in names})
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
