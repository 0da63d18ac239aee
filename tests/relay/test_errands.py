"""Errands that hang keep nobody waiting, and are bounded themselves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from app.relay.errands import Errands

DEADLINE_S = 10.0
AT_ONCE = 0.0
NEVER = 1e6


@dataclass
class City:
    """Locations that answer when a test says so, and what became of the errands there."""

    group: asyncio.TaskGroup
    errands: Errands
    answers: dict[str, asyncio.Event] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def go(self, location: str, *, slow: bool = False) -> asyncio.Event:
        answer = self.answers[location] = asyncio.Event()

        async def ask() -> None:
            await answer.wait()
            self.done.append(location)
            self.news.set()

        async def cut_off() -> None:
            self.given_up.append(location)
            self.news.set()

        self.errands.start(self.group, location, ask, cut_off, slow=slow)
        return answer

    async def until(self, *, done: int = 0, given_up: int = 0) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while len(self.done) < done or len(self.given_up) < given_up:
                self.news.clear()
                await self.news.wait()


@asynccontextmanager
async def city(*, most: int, most_slow: int, slow_after_s: float) -> AsyncIterator[City]:
    errands = Errands("test", most=most, most_slow=most_slow, slow_after_s=slow_after_s)
    async with asyncio.TaskGroup() as group:
        yield City(group, errands)
        errands.cancel()


async def room_for(errands: Errands) -> int:
    async with asyncio.timeout(DEADLINE_S):
        return await errands.until_room()


async def test_where_all_places_are_taken_one_waits_for_the_first_that_is_free() -> None:
    async with city(most=2, most_slow=2, slow_after_s=NEVER) as town:
        first = town.go("a")
        town.go("b")
        waiting = asyncio.create_task(town.errands.until_room())
        await asyncio.sleep(0)
        assert not waiting.done()
        first.set()
        assert await waiting == 1
        assert town.done == ["a"]


async def test_those_that_hang_give_their_places_away_and_still_end_well() -> None:
    async with city(most=2, most_slow=4, slow_after_s=AT_ONCE) as town:
        hanging = [town.go(f"hangs-{number}") for number in range(2)]
        assert await room_for(town.errands) > 0
        town.go("well").set()
        await town.until(done=1)
        assert town.done == ["well"]
        for answer in hanging:
            answer.set()
        await town.until(done=3)
        assert town.given_up == []


async def test_of_too_many_slow_ones_the_one_that_hangs_longest_is_given_up() -> None:
    async with city(most=1, most_slow=3, slow_after_s=NEVER) as town:
        for number in range(5):
            town.go(f"failed-before-{number}", slow=True)
        assert town.errands.room == 1
        await town.until(given_up=2)
        assert town.given_up == ["failed-before-0", "failed-before-1"]
        town.answers["failed-before-2"].set()
        await town.until(done=1)
        town.go("one-more", slow=True)
        assert len(town.given_up) == 2


async def test_one_that_ends_has_no_place_any_more() -> None:
    async with city(most=1, most_slow=1, slow_after_s=NEVER) as town:
        for number in range(5):
            assert await room_for(town.errands) == 1
            town.go(f"{number}").set()
            await town.until(done=number + 1)
