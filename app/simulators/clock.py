"""Waiting: for something to change, and for time to pass on a clock that can run faster than the real one."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Signal:
    """Wakes everyone who waits for something to change."""

    def __init__(self) -> None:
        """Start with nobody waiting."""
        self._changed = asyncio.Event()

    def notify(self) -> None:
        """Say that something has changed."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait for the condition at most so many real seconds, and answer whether it holds."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while not condition() and (left := end - loop.time()) > 0:
            try:
                await asyncio.wait_for(self._changed.wait(), left)
            except TimeoutError:
                break
        return condition()


class Clock:
    """The POS's clock. It shows the real time (plus `skew`), but whatever takes t takes only t / `factor`."""

    def __init__(self, factor: float = 1.0, skew: timedelta = timedelta()) -> None:
        """Run `factor` times faster than real time, `skew` ahead of it."""
        self.factor = factor
        self.skew = skew
        self._signal = Signal()

    def now(self) -> datetime:
        """Answer the time on the POS's clock."""
        return datetime.now(UTC) + self.skew

    def change(self, *, factor: float | None = None, skew_s: float | None = None) -> None:
        """Change the pace, also of waits that have begun; raises ValueError unless the factor is above 0."""
        if factor is not None and not factor > 0:
            msg = "factor must be above 0"
            raise ValueError(msg)
        self.factor = factor or self.factor
        self.skew = self.skew if skew_s is None else timedelta(seconds=skew_s)
        self._signal.notify()

    async def sleep(self, ms: float, *, wake: Callable[[], bool] = lambda: False) -> bool:
        """Wait so many simulated milliseconds; answers True as soon as `wake` does (looked at when prodded)."""
        loop = asyncio.get_running_loop()
        left = ms / 1000
        while left > 0 and not wake():
            factor, begun = self.factor, loop.time()
            await self._signal.until(lambda f=factor: wake() or self.factor != f, left / factor)  # type: ignore[misc]
            left -= (loop.time() - begun) * factor
        return wake()

    def prod(self) -> None:
        """Make every sleeper look at its wake condition."""
        self._signal.notify()
