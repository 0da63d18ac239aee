"""Errands to many POSs side by side, of which a third may hang: none of them keeps the others waiting.

An errand that lasts gives its place to the next one and goes on among the slow ones. They only wait for an answer; but
they hold memory and sockets, so they are bounded as well: where one too many comes, the one that is slow for the
longest time is given up.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

SLOW_AFTER_S = 3.0

log = structlog.stdlib.get_logger(__name__)

Step = Callable[[], Awaitable[None]]


class Errands:
    """Those of one kind, in one process."""

    def __init__(self, name: str, *, most: int, most_slow: int, slow_after_s: float = SLOW_AFTER_S) -> None:
        self._name = name
        self._most = most
        self._most_slow = most_slow
        self._slow_after_s = slow_after_s
        self._quick: set[_Errand] = set()
        self._slow: dict[_Errand, None] = {}  # by when they became slow
        self._tasks: set[asyncio.Task[None]] = set()
        self._has_room = asyncio.Event()
        self._has_room.set()

    @property
    def room(self) -> int:
        """So many may begin now."""
        return self._most - len(self._quick)

    async def until_room(self) -> int:
        """Waits until one may begin; how many."""
        await self._has_room.wait()
        return self.room

    def start(
        self, group: asyncio.TaskGroup, location_id: str, do: Step, given_up: Step, *, slow: bool = False
    ) -> None:
        """Begins one. `slow`: the last one there failed, so this one is among the slow ones from the beginning.
        `given_up` is called after `do` was cut off. Neither may raise."""
        errand = _Errand(location_id)
        if slow:
            self._linger(errand)
        else:
            self._quick.add(errand)
            self._tell()
        task = group.create_task(self._run(errand, do, given_up))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def cancel(self) -> None:
        """All of them, now."""
        for task in self._tasks:
            task.cancel()

    async def _run(self, errand: "_Errand", do: Step, given_up: Step) -> None:
        timer = asyncio.get_running_loop().call_later(self._slow_after_s, self._slows_down, errand)
        try:
            async with errand.limit():
                await do()
        except TimeoutError:
            log.warning("given up: too many POSs answer slowly", errand=self._name, location=errand.location_id)
            await given_up()
        finally:
            timer.cancel()
            self._quick.discard(errand)
            self._slow.pop(errand, None)
            self._tell()

    def _slows_down(self, errand: "_Errand") -> None:
        if errand in self._quick:
            self._quick.discard(errand)
            self._linger(errand)
            self._tell()

    def _linger(self, errand: "_Errand") -> None:
        while len(self._slow) >= self._most_slow:
            longest = next(iter(self._slow))
            del self._slow[longest]
            longest.give_up()
        self._slow[errand] = None

    def _tell(self) -> None:
        if self.room > 0:
            self._has_room.set()
        else:
            self._has_room.clear()


class _Errand:
    """One that has begun."""

    def __init__(self, location_id: str) -> None:
        self.location_id = location_id
        self._limit: asyncio.Timeout | None = None
        self._over = False

    def limit(self) -> asyncio.Timeout:
        """To be entered at once."""
        self._limit = asyncio.timeout(0 if self._over else None)
        return self._limit

    def give_up(self) -> None:
        self._over = True
        if self._limit is not None:
            self._limit.reschedule(asyncio.get_running_loop().time())
