"""The run: one measurement after the other, each bounded, and none begun when the time is over."""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import slow_disk
from bench.house import House, furnished
from bench.machine import description, sync_us
from bench.orders import body_size
from bench.peers.environment import PYTHON
from bench.processes import ROOT
from bench.suite import callbacks, delivery, fullness, hanging, idle, intake, memory, reads, stock, waiting, whole
from bench.suite.headline import headline
from bench.suite.pace import FULL, QUICK, SMOKE, Pace
from bench.suite.result import as_json
from bench.suite.rounds import Findings, Patience, tell
from bench.suite.stage import Stage, set_up
from bench.suite.tables import SHAPES, table

Measure = Callable[[Stage, Pace, Patience], Awaitable[Findings]]


async def _on_slow_disk(stage: Stage, pace: Pace, patience: Patience) -> Findings:
    """On a second PostgreSQL, beside the first."""
    if (why := slow_disk.available()) is not None:
        raise RuntimeError(why)
    with furnished(on_slow_disk=True) as other:
        async with set_up(other) as slow:
            return await intake.on_slow_disk(stage, slow, pace, patience)


MEASUREMENTS: Mapping[str, Measure] = {
    "intake": intake.measure,
    "delivery": delivery.measure,
    "pipeline": whole.measure,
    "idle": idle.measure,
    "callbacks": callbacks.measure,
    "reads": reads.measure,
    "hanging": hanging.measure,
    "waiting": waiting.measure,
    "memory": memory.measure,
    "fullness": fullness.measure,
    "slow_disk": _on_slow_disk,
}
"""In this order."""
SPARE_S = 120.0
"""What filling large tables leaves for measuring them."""


def arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=MEASUREMENTS,
        default=list(MEASUREMENTS),
        metavar="NAME",
        help=", ".join(MEASUREMENTS),
    )
    parser.add_argument("--smoke", action="store_true", help="shows that everything runs, and measures nothing")
    parser.add_argument("--write", action="store_true", help="docs/performance-figures.md with plots")
    parser.add_argument("--out", type=Path, help="the whole result as JSON goes to this file")
    return parser.parse_args(words)


async def measure(house: House, words: list[str]) -> None:
    """All of it, and the report; the last line of standard output is the headline, as JSON."""
    wanted = arguments(words)
    quick = os.environ.get("QUICK", "") not in ("", "0")
    pace = SMOKE if wanted.smoke else QUICK if quick else FULL
    began = time.monotonic()
    surroundings = await _surroundings(house)
    tell(", ".join(f"{name} {value}" for name, value in surroundings.items()))
    found, missing = await _all(house, pace, wanted.only, began)
    surroundings |= {"took_s": round(time.monotonic() - began), "pace": "smoke" if wanted.smoke else _name(pace)}
    numbers = headline(found, missing)
    content = {"machine": surroundings, "headline": numbers, "measurements": as_json(found), "missing": missing}
    path = wanted.out or Path(tempfile.gettempdir()) / "order-relay-bench.json"
    path.write_text(json.dumps(content, indent=1) + "\n")
    tell(f"the whole result: {path}")
    if wanted.write:
        _write(path)
    for name, one in found.items():
        print(table(SHAPES[name], one), flush=True)
    print(json.dumps({**numbers, "machine": surroundings}), flush=True)


async def _all(house: House, pace: Pace, wanted: list[str], began: float) -> tuple[dict[str, Findings], dict[str, str]]:
    found: dict[str, Findings] = {}
    missing: dict[str, str] = {}
    patience = Patience(left_s=pace.calm_s)
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(set_up(house))
        await stock.keep_patterns(stage)
        for name, one in MEASUREMENTS.items():
            if name not in wanted:
                continue
            left = pace.budget_s - (time.monotonic() - began)
            if left <= 0:
                missing[name] = f"the time was over ({pace.budget_s:.0f} s)"
                continue
            if name == "fullness":
                pace = replace(pace, fill_s=min(pace.fill_s, max(10.0, left - SPARE_S)))
            with _kept_from_ending(name, missing):
                found[name] = await one(stage, pace, patience)
    return found, missing


@contextmanager
def _kept_from_ending(name: str, missing: dict[str, str]) -> Iterator[None]:
    """A measurement that fails as a whole is reported, and the others go on."""
    try:
        yield
    except Exception as error:
        missing[name] = f"{type(error).__name__}: {str(error)[:400]}"
        tell(f"{name}: {missing[name]}")


def _name(pace: Pace) -> str:
    return "quick" if pace.quick else "full"


def _write(result: Path) -> None:
    python = str(PYTHON) if PYTHON.exists() else sys.executable
    command = [python, "-m", "bench.suite.figures", str(result), str(ROOT / "docs")]
    subprocess.run(command, check=True, timeout=120, cwd=ROOT)


async def _surroundings(house: House) -> dict[str, Any]:
    async with house.connected() as connection:
        settings = {name: await connection.fetchval(f"SHOW {name}") for name in ("fsync", "synchronous_commit")}
        version = await connection.fetchval("SHOW server_version")
    return {
        **description(),
        "postgresql": version,
        **settings,
        "sync_us": round(await asyncio.to_thread(sync_us, house.place)),
        "body_bytes": body_size(),
    }
