"""Callbacks as the operator sees them: what came in, and why it could not be matched or read."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.tables import callbacks


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRow:
    """One callback, as received and as understood."""

    location_id: str
    id: UUID
    state: str
    """received, handled or parked"""
    received_at: datetime
    handled_at: datetime | None
    repeats: int
    reference: str | None
    word: str | None
    problem: str | None
    body: bytes
    """What was received, or its beginning."""
    size: int
    """Bytes that were received."""


_PLAIN = [callbacks.c[field.name] for field in fields(CallbackRow) if field.name not in ("body", "size")]
_SIZE = func.length(callbacks.c.body).label("size")


async def read_callbacks(
    connection: AsyncConnection,
    *,
    states: Sequence[str] = (),
    locations: Sequence[str] | None = None,
    limit: int,
    before: UUID | None = None,
    body_limit: int,
) -> list[CallbackRow]:
    """The newest ``limit`` callbacks that are older than ``before``, with the first ``body_limit`` bytes of each;
    ``locations`` None: of all of them."""
    body = func.substr(callbacks.c.body, 1, body_limit).label("body")
    statement = select(*_PLAIN, body, _SIZE).order_by(callbacks.c.id.desc()).limit(limit)
    if states:
        statement = statement.where(callbacks.c.state.in_(states))
    if locations is not None:
        statement = statement.where(callbacks.c.location_id.in_(locations))
    if before is not None:
        statement = statement.where(callbacks.c.id < before)
    return [CallbackRow(**row) for row in (await connection.execute(statement)).mappings()]


async def read_callback(
    connection: AsyncConnection, callback_id: UUID, *, locations: Sequence[str] | None = None
) -> CallbackRow | None:
    """The callback with its whole body, or None: no such callback, or not of one of these locations."""
    statement = select(*_PLAIN, callbacks.c.body, _SIZE).where(callbacks.c.id == callback_id)
    if locations is not None:
        statement = statement.where(callbacks.c.location_id.in_(locations))
    row = (await connection.execute(statement)).mappings().one_or_none()
    return CallbackRow(**row) if row else None
