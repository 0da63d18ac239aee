"""The claim: the only limiter. One short transaction, two statements.

First the lanes that have due work are locked, so that the count of what is being sent cannot change under us; then
up to ``max_in_flight`` minus that count is taken from each, with an open attempt for every one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.retry import LANE_OPENS_AFTER
from app.store.tables import orders, submissions


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """One submission that is ours to send (or to ask for) until the lease ends."""

    location_id: str
    reference: UUID
    order_id: UUID
    number: int
    """Of this attempt: the fencing token."""
    kind: str
    """``send`` or ``ask``."""
    carries: str
    """``order``, ``payment`` or ``message``."""
    was_in_doubt: bool
    elsewhere: bool
    """An earlier attempt that may have arrived was made at another venue: this one cannot tell, and must not get it."""
    deadline_at: datetime
    now: datetime
    facts: dict[str, str] | None
    """What the POS was asked before the first send; None: not yet."""
    resynced: bool
    """Sent once more already, after the POS had refused ids that had changed."""
    about_id: UUID | None
    """The order that a message is about."""
    body: dict[str, Any]


# A loose index scan: one probe of the partial index for each location that has live work, however much it has. Ten
# thousand dead restaurants make it cost, so it is run now and then, and otherwise those are looked at that were named.
_BUSY = """
WITH RECURSIVE busy(location_id) AS (
    (SELECT s.location_id FROM submissions s
     WHERE s.state IN ('waiting', 'in_doubt') ORDER BY s.location_id LIMIT 1)
    UNION ALL
    SELECT (SELECT s.location_id FROM submissions s
            WHERE s.state IN ('waiting', 'in_doubt') AND s.location_id > b.location_id
            ORDER BY s.location_id LIMIT 1)
    FROM busy b WHERE b.location_id IS NOT NULL
)
"""
_NAMED = "WITH busy AS (SELECT unnest($2::text[]) AS location_id)"
_OPEN = f"""
SELECT l.location_id FROM busy b JOIN lanes l ON l.location_id = b.location_id
WHERE NOT l.paused AND (l.not_before IS NULL OR l.not_before <= now())
  AND (l.rate_per_s IS NULL
       OR l.tokens + extract(epoch FROM now() - l.tokens_at) * l.rate_per_s >= 1)
  AND EXISTS (SELECT FROM submissions s
              WHERE s.location_id = l.location_id AND s.state IN ('waiting', 'in_doubt')
                AND s.due_at <= now() AND NOT s.held
                AND (s.state = 'in_doubt' OR s.deadline_at > now()))
  AND (SELECT count(*) FROM submissions s WHERE s.location_id = l.location_id AND s.state = 'sending')
      < CASE WHEN l.failures >= {LANE_OPENS_AFTER} OR l.blocked IS NOT NULL THEN 1 ELSE l.max_in_flight END
ORDER BY random() LIMIT $1
FOR UPDATE OF l SKIP LOCKED
"""  # noqa: S608 - a constant of ours

# $1 the locked lanes, $2 room in this process, $3 the lease, $4 the POS systems that can be asked
_TAKE = f"""
WITH room AS (
    SELECT l.location_id,
        least(
            CASE WHEN l.failures >= {LANE_OPENS_AFTER} OR l.blocked IS NOT NULL THEN 1 ELSE l.max_in_flight END
                - (SELECT count(*) FROM submissions s WHERE s.location_id = l.location_id AND s.state = 'sending'),
            CASE WHEN l.rate_per_s IS NOT NULL THEN floor(least(
                greatest(l.rate_per_s, 1), l.tokens + extract(epoch FROM now() - l.tokens_at) * l.rate_per_s
            )) END
        )::integer AS free
    FROM lanes l WHERE l.location_id = ANY($1)
), picked AS (
    SELECT s.location_id, s.reference, s.state AS was
    FROM room r CROSS JOIN LATERAL (
        SELECT * FROM submissions s
        WHERE s.location_id = r.location_id AND s.state IN ('waiting', 'in_doubt') AND s.due_at <= now() AND NOT s.held
            AND (s.state = 'in_doubt' OR s.deadline_at > now())
        ORDER BY s.due_at LIMIT greatest(r.free, 0)
        FOR UPDATE SKIP LOCKED
    ) s
    LIMIT $2
), claimed AS (
    UPDATE submissions s
    SET state = 'sending', attempt = s.attempt + 1, lease_until = now() + make_interval(secs => $3), trigger = 'retry'
    FROM picked p
    WHERE s.location_id = p.location_id AND s.reference = p.reference
    RETURNING s.location_id, s.reference, s.order_id, s.attempt, s.absent_through, s.deadline_at, s.body, s.facts,
        s.resynced, p.was
), reasons AS (
    SELECT s.location_id, s.reference, s.trigger FROM submissions s
    JOIN picked p ON p.location_id = s.location_id AND p.reference = s.reference
), opened AS (
    INSERT INTO attempts (location_id, reference, number, kind, trigger, venue)
    SELECT c.location_id, c.reference, c.attempt,
        CASE WHEN c.was = 'in_doubt' AND o.kind = 'order' AND o.pos_system = ANY($4) THEN 'ask' ELSE 'send' END,
        r.trigger, l.venue
    FROM claimed c
    JOIN locations l ON l.location_id = c.location_id
    JOIN orders o ON o.location_id = c.location_id AND o.id = c.order_id
    JOIN reasons r ON r.location_id = c.location_id AND r.reference = c.reference
    RETURNING location_id, reference, kind, venue
), spent AS (
    UPDATE lanes l SET
        last_sent_at = now(),
        tokens_at = now(),
        tokens = CASE WHEN l.rate_per_s IS NULL THEN l.tokens ELSE
            least(greatest(l.rate_per_s, 1), l.tokens + extract(epoch FROM now() - l.tokens_at) * l.rate_per_s)
            - c.taken END
    FROM (SELECT location_id, count(*) AS taken FROM claimed GROUP BY location_id) c
    WHERE l.location_id = c.location_id
)
SELECT c.location_id, c.reference, c.order_id, c.attempt AS number, a.kind, c.was = 'in_doubt' AS was_in_doubt,
    c.was = 'in_doubt' AND EXISTS (
        SELECT FROM attempts e
        WHERE e.location_id = c.location_id AND e.reference = c.reference AND e.kind = 'send'
          AND e.number > c.absent_through AND e.number < c.attempt
          AND (e.outcome IS NULL OR e.outcome = 'in_doubt') AND e.venue <> a.venue
    ) AS elsewhere,
    c.deadline_at, now() AS now, c.facts, c.resynced, o.kind AS carries, o.about_id,
    coalesce(c.body, o.body) AS body
FROM claimed c
JOIN opened a ON a.location_id = c.location_id AND a.reference = c.reference
JOIN orders o ON o.location_id = c.location_id AND o.id = c.order_id
"""  # noqa: S608 - a constant of ours


async def claim(
    connection: AsyncConnection,
    *,
    room: int,
    lease_s: float,
    askable: Sequence[str],
    places: Sequence[str] | None = None,
) -> list[Claimed]:
    """Takes due submissions for this process, at most ``room``, of these locations or, None, of all. Run it as a whole
    transaction; after a commit whose answer was lost, what it took waits for its lease to end."""
    if places is None:
        found = await connection.exec_driver_sql(_BUSY + _OPEN, (room,))
    else:
        found = await connection.exec_driver_sql(_NAMED + _OPEN, (room, list(places)))
    lanes = [row.location_id for row in found]
    if not lanes:
        return []
    rows = await connection.exec_driver_sql(_TAKE, (lanes, room, lease_s, list(askable)))
    return [Claimed(**row) for row in rows.mappings()]


async def keep_facts(connection: AsyncConnection, claimed: Claimed, facts: dict[str, str]) -> None:
    """Stores what the POS was asked before the first send, for every later attempt."""
    await connection.execute(
        submissions.update()
        .where(submissions.c.location_id == claimed.location_id, submissions.c.reference == claimed.reference)
        .values(facts=facts)
    )


async def reference_of(connection: AsyncConnection, location_id: str, order_id: UUID) -> UUID | None:
    """What the POS knows an order by now; None where there is no such order any more."""
    found: UUID | None = await connection.scalar(
        select(orders.c.current_reference).where(orders.c.location_id == location_id, orders.c.id == order_id)
    )
    return found
