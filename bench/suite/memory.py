"""Memory of both processes after many orders with all their callbacks, and the time from start to ready."""

import asyncio
import os
import statistics
import time

import httpx

from bench.house import Served
from bench.load import load
from bench.machine import Meter
from bench.sampling import process
from bench.suite.pace import Pace
from bench.suite.rounds import Findings, Patience, Rounds, Sample
from bench.suite.stage import Stage, ikentoo_requests

CONNECTIONS = 16
PORTION_S = 10.0
"""The load pauses after so long until all orders are final: a backlog is not what is measured."""
LOOK_S = 0.25
FINAL_S = 120.0
STARTS = 3
READY_EVERY_S = 0.005
_OPEN = "SELECT count(*) FROM orders WHERE status <> 'completed'"


async def measure(stage: Stage, pace: Pace, patience: Patience) -> Findings:
    """One long run, and some starts."""
    rounds = Rounds(words="memory and start", rounds=1, patience=patience)

    async def memory(_round: int) -> Sample:
        await stage.clear()
        with stage.relay("beside") as served:
            await stage.call_back(served.url)
            try:
                return await _filled(stage, served, pace)
            finally:
                await stage.call_back("")

    async def start(_round: int) -> Sample:
        meter = Meter({"postgres": stage.house.postmaster})
        took = [await _start(stage) for _ in range(STARTS)]
        return Sample(numbers={"start_to_ready_s": statistics.median(took)}, shares=meter.stop())

    rounds.add("relay", "order-relay, API + worker apart", memory)
    rounds.add("start", "order-relay serve, from start to ready", start)
    return await rounds.all()


async def _filled(stage: Stage, served: Served, pace: Pace) -> Sample:
    meter = Meter({**served.parts, "POS": stage.light.pid, "load client": os.getpid()})
    fresh = {name: process(served.parts[name])["rss_mb"] for name in ("server", "worker")}
    ends, orders, portion = time.monotonic() + pace.memory_s, 0, 0
    while (left := ends - time.monotonic()) > 0:
        requests = ikentoo_requests(f"m{portion:04}", key=stage.key)
        seconds = min(PORTION_S, left)
        orders += (await load(served.url, requests, seconds=seconds, connections=CONNECTIONS)).accepted
        portion += 1
        await _all_final(stage)
    used = {name: process(served.parts[name])["rss_mb"] for name in ("server", "worker")}
    return Sample(
        numbers={
            "rss_mb_api": used["server"],
            "rss_mb_worker": used["worker"],
            "rss_after_orders": orders,
            "rss_mb_api_fresh": fresh["server"],
            "rss_mb_worker_fresh": fresh["worker"],
        },
        shares=meter.stop(),
    )


async def _all_final(stage: Stage) -> None:
    async with stage.house.connected() as connection, asyncio.timeout(FINAL_S):
        while True:
            if not await connection.fetchval(_OPEN):
                return
            await asyncio.sleep(LOOK_S)


async def _start(stage: Stage) -> float:
    """Seconds from starting the process until `/health/ready` says 200. The address is known when it listens."""
    began = time.monotonic()
    with stage.relay("inside") as served:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client, asyncio.timeout(30):
            while True:
                if (await client.get(f"{served.url}/health/ready")).status_code == 200:
                    return time.monotonic() - began
                await asyncio.sleep(READY_EVERY_S)
