"""The cache of keys and locations: never older than it says, never bigger, and right across a drop."""

import asyncio

import pytest

from app.relay.cache import ReadThrough


class Shelf:
    """What is read from; `open` lets readings finish."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.readings = 0
        self.open = asyncio.Event()
        self.open.set()
        self.reading = asyncio.Event()

    async def load(self, key: str) -> str | None:
        self.readings += 1
        self.reading.set()
        value = self.values.get(key)
        await self.open.wait()
        if key == "broken":
            raise OSError("away")
        return value


async def test_values_and_absences_are_read_once() -> None:
    shelf = Shelf()
    shelf.values["a"] = "1"
    cache = ReadThrough(shelf.load)
    assert [await cache.get(key) for key in "aabb"] == ["1", "1", None, None]
    assert shelf.readings == 2


async def test_nothing_is_kept_longer_than_said() -> None:
    shelf = Shelf()
    shelf.values["a"] = "1"
    cache = ReadThrough(shelf.load, fresh_s=0, absent_s=0)
    for key in "aabb":
        await cache.get(key)
    assert shelf.readings == 4


async def test_those_who_ask_at_once_share_one_reading_and_survive_one_who_leaves() -> None:
    shelf = Shelf()
    shelf.values["a"] = "1"
    shelf.open.clear()
    cache = ReadThrough(shelf.load)
    asking = [asyncio.create_task(cache.get("a")) for _ in range(10)]
    await asyncio.sleep(0)
    asking[0].cancel()
    shelf.open.set()
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError)
    assert answers[1:] == ["1"] * 9
    assert shelf.readings == 1


async def test_what_was_being_read_during_a_drop_is_not_kept() -> None:
    shelf = Shelf()
    shelf.values["a"] = "old"
    shelf.open.clear()
    cache = ReadThrough(shelf.load)
    early = asyncio.create_task(cache.get("a"))
    await shelf.reading.wait()
    shelf.values["a"] = "new"
    cache.drop()
    late = asyncio.create_task(cache.get("a"))
    shelf.open.set()
    assert (await early, await late) == ("old", "new")
    assert await cache.get("a") == "new"


async def test_a_failed_reading_is_not_remembered() -> None:
    shelf = Shelf()
    cache = ReadThrough(shelf.load)
    for _ in range(2):
        with pytest.raises(OSError, match="away"):
            await cache.get("broken")
    assert shelf.readings == 2


async def test_guessing_fills_no_memory_and_pushes_nothing_out() -> None:
    shelf = Shelf()
    shelf.values["a"] = "1"
    cache = ReadThrough(shelf.load, size=10)
    await cache.get("a")
    for number in range(100):
        assert await cache.get(f"guess-{number}") is None
    assert len(cache._absent) == 10
    shelf.readings = 0
    assert await cache.get("a") == "1"
    assert shelf.readings == 0
