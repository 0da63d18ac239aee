"""`Prefer: wait`: thousands of clients wait, each for its order. What does that cost the database, and are all of them
answered when their orders change?"""

import asyncio
import json
import time
from collections.abc import Sequence

import asyncpg

from bench.house import Served
from bench.load import place
from bench.machine import Meter
from bench.suite import copies
from bench.suite.intake import percentiles
from bench.suite.pace import Pace
from bench.suite.rounds import Findings, Patience, Rounds, Sample
from bench.suite.stage import Stage

WAIT_S = 25
OPENED_TOGETHER = 100
SETTLES_S = 10.0
"""At most, until all of them have been read once and wait."""
LOOK_S = 0.5
QUIET = 0.1
"""Cores."""
ANSWERED_S = 60.0
_TRANSACTIONS = """
SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()
"""


async def measure(stage: Stage, pace: Pace, patience: Patience) -> Findings:
    """One run: nobody waits, then all do, then a worker sends their orders."""
    rounds = Rounds(words="clients that wait", rounds=1, patience=patience)

    async def run(_round: int) -> Sample:
        await stage.clear()
        async with stage.house.connected() as connection:
            await copies.fill(connection, copies.WAITING, pace.waiting_clients)
            rows = await connection.fetch("SELECT id FROM orders LIMIT $1", pace.waiting_clients)
            with stage.relay("no") as served:
                return await _waited(stage, served, connection, [str(row["id"]) for row in rows], pace)

    rounds.add("relay", f"order-relay, {pace.waiting_clients:,} clients", run)
    return await rounds.all()


async def _waited(
    stage: Stage, served: Served, connection: asyncpg.Connection, ids: Sequence[str], pace: Pace
) -> Sample:
    alone = await _per_s(connection, pace.watch_s)
    began = time.monotonic()
    waiting: list[asyncio.Task[tuple[str, float]]] = []
    try:
        for start in range(0, len(ids), OPENED_TOGETHER):
            waiting += [
                asyncio.create_task(_client(served.url, stage.key, one)) for one in ids[start : start + OPENED_TOGETHER]
            ]
            await asyncio.sleep(OPENED_TOGETHER / 2000)
        await _settled(served)
        meter = Meter({**served.parts})
        crowd = await _per_s(connection, pace.watch_s)
        shares = meter.stop()
        still, waited = sum(not task.done() for task in waiting), time.monotonic() - began
        changed = time.monotonic()
        with stage.relay("alone"):
            async with asyncio.timeout(ANSWERED_S):
                answers = await asyncio.gather(*waiting)
    finally:
        for task in waiting:
            task.cancel()
    news = [at - changed for status, at in answers if status != "received"]
    return Sample(
        numbers={
            "transactions_per_s": crowd,
            "without_clients_per_s": alone,
            "waiting": still,
            "waited_s": waited,
            "answered": len(answers),
            "with_news": len(news),
            "all_answered_s": max((at for _, at in answers)) - changed,
            **percentiles(news),
        },
        shares=shares,
    )


async def _settled(served: Served) -> None:
    ends = time.monotonic() + SETTLES_S
    while time.monotonic() < ends:
        meter = Meter({"server": served.parts["server"]})
        await asyncio.sleep(LOOK_S)
        if meter.stop().parts.get("server", 0.0) < QUIET:
            return


async def _client(url: str, key: str, order_id: str) -> tuple[str, float]:
    """The status that it was told, and when."""
    reader, writer = await asyncio.open_connection(*place(url))
    try:
        writer.write(
            f"GET /v1/orders/{order_id} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
            f"Prefer: wait={WAIT_S}\r\n\r\n".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        answer = await reader.readexactly(int(head.partition("content-length:")[2].split()[0]))
        if head.split()[1] != "200":
            raise RuntimeError(f"not a 200: {answer!r}")
        return json.loads(answer)["status"], time.monotonic()
    finally:
        writer.close()


async def _per_s(connection: asyncpg.Connection, seconds: float) -> float:
    """Transactions of the whole database a second. A server tells them a second late at most."""
    before, began = await connection.fetchval(_TRANSACTIONS), time.monotonic()
    await asyncio.sleep(seconds)
    after = await connection.fetchval(_TRANSACTIONS)
    return float(after - before) / (time.monotonic() - began)
