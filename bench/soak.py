"""Half an hour at 70 % of what the whole pipeline can do, with a POS that spoils one order in twenty: what grows?

python -m bench soak --minutes 30 --load 0.7 --faults 0.05
"""

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from bench import flatness
from bench.house import House
from bench.machine import Meter, description
from bench.openloop import Offered, numbers, offer
from bench.pipeline import Pipeline, percentiles, pipeline, sound
from bench.sampling import sample

EVERY_S = 5.0


def arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench soak")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--load", type=float, default=0.7, help="of the measured capacity")
    parser.add_argument("--faults", type=float, default=0.05, help="the share of orders that the POS spoils")
    parser.add_argument("--rate", type=float, default=0.0, help="orders a second, instead of measuring the capacity")
    parser.add_argument("--out", type=Path, default=None, help="a folder for soak.json, soak.md and soak.png")
    return parser.parse_args(words)


async def measure(house: House, words: list[str]) -> None:
    """The run, its table and its verdict."""
    wanted = arguments(words)
    async with pipeline(house) as running:
        await running.capacity("warm", seconds=5)
        capacity = wanted.rate or await running.capacity("most", seconds=10)
        rate = wanted.rate or capacity * wanted.load
        _tell(f"the pipeline does {capacity:.0f} orders/s; {wanted.minutes:g} minutes at {rate:.0f}/s")
        samples, offered, meter = await _run(running, rate, wanted)
        shares = meter.stop()
        left = await running.settled("soak")
        verdict = await running.verdict("soak", numbers(offered.answers, 202), numbers(offered.answers, 429))
        after = await sample(house, {"api": running.api, "worker": running.worker})
    findings = flatness.judge(samples)
    found = {
        "machine": description(),
        "capacity_per_s": round(capacity, 1),
        "offered_per_s": round(rate, 1),
        "minutes": wanted.minutes,
        "faults": wanted.faults,
        "answers": {str(status): count for status, count in sorted(offered.statuses().items())},
        "latency": percentiles(offered.latencies()),
        "cores": {name: round(share, 2) for name, share in shares.parts.items()},
        "others_cores": shares.others,
        "not_settled": left,
        "verdict": verdict,
        "flat": findings,
        "after": after,
    }
    _report(found, samples, wanted.out)
    if not sound(verdict) or any(not one["flat"] for one in findings.values()):
        raise SystemExit("something grows, or an order was lost, doubled or mislabelled")


async def _run(running: Pipeline, rate: float, wanted: argparse.Namespace) -> tuple[list[Any], Offered, Meter]:
    offered, samples = Offered(began=0.0), []
    meter = Meter({"api": running.api, "worker": running.worker, "postgres": running.house.postmaster})
    requests = running.requests("soak", faults=wanted.faults)
    load = asyncio.create_task(offer(offered, running.url, requests, rate=rate, seconds=wanted.minutes * 60))
    began, seen = time.perf_counter(), 0
    while not load.done():
        await asyncio.wait({load}, timeout=EVERY_S)
        window = percentiles(offered.latencies(since=seen))
        seen = len(offered.answers)
        found = await sample(running.house, {"api": running.api, "worker": running.worker})
        found["api_files"] -= offered.connections  # those of the guests: more of them where answers are slow
        samples.append({"at_s": round(time.perf_counter() - began, 1), **window, **found})
        if len(samples) % 12 == 0:
            _tell(json.dumps(samples[-1]))
    await load
    return samples, offered, meter


def _report(found: dict[str, Any], samples: list[dict[str, Any]], out: Path | None) -> None:
    table = flatness.table(found["flat"])
    print(table, json.dumps(found), sep="\n")
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "soak.json").write_text(json.dumps({**found, "samples": samples}, indent=1))
        (out / "soak.md").write_text(table + "\n")
        flatness.plot(samples, out / "soak.png")


def _tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
