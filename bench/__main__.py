"""`make bench`, or `QUICK=1 make bench` for a look in a minute; `make bench ARGS=sync`: only the sync of a large menu.
`overload`, `soak` and `many-locations` are loads of their own, with options (`--help`). Writes nothing into the
repository.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from bench import intake, latency, many_locations, overload, report, soak, sync
from bench.house import House, furnished
from bench.intake import Pace, Patience
from bench.machine import description, sync_us
from bench.orders import body_size

THOROUGH = Pace(rounds=3, seconds=3.0, warm_up_s=1.0)
BRIEF = Pace(rounds=3, seconds=0.8, warm_up_s=0.3)


LOADS = {"overload": overload.measure, "soak": soak.measure, "many-locations": many_locations.measure}


def tell(words: str) -> None:
    """Progress, on standard error."""
    print(words, file=sys.stderr, flush=True)


async def measure(house: House, *, quick: bool) -> None:
    """All of it, and the report."""
    began = time.monotonic()
    surroundings = await _surroundings(house)
    tell(", ".join(f"{name} {value}" for name, value in surroundings.items()))
    patience = Patience(seconds=3, repeats=0) if quick else Patience(seconds=20, repeats=3)
    variants = intake.variants(house)[: 3 if quick else 4]
    runs = await intake.measure(house, variants, BRIEF if quick else THOROUGH, patience, tell)
    delays = {}
    for variant in variants[2:]:
        tell(f"one order at a time: {variant.words}")
        patience.until_calm()
        found = await latency.measure(house, variant.served(), name=f"l-{variant.name}", orders=50 if quick else 200)
        delays[variant.name] = report.latency_figures(found)
    surroundings["took_s"] = round(time.monotonic() - began)
    report.show(surroundings, variants, report.intake_figures(variants, runs), delays)


async def measure_sync(house: House, *, quick: bool) -> None:
    """The sync of a large menu, and its report."""
    surroundings = await _surroundings(house)
    patience = Patience(seconds=3 if quick else 20, repeats=0)
    found = await sync.measure(house, rounds=1 if quick else 3, patience=patience, tell=tell)
    report.show_sync(surroundings, report.sync_figures(found))


async def _surroundings(house: House) -> dict[str, Any]:
    async with house.connected() as connection:
        settings = {name: await connection.fetchval(f"SHOW {name}") for name in ("fsync", "synchronous_commit")}
        version = await connection.fetchval("SHOW server_version")
    return {
        **description(),
        "postgresql": version,
        **settings,
        "sync_us": round(sync_us(house.place)),
        "body_bytes": body_size(),
    }


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The fast event loop, where the system has it: the load client must cost little beside the server."""
    try:
        import uvloop  # noqa: PLC0415
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


def main() -> None:
    """Builds the house, measures, clears it away."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # unwinds, and so stops what was started
    quick = os.environ.get("QUICK", "") not in ("", "0")
    with furnished() as house, asyncio.Runner(loop_factory=loop_factory()) as runner:
        if own := LOADS.get(" ".join(sys.argv[1:2])):
            runner.run(own(house, sys.argv[2:]))
            return
        if sys.argv[1:] != ["sync"]:
            runner.run(measure(house, quick=quick))
        runner.run(measure_sync(house, quick=quick))


if __name__ == "__main__":
    main()
