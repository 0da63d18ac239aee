"""Three times as much as the process can take: `python -m bench overload`. Who is refused, how fast, and what becomes
of those who are not."""

import argparse
import json
import time
from typing import Any

from bench.house import House
from bench.load import load
from bench.machine import Meter, description
from bench.openloop import Offered, numbers, offer
from bench.pipeline import Pipeline, percentiles, pipeline, sound

CONNECTIONS = 32


def arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench overload")
    parser.add_argument("--seconds", type=float, default=15.0, help="of each load")
    parser.add_argument("--times", type=float, default=3.0, help="the capacity")
    return parser.parse_args(words)


async def measure(house: House, words: list[str]) -> None:
    """Capacity, 0.7 of it, then several times it; and the verdict."""
    wanted = arguments(words)
    async with pipeline(house) as running:
        await load(running.url, running.requests("warm"), seconds=3, connections=CONNECTIONS)
        await running.settled("warm")
        capacity = (await load(running.url, running.requests("most"), seconds=8, connections=CONNECTIONS)).per_s
        await running.settled("most")
        print(f"intake takes {capacity:.0f} orders/s from {CONNECTIONS} connections, while sending", flush=True)
        found: dict[str, Any] = {
            "machine": description(),
            "capacity_per_s": round(capacity),
            "calm": await _one(running, "calm", 0.7 * capacity, wanted.seconds),
            "overload": await _one(running, "over", wanted.times * capacity, wanted.seconds),
        }
    print(json.dumps(found, indent=1))
    calm, over = found["calm"], found["overload"]
    print(_table({"0.7 x": calm, f"{wanted.times:g} x": over}))
    if not (sound(calm["verdict"]) and sound(over["verdict"])):
        raise SystemExit("an order was lost, doubled or mislabelled")


async def _one(running: Pipeline, run: str, rate: float, seconds: float) -> dict[str, Any]:
    offered = Offered(began=0.0)
    meter = Meter({"api": running.api, "worker": running.worker, "postgres": running.house.postmaster})
    await offer(offered, running.url, running.requests(run), rate=rate, seconds=seconds)
    shares, ended = meter.stop(), time.perf_counter()
    refused = [answer for answer in offered.answers if answer.status in (429, 503)]
    accepted = numbers(offered.answers, 202)
    open_at_the_end = await running.settled(run)
    return {
        "offered_per_s": round(rate),
        "accepted_per_s": round(len(accepted) / seconds),
        "answers": {str(status): count for status, count in sorted(offered.statuses().items())},
        "refused_without_retry_after": sum(not answer.retry_after for answer in refused),
        "accepted_latency": percentiles(offered.latencies()),
        "refused_latency": percentiles([answer.latency for answer in refused]),
        "backlog_gone_after_s": round(time.perf_counter() - ended, 1),
        "not_settled": open_at_the_end,
        "cores": {name: round(share, 2) for name, share in shares.parts.items()},
        "others_cores": shares.others,
        "verdict": await running.verdict(run, accepted, numbers(offered.answers, 429)),
    }


def _table(loads: dict[str, dict[str, Any]]) -> str:
    lines = [
        "| load | offered/s | accepted/s | refused | 202: p50, p99 ms | 429: p50, p99 ms | lost | doubled |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, one in loads.items():
        taken, refused, verdict = one["accepted_latency"], one["refused_latency"], one["verdict"]
        count = sum(count for status, count in one["answers"].items() if status in ("429", "503"))
        words = (
            name, one["offered_per_s"], one["accepted_per_s"], count,
            f"{taken.get('p50_ms', '-')}, {taken.get('p99_ms', '-')}",
            f"{refused.get('p50_ms', '-')}, {refused.get('p99_ms', '-')}",
            verdict["lost"], verdict["doubled_at_pos"],
        )  # fmt: skip
        lines.append(f"| {' | '.join(map(str, words))} |")
    return "\n".join(lines)
