"""Patterns for copies: one real order of each restaurant, which the product itself has stored and sent."""

import asyncio
from collections.abc import Iterator
from itertools import islice

import asyncpg

from bench.load import load
from bench.orders import LOCATIONS, requests
from bench.pipeline import SLUGS
from bench.suite.stage import EMPTY, Stage, ikentoo_requests

_LOOK_S = 0.1
_WITHIN_S = 60.0
_TABLES = ("orders", "submissions", "status_history", "attempts")
_FORGET = "".join(f"DROP TABLE IF EXISTS {{0}}_{table};" for table in _TABLES)
_KEEP = "".join(f"CREATE TABLE {{0}}_{table} AS TABLE {table};" for table in _TABLES)
_OVER = """
UPDATE orders SET status = 'completed', follow_until = NULL, watch_at = NULL, verdict_due_at = NULL, attention = NULL
"""


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
