"""The whole pipeline: accept, deliver, three callbacks, final state. Orders for a second of CPU of everything but the
load client and the light POS, and orders a second from the first POST to the last final state."""

import asyncio
import itertools
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

from bench import orders
from bench.house import Served
from bench.load import Load, load
from bench.machine import Meter
from bench.peers.peer import Peer
from bench.suite.contenders import peers
from bench.suite.delivery import cpu_us
from bench.suite.intake import percentiles
from bench.suite.pace import Pace
from bench.suite.rounds import Findings, Patience, Rounds, Sample
from bench.suite.stage import Stage, ikentoo_requests

CONNECTIONS = 16
LOOK_S = 0.25
ENDS_S = 60.0
"""From the last 202 until all are final, at most."""
_FINAL = "SELECT count(*) FROM orders WHERE status = 'completed'"
_NAMES = itertools.count()
NOT_STORED = "it stores nothing, so no order has a final state"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One contender's pipeline."""

    running: AbstractContextManager[Served]
    call_back: Callable[[str], Awaitable[None]]
    """Tells the POS where to."""
    final: Callable[[], Awaitable[int]]
    requests: Callable[[str], Iterator[bytes]]


async def measure(stage: Stage, pace: Pace, patience: Patience) -> Findings:
    """Ours as two processes and as one, and every contender with a database."""
    rounds = Rounds(words="the whole pipeline", rounds=pace.rounds, patience=patience)
    ours = {"relay": ("order-relay, API + worker apart", "beside"), "relay_both": ("order-relay, in one", "inside")}
    for name, (words, sending) in ours.items():

        async def relay(_round: int, sending: str = sending) -> Sample:
            await stage.clear()
            line = Line(
                running=stage.relay(sending),
                call_back=stage.call_back,
                final=lambda: _final(stage),
                requests=lambda run: ikentoo_requests(run, key=stage.key),
            )
            return await _through(stage, line, pace)

        rounds.add(name, words, relay)
    for peer in peers(quick=pace.quick):
        if (why := peer.available() if peer.stores else NOT_STORED) is not None:
            rounds.cannot(peer.name, peer.words, why)
            continue

        async def run(_round: int, peer: Peer = peer) -> Sample:
            database = await peer.prepared(stage.house.database)
            await stage.checkpoint()
            await stage.at_pos("POST", "/_forget")
            line = Line(
                running=stage.peer(peer, database, workers=True),
                call_back=stage.call_back_peer,
                final=lambda: peer.finished(database),
                requests=lambda run: orders.requests(run, key=stage.key),
            )
            return await _through(stage, line, pace)

        rounds.add(peer.name, peer.words, run)
    return await rounds.all()


async def _final(stage: Stage) -> int:
    async with stage.house.connected() as connection:
        return int(await connection.fetchval(_FINAL))


async def _through(stage: Stage, line: Line, pace: Pace) -> Sample:
    with line.running as served:
        await line.call_back(served.url)
        try:
            run = f"w{next(_NAMES):04}"
            warm = await _load(served, line.requests(f"{run}a"), pace.warm_up_s)
            await _all_final(stage, line, warm.accepted)
            meter, began = Meter({**served.parts, "POS": stage.light.pid, "load client": os.getpid()}), time.monotonic()
            found = await _load(served, line.requests(f"{run}b"), pace.pipeline_s)
            await _all_final(stage, line, warm.accepted + found.accepted)
            shares, took = meter.stop(), time.monotonic() - began
        finally:
            await stage.at_pos("POST", "/_calls", {"url": "", "paths": {}, "authorization": ""})
    numbers = {"per_s": found.accepted / took, "orders": found.accepted, **percentiles(found.latencies)}
    cpu = cpu_us(shares, took, found.accepted)
    return Sample(numbers={**numbers, **cpu, **({"per_core": 1e6 / cpu["cpu_us"]} if cpu else {})}, shares=shares)


async def _load(served: Served, requests: Iterator[bytes], seconds: float) -> Load:
    return await load(served.url, requests, seconds=seconds, connections=CONNECTIONS, expected=b"2")


async def _all_final(stage: Stage, line: Line, orders: int) -> None:
    """Nothing may be lost or stand still."""
    ends = time.monotonic() + ENDS_S
    while (count := await line.final()) < orders:
        if time.monotonic() > ends:
            said = await stage.at_pos("GET", "/_count")
            raise RuntimeError(f"{count} of {orders} orders came to their final state; the POS: {said}")
        await asyncio.sleep(LOOK_S)
