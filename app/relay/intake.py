"""Intake: an order is checked, put into the POS's language once to see that it can be, and stored. Nothing is sent."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.adapters.base import Registry, Submission, Translation
from app.domain.catalog import Menu
from app.domain.errors import (
    Finding,
    LocationUnknown,
    Misconfigured,
    OrderInvalid,
    OrderNotExpressible,
    ReferenceConflict,
    StorageUnavailable,
)
from app.domain.ids import new_id
from app.domain.location import Location
from app.domain.money import written
from app.domain.order import Order, as_received, fingerprint, searchable
from app.domain.rules import check
from app.relay.catalog_check import against_menu, as_warning, refuses, translated
from app.relay.menus import Menus
from app.relay.sending import Locations
from app.store.batching import Batching
from app.store.database import answer_within, run
from app.store.intake import Known, NewOrder, known_orders, read_clock, store_orders
from app.store.views import OrderRow, read_order

FLUSHERS = 8
"""Commits under way at the same time: more than there are callers at low load, so that none waits for another's."""
BATCH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """An order that is stored."""

    order: OrderRow
    detail: str | None
    """The first line of a fresh order's history."""
    replayed: bool
    """True: it was stored before, by an earlier request with the same content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would be sent. ``url`` is the POS's address without credentials."""

    translation: Translation | None
    url: str | None
    problems: tuple[Finding, ...]


class Intake:
    """Takes orders. ``announce`` is called after each commit: there is something to send. ``batch``: so many orders
    that arrive together are stored by one statement; 1: each by its own.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        locations: Locations,
        registry: Registry,
        menus: Menus,
        announce: Callable[[str], None],
        batch: int = BATCH,
    ) -> None:
        self._engine = engine
        self._menus = menus
        self._locations = locations
        self._registry = registry
        self._announce = announce
        self._storing = Batching(self._together, flushers=FLUSHERS, size=batch)

    async def submit(self, order: Order, *, actor: str) -> Submitted:
        """Stores the order, once for ever under its location and reference. Repeating it is safe.

        Raises LocationUnknown, OrderInvalid, OrderNotExpressible, ReferenceConflict, StorageUnavailable.
        """
        with answer_within() as ends:
            try:
                async with asyncio.timeout(ends - time.monotonic()):
                    return await self._submit(order, actor)
            except TimeoutError:
                raise StorageUnavailable("PostgreSQL is not available: no answer in time") from None

    async def _submit(self, order: Order, actor: str) -> Submitted:
        location = await self._locations.get(order.location)
        # An order that leaves its currency out is the order that names the location's.
        print_of_content = fingerprint(
            order.model_copy(update={"currency": order.currency or location.settings.currency})
        )
        new: NewOrder | None = None
        refusal: OrderInvalid | OrderNotExpressible | None = None
        try:
            await self._check(location, order)
            new = self._new(location, order, await self._menus.for_order(location, order), print_of_content, actor)
        except (OrderInvalid, OrderNotExpressible) as refused:
            # A repeat of an order that was good when it first came (its wanted time has passed, the settings have
            # changed) is still that order.
            refusal = refused
        submitted = await self._store(order, print_of_content, new)
        if submitted is None:
            raise refusal or LocationUnknown(order.location)
        if not submitted.replayed:
            self._announce(order.location)
        return submitted

    async def preview(self, order: Order) -> Preview:
        """What would be sent. Stores nothing, calls no POS. Raises LocationUnknown, OrderInvalid."""
        location = await self._locations.get(order.location)
        await self._check(location, order)
        menu = await self._menus.for_order(location, order)
        problems = tuple(against_menu(location, order, menu))
        try:
            pos = self._registry[location.pos.system]
            translation = pos.translate(location, _as_sent(location, order, menu, new_id()))
        except OrderNotExpressible as refused:
            known = {finding.pointer for finding in problems}
            told = (finding for finding in refused.findings if finding.pointer not in known)
            return Preview(translation=None, url=None, problems=(*problems, *told))
        except Misconfigured as error:
            told_so = Finding("/location", "misconfigured", error.message)
            return Preview(translation=None, url=None, problems=(*problems, told_so))
        url = location.pos.base_url + translation.request.path
        return Preview(translation=translation, url=url, problems=problems)

    async def _store(self, order: Order, print_of_content: bytes, new: NewOrder | None) -> Submitted | None:
        """One statement, one round trip, where the order is new. None: nothing was stored, and nothing was known."""
        received_at = None if new is None else await self._storing.do(new)
        if new is not None and received_at is not None:
            return Submitted(order=_fresh(new, received_at), detail=new.detail, replayed=False)

        async def known(connection: AsyncConnection) -> Submitted | None:
            found = await known_orders(connection, [(order.location, order.reference)])
            if not found:
                return None
            row = await _same(connection, found[0], print_of_content)
            # Our own id: an earlier try of the statement had been committed after all.
            return Submitted(order=row, detail=None, replayed=new is None or row.id != new.id)

        return await run(self._engine, known)

    async def _together(self, new: Sequence[NewOrder]) -> Sequence[datetime | None]:
        """When each was stored; None where it was known already, or its location is gone."""
        stored = await run(self._engine, partial(store_orders, new=new), single_statement=True)
        return [stored.get(order.id) for order in new]

    def _new(self, location: Location, order: Order, menu: Menu, print_of_content: bytes, actor: str) -> NewOrder:
        found = against_menu(location, order, menu)
        if found and refuses(location, menu, datetime.now(UTC)):
            raise OrderInvalid(found)
        submission = new_id()
        translation = translated(
            self._registry[location.pos.system], location, _as_sent(location, order, menu, submission)
        )
        return NewOrder(
            location_id=location.id,
            id=new_id(),
            reference=order.reference,
            fingerprint=print_of_content,
            service_type=order.service_type.value,
            currency=location.settings.currency,
            total=order.total,
            prepaid=order.prepaid,
            requested_for=order.requested_for,
            customer_search=searchable(order),
            submission=submission,
            pos_system=location.pos.system,
            folded=translation.folded if translation else (),
            not_sent=translation.not_sent if translation else (),
            warnings=[as_warning(finding) for finding in found],
            body=as_received(order, location.settings.currency),
            detail=_first_line(order, location, actor),
            give_up_after_s=location.settings.give_up_after_s,
        )

    async def _check(self, location: Location, order: Order) -> None:
        now, wanted = datetime.now(UTC), order.requested_for
        if wanted is not None and wanted < now:  # by this host's clock, which may be wrong
            now = await run(self._engine, read_clock)
        if findings := check(order, currency=location.settings.currency, now=now):
            raise OrderInvalid(findings)


async def _same(connection: AsyncConnection, known: Known, print_of_content: bytes) -> OrderRow:
    if known.fingerprint != print_of_content:
        raise ReferenceConflict(known.reference, known.id)
    row = await read_order(connection, known.location_id, known.id)
    if row is None:  # it was there a statement ago, in this transaction, and is locked
        message = f"order {known.id} has no current submission"
        raise RuntimeError(message)
    return row


def _fresh(new: NewOrder, received_at: datetime) -> OrderRow:
    return OrderRow(
        location_id=new.location_id,
        id=new.id,
        reference=new.reference,
        service_type=new.service_type,
        currency=new.currency,
        total=new.total,
        prepaid=new.prepaid,
        requested_for=new.requested_for,
        received_at=received_at,
        current_reference=new.submission,
        pos_system=new.pos_system,
        folded=new.folded,
        not_sent=new.not_sent,
        warnings=new.warnings,
        due_at=received_at,
        deadline_at=received_at + timedelta(seconds=new.give_up_after_s),
        body=new.body,
    )


def _as_sent(location: Location, order: Order, menu: Menu, reference: UUID) -> Submission:
    now = datetime.now(UTC)
    deadline = now + timedelta(seconds=location.settings.give_up_after_s)
    return Submission(order=order, reference=reference, now=now, deadline_at=deadline, menu=menu)


def _first_line(order: Order, location: Location, actor: str) -> str:
    when = (
        f"for {order.requested_for.astimezone(location.zone):%Y-%m-%d %H:%M}"
        if order.requested_for
        else "as soon as possible"
    )
    kind = order.service_type.value.replace("_", "-")
    total = f"{written(order.total, location.settings.currency)} {location.settings.currency}"
    return f"{kind} {when}, {total}, {len(order.items)} item(s); by {actor}"
