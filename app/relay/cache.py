"""A small read-through cache for what every request needs and hardly ever changes: keys and locations."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
T = TypeVar("T")

FRESH_S = 8.0
"""A change is seen everywhere within 10 s even where no wake-up arrives, the reading itself included."""
ABSENT_S = 2.0


class ReadThrough(Generic[K, V]):
    """Values at most `fresh_s` old, absences at most `absent_s`, both bounded: guessing keys cannot fill the memory,
    nor push out what is really used. Those who ask at once for the same key share one reading."""

    def __init__(
        self, load: Callable[[K], Awaitable[V | None]], *, fresh_s: float = FRESH_S, absent_s: float = ABSENT_S,
        size: int = 10_000,
    ) -> None:  # fmt: skip
        self._load = load
        self._fresh_s = fresh_s
        self._absent_s = absent_s
        self._size = size
        self.drop()

    def drop(self) -> None:
        """Forget everything, also what is being read right now."""
        self._present: dict[K, tuple[float, V]] = {}
        self._absent: dict[K, float] = {}
        self._readings: dict[K, asyncio.Task[V | None]] = {}

    async def get(self, key: K) -> V | None:
        """The value, or None where there is none. Passes on what reading raises, and does not remember it."""
        now = time.monotonic()
        held = self._present.get(key)
        if held is not None and now < held[0]:
            return held[1]
        if now < self._absent.get(key, 0):
            return None
        if (reading := self._readings.get(key)) is None:
            reading = self._readings[key] = asyncio.create_task(self._read(key))
        return await asyncio.shield(reading)  # one caller that goes away must not fail the others

    async def _read(self, key: K) -> V | None:
        # Those of the time before a drop are not the ones of the time after it.
        present, absent, readings, began = self._present, self._absent, self._readings, time.monotonic()
        try:
            value = await self._load(key)
        finally:
            readings.pop(key, None)
        if value is None:
            present.pop(key, None)
            self._keep(absent, key, began + self._absent_s)
        else:
            absent.pop(key, None)
            self._keep(present, key, (began + self._fresh_s, value))
        return value

    def _keep(self, held: dict[K, T], key: K, value: T) -> None:
        held.pop(key, None)
        if len(held) >= self._size:
            del held[next(iter(held))]  # the one read longest ago
        held[key] = value
