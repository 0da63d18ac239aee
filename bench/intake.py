"""Accepted orders per second: the same load on the plain route and on order-relay, in turns."""

import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from bench.house import House, Served
from bench.load import Load, load
from bench.machine import Meter, Shares, wait_until_calm
from bench.orders import requests


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One thing to compare."""

    name: str
    words: str
    served: Callable[[], AbstractContextManager[Served]]
    stores: bool = True


@dataclass(frozen=True, kw_only=True)
class Run:
    """One load on one variant."""

    variant: str
    load: Load
    shares: Shares
    sent: int
    """How many of them the POS had taken when the load ended."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How long and how often."""

    rounds: int
    seconds: float
    warm_up_s: float


class Patience:
    """How long we wait for others to leave the machine alone, all in all, and how many runs are repeated."""

    def __init__(self, *, seconds: float, repeats: int) -> None:
        self._left = seconds
        self._repeats = repeats

    def until_calm(self) -> None:
        self._left -= wait_until_calm(self._left)

    def repeat(self, run: Run) -> bool:
        """Whether this one is worth another try."""
        self._repeats -= run.shares.disturbed
        return run.shares.disturbed and self._repeats >= 0


def variants(house: House) -> Sequence[Variant]:
    """In the order of a round; the first is what the others are compared with."""
    return (
        Variant(name="plain", words="plain FastAPI route", served=house.plain, stores=False),
        Variant(name="api", words="API alone", served=lambda: house.serve(sending="no")),
        Variant(name="both", words="API + worker in one", served=lambda: house.serve(sending="inside")),
        Variant(name="apart", words="API + worker apart", served=lambda: house.serve(sending="beside")),
    )


async def measure(
    house: House, variants: Sequence[Variant], pace: Pace, patience: Patience, tell: Callable[[str], None]
) -> list[Run]:
    """All runs that count. A disturbed one is made again, as far as patience goes, and counts only if it stays so."""
    runs: list[Run] = []
    names = (f"r{number:03}" for number in itertools.count())
    for number, variant in itertools.product(range(pace.rounds), variants):
        run = await _run(house, variant, pace, patience, names)
        if patience.repeat(run):
            tell(f"round {number + 1}: {variant.words}: disturbed, once more")
            run = await _run(house, variant, pace, patience, names)
        tell(f"round {number + 1}: {variant.words}: {run.load.per_s:,.0f}/s")
        runs.append(run)
    return runs


async def _run(house: House, variant: Variant, pace: Pace, patience: Patience, names: Iterator[str]) -> Run:
    await house.clear()
    with variant.served() as served:
        await load(served.url, requests(next(names), key=house.key), seconds=pace.warm_up_s)
        name = next(names)
        patience.until_calm()
        meter = Meter({**served.parts, "load client": os.getpid()})
        done_before = await _sent(house)
        result = await load(served.url, requests(name, key=house.key), seconds=pace.seconds)
        shares, sent = meter.stop(), await _sent(house) - done_before
        if variant.stores:
            await _verify(house, name, result)
    return Run(variant=variant.name, load=result, shares=shares, sent=sent)


async def _sent(house: House) -> int:
    async with house.connected() as connection:
        return int(await connection.fetchval("SELECT count(*) FROM submissions WHERE state = 'done'"))


async def _verify(house: House, name: str, result: Load) -> None:
    """Every 202 is a row, and there is no other one."""
    query = """SELECT count(*), count(DISTINCT s.order_id) FROM orders o
        LEFT JOIN submissions s ON s.location_id = o.location_id AND s.order_id = o.id
        WHERE o.reference LIKE $1"""
    async with house.connected() as connection:
        stored, queued = await connection.fetchrow(query, f"{name}-%")
    if not stored == queued == result.accepted:
        raise RuntimeError(f"{result.accepted} answers 202, but {stored} orders and {queued} submissions")
