"""Locations as an operator sees them: settings, and how their lanes do. One statement, no look at what is done."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.store.database import run


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationState:
    """A live location with the state of its lane."""

    location_id: str
    version: int
    settings: Mapping[str, Any]
    secret_names: Sequence[str]
    pos_system: str
    callback_key: str
    created_at: datetime
    updated_at: datetime
    paused: bool
    restored_at: datetime | None
    """Paused since the database came out of a backup."""
    blocked: str | None
    blocked_message: str | None
    blocked_at: datetime | None
    failures: int
    failing_since: datetime | None
    last_error: str | None
    silent: int
    last_sent_at: datetime | None
    last_callback_at: datetime | None
    waiting: int
    in_doubt: int
    oldest_waiting_s: float | None
    catalog_synced_at: datetime | None
    catalog_age_s: float | None
    catalog_error: str | None
    """Why the last sync failed."""


# The lateral part reads the partial index of due work, whose condition it repeats word for word.
_STATES = text("""
SELECT l.location_id, l.version, l.settings, l.secret_names, l.pos_system, l.callback_key, l.created_at, l.updated_at,
       n.paused, CASE WHEN n.paused THEN n.restored_at END AS restored_at,
       n.blocked, n.blocked_message, n.blocked_at, n.failures, n.failing_since, n.last_error, n.silent,
       n.last_sent_at, n.last_callback_at, s.waiting, s.in_doubt, s.oldest_waiting_s,
       c.synced_at AS catalog_synced_at, c.error AS catalog_error,
       extract(epoch FROM now() - c.synced_at)::float8 AS catalog_age_s
FROM locations l
JOIN lanes n USING (location_id)
LEFT JOIN catalogs c USING (location_id)
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting,
           count(*) FILTER (WHERE state = 'in_doubt') AS in_doubt,
           extract(epoch FROM now() - min(created_at) FILTER (WHERE state = 'waiting'))::float8 AS oldest_waiting_s
    FROM submissions WHERE location_id = l.location_id AND state IN ('waiting', 'in_doubt')
) s
WHERE l.deleted_at IS NULL
  AND (CAST(:only AS text[]) IS NULL OR l.location_id = ANY(:only))
  AND l.location_id > :after
ORDER BY l.location_id
LIMIT :limit
""")


async def list_states(
    engine: AsyncEngine, *, only: Collection[str] | None = None, after: str = "", limit: int = 200
) -> Sequence[LocationState]:
    """Live locations by slug, those after `after`. `only`: of these."""
    given = {"only": None if only is None else sorted(only), "after": after, "limit": limit}

    async def work(connection: AsyncConnection) -> Sequence[LocationState]:
        return [LocationState(**row) for row in (await connection.execute(_STATES, given)).mappings()]

    return await run(engine, work)
