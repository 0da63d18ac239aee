"""Orders by the hundred thousand, past HTTP: copies of real ones, which the product itself has stored and sent."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import asyncpg

from bench.load import load
from bench.orders import LOCATIONS, requests
from bench.pipeline import SLUGS
from bench.suite.stage import EMPTY, Stage, ikentoo_requests

CHUNK = 100_000
WHOLE = 10
"""Of so many finished orders one has its body, history and attempts; the others are as retention leaves them."""
_LOOK_S = 0.1
_WITHIN_S = 60.0
_TABLES = ("orders", "submissions", "status_history", "attempts")
_FORGET = "".join(f"DROP TABLE IF EXISTS {{0}}_{table};" for table in _TABLES)
_KEEP = "".join(f"CREATE TABLE {{0}}_{table} AS TABLE {table};" for table in _TABLES)
_OVER = """
UPDATE orders SET status = 'completed', follow_until = NULL, watch_at = NULL, verdict_due_at = NULL, attention = NULL
"""
_IDS = """
CREATE TEMPORARY TABLE ids ON COMMIT DROP AS
SELECT o.location_id, o.id AS old, uuidv7() AS id, uuidv7() AS reference, n
FROM generate_series($1::bigint, $2::bigint) n CROSS JOIN {0}_orders o
"""
_ORDERS = """
INSERT INTO orders OVERRIDING SYSTEM VALUE
SELECT r.* FROM ids i JOIN {0}_orders t ON t.location_id = i.location_id AND t.id = i.old, LATERAL
    jsonb_populate_record(t, jsonb_build_object('id', i.id, 'reference',
    '{1}-' || i.n || right(i.location_id, 3), 'current_reference', i.reference, 'received_at', now()) || '{2}'::jsonb) r
"""
_SUBMISSIONS = """
INSERT INTO submissions
SELECT r.* FROM ids i JOIN {0}_submissions t ON t.location_id = i.location_id AND t.order_id = i.old, LATERAL
    jsonb_populate_record(t, jsonb_build_object('reference', i.reference, 'order_id', i.id, 'due_at', now(),
    'deadline_at', now() + interval '1 day', 'created_at', now())) r
"""
_HISTORY = """
INSERT INTO status_history (location_id, order_id, at, status, source, event, detail)
SELECT i.location_id, i.id, t.at, t.status, t.source, t.event, t.detail
FROM ids i JOIN {0}_status_history t ON t.location_id = i.location_id AND t.order_id = i.old
"""
_ATTEMPTS = """
INSERT INTO attempts
SELECT r.* FROM ids i JOIN {0}_submissions s ON s.location_id = i.location_id AND s.order_id = i.old
JOIN {0}_attempts t ON t.location_id = s.location_id AND t.reference = s.reference, LATERAL
    jsonb_populate_record(t, jsonb_build_object('reference', i.reference)) r
"""
_PURGED = (
    '{"body": {}, "purged_at": "2026-01-01T00:00:00Z", "erased_at": "2026-01-01T00:00:00Z", "customer_search": ""}'
)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What is copied."""

    name: str
    history: bool
    changes: str = "{}"


WAITING = Kind(name="waiting", history=True)
SUBMITTED = Kind(name="submitted", history=True)
"""At iKentoo, whose verdict is out."""
FINISHED = Kind(name="finished", history=True)
PURGED = Kind(name="finished", history=False, changes=_PURGED)


async def keep_patterns(stage: Stage) -> None:
    """One order of each restaurant: of Iiko as it waits, and as it is when all is over; of iKentoo when it was sent.
    Leaves empty tables."""
    async with stage.house.connected() as connection:
        await _made(stage, requests("pattern", key=stage.key), len(LOCATIONS))
        await _keep(connection, "waiting")
        await _sent(stage, connection)
        await connection.execute(_OVER)
        await _keep(connection, "finished")
        await _made(stage, ikentoo_requests("pattern", key=stage.key), len(SLUGS))
        await _sent(stage, connection)
        await _keep(connection, "submitted")
        await connection.execute(EMPTY)


async def _made(stage: Stage, requests: Iterator[bytes], count: int) -> None:
    await stage.clear()
    with stage.relay("no") as served:
        for one in islice(requests, count):
            await load(served.url, iter([one]), seconds=0, connections=1)


async def _sent(stage: Stage, connection: asyncpg.Connection) -> None:
    with stage.relay("alone"):
        await until(connection, "SELECT NOT EXISTS (SELECT FROM submissions WHERE state <> 'done')")


async def until(connection: asyncpg.Connection, query: str, *arguments: object, within_s: float = _WITHIN_S) -> None:
    """Asks until the answer is true. Raises TimeoutError."""
    async with asyncio.timeout(within_s):
        while True:
            if await connection.fetchval(query, *arguments):
                return
            await asyncio.sleep(_LOOK_S)


async def _keep(connection: asyncpg.Connection, name: str) -> None:
    await connection.execute(_FORGET.format(name) + _KEEP.format(name))


async def fill(connection: asyncpg.Connection, kind: Kind, orders: int, *, until: float | None = None) -> int:
    """Adds copies, evenly over the restaurants; how many, where the time was over before (`time.monotonic`)."""
    each, done = CHUNK // len(LOCATIONS), 0
    while done < orders and (until is None or time.monotonic() < until):
        count = min(each, -(-(orders - done) // len(LOCATIONS)))
        await _chunk(connection, kind, first=done // len(LOCATIONS), count=count)
        done += count * len(LOCATIONS)
    return done


async def _chunk(connection: asyncpg.Connection, kind: Kind, *, first: int, count: int) -> None:
    run = f"{kind.name[0]}{'h' if kind.history else 'p'}{time.monotonic_ns():x}"
    async with connection.transaction():
        # No foreign keys are looked up: ten million times, that would take longer than everything else.
        await connection.execute("SET LOCAL session_replication_role = replica; SET LOCAL synchronous_commit = off")
        await connection.execute(_IDS.format(kind.name), first, first + count - 1, timeout=120)
        await connection.execute(_ORDERS.format(kind.name, run, kind.changes), timeout=300)
        await connection.execute(_SUBMISSIONS.format(kind.name), timeout=300)
        if kind.history:
            await connection.execute(_HISTORY.format(kind.name), timeout=300)
            await connection.execute(_ATTEMPTS.format(kind.name), timeout=300)
