"""One campaign: set the stage, let guests order while everything breaks, let it settle, judge."""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.e2e import city
from tests.e2e.processes import processes, secret_key
from tests.e2e.restaurant import SCOPES, client
from tests.torture import evidence, places
from tests.torture.checker import Verdict, judge
from tests.torture.customers import Told, Website
from tests.torture.kinds import Kind
from tests.torture.orders import Planned, kind_of, planned
from tests.torture.postgres import AWAY, Database
from tests.torture.schedule import schedule
from tests.torture.stage import SHORT, Stage
from tests.torture.strikes import Striker

LOOK_S = 0.5
MOST_EVIDENCE = 20
MOST_ROUNDS = 4
"""Of faults, where all orders have their answers already."""
BACKLOG = 1_000
"""Orders under way at which no new ones come: kitchens have their limits, and guests too."""
PENDING = "SELECT count(*) AS pending FROM submissions WHERE state IN ('waiting', 'sending', 'in_doubt')"
QUIET = "SELECT coalesce(max(received_at) < now() - interval '15 s', true) AS quiet FROM callbacks"
"""A POS may have thousands of callbacks to send when the last order is there."""
HOPELESS = "SELECT count(*) AS held FROM submissions WHERE state = 'in_doubt' AND overdue"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is asked for on the command line."""

    orders: int
    seed: int
    kinds: Sequence[Kind]
    guests: int = 24
    seconds_limit: float
    """For the ordering; afterwards comes the settling."""
    settle_limit: float
    longest_pause_s: float
    marks: dict[str, int] = field(default_factory=dict)
    """More trouble at the POS for orders, see `orders.planned`."""
    python_path: Path | None = None
    """Where another `app` lies, which takes the place of this one."""


@dataclass(kw_only=True)
class Result:
    """All that the report tells."""

    plan: Plan
    told: Told
    verdict: Verdict
    faults: Counter[Kind]
    requests_spoiled: int
    marks: Counter[str]
    skipped: dict[Kind, str]
    deaths: Counter[str]
    ordering_s: float = 0
    settling_s: float = 0
    checking_s: float = 0
    left: int = 0
    """Orders still under way when it was judged."""
    facts: dict[str, Counter[str]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    """Each strike: when, what."""
    evidence: list[Mapping[str, Any]] = field(default_factory=list)
    """The whole stories of orders with which something is wrong."""


class Campaign:
    """The parts of one run."""

    def __init__(self, plan: Plan, stage: Stage, skipped: dict[Kind, str]) -> None:
        self.plan = plan
        self.stage = stage
        self.skipped = skipped
        self.striker = Striker(stage, skipped)
        self.marks: Counter[str] = Counter()
        self.log: list[str] = []
        self.evidence: list[Mapping[str, Any]] = []
        self._begun = time.monotonic()

    def furnish(self, key: str) -> None:
        """The restaurants."""
        with client(self.stage.api_url, key) as api:
            for slug, document in places.documents(self.stage.iiko_url, self.stage.ikentoo_url).items():
                city.put(api, slug, document)
                if slug in places.IKENTOO:
                    city.register(api, slug)

    def orders(self) -> Iterator[Planned]:
        for number in range(self.plan.orders):
            order = planned(self.plan.seed, number, self.plan.marks)
            if order.mark:
                self.marks[kind_of(order.mark)] += 1
            yield order

    async def run(self, key: str) -> Told:
        """Guests and faults, until every order has an answer and every kind of fault has had its turn."""
        website = Website(self.stage.api_url, key, source=self.orders(), guests=self.plan.guests)
        ordering = asyncio.create_task(website.run())
        watching = asyncio.create_task(self._watch(website))
        striking = asyncio.create_task(self._strike(ordering))
        await asyncio.wait({ordering, striking}, timeout=self.plan.seconds_limit)
        website.stop()
        await ordering
        striking.cancel()
        watching.cancel()
        await asyncio.gather(striking, watching, return_exceptions=True)
        for task in (striking, watching):
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error
        return website.told

    async def _watch(self, website: Website) -> None:
        """Closes the shop while the kitchens have too much to do."""
        while True:
            await asyncio.sleep(1)
            with suppress(*AWAY):
                [row] = await self.stage.database.fetch(PENDING)
                (website.open.clear if row["pending"] > BACKLOG else website.open.set)()

    async def _strike(self, ordering: asyncio.Task[None]) -> None:
        """One after the other, at least one round of all; ends what lasts, and starts again what has died."""
        for strike in schedule(self.plan.seed, self.plan.kinds, longest_pause_s=self.plan.longest_pause_s):
            if ordering.done() and self._enough(strike.number // len(self.plan.kinds)):
                return
            end = time.monotonic() + strike.pause_s
            while time.monotonic() < end:
                await asyncio.to_thread(self.stage.tend)
                await asyncio.sleep(min(LOOK_S, strike.pause_s))
            done = await asyncio.to_thread(lambda s=strike: asyncio.run(self.striker.strike(s)))  # type: ignore[misc]
            if done is not None:
                self.log.append(f"{time.monotonic() - self._begun:8.1f} s  {strike.kind}: {done}")

    def _enough(self, rounds: int) -> bool:
        """Every kind has struck. One that finds nothing to strike at (a database that is down already) gets another
        turn, though not for ever."""
        wanted = set(self.plan.kinds) - set(self.skipped) - {Kind.LATE_CALLBACKS}
        return rounds >= MOST_ROUNDS or (rounds >= 1 and wanted <= self.striker.counts.keys())

    async def settle(self) -> int:
        """No more faults; until nothing is under way but what can never be known. What is left then."""
        await asyncio.to_thread(self.stage.calm)
        deadline = time.monotonic() + self.plan.settle_limit
        pending = -1
        while time.monotonic() < deadline:
            with suppress(*AWAY):
                [row], [held], [heard] = [await self.stage.database.fetch(sql) for sql in (PENDING, HOPELESS, QUIET)]
                pending = row["pending"]
                if pending == held["held"] and heard["quiet"]:
                    break
            await asyncio.to_thread(self.stage.tend)
            await asyncio.sleep(LOOK_S)
        return pending

    def check(self, key: str, told: Told) -> Verdict:
        with client(self.stage.api_url, key) as api:
            api.timeout = httpx.Timeout(60)
            known = evidence.views(api)
            stories = evidence.stories(api, evidence.worth_reading(known, self.plan.seed))
            books = evidence.books(self.stage.iiko_url, self.stage.ikentoo_url)
            verdict = judge(told, known, books, stories)
            self.evidence = list(evidence.stories(api, _named(verdict, told)))
            return verdict

    async def facts(self) -> dict[str, Counter[str]]:
        """What the relay wrote down on the way."""
        asked = {
            "history": "SELECT event AS name, count(*) AS times FROM status_history GROUP BY 1",
            "attempts": "SELECT kind || ' ' || coalesce(outcome, 'silent') AS name, count(*) AS times"
            " FROM attempts GROUP BY 1",
            "doubts": """SELECT CASE WHEN s.state = 'in_doubt' THEN 'open' ELSE 'resolved' END AS name,
                count(*) AS times FROM submissions s WHERE EXISTS (SELECT FROM attempts a
                WHERE a.location_id = s.location_id AND a.reference = s.reference AND a.kind = 'send'
                AND (a.outcome IS NULL OR a.outcome = 'in_doubt')) GROUP BY 1""",
        }
        found = {name: await self.stage.database.fetch(sql, seconds=120) for name, sql in asked.items()}
        return {name: Counter({row["name"]: row["times"] for row in rows}) for name, rows in found.items()}


def run(plan: Plan, directory: Path, database: Database, skipped: dict[Kind, str]) -> Result:
    """The whole campaign. Leaves no process behind."""
    environment = {**SHORT, "ORDER_RELAY_SECRET_KEYS": secret_key()}
    if plan.python_path is not None:
        environment["PYTHONPATH"] = str(plan.python_path)
    try:
        assert database.ensure_running(), "PostgreSQL does not start"
        with processes(directory, **environment, DATABASE_URL=database.url) as found:
            migrated = found.run("migrate")
            assert migrated.returncode == 0, migrated.stderr
            key = found.key("website", *SCOPES)
            stage = Stage(found, database)
            if stage.faketime is None:
                skipped[Kind.CLOCK_JUMP] = "libfaketime is not installed (Debian package faketime)"
            stage.open()
            return _judged(Campaign(plan, stage, skipped), key)
    finally:
        database.make_room()
        database.stop()


def _judged(campaign: Campaign, key: str) -> Result:
    campaign.furnish(key)
    times = [time.monotonic()]
    told = asyncio.run(campaign.run(key))
    times.append(time.monotonic())
    _say(f"{len(told.promises)} orders taken in {times[1] - times[0]:.0f} s; settling")
    left = asyncio.run(campaign.settle())
    times.append(time.monotonic())
    _say(f"settled in {times[2] - times[1]:.0f} s, {left} left; checking")
    verdict = campaign.check(key, told)
    facts = asyncio.run(campaign.facts())
    times.append(time.monotonic())
    striker, stage = campaign.striker, campaign.stage
    return Result(
        plan=campaign.plan,
        told=told,
        verdict=verdict,
        faults=striker.counts,
        requests_spoiled=striker.requests_spoiled,
        marks=campaign.marks,
        skipped=campaign.skipped,
        deaths=stage.deaths,
        ordering_s=times[1] - times[0],
        settling_s=times[2] - times[1],
        checking_s=times[3] - times[2],
        left=left,
        facts=facts,
        log=campaign.log,
        evidence=campaign.evidence,
    )


def _named(verdict: Verdict, told: Told) -> list[str]:
    """The first orders that a violation names."""
    numbers = {words.partition(":")[0] for words in verdict.violations[:MOST_EVIDENCE]}
    return [promise.id for promise in told.promises if promise.number in numbers]


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)  # noqa: T201 - a command's progress
