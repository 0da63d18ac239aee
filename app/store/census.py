"""How the whole installation does, in numbers: what is under way, in trouble, held, old. For `/metrics`.

Read from the partial indexes of what is not done yet, and from the newest orders: however many finished ones there are,
they cost nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

RECENT = timedelta(minutes=5)
MOST_RECENT = 20_000
"""Orders whose attempts are looked at."""
MOST_HELD = 50
"""Locations that are named."""
STATEMENT_S = 3

Counts = Mapping[tuple[str, ...], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """Numbers by what they count. Times in seconds."""

    dispatch: Counts
    """By kind and state: submissions that are not done."""
    oldest: Counts
    """By state: since the oldest of them was made."""
    status: Counts
    """Orders that have not ended, by status."""
    attention: Counts
    """By kind and code."""
    locations: Counts
    """By `all`, `paused`, `failing`, and by what blocks them."""
    held: Sequence[tuple[str, ...]]
    """Location and why it does not send, some of them."""
    attempts: Counts
    """Of the newest orders, by POS system, kind and outcome."""
    attempt_seconds: Counts
    """Of the sends among them, by POS system and quantile."""
    callbacks: Counts
    """Not handled yet, or not matched, by state."""
    catalogs: Counts
    """By `oldest_s`, `never` and `failing`."""
    horizon: Counts
    """`xmin`: transactions since the oldest that vacuum must respect; `transaction_s`: of the longest transaction."""


_COUNTS = {
    "dispatch": """
        SELECT o.kind, s.state, count(*) FROM submissions s
        JOIN orders o ON o.location_id = s.location_id AND o.id = s.order_id
        WHERE s.state <> 'done' GROUP BY 1, 2""",
    "oldest": """
        SELECT state, extract(epoch FROM now() - min(created_at))::float8 FROM submissions
        WHERE state <> 'done' GROUP BY 1""",
    "status": """
        SELECT status, count(*) FROM (
            SELECT location_id, id, status FROM orders WHERE watch_at IS NOT NULL AND kind = 'order'
            UNION
            SELECT o.location_id, o.id, o.status FROM submissions s
            JOIN orders o ON o.location_id = s.location_id AND o.id = s.order_id AND o.kind = 'order'
            WHERE s.state <> 'done'
        ) live GROUP BY 1""",
    "attention": """
        SELECT kind, attention ->> 'code', count(*) FROM orders WHERE attention IS NOT NULL GROUP BY 1, 2""",
    "locations": """
        SELECT counted.what, counted.number FROM (
            SELECT count(*) AS "all", count(*) FILTER (WHERE n.paused) AS paused,
                   count(*) FILTER (WHERE n.blocked = 'access_denied') AS access_denied,
                   count(*) FILTER (WHERE n.blocked = 'misconfigured') AS misconfigured,
                   count(*) FILTER (WHERE n.failures >= 5 AND n.blocked IS NULL) AS failing
            FROM locations l JOIN lanes n USING (location_id) WHERE l.deleted_at IS NULL
        ) one CROSS JOIN LATERAL (VALUES ('all', "all"), ('paused', paused), ('access_denied', access_denied),
            ('misconfigured', misconfigured), ('failing', failing)) counted (what, number)""",
    "callbacks": "SELECT state, count(*) FROM callbacks WHERE due_at IS NOT NULL GROUP BY 1",
    "catalogs": """
        SELECT counted.what, counted.number FROM (
            SELECT extract(epoch FROM now() - min(c.synced_at))::float8 AS oldest_s,
                   count(*) FILTER (WHERE c.synced_at IS NULL) AS never,
                   count(*) FILTER (WHERE c.failures > 0) AS failing
            FROM locations l LEFT JOIN catalogs c USING (location_id) WHERE l.deleted_at IS NULL
        ) one CROSS JOIN LATERAL
            (VALUES ('oldest_s', oldest_s), ('never', never), ('failing', failing)) counted (what, number)
        WHERE counted.number IS NOT NULL""",
    "horizon": """
        SELECT 'xmin', coalesce(max(greatest(age(backend_xmin), age(backend_xid))), 0)::float8 FROM pg_stat_activity
        UNION ALL
        SELECT 'transaction_s', coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::float8
        FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()""",
}
_HELD = """
    SELECT location_id, CASE WHEN n.paused THEN 'paused' ELSE coalesce(n.blocked, 'failing') END
    FROM locations l JOIN lanes n USING (location_id)
    WHERE l.deleted_at IS NULL AND (n.paused OR n.blocked IS NOT NULL OR n.failures >= 5)
    ORDER BY 1 LIMIT :limit"""
_RECENT = """
    WITH recent AS (
        SELECT location_id, id, pos_system FROM orders WHERE id >= :since ORDER BY id DESC LIMIT :limit
    ), tries AS (
        SELECT r.pos_system, a.kind, coalesce(a.outcome, 'open') AS outcome,
               extract(epoch FROM a.ended_at - a.started_at)::float8 AS seconds
        FROM recent r
        JOIN submissions s ON s.location_id = r.location_id AND s.order_id = r.id
        JOIN attempts a ON a.location_id = s.location_id AND a.reference = s.reference
    )"""
_ATTEMPTS = f"{_RECENT} SELECT pos_system, kind, outcome, count(*) FROM tries GROUP BY 1, 2, 3"  # noqa: S608 - a constant of ours
_SECONDS = f"""{_RECENT} SELECT pos_system, q.name, percentile_cont(q.fraction) WITHIN GROUP (ORDER BY seconds)
    FROM tries CROSS JOIN (VALUES ('0.5', 0.5::float8), ('0.99', 0.99)) q (name, fraction)
    WHERE kind = 'send' AND seconds IS NOT NULL GROUP BY pos_system, q.name, q.fraction"""  # noqa: S608


async def read_census(connection: AsyncConnection) -> Census:
    """The numbers of this moment. None of its statements may run for longer than 3 s."""
    await connection.execute(text(f"SET LOCAL statement_timeout = '{STATEMENT_S}s'"))
    counts = {name: await _counts(connection, statement) for name, statement in _COUNTS.items()}
    recent = {"since": _oldest_id(datetime.now(UTC) - RECENT), "limit": MOST_RECENT}
    held = await connection.execute(text(_HELD), {"limit": MOST_HELD})
    return Census(
        **counts,
        held=[(row[0], row[1]) for row in held],
        attempts=await _counts(connection, _ATTEMPTS, recent),
        attempt_seconds=await _counts(connection, _SECONDS, recent),
    )


async def _counts(connection: AsyncConnection, statement: str, given: Mapping[str, Any] | None = None) -> Counts:
    """The last column is the number, those before it say of what."""
    rows = await connection.execute(text(statement), dict(given or {}))
    return {tuple(str(part) for part in row[:-1]): float(row[-1]) for row in rows}


def _oldest_id(at: datetime) -> UUID:
    """Below every id (UUIDv7) that was made after this."""
    return UUID(int=int(at.timestamp() * 1000) << 80)
