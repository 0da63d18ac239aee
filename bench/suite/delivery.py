"""Delivered orders per second from a backlog: one worker process, the light POS, 80 deliveries under way at most."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager

from bench.house import Served
from bench.machine import Meter, Shares
from bench.peers.peer import Peer
from bench.suite import copies
from bench.suite.contenders import peers
from bench.suite.pace import Pace
from bench.suite.rounds import Findings, Patience, Rounds, Sample
from bench.suite.stage import Stage

LOOK_S = 0.05
STARTS_S = 30.0
RECORDS_S = 20.0
EDGE = 0.1
"""The first and the last tenth of what was delivered do not count: a start, and a tail."""
NOT_STORED = "it stores nothing, so it has no backlog"
DONE = "SELECT count(*) FROM submissions WHERE state = 'done'"


async def measure(stage: Stage, pace: Pace, patience: Patience) -> Findings:
    """Ours and every contender that can have a backlog."""
    rounds = Rounds(words="delivering a backlog", rounds=pace.rounds, patience=patience)

    async def relay(_round: int) -> Sample:
        await stage.clear()
        async with stage.house.connected() as connection:
            await copies.fill(connection, copies.WAITING, pace.backlog)
            await connection.execute("VACUUM ANALYZE orders, submissions")
        await stage.checkpoint()
        return await delivered(stage, stage.relay("alone"), pace, pace.backlog, lambda: _recorded(stage))

    rounds.add("relay", "order-relay, worker", relay)
    for peer in peers(quick=pace.quick):
        if (why := peer.available() if peer.stores else NOT_STORED) is not None:
            rounds.cannot(peer.name, peer.words, why)
            continue

        async def run(_round: int, peer: Peer = peer) -> Sample:
            database = await peer.prepared(stage.house.database)
            await peer.backlog(database, pace.backlog)
            await stage.checkpoint()
            await stage.at_pos("POST", "/_forget")
            running = stage.peer(peer, database, workers=True)
            return await delivered(stage, running, pace, pace.backlog, lambda: peer.delivered(database))

        rounds.add(peer.name, peer.words, run)
    return await rounds.all()


async def _recorded(stage: Stage) -> int:
    async with stage.house.connected() as connection:
        return int(await connection.fetchval(DONE))


async def delivered(
    stage: Stage,
    running: AbstractContextManager[Served],
    pace: Pace,
    backlog: int,
    recorded: Callable[[], Awaitable[int]],
) -> Sample:
    """Runs it until all is delivered or the time is over. Where all was, it must be recorded as delivered, too."""
    with running as served:
        meter = Meter({**served.parts, "POS": stage.light.pid, "load client": os.getpid()})
        began, before = time.monotonic(), await _count(stage)  # some begin before the last of their parts is ready
        count = await _drained(stage, backlog, pace.drain_s)
        shares, took = meter.stop(), time.monotonic() - began
        if count >= backlog:
            await _all_recorded(recorded, backlog)
    times = sorted((await stage.at_pos("GET", "/_arrivals")).values())
    cut = int(len(times) * EDGE)
    times = times[cut : len(times) - cut]
    if len(times) < 2:
        raise RuntimeError(f"only {count} of {backlog} orders were delivered")
    return Sample(
        numbers={
            "per_s": (len(times) - 1) / (times[-1] - times[0]),
            "delivered": count,
            **cpu_us(shares, took, count - before),
        },
        shares=shares,
    )


def cpu_us(shares: Shares, seconds: float, orders: int) -> dict[str, float]:
    """Microseconds of CPU for an order, of all parts but POS and load client."""
    used = sum(share for name, share in shares.parts.items() if name not in ("POS", "load client"))
    return {"cpu_us": used * seconds / orders * 1e6} if orders and shares.parts else {}


async def _drained(stage: Stage, backlog: int, seconds: float) -> int:
    """Waits for the first order, then as long as that at most; how many came."""
    count, ends = 0, time.monotonic() + STARTS_S
    while time.monotonic() < ends and count < backlog:
        await asyncio.sleep(LOOK_S)
        before, count = count, await _count(stage)
        if count and not before:
            ends = time.monotonic() + seconds
    return count


async def _count(stage: Stage) -> int:
    return int((await stage.at_pos("GET", "/_count"))["different"])


async def _all_recorded(recorded: Callable[[], Awaitable[int]], backlog: int) -> None:
    ends = time.monotonic() + RECORDS_S
    while (count := await recorded()) < backlog:
        if time.monotonic() > ends:
            raise RuntimeError(f"{backlog} orders were delivered, but only {count} recorded as delivered")
        await asyncio.sleep(LOOK_S)
