"""The inbox: a POS's call is authenticated, stored as it came, answered, and only then understood."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.adapters.base import CallbackReader, CallbackRequest, Registry
from app.domain.errors import CallbackUnauthenticated, CallbackUnreadable, NotFound, StateConflict, StorageUnavailable
from app.domain.location import Location
from app.domain.status import FailureCode, Source, Status, StatusEvent
from app.domain.submission import Dispatch, DispatchEvent, step
from app.relay.arrival import cancel_comes_too_late
from app.relay.events import OrderCase
from app.relay.watching import unheard
from app.store.callbacks import (
    LockedCallback,
    due_callbacks,
    find_callback,
    lock_callback,
    save_callback,
    store_callback,
)
from app.store.catalogs import hasten_sync
from app.store.database import run
from app.store.lanes import callback_came
from app.store.orders import order_of_reference
from app.store.submissions import lock_submission, save_submission

log = structlog.get_logger(__name__)

MATCH_FOR = timedelta(hours=24)
"""An unknown reference is matched again for so long."""
MATCH_AGAIN = (timedelta(seconds=2), timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=30))
AT_ONCE = 4
"""Callbacks that one process works on; more would keep intake from its connections. The others wait, stored."""
LEFT_ALONE_S = 3.0
"""A stored callback is the business of the process that took it for so long, then anybody's."""


_STALE_MENU = frozenset({FailureCode.ITEM_NOT_FOUND, FailureCode.ITEM_UNAVAILABLE})
"""The till says no to an item: what we know of its menu may be old."""


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
        self._room = asyncio.Semaphore(AT_ONCE)
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

        async def store(connection: AsyncConnection) -> UUID:
            stored = await store_callback(connection, location.id, request.body)
            return stored.id

        callback_id = await run(self._express, store)
        task = asyncio.create_task(self._try(location.id, callback_id, reader))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def leftovers(self, *, limit: int = 100) -> int:
        """Processes what a crash left over, and matches unknown references again. Returns how many it looked at."""
        due = await run(self._engine, lambda connection: due_callbacks(connection, limit=limit, after_s=LEFT_ALONE_S))
        for found in due:
            reader = self._registry.get(found.system)
            if isinstance(reader, CallbackReader):
                await self._try(found.location_id, found.id, reader)
        return len(due)

    async def replay(self, location_id: str, callback_id: UUID, *, actor: str) -> None:
        """A person wants it understood again. Raises NotFound, StateConflict where it was understood already."""
        found = await run(self._engine, lambda connection: find_callback(connection, callback_id))
        if found is None or found.location_id != location_id:
            raise NotFound("There is no such callback.")
        if found.state == "handled":
            raise StateConflict("This callback was handled already.", state=found.state)
        reader = self._registry.get(found.system)
        if isinstance(reader, CallbackReader):
            log.info("callback replayed", location=location_id, callback=str(callback_id), by=actor)
            await run(self._engine, lambda connection: self._handle(connection, location_id, callback_id, reader))
            self._changed()

    async def idle(self) -> None:
        """Waits until everything that was received is processed, as far as it can be."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _try(self, location_id: str, callback_id: UUID, reader: CallbackReader) -> None:
        try:
            async with self._room:
                await run(self._engine, lambda connection: self._handle(connection, location_id, callback_id, reader))
            self._changed()
        except StorageUnavailable:
            log.warning("a callback waits for the storage", location=location_id, callback=str(callback_id))
        except Exception:
            log.exception("a callback could not be processed", location=location_id, callback=str(callback_id))
            with suppress(Exception):
                await run(self._engine, lambda connection: _park(connection, location_id, callback_id))

    async def _handle(
        self, connection: AsyncConnection, location_id: str, callback_id: UUID, reader: CallbackReader
    ) -> None:
        callback = await lock_callback(connection, location_id, callback_id)
        if callback is None or callback.state == "handled":
            return
        await self._understand(connection, callback, reader)
        await callback_came(connection, location_id)  # last: the lock order is order, submission, lane

    async def _understand(self, connection: AsyncConnection, callback: LockedCallback, reader: CallbackReader) -> None:
        try:
            event = reader.read_callback(callback.body)
        except CallbackUnreadable as error:
            await save_callback(connection, callback, state="parked", due_at=None, problem=str(error))
            return
        reference = _uuid(event.reference)
        order_id = await order_of_reference(connection, callback.location_id, reference) if reference else None
        if reference is None or order_id is None:
            await _unmatched(connection, callback, event)
            return
        await self._apply(connection, callback, event, reference, order_id)

    async def _apply(
        self, connection: AsyncConnection, callback: LockedCallback, event: StatusEvent, reference: UUID, order_id: UUID
    ) -> None:
        case = await OrderCase.open(connection, callback.location_id, order_id, polled_systems=self._polled)
        if case is None:
            return
        submission = await lock_submission(connection, callback.location_id, reference)
        superseded = reference != case.order.current_reference
        # A payment of ours has a reference of its own; this one is about money on the check of an order.
        beside = event.about_payment and case.order.kind == "order"
        if not beside and not superseded:
            after = step(submission.state, DispatchEvent.CALLBACK, doubt=False)
            if after.state is not submission.state:
                await save_submission(connection, submission, state=after.state, lease_until=None, last_error=None)
            if submission.state is not Dispatch.DONE:
                case.reach("submitted")
        if beside:
            case.tell(
                Source.CALLBACK,
                event.raw,
                f"about a payment: {event.reason or 'no reason given'}",
                callback_id=callback.id,
            )
        else:
            case.hear(event, Source.CALLBACK, superseded=superseded, callback_id=callback.id)
            if not superseded:
                if case.status is Status.RECEIVED:  # a word that says nothing, but it is there
                    case.move(Status.SUBMITTED)
                cancel_comes_too_late(case)
        await case.save(connection)
        if event.failure_code in _STALE_MENU:
            await hasten_sync(connection, callback.location_id)
        await save_callback(
            connection,
            callback,
            state="handled",
            handled_at=callback.now,
            due_at=None,
            reference=event.reference,
            word=event.raw,
            problem=None,
        )


async def _unmatched(connection: AsyncConnection, callback: LockedCallback, event: StatusEvent) -> None:
    age = callback.now - callback.received_at
    wait = next((pause for pause in MATCH_AGAIN if pause > age), MATCH_AGAIN[-1])
    await save_callback(
        connection,
        callback,
        state="parked",
        due_at=callback.now + wait if age < MATCH_FOR else None,
        reference=event.reference,
        word=event.raw,
        problem="no order of this location has or had this reference"
        if event.reference
        else "the callback names no reference",
    )


async def _park(connection: AsyncConnection, location_id: str, callback_id: UUID) -> None:
    callback = await lock_callback(connection, location_id, callback_id)
    if callback is not None and callback.state != "handled":
        await save_callback(
            connection,
            callback,
            state="parked",
            due_at=callback.now + MATCH_AGAIN[-1] if callback.now - callback.received_at < MATCH_FOR else None,
            problem="processing failed; see the log. It is tried again for a day",
        )


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
