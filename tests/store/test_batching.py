"""Many callers, few transactions."""

import asyncio
from collections.abc import Sequence

import pytest

from app.domain.errors import StorageUnavailable
from app.store.batching import Batching


class Press:
    """Work that is held until told, and remembers what came together."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.open = asyncio.Event()
        self.begun = asyncio.Event()

    async def work(self, items: Sequence[int]) -> Sequence[str]:
        self.batches.append(list(items))
        self.begun.set()
        await self.open.wait()
        if any(item < 0 for item in items):
            message = "a bad one"
            raise ValueError(message)
        if any(item == 99 for item in items):
            raise StorageUnavailable("away")
        return [f"stored {item}" for item in items]


async def asked(batching: Batching[int, str], *items: int) -> list[asyncio.Task[str]]:
    """Callers, each past its first step."""
    callers = [asyncio.create_task(batching.do(item)) for item in items]
    await asyncio.sleep(0)
    return callers


async def test_what_comes_while_the_flusher_is_busy_goes_together() -> None:
    press = Press()
    batching = Batching(press.work, flushers=1, size=3)
    first = await asked(batching, 1)
    await press.begun.wait()
    rest = await asked(batching, 2, 3, 4, 5)
    press.open.set()
    assert await asyncio.gather(*first, *rest) == [f"stored {item}" for item in (1, 2, 3, 4, 5)]
    assert press.batches == [[1], [2, 3, 4], [5]]


async def test_a_free_flusher_waits_for_nobody() -> None:
    press = Press()
    batching = Batching(press.work, flushers=2, size=50)
    one = await asked(batching, 1)
    await press.begun.wait()
    press.begun.clear()
    two = await asked(batching, 2)
    await press.begun.wait()
    assert press.batches == [[1], [2]]
    press.open.set()
    await asyncio.gather(*one, *two)


async def test_a_bad_one_fails_alone() -> None:
    press = Press()
    press.open.set()
    batching = Batching(press.work, flushers=1, size=10)
    answers = await asyncio.gather(*await asked(batching, 1, -1, 2), return_exceptions=True)
    assert answers[0] == "stored 1"
    assert isinstance(answers[1], ValueError)
    assert answers[2] == "stored 2"


async def test_a_storage_that_is_away_is_told_to_all_at_once() -> None:
    press = Press()
    press.open.set()
    batching = Batching(press.work, flushers=1, size=10)
    answers = await asyncio.gather(*await asked(batching, 1, 99), return_exceptions=True)
    assert [type(answer) for answer in answers] == [StorageUnavailable, StorageUnavailable]
    assert press.batches == [[1, 99]]


async def test_a_caller_that_goes_away_takes_nothing_back() -> None:
    press = Press()
    batching = Batching(press.work, flushers=1, size=10)
    gone, stays = await asked(batching, 1, 2)
    await press.begun.wait()
    gone.cancel()
    press.open.set()
    assert await stays == "stored 2"
    with pytest.raises(asyncio.CancelledError):
        await gone
    await batching.idle()
    assert press.batches == [[1, 2]]
