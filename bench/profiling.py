"""Flame graphs of both processes under load, by py-spy, where that is installed: `make bench ARGS=profile`.

python -m bench profile --load intake|delivery|pipeline --seconds 8 --out FOLDER
"""

import argparse
import asyncio
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from bench.house import House
from bench.load import load
from bench.orders import requests
from bench.peers.environment import VENV
from bench.suite import copies, stock
from bench.suite.rounds import tell
from bench.suite.stage import Stage, ikentoo_requests, set_up

PY_SPY = shutil.which("py-spy") or str(VENV / "bin" / "py-spy")
RATE = 200
"""Looks a second."""
ENDS_S = 30.0
PROCESSES = ("server", "worker")
WAITING = 60_000


def arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench profile")
    parser.add_argument("--load", choices=("intake", "delivery", "pipeline"), nargs="+", default=["intake", "delivery"])
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--out", type=Path, help="a folder; else one for temporary files")
    return parser.parse_args(words)


async def measure(house: House, words: list[str]) -> None:
    """An SVG and a list of stacks for each process under each load."""
    wanted = arguments(words)
    if shutil.which(PY_SPY) is None:
        raise SystemExit("py-spy is not installed: .venv-bench/bin/python -m pip install py-spy")
    place = wanted.out or Path(tempfile.mkdtemp(prefix="order-relay-profile-"))
    place.mkdir(parents=True, exist_ok=True)
    async with set_up(house) as stage:
        await stock.keep_patterns(stage)
        for name in wanted.load:
            await LOADS[name](stage, place, wanted.seconds)
    tell(f"flame graphs: {place}")


async def _intake(stage: Stage, place: Path, seconds: int) -> None:
    await stage.clear()
    with stage.relay("no") as served:
        await load(served.url, requests("warm", key=stage.key), seconds=1)
        spies = _spies(served.parts, place, "intake", seconds)
        await load(served.url, requests("p", key=stage.key), seconds=seconds)
        await _ended(spies)


async def _delivery(stage: Stage, place: Path, seconds: int) -> None:
    await stage.clear()
    async with stage.house.connected() as connection:
        await copies.fill(connection, copies.WAITING, WAITING)
    with stage.relay("alone") as served:
        await asyncio.sleep(1)
        await _ended(_spies(served.parts, place, "delivery", seconds))


async def _pipeline(stage: Stage, place: Path, seconds: int) -> None:
    await stage.clear()
    with stage.relay("beside") as served:
        await stage.call_back(served.url)
        spies = _spies(served.parts, place, "pipeline", seconds)
        await load(served.url, ikentoo_requests("p", key=stage.key), seconds=seconds, connections=16)
        await _ended(spies)
    await stage.call_back("")


LOADS = {"intake": _intake, "delivery": _delivery, "pipeline": _pipeline}


def _spies(parts: Mapping[str, int], place: Path, name: str, seconds: int) -> list[subprocess.Popen[bytes]]:
    options = ["--rate", f"{RATE}", "--duration", f"{seconds}", "--nonblocking"]
    return [
        subprocess.Popen([PY_SPY, "record", "--pid", f"{parts[part]}", *options, "--format", kind, "--output",
                          place / f"{name}-{part}.{suffix}"])
        for part in PROCESSES if part in parts
        for kind, suffix in (("flamegraph", "svg"), ("raw", "txt"))
    ]  # fmt: skip


async def _ended(spies: list[subprocess.Popen[bytes]]) -> None:
    ends = time.monotonic() + ENDS_S
    for spy in spies:
        try:
            await asyncio.to_thread(spy.wait, max(1.0, ends - time.monotonic()))
        except subprocess.TimeoutExpired:
            spy.kill()
