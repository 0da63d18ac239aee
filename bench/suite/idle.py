"""Accept-to-POS on an idle system: one order at a time, until the POS has the first byte of its request. One clock for
all: the machine's monotonic one."""

import asyncio
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from bench.house import Served
from bench.load import place
from bench.machine import Meter
from bench.orders import requests
from bench.peers import PEERS
from bench.suite.contenders import ours, theirs
from bench.suite.intake import percentiles
from bench.suite.pace import Pace
from bench.suite.rounds import Findings, Patience, Rounds, Sample
from bench.suite.stage import Stage

REST_S = 0.03
"""Between two orders: the first must be recorded, or the system is not idle."""
ARRIVES_S = 20.0
WARM_UP = 20
_NAMES = itertools.count()


async def measure(stage: Stage, pace: Pace, patience: Patience) -> Findings:
    """Ours both ways, and the contenders with their workers."""
    rounds = Rounds(words="one order at a time, idle", rounds=pace.rounds, patience=patience)
    opened = {
        "relay_both": ("order-relay, API + worker in one", ours("inside")),
        "relay_apart": ("order-relay, API + worker apart", ours("beside")),
    }
    for peer in () if pace.quick else PEERS:
        if (why := peer.available()) is not None:
            rounds.cannot(peer.name, peer.words, why)
        else:
            opened[peer.name] = (peer.words, theirs(peer, workers=True))
    for name, (words, start) in opened.items():

        async def run(_round: int, start: object = start) -> Sample:
            assert callable(start)
            async with start(stage) as served:
                return await _one_by_one(stage, served, pace.idle_orders)

        rounds.add(name, words, run)
    return await rounds.all()


@dataclass(kw_only=True)
class _Times:
    """Of each order, by its reference, in seconds on the machine's clock."""

    sent: dict[str, float] = field(default_factory=dict)
    """When the POST left."""
    accepted: dict[str, float] = field(default_factory=dict)
    """When its answer was there."""


async def _one_by_one(stage: Stage, served: Served, orders: int) -> Sample:
    reader, writer = await asyncio.open_connection(*place(served.url))
    try:
        run = f"i{next(_NAMES):04}"
        bodies = requests(run, key=stage.key)
        await _submit(reader, writer, itertools.islice(bodies, WARM_UP), run)
        meter = Meter({**served.parts, "POS": stage.light.pid})
        times = await _submit(reader, writer, itertools.islice(bodies, orders), run)
        shares = meter.stop()
    finally:
        writer.close()
    arrivals = await _arrivals(stage, set(times.sent))
    from_post = percentiles([arrivals[one] - sent for one, sent in times.sent.items()])
    # An order may be at the POS before its answer is read: then it took no time at all.
    from_answer = percentiles([max(0.0, arrivals[one] - at) for one, at in times.accepted.items()])
    answered = percentiles([times.accepted[one] - sent for one, sent in times.sent.items()])
    return Sample(
        numbers={
            **{f"to_pos_{name}": value for name, value in from_post.items()},
            **{f"answer_to_pos_{name}": value for name, value in from_answer.items()},
            **{f"answer_{name}": value for name, value in answered.items()},
        },
        shares=shares,
    )


async def _submit(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, bodies: Iterator[bytes], run: str
) -> _Times:
    times = _Times()
    for body in bodies:
        start = body.index(b'"reference":"' + run.encode()) + len(b'"reference":"')
        reference = body[start : body.index(b'"', start)].decode()
        times.sent[reference] = time.monotonic()
        writer.write(body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        answer = await reader.readexactly(int(head.partition("content-length:")[2].split()[0]))
        times.accepted[reference] = time.monotonic()
        if not head.split()[1].startswith("2"):
            raise RuntimeError(f"not taken: {answer!r}")
        await asyncio.sleep(REST_S)
    return times


async def _arrivals(stage: Stage, wanted: set[str]) -> dict[str, float]:
    ends = time.monotonic() + ARRIVES_S
    while missing := wanted - (found := await stage.at_pos("GET", "/_arrivals")).keys():
        if time.monotonic() > ends:
            raise RuntimeError(f"{len(missing)} of {len(wanted)} orders did not come to the POS")
        await asyncio.sleep(REST_S)
    return found
