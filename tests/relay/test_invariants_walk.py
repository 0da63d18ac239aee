"""Random walks of one order, at either POS: claims, calls, results late and in any order, words, people, time.

Every step is followed by a look at everything (``laws``). A walk ends with a POS that works and time that passes:
whatever was begun must come to an end by then.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Coroutine
from typing import Any, ClassVar

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from app.domain.status import Status
from app.relay.sending import Desk
from tests.relay.house import IIKO, IKENTOO, House
from tests.relay.walk import FAULTS, SAYINGS, Hand, Walk, begin, open_desk

CHEAP = settings(  # under CI, Hypothesis itself makes the walks the same each time; by hand: WALKS=1000 pytest ...
    max_examples=int(os.environ.get("WALKS", "12")),
    stateful_step_count=18,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest_asyncio.fixture
async def desk(house: House) -> AsyncIterator[Desk]:
    async with open_desk(house) as desk:
        yield desk


@pytest_asyncio.fixture
async def loop() -> asyncio.AbstractEventLoop:
    """Where the house lives: Hypothesis's machines are not asynchronous."""
    return asyncio.get_running_loop()


class Machine(RuleBasedStateMachine):
    """What can happen, and when."""

    house: ClassVar[House]
    desk: ClassVar[Desk]
    loop: ClassVar[asyncio.AbstractEventLoop]
    location: ClassVar[str]
    walk: Walk | None = None

    def do(self, step: Coroutine[Any, Any, None]) -> None:
        async def and_look() -> None:
            await step
            assert self.walk is not None
            await self.walk.look()

        self.loop.run_until_complete(and_look())

    @property
    def hands(self) -> list[Hand]:
        return self.walk.hands if self.walk else []

    @initialize()
    def a_fresh_order(self) -> None:
        async def start() -> None:
            self.walk = await begin(self.house, self.desk, self.location)

        self.loop.run_until_complete(start())

    @rule()
    def claim(self) -> None:
        self.do(self.on.claims())

    @precondition(lambda self: any(hand.outcome is None for hand in self.hands))
    @rule(fault=st.sampled_from([None, None, *FAULTS]), which=st.integers(0, 3))
    def call(self, fault: str | None, which: int) -> None:
        idle = [hand for hand in self.hands if hand.outcome is None]
        self.do(self.on.calls(idle[which % len(idle)], fault))

    @rule(fault=st.sampled_from([None, *FAULTS]))
    def a_worker_sends(self, fault: str | None) -> None:
        self.do(self.on.sends(fault))

    @rule(fault=st.sampled_from([None, *FAULTS]))
    def a_worker_freezes(self, fault: str | None) -> None:
        self.do(self.on.freezes(fault))

    @precondition(lambda self: any(hand.outcome is not None for hand in self.hands))
    @rule(which=st.integers(0, 3), times=st.sampled_from([1, 1, 2]))
    def report(self, which: int, times: int) -> None:
        ready = [hand for hand in self.hands if hand.outcome is not None]
        self.do(self.on.reports(ready[which % len(ready)], times))

    @rule(seconds=st.sampled_from([2, 11, 31, 61, 301]), looked_at=st.sampled_from([True, True, False]))
    def time_passes(self, seconds: float, looked_at: bool) -> None:
        failed = self.on.seen is not None and self.on.seen.status is Status.FAILED
        self.do(self.on.passes(seconds))
        if looked_at:
            self.do(self.house.reconcile())
        if self.on.paused and self.on.seen is not None and not failed:
            assert self.on.seen.status is not Status.FAILED, "a deadline while paused"

    @rule(word=st.integers(0, 6), which=st.integers(0, 3))
    def the_pos_speaks(self, word: int, which: int) -> None:
        words = SAYINGS[self.location]
        self.do(self.on.speaks(words[word % len(words)], which))

    @rule(which=st.integers(0, 7))
    def a_person_acts(self, which: int) -> None:
        self.do(self.on.a_person_does(which))

    @property
    def on(self) -> Walk:
        assert self.walk is not None
        return self.walk

    def teardown(self) -> None:
        if self.walk is not None:
            self.do(self.walk.comes_to_an_end())


@pytest.mark.parametrize("location", [IIKO, IKENTOO])
def test_every_law_holds_on_every_walk(
    house: House, desk: Desk, loop: asyncio.AbstractEventLoop, location: str
) -> None:
    here = {"house": house, "desk": desk, "loop": loop, "location": location}
    run_state_machine_as_test(type("Here", (Machine,), here), settings=CHEAP)
