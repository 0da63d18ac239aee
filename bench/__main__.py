"""`make bench`: the suite (`python -m bench --help`), or `make bench QUICK=1` for a look in eight minutes.

`sync` is the sync of a large menu; `overload`, `soak` and `many-locations` are loads of their own, with options;
`profile` takes flame graphs. Writes nothing into the repository unless told to (`--write`).
"""

import asyncio
import resource
import signal
import sys
from collections.abc import Callable

from bench import many_locations, overload, profiling, soak, sync
from bench.house import furnished
from bench.suite import run

LOADS = {
    "overload": overload.measure,
    "soak": soak.measure,
    "many-locations": many_locations.measure,
    "sync": sync.main,
    "profile": profiling.measure,
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
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # thousands of clients, and as many at the server
    words = sys.argv[1:]
    own = LOADS.get(words[0]) if words else None
    if own is None:
        run.arguments(words)  # what is wrong with them is told before anything is built
    with furnished() as house, asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(own(house, words[1:]) if own else run.measure(house, words))


if __name__ == "__main__":
    main()
