"""Accepted orders per second: 32 connections, then 4, each with one request under way."""

import itertools
import os
from collections.abc import Mapping, Sequence

from bench import pgbench
from bench.house import Served
from bench.load import Load, load
from bench.machine import Meter, Shares
from bench.orders import requests
from bench.suite.contenders import Contender, accepting, accepting_peer, ours, peers
from bench.suite.pace import Pace
from bench.suite.rounds import Findings, Patience, Rounds, Sample
from bench.suite.stage import Stage

MANY, FEW = 32, 4
_NAMES = itertools.count()
_STORED = """
SELECT count(*), count(DISTINCT s.order_id) FROM orders o
LEFT JOIN submissions s ON s.location_id = o.location_id AND s.order_id = o.id WHERE o.reference LIKE $1
"""


async def measure(stage: Stage, pace: Pace, patience: Patience) -> Findings:
    """Everybody, in turns."""
    rounds = Rounds(words="accepting orders", rounds=pace.rounds, patience=patience)
    for contender in accepting(quick=pace.quick):
        _add(rounds, stage, contender, pace, seconds=pace.seconds)
    _add_pgbench(rounds, stage, pace)
    for peer in peers(quick=pace.quick):
        rounds.notes.append(f"{peer.words}: {peer.note}{'' if peer.durable else ' (a crash loses orders)'}")
    return await rounds.all()


async def on_slow_disk(fast: Stage, slow: Stage, pace: Pace, patience: Patience) -> Findings:
    """The same where each sync takes a millisecond more; ours also beside itself on this machine's disk."""
    rounds = Rounds(words="accepting orders, slow disk", rounds=pace.rounds, patience=patience)
    _add(rounds, fast, Contender(name="relay_fast", words="order-relay, this disk", opened=ours("no")), pace,
         seconds=pace.slow_disk_s)  # fmt: skip
    wanted = [one for one in accepting(quick=pace.quick) if one.name in ("relay", "relay_single")]
    if not pace.quick:
        wanted += [accepting_peer(peer) for peer in peers(quick=False) if peer.stores]
    for contender in wanted:
        _add(rounds, slow, contender, pace, seconds=pace.slow_disk_s)
    return await rounds.all()


def _add(rounds: Rounds, stage: Stage, contender: Contender, pace: Pace, *, seconds: float) -> None:
    if contender.why_not is not None:
        rounds.cannot(contender.name, contender.words, contender.why_not)
        return

    async def run(_round: int) -> Sample:
        async with contender.opened(stage) as served:
            return await accepted(stage, served, contender, seconds=seconds, warm_up_s=pace.warm_up_s)

    rounds.add(contender.name, contender.words, run)


def _add_pgbench(rounds: Rounds, stage: Stage, pace: Pace) -> None:
    words = "pgbench, the same inserts"
    if (why := pgbench.available()) is not None:
        rounds.cannot("pgbench", words, why)
        return

    async def run(_round: int) -> Sample:
        await stage.clear()
        parts = {"postgres": stage.house.postmaster}
        many, few = (
            pgbench.measure(stage.house.database, parts, clients=clients, seconds=max(1, round(seconds)))
            for clients, seconds in ((MANY, pace.seconds), (FEW, pace.seconds / 2))
        )
        numbers = {"per_s": many.per_s, "mean_ms": many.latency_ms, "few_per_s": few.per_s}
        return Sample(numbers=numbers, shares=many.shares)

    rounds.add("pgbench", words, run)


async def accepted(stage: Stage, served: Served, contender: Contender, *, seconds: float, warm_up_s: float) -> Sample:
    """Both loads, on a server that was warmed up."""
    await _load(stage, served, contender, seconds=warm_up_s, connections=MANY)
    many, shares = await _load(stage, served, contender, seconds=seconds, connections=MANY)
    few, _ = await _load(stage, served, contender, seconds=seconds / 2, connections=FEW)
    return Sample(
        numbers={
            "per_s": many.per_s,
            **percentiles(many.latencies),
            "few_per_s": few.per_s,
            **{f"few_{name}": value for name, value in percentiles(few.latencies).items()},
        },
        shares=shares,
    )


async def _load(
    stage: Stage, served: Served, contender: Contender, *, seconds: float, connections: int
) -> tuple[Load, Shares]:
    name = f"r{next(_NAMES):04}"
    meter = Meter({**served.parts, "load client": os.getpid()})
    result = await load(
        served.url,
        requests(name, key=stage.key),
        seconds=seconds,
        connections=connections,
        expected=contender.expected,
    )
    shares = meter.stop()
    if contender.name.startswith("relay"):
        await _verify(stage, name, result)
    return result, shares


async def _verify(stage: Stage, name: str, result: Load) -> None:
    """Every 202 is a row, and there is no other one."""
    async with stage.house.connected() as connection:
        stored, queued = await connection.fetchrow(_STORED, f"{name}-%")
    if not stored == queued == result.accepted:
        raise RuntimeError(f"{result.accepted} answers 202, but {stored} orders and {queued} submissions")


def percentiles(seconds: Sequence[float]) -> Mapping[str, float]:
    """In milliseconds, by nearest rank."""
    if not seconds:
        return {}
    ordered = sorted(seconds)
    ranks = {"p50_ms": 50, "p99_ms": 99}
    return {name: ordered[min(len(ordered) - 1, len(ordered) * rank // 100)] * 1000 for name, rank in ranks.items()}
