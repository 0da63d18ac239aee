"""The inbox: a POS's call is authenticated, stored as it came, answered, and only then understood."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from app.adapters.base import CallbackReader, CallbackRequest, Registry
from app.domain.errors import CallbackUnauthenticated, NotFound, StateConflict, StorageUnavailable
from app.domain.location import Location
from app.relay.understand import Received, park, understand
from app.relay.watching import unheard
from app.store.batching import Batching
from app.store.callbacks import FoundCallback, NewCallback, due_callbacks, find_callback, store_callbacks
from app.store.database import run

STORERS = 4
"""Transactions with new callbacks under way at the same time."""
READERS = 2
"""The same of those that are being understood; more would keep intake from its connections. The others wait, stored."""
TOGETHER = 50
LEFT_ALONE_S = 3.0
"""A stored callback is the business of the process that took it for so long, then anybody's."""

log = structlog.get_logger(__name__)


class Inbox:
    """Callbacks in. Processing happens in the process that took one; what a crash left over, a worker picks up.

    ``changed`` is called after each commit that may have changed an order. ``express`` is for storing only: a POS must
    not wait for a connection behind orders, nor behind callbacks that are being understood.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        registry: Registry,
        *,
        changed: Callable[[], None] = unheard,
        express: AsyncEngine | None = None,
    ) -> None:
        self._express = express or engine
        self._changed = changed
        self._engine = engine
        self._registry = registry
        self._polled = frozenset(system for system, pos in registry.items() if pos.traits.polled)
        self._storing = Batching(self._store, flushers=STORERS, size=TOGETHER)
        self._understanding = Batching(self._understand, flushers=READERS, size=TOGETHER)
        self._tasks: set[asyncio.Task[None]] = set()

    async def receive(self, location: Location, request: CallbackRequest) -> None:
        """Authenticates and stores; when it returns, the callback is on disk and may be answered 200.

        Raises CallbackUnauthenticated (nothing is stored), StorageUnavailable.
        """
        reader = self._registry.get(location.pos.system)
        if not isinstance(reader, CallbackReader):
            message = "this POS does not call us"
            raise CallbackUnauthenticated(message)
        reader.authenticate(location, request)

        callback_id = await self._storing.do(NewCallback(location_id=location.id, body=request.body))
        task = asyncio.create_task(self._try(Received(location_id=location.id, id=callback_id, reader=reader)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def leftovers(self, *, limit: int = 100) -> int:
        """Processes what a crash left over, and matches unknown references again. Returns how many it looked at."""
        due = await run(self._engine, lambda connection: due_callbacks(connection, limit=limit, after_s=LEFT_ALONE_S))
        readable = filter(None, map(self._readable, due))
        await asyncio.gather(*(self._try(received) for received in readable))
        return len(due)

    async def replay(self, location_id: str, callback_id: UUID, *, actor: str) -> None:
        """A person wants it understood again. Raises NotFound, StateConflict where it was understood already."""
        found = await run(self._engine, lambda connection: find_callback(connection, callback_id))
        if found is None or found.location_id != location_id:
            raise NotFound("There is no such callback.")
        if found.state == "handled":
            raise StateConflict("This callback was handled already.", state=found.state)
        if (received := self._readable(found)) is not None:
            log.info("callback replayed", location=location_id, callback=str(callback_id), by=actor)
            await self._understand([received])

    async def idle(self) -> None:
        """Waits until everything that was received is processed, as far as it can be."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _store(self, new: Sequence[NewCallback]) -> Sequence[UUID]:
        return await run(self._express, partial(store_callbacks, new=new), single_statement=True)

    async def _understand(self, received: Sequence[Received]) -> Sequence[None]:
        await run(self._engine, partial(understand, received=received, polled_systems=self._polled))
        self._changed()
        return [None] * len(received)

    def _readable(self, found: FoundCallback) -> Received | None:
        reader = self._registry.get(found.system)
        if not isinstance(reader, CallbackReader):
            return None
        return Received(location_id=found.location_id, id=found.id, reader=reader)

    async def _try(self, received: Received) -> None:
        location_id, callback_id = received.location_id, received.id
        try:
            await self._understanding.do(received)
        except StorageUnavailable:
            log.warning("a callback waits for the storage", location=location_id, callback=str(callback_id))
        except Exception:
            log.exception("a callback could not be processed", location=location_id, callback=str(callback_id))
            with suppress(Exception):
                await run(self._engine, lambda connection: park(connection, location_id, callback_id))
