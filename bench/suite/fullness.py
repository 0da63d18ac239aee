"""Does a worker slow down where a million orders wait and ten million are finished? The same delivery, by turns from
small tables and from full ones, which are another database on the same PostgreSQL."""

import shutil
import time
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from bench.suite import copies, stock
from bench.suite.delivery import delivered
from bench.suite.pace import Pace
from bench.suite.rounds import Findings, Patience, Rounds, Sample, tell
from bench.suite.stage import Stage

FULL = "bench_full"
SPARE_BYTES = 20 * 2**30
"""Are left on the disk where the tables lie."""
_KNOWN = """
SELECT EXISTS (SELECT FROM installation i, pg_database d
    WHERE d.datname = current_database() AND i.identity LIKE '%/' || d.oid || '/%')
"""


async def measure(stage: Stage, pace: Pace, patience: Patience) -> Findings:
    """Fills, measures, and drops the full tables."""
    rounds = Rounds(words="delivering from full tables", rounds=pace.rounds, patience=patience)
    full = await _copy(stage)
    try:
        rounds.notes.append(await _fill(full, pace, stage.house.place))

        async def small(_round: int) -> Sample:
            await stage.clear()
            async with stage.house.connected() as connection:
                await copies.fill(connection, copies.WAITING, pace.backlog)
                await connection.execute("VACUUM ANALYZE orders, submissions")
            await stage.checkpoint()
            return await delivered(stage, stage.relay("alone"), pace, pace.backlog, _nothing)

        async def large(_round: int) -> Sample:
            await stage.checkpoint()
            await stage.at_pos("POST", "/_forget")
            return await delivered(stage, stage.relay("alone", database=full), pace, pace.backlog, _nothing)

        rounds.add("small", "order-relay, worker, small tables", small)
        rounds.add("full", "order-relay, worker, full tables", large)
        return await rounds.all()
    finally:
        async with stage.house.connected() as connection:
            await connection.execute(f"DROP DATABASE IF EXISTS {FULL} WITH (FORCE)")


async def _nothing() -> int:
    return 2**31  # what was recorded is counted in another measurement; here, tables are never drained


async def _copy(stage: Stage) -> str:
    """The URL of a copy of ours, while it is empty. It must get to know itself: a database that finds itself copied
    with orders in it holds them until a person has looked."""
    url = urlsplit(stage.house.database)
    await stage.clear()
    connection = await asyncpg.connect(url._replace(path="/template1").geturl())
    try:
        await connection.execute(f"DROP DATABASE IF EXISTS {FULL} WITH (FORCE)")
        await connection.execute(f'CREATE DATABASE {FULL} TEMPLATE "{url.path.strip("/")}"', timeout=120)
    finally:
        await connection.close()
    full = url._replace(path=f"/{FULL}").geturl()
    connection = await asyncpg.connect(full)
    try:
        with stage.relay("alone", database=full):
            await stock.until(connection, _KNOWN)
    finally:
        await connection.close()
    return full


async def _fill(full: str, pace: Pace, place: Path) -> str:
    """What is in them afterwards."""
    began = time.monotonic()

    def goes_on() -> bool:
        return time.monotonic() < began + pace.fill_s and shutil.disk_usage(place).free > SPARE_BYTES

    connection = await asyncpg.connect(full)
    try:
        waiting = await copies.fill(connection, copies.WAITING, pace.waiting, goes_on=goes_on)
        whole = await copies.fill(connection, copies.FINISHED, pace.finished // copies.WHOLE, goes_on=goes_on)
        purged = await copies.fill(connection, copies.PURGED, pace.finished - whole, goes_on=goes_on)
        await connection.execute("VACUUM ANALYZE", timeout=600)
        size = await connection.fetchval("SELECT pg_size_pretty(pg_database_size(current_database()))")
    finally:
        await connection.close()
    words = (
        f"{waiting:,} waiting and {whole + purged:,} finished orders ({whole:,} with body, history and attempts, the "
        f"others as retention leaves them), {size}; filled in {time.monotonic() - began:.0f} s"
    )
    if waiting < pace.waiting or whole + purged < pace.finished:
        words += f"; {pace.waiting:,} and {pace.finished:,} were wanted, but time or disk were over"
    tell(words)
    return words
