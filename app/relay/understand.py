"""Callbacks that are stored, understood: read, matched with their orders, and told to them. Many in one transaction.

Lock order: callbacks, orders, submissions, lanes, each sorted; a callback that somebody else is at is left to them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.adapters.base import CallbackReader
from app.domain.errors import CallbackUnreadable
from app.domain.status import FailureCode, Source, Status, StatusEvent
from app.domain.submission import Dispatch, DispatchEvent, step
from app.relay.arrival import cancel_comes_too_late
from app.relay.events import OrderCase
from app.store.callbacks import LockedCallback, lock_callbacks, save_callbacks
from app.store.catalogs import hasten_sync
from app.store.lanes import callbacks_came, open_lanes
from app.store.orders import orders_of_references
from app.store.submissions import LockedSubmission, lock_submissions, save_submissions

MATCH_FOR = timedelta(hours=24)
"""An unknown reference is matched again for so long."""
MATCH_AGAIN = (timedelta(seconds=2), timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=30))

_STALE_MENU = frozenset({FailureCode.ITEM_NOT_FOUND, FailureCode.ITEM_UNAVAILABLE})
"""The till says no to an item: what we know of its menu may be old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A callback that is stored, and who can read it."""

    location_id: str
    id: UUID
    reader: CallbackReader


@dataclass(slots=True, kw_only=True)
class _Matched:
    """A callback that speaks of an order of ours."""

    callback: LockedCallback
    event: StatusEvent
    reference: UUID
    order_id: UUID


@dataclass(slots=True)
class _Desk:
    """What the callbacks of one transaction do, until it is written."""

    written: list[tuple[LockedCallback, Mapping[str, Any]]] = field(default_factory=list)
    moved: dict[UUID, tuple[LockedSubmission, Mapping[str, Any]]] = field(default_factory=dict)
    stale_menus: set[str] = field(default_factory=set)
    arrived: set[str] = field(default_factory=set)
    """Locations at which a send whose answer never came has arrived: their POS takes orders."""


async def understand(
    connection: AsyncConnection, received: Sequence[Received], *, polled_systems: Collection[str]
) -> None:
    """Those of them that nobody handled yet; a whole transaction that may run twice."""
    readers = {one.id: one.reader for one in received}
    locked = await lock_callbacks(connection, [(one.location_id, one.id) for one in received])
    fresh = [callback for callback in locked if callback.state != "handled"]
    desk = _Desk()
    matched = await _match(connection, desk, [(callback, readers[callback.id]) for callback in fresh])
    await _tell(connection, desk, matched, polled_systems)
    await save_callbacks(connection, desk.written)
    for location_id in sorted(desk.stale_menus):
        await hasten_sync(connection, location_id)
    await callbacks_came(connection, sorted({callback.location_id for callback in fresh}))
    await open_lanes(connection, desk.arrived)


async def _match(
    connection: AsyncConnection, desk: _Desk, callbacks: Iterable[tuple[LockedCallback, CallbackReader]]
) -> list[_Matched]:
    read: list[tuple[LockedCallback, StatusEvent, UUID | None]] = []
    for callback, reader in callbacks:
        try:
            event = reader.read_callback(callback.body)
        except CallbackUnreadable as error:
            desk.written.append((callback, {"state": "parked", "due_at": None, "problem": str(error)}))
        else:
            read.append((callback, event, _uuid(event.reference)))
    keys = [(callback.location_id, reference) for callback, _, reference in read if reference is not None]
    known = await orders_of_references(connection, keys) if keys else {}
    matched = []
    for callback, event, reference in read:
        order_id = known.get((callback.location_id, reference)) if reference else None
        if reference is None or order_id is None:
            desk.written.append((callback, _unmatched(callback, event)))
        else:
            matched.append(_Matched(callback=callback, event=event, reference=reference, order_id=order_id))
    return matched


async def _tell(
    connection: AsyncConnection, desk: _Desk, matched: Sequence[_Matched], polled_systems: Collection[str]
) -> None:
    if not matched:
        return
    orders = {(one.callback.location_id, one.order_id) for one in matched}
    cases = await OrderCase.open_all(connection, orders, polled_systems=polled_systems)
    references = {(one.callback.location_id, one.reference) for one in matched}
    submissions = await lock_submissions(connection, references)
    for one in matched:  # as they came
        if one.order_id in cases and one.reference in submissions:
            _apply(desk, one, cases[one.order_id], submissions[one.reference])
    await save_submissions(connection, desk.moved.values())
    await OrderCase.save_all(connection, cases.values())


def _apply(desk: _Desk, one: _Matched, case: OrderCase, submission: LockedSubmission) -> None:
    callback, event = one.callback, one.event
    superseded = one.reference != case.order.current_reference
    # A payment of ours has a reference of its own; this one is about money on the check of an order.
    beside = event.about_payment and case.order.kind == "order"
    if not beside and not superseded:
        after = step(submission.state, DispatchEvent.CALLBACK, doubt=False)
        if after.state is not submission.state:
            desk.moved[one.reference] = submission, {"state": after.state, "lease_until": None, "last_error": None}
        if submission.state is not Dispatch.DONE:
            case.reach("submitted")
            desk.arrived.add(callback.location_id)
    if beside:
        said = f"about a payment: {event.reason or 'no reason given'}"
        case.tell(Source.CALLBACK, event.raw, said, callback_id=callback.id)
    else:
        case.hear(event, Source.CALLBACK, superseded=superseded, callback_id=callback.id)
        if not superseded:
            if case.status is Status.RECEIVED:  # a word that says nothing, but it is there
                case.move(Status.SUBMITTED)
            cancel_comes_too_late(case)
    if event.failure_code in _STALE_MENU:
        desk.stale_menus.add(callback.location_id)
    handled = {
        "state": "handled",
        "handled_at": callback.now,
        "due_at": None,
        "reference": event.reference,
        "word": event.raw,
        "problem": None,
    }
    desk.written.append((callback, handled))


def _unmatched(callback: LockedCallback, event: StatusEvent) -> Mapping[str, Any]:
    age = callback.now - callback.received_at
    wait = next((pause for pause in MATCH_AGAIN if pause > age), MATCH_AGAIN[-1])
    nobody = "no order of this location has or had this reference"
    return {
        "state": "parked",
        "due_at": callback.now + wait if age < MATCH_FOR else None,
        "reference": event.reference,
        "word": event.raw,
        "problem": nobody if event.reference else "the callback names no reference",
    }


async def park(connection: AsyncConnection, location_id: str, callback_id: UUID) -> None:
    """It could not be understood for a reason of ours: it is tried again."""
    for callback in await lock_callbacks(connection, [(location_id, callback_id)]):
        if callback.state == "handled":
            continue
        again = callback.now + MATCH_AGAIN[-1] if callback.now - callback.received_at < MATCH_FOR else None
        problem = "processing failed; see the log. It is tried again for a day"
        await save_callbacks(connection, [(callback, {"state": "parked", "due_at": again, "problem": problem})])


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
