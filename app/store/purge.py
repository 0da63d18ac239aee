"""Taking out what is older than anybody needs, a little at a time.

Of an order or a payment its row and its submissions' rows stay, emptied: the reference is the key of idempotency for
ever. What is not purged yet has a history, so the history is where the next ones are looked for: its key begins with
location and order, ids are ordered by time, and the rows that stay for ever are never read again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Interval

LOCK = 0x707572676520
"""One process purges at a time; the others have nothing to do."""
START = UUID(int=0)
_RANDOM_BITS = 80
"""Of a UUIDv7, below its milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What one short transaction did."""

    looked_at: int
    purged: int
    last: UUID
    """Where the next one goes on."""


def ids_from(moment: datetime) -> UUID:
    """The smallest id that was made then."""
    return UUID(int=int(moment.timestamp() * 1000) << _RANDOM_BITS)


_WITH_OLD = text("""
SELECT l.location_id FROM locations l
WHERE EXISTS (SELECT FROM status_history h WHERE h.location_id = l.location_id AND h.order_id < :before)
""")

_CANDIDATES = text("""
SELECT DISTINCT h.order_id FROM status_history h
WHERE h.location_id = :location AND h.order_id > :after AND h.order_id < :before
ORDER BY h.order_id LIMIT :limit
""")

# Over: nothing is to be sent, to be looked at by the clock, or to be looked at by a person; and nothing has happened
# for as long as it is kept. Somebody else's lock means that something happens right now.
_PICK = text("""
SELECT o.id, o.kind FROM orders o
WHERE o.location_id = :location AND o.id = ANY(:ids)
    AND o.attention IS NULL AND o.watch_at IS NULL AND (o.follow_until IS NULL OR o.follow_until < now())
    AND o.received_at < now() - :keep AND (o.requested_for IS NULL OR o.requested_for < now() - :keep)
    AND NOT EXISTS (
        SELECT FROM submissions s WHERE s.location_id = o.location_id AND s.order_id = o.id AND s.state <> 'done'
    )
    AND NOT EXISTS (
        SELECT FROM status_history h
        WHERE h.location_id = o.location_id AND h.order_id = o.id AND h.at >= now() - :keep
    )
ORDER BY o.id
FOR UPDATE SKIP LOCKED
""").bindparams(bindparam("keep", type_=Interval))

# :ids are locked orders and payments, :messages are locked messages, which nobody refers to: they go whole.
_PURGE = (
    """
    UPDATE submissions SET body = NULL, facts = NULL, last_error = NULL
    WHERE location_id = :location AND order_id = ANY(:ids)
    """,
    """
    DELETE FROM attempts a USING submissions s
    WHERE s.location_id = :location AND s.order_id = ANY(:ids)
        AND a.location_id = s.location_id AND a.reference = s.reference
    """,
    """
    DELETE FROM callbacks c USING status_history h
    WHERE h.location_id = :location AND h.order_id = ANY(:ids)
        AND c.location_id = h.location_id AND c.id = h.callback_id
    """,
    """
    DELETE FROM notifications WHERE location_id = :location AND (order_id = ANY(:ids) OR order_id = ANY(:messages))
    """,
    """
    DELETE FROM status_history WHERE location_id = :location AND order_id = ANY(:ids)
    """,
    """
    UPDATE orders SET purged_at = now(), erased_at = coalesce(erased_at, now()), customer_search = '',
        body = CASE WHEN kind = 'order' THEN '{}' ELSE body END,
        failure = CASE WHEN failure IS NOT NULL THEN
            jsonb_build_object('code', failure -> 'code', 'message', CAST(:gone AS text), 'pos_message', NULL) END,
        cancellation = CASE WHEN cancellation IS NOT NULL THEN
            cancellation || '{"detail": null}' END,
        folded = '[]', not_sent = '[]', warnings = '[]'
    WHERE location_id = :location AND id = ANY(:ids)
    """,
    """
    DELETE FROM orders WHERE location_id = :location AND id = ANY(:messages)
    """,
)

_STRAY_CALLBACKS = text("""
WITH picked AS (
    SELECT c.location_id, c.id FROM callbacks c
    WHERE c.id < :before AND c.state = 'parked' AND c.due_at IS NULL
        AND c.received_at < now() - :keep
    ORDER BY c.id LIMIT :limit
    FOR UPDATE SKIP LOCKED
)
DELETE FROM callbacks c USING picked p WHERE c.location_id = p.location_id AND c.id = p.id RETURNING c.id
""").bindparams(bindparam("keep", type_=Interval))


async def is_alone(connection: AsyncConnection) -> bool:
    """Whether nobody else purges now; then nobody will until this transaction ends."""
    return bool(await connection.scalar(select(func.pg_try_advisory_xact_lock(LOCK))))


async def locations_with_old(connection: AsyncConnection, *, before: UUID) -> list[str]:
    """Where something is that has an id from before, and a history."""
    return list(await connection.scalars(_WITH_OLD, {"before": before}))


async def purge_some(
    connection: AsyncConnection,
    location_id: str,
    *,
    after: UUID,
    before: UUID,
    keep: timedelta,
    limit: int,
    gone: str,
) -> Purged | None:
    """The next orders of a location whose ids lie between; lock order: order, submission. None: somebody else purges.

    A word that comes for a purged order is stored as for any other, and purged again when that is old."""
    if not await is_alone(connection):
        return None
    wanted = {"location": location_id, "after": after, "before": before, "limit": limit}
    ids = list(await connection.scalars(_CANDIDATES, wanted))
    if not ids:
        return Purged(looked_at=0, purged=0, last=after)
    rows = await connection.execute(_PICK, {"location": location_id, "ids": ids, "keep": keep})
    kinds = {row.id: row.kind for row in rows}
    messages = [one for one, kind in kinds.items() if kind == "message"]
    others = [one for one, kind in kinds.items() if kind != "message"]
    await _purge(connection, location_id, others, messages, gone)
    return Purged(looked_at=len(ids), purged=len(kinds), last=ids[-1])


async def _purge(
    connection: AsyncConnection, location_id: str, ids: Sequence[UUID], messages: Sequence[UUID], gone: str
) -> None:
    if not (ids or messages):
        return
    values = {"location": location_id, "ids": ids, "messages": messages, "gone": gone}
    for statement in _PURGE:
        named = {name: value for name, value in values.items() if f":{name}" in statement}
        await connection.execute(text(statement), named)


async def purge_stray_callbacks(
    connection: AsyncConnection, *, before: UUID, keep: timedelta, limit: int
) -> int | None:
    """Callbacks that never found an order. None: somebody else purges."""
    if not await is_alone(connection):
        return None
    wanted = {"before": before, "keep": keep, "limit": limit}
    return len((await connection.scalars(_STRAY_CALLBACKS, wanted)).all())
