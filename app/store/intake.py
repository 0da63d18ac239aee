"""Intake: one statement that stores orders (or payments), their first history line and their submissions together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.database import to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """An order as intake stores it, with its first submission."""

    location_id: str
    id: UUID
    kind: str = "order"
    """Or ``payment``: its references are apart from those of orders."""
    reference: str
    fingerprint: bytes
    service_type: str
    currency: str
    total: Decimal
    prepaid: bool
    requested_for: datetime | None
    customer_search: str
    submission: UUID
    pos_system: str
    folded: Sequence[str]
    not_sent: Sequence[str]
    warnings: Sequence[Any]
    body: dict[str, Any]
    detail: str
    """The first line of its history."""
    give_up_after_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An order that was there already under the same location and reference."""

    location_id: str
    id: UUID
    reference: str
    fingerprint: bytes


# Rows are sorted, or two batches with the same references in opposite order would deadlock. Times are the database's.
_STORE = """
WITH input AS (
    SELECT * FROM unnest(
        $1::text[], $2::uuid[], $3::text[], $4::bytea[], $5::text[], $6::text[], $7::numeric[], $8::boolean[],
        $9::timestamptz[], $10::text[], $11::uuid[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[],
        $17::text[], $18::integer[], $19::text[]
    ) AS t(
        location_id, id, reference, fingerprint, service_type, currency, total, prepaid,
        requested_for, customer_search, submission, pos_system, folded, not_sent, warnings, body,
        detail, give_up_after_s, kind
    )
), stored AS (
    INSERT INTO orders (
        location_id, id, kind, reference, fingerprint, status, service_type, currency, total, prepaid, requested_for,
        watch_at, customer_search, current_reference, pos_system, folded, not_sent, warnings, body
    )
    SELECT
        i.location_id, i.id, i.kind, i.reference, i.fingerprint, 'received', i.service_type, i.currency, i.total,
        i.prepaid, i.requested_for, i.requested_for, i.customer_search, i.submission, i.pos_system, i.folded::jsonb,
        i.not_sent::jsonb, i.warnings::jsonb, i.body::jsonb
    FROM input i JOIN locations l ON l.location_id = i.location_id AND l.deleted_at IS NULL
    ORDER BY i.location_id, i.reference
    ON CONFLICT (location_id, kind, reference) DO NOTHING
    RETURNING location_id, id, received_at
), told AS (
    INSERT INTO status_history (location_id, order_id, status, source, event, detail)
    SELECT s.location_id, s.id, 'received', 'api', 'received', i.detail FROM stored s JOIN input i ON i.id = s.id
), queued AS (
    INSERT INTO submissions (location_id, reference, order_id, state, due_at, deadline_at)
    SELECT s.location_id, i.submission, s.id, 'waiting', now(), now() + make_interval(secs => i.give_up_after_s)
    FROM stored s JOIN input i ON i.id = s.id
)
SELECT id, received_at FROM stored
"""

# Not a plain read: with a synchronous standby, a read-only "we have it already" could acknowledge a row that a
# fail-over then loses. A write waits for the standby.
_KNOWN = """
UPDATE orders o SET replays = o.replays + 1
FROM unnest($1::text[], $2::text[]) AS asked(location_id, reference)
WHERE o.location_id = asked.location_id AND o.kind = $3 AND o.reference = asked.reference
RETURNING o.location_id, o.id, o.reference, o.fingerprint
"""


async def store_orders(connection: AsyncConnection, new: Sequence[NewOrder]) -> dict[UUID, datetime]:
    """Stores what is not there yet: order id to the database's time of receipt. What is missing in the answer was
    known already, or its location is gone."""
    columns: tuple[list[Any], ...] = (
        [order.location_id for order in new],
        [order.id for order in new],
        [order.reference for order in new],
        [order.fingerprint for order in new],
        [order.service_type for order in new],
        [order.currency for order in new],
        [order.total for order in new],
        [order.prepaid for order in new],
        [order.requested_for for order in new],
        [order.customer_search for order in new],
        [order.submission for order in new],
        [order.pos_system for order in new],
        [to_json(list(order.folded)) for order in new],
        [to_json(list(order.not_sent)) for order in new],
        [to_json(list(order.warnings)) for order in new],
        [to_json(order.body) for order in new],
        [order.detail for order in new],
        [order.give_up_after_s for order in new],
        [order.kind for order in new],
    )
    result = await connection.exec_driver_sql(_STORE, columns)
    return {row.id: row.received_at for row in result}


async def known_orders(
    connection: AsyncConnection, keys: Iterable[tuple[str, str]], *, kind: str = "order"
) -> list[Known]:
    """The orders (or payments) with these (location, reference), counting the repeat: an answer that says "stored" has
    written."""
    wanted = sorted(keys)
    arguments = ([location_id for location_id, _ in wanted], [reference for _, reference in wanted], kind)
    result = await connection.exec_driver_sql(_KNOWN, arguments)
    return [
        Known(location_id=row.location_id, id=row.id, reference=row.reference, fingerprint=row.fingerprint)
        for row in result
    ]


async def read_clock(connection: AsyncConnection) -> datetime:
    """The database's clock, by which everything else is timed."""
    now: datetime = (await connection.exec_driver_sql("SELECT now()")).scalar_one()
    return now
