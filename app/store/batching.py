"""Many callers, few transactions: what arrives while the database is busy goes together in the next one.

No delay is added: a free flusher begins at once, so a lone caller waits for nobody. Several flushers work side by side,
or a caller at low load would wait for somebody else's sync of the disk.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Generic, TypeVar

from app.domain.errors import StorageUnavailable

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Batching(Generic[Item, Answer]):
    """``work`` takes one to ``size`` items and gives an answer for each, in their order. Where it fails for several,
    each is done alone: a bad one must not fail its neighbours.
    """

    def __init__(
        self, work: Callable[[Sequence[Item]], Awaitable[Sequence[Answer]]], *, flushers: int, size: int
    ) -> None:
        self._work = work
        self._flushers = flushers
        self._size = size
        self._waiting: deque[tuple[Item, asyncio.Future[Answer]]] = deque()
        self._running: set[asyncio.Task[None]] = set()

    async def do(self, item: Item) -> Answer:
        """The item's answer, or what its work raised. A caller that goes away takes nothing back."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if len(self._running) < self._flushers:
            # Not in the caller's context: what it limits for itself must not end the work of those who come after it.
            flusher = asyncio.create_task(self._flush(), context=Context())
            self._running.add(flusher)
            flusher.add_done_callback(self._running.discard)
        return await answer

    async def idle(self) -> None:
        """Waits until everything that was asked for is done."""
        while self._running:
            await asyncio.wait(self._running)

    async def _flush(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(self._size, len(self._waiting)))]
            await self._together(batch)

    async def _together(self, batch: Sequence[tuple[Item, "asyncio.Future[Answer]"]]) -> None:
        try:
            answers = await self._work([item for item, _ in batch])
        except StorageUnavailable as error:
            _all_raise(batch, error)
        except Exception as error:
            if len(batch) == 1:
                _all_raise(batch, error)
                return
            for one in batch:
                await self._together([one])
        except BaseException:  # the process ends
            for _, waiting in batch:
                waiting.cancel()
            raise
        else:
            for (_, waiting), answer in zip(batch, answers, strict=True):
                if not waiting.done():
                    waiting.set_result(answer)


def _all_raise(batch: Sequence[tuple[Item, "asyncio.Future[Answer]"]], error: Exception) -> None:
    for _, waiting in batch:
        if not waiting.done():
            waiting.set_exception(error)
