"""Watching orders: thousands of clients wait for a change of theirs, and one query looks for all of them.

Nothing is asked while nobody watches. A wake-up says only that some order changed somewhere; it may get lost, so that
now and then is looked without one.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.errors import StorageUnavailable
from app.relay.views import version_of
from app.store.database import run
from app.store.views import SummaryRow
from app.store.watched import newer

SAFETY_S = 1.0
"""Behind the wake-ups."""
REST_S = 0.025
"""Between two looks: where thousands of orders change in a second, that is one look for many of them."""
SHARE = 4
"""A look that takes long is followed by a rest so many times as long: watching leaves the database to the others."""

AT_ONCE = 3
"""Reads of those who wait; the others of a crowd queue here, and not for the database's connections, where a place in
the queue is lost after seconds and other readers stand in it, too."""

log = structlog.stdlib.get_logger(__name__)


def unheard() -> None:
    """For parts of the relay whose changes nobody need hear of."""


class Watch:
    """One client's eye on one order. ``version``: what the client knows."""

    def __init__(self, version: int) -> None:
        self.version = version
        self.over = False
        """No more waiting: the process stops, or has no room for one more client."""
        self._row: SummaryRow | None = None
        self._stirred = asyncio.Event()

    async def change(self, within_s: float) -> SummaryRow | None:
        """The order, as soon as it is newer than what is known; what came in between is left out. None: the time, or
        the waiting, is over."""
        if within_s > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(within_s):
                    await self._stirred.wait()
        row, self._row = self._row, None
        if not self.over:
            self._stirred.clear()
        if row is not None:
            self.version = version_of(row)
        return row

    def tell(self, row: SummaryRow) -> None:
        """The order as it is. Nothing happens where the client knows it already."""
        if version_of(row) > self.version:
            self._row = row
            self._stirred.set()

    def end(self) -> None:
        """Whoever waits goes on at once."""
        self.over = True
        self._stirred.set()


class _Watched:
    def __init__(self, version: int) -> None:
        self.version = version
        self.watches: set[Watch] = set()


class Watching:
    """All watches of this process. ``most``: so many at the same time."""

    def __init__(self, engine: AsyncEngine, *, most: int = 5000) -> None:
        self.turn = asyncio.Semaphore(AT_ONCE)
        """For whoever reads an order to wait for it, or has been woken: thousands may come in the same instant."""
        self._engine = engine
        self._most = most
        self._count = 0
        self._watched: dict[UUID, _Watched] = {}
        self._woken = asyncio.Event()
        self._wakeups = 0
        self._closed = False
        self._task: asyncio.Task[None] | None = None

    @property
    def clients(self) -> int:
        """How many watch."""
        return self._count

    def mark(self) -> int:
        """To be taken before an order is read that is going to be watched: what happens in between is not missed."""
        return self._wakeups

    def wake(self) -> None:
        """Some order changed. Costs nothing while nobody watches."""
        self._wakeups += 1
        if self._watched:
            self._woken.set()

    @contextmanager
    def watch(self, order_id: UUID, version: int, *, since: int) -> Iterator[Watch]:
        """For the time of the block. ``version``: of the view that the client has; ``since``: the mark before it was
        read. Where there is no room, or no time left, the watch is over at once."""
        watch = Watch(version)
        if self._closed or self._count >= self._most:
            watch.end()
            yield watch
            return
        watched = self._watched.setdefault(order_id, _Watched(version))
        watched.watches.add(watch)
        self._count += 1
        if since != self._wakeups or watched.version > version:
            watched.version = min(watched.version, version)
            self._woken.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._rounds())
        try:
            yield watch
        finally:
            self._count -= 1
            watched.watches.discard(watch)
            if not watched.watches:
                del self._watched[order_id]
            if not self._watched:
                self._woken.set()

    def close(self) -> None:
        """Ends all waiting, for good."""
        self._closed = True
        for watched in self._watched.values():
            for watch in watched.watches:
                watch.end()

    async def aclose(self) -> None:
        """Also ends the looking. Before the engine is closed."""
        self.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _rounds(self) -> None:
        """As long as anybody watches."""
        loop, failing = asyncio.get_running_loop(), False
        while self._watched:
            with suppress(TimeoutError):
                async with asyncio.timeout(SAFETY_S):
                    await self._woken.wait()
            self._woken.clear()
            started, rest_s = loop.time(), SAFETY_S
            try:
                await self._look()
            except StorageUnavailable as error:
                if not failing:
                    log.warning("those who wait for orders wait for the storage", error=str(error))
                failing = True
            except Exception:
                log.exception("a look at the watched orders failed, the next one comes")
            else:
                failing, rest_s = False, max(REST_S, SHARE * (loop.time() - started))
            await asyncio.sleep(rest_s)

    async def _look(self) -> None:
        known = {order_id: watched.version for order_id, watched in self._watched.items()}
        if not known:
            return
        for row in await run(self._engine, partial(newer, known=known), single_statement=True):
            watched = self._watched.get(row.id)
            if watched is not None:  # else its client went away meanwhile
                watched.version = version_of(row)
                for watch in watched.watches:
                    watch.tell(row)
