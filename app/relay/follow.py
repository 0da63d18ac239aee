"""Following orders of a POS that does not call us: one list per location and interval, while anything is open."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.adapters.base import Listing, Registry
from app.domain.errors import LocationUnknown, NotSent, PosError
from app.domain.status import Source, StatusEvent
from app.relay.events import OrderCase
from app.relay.sending import Adapters, Locations
from app.relay.watching import unheard
from app.store.database import run
from app.store.due import Followed, claim_polls, followed_orders, poll_later

log = structlog.get_logger(__name__)

AT_ONCE = 8
"""Locations that one round polls."""
WINDOW = timedelta(days=1)
"""The list is asked for this much around the wanted times: the POS compares local dates."""
SLOW_DOWN_S = 60.0
"""After a 429, until the next list."""
SLOWEST_S = 120.0
"""The interval doubles with each failure in a row, up to this: a POS that hangs shall not be asked all the time."""


class Follower:
    """Polls. Any number of them may run: each interval of a location goes to one.

    ``changed`` is called after each commit that may have changed an order."""

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        locations: Locations,
        adapters: Adapters,
        registry: Registry,
        interval_s: float,
        changed: Callable[[], None] = unheard,
    ) -> None:
        self._changed = changed
        self._engine = engine
        self._locations = locations
        self._adapters = adapters
        self._interval_s = interval_s
        self._failures: dict[str, int] = {}  # in a row, of this process; when to ask again is in the database
        self._polled = frozenset(system for system, pos in registry.items() if pos.traits.polled)

    async def round(self) -> int:
        """Polls what is due, side by side. Returns how many locations that were."""
        due = await self.due()
        await asyncio.gather(*(self.poll(location_id) for location_id in due))
        return len(due)

    async def due(self, *, limit: int = AT_ONCE) -> list[str]:
        """The locations to poll now: each is the caller's for this interval."""
        return await run(
            self._engine,
            lambda connection: claim_polls(
                connection, systems=sorted(self._polled), interval_s=self._interval_s, limit=limit
            ),
        )

    async def poll(self, location_id: str) -> None:
        """Asks one location's POS for its orders and applies what changed. A POS in trouble is asked again later."""
        followed = await run(self._engine, lambda connection: followed_orders(connection, location_id))
        if not followed:
            self._failures.pop(location_id, None)
            return
        try:
            events = await self._list(location_id, followed)
        except (PosError, LocationUnknown) as error:
            log.warning("poll failed", location=location_id, error=str(error))
            slow_down = isinstance(error, NotSent) and error.http_status is not None
            await self._later(location_id, at_least_s=SLOW_DOWN_S if slow_down else 0.0)
            return
        self._failures.pop(location_id, None)
        by_reference = {str(order.reference): order for order in followed}
        for event in events:
            order = by_reference.get(event.reference or "")
            if order is not None and event.raw != order.pos_status:
                await self._apply(location_id, order, event)

    def fails(self, location_id: str) -> bool:
        """Its last poll, as far as this process knows."""
        return location_id in self._failures

    async def gave_up(self, location_id: str) -> None:
        """Its poll was cut off: too many others hang as well."""
        await self._later(location_id)

    async def _later(self, location_id: str, *, at_least_s: float = 0.0) -> None:
        failures = self._failures[location_id] = self._failures.get(location_id, 0) + 1
        pause_s = max(at_least_s, min(self._interval_s * 2 ** min(failures, 10), max(SLOWEST_S, self._interval_s)))
        await run(self._engine, lambda connection: poll_later(connection, location_id, pause_s))

    async def _list(self, location_id: str, followed: list[Followed]) -> list[StatusEvent]:
        location = await self._locations.get(location_id)
        adapter = self._adapters.get(location)
        if not isinstance(adapter, Listing):
            return []
        wanted = [order.wanted_at for order in followed]
        return list(await adapter.list_orders(min(wanted) - WINDOW, max(wanted) + WINDOW))

    async def _apply(self, location_id: str, order: Followed, event: StatusEvent) -> None:
        async def apply(connection: AsyncConnection) -> None:
            case = await OrderCase.open(connection, location_id, order.order_id, polled_systems=self._polled)
            if (
                case is not None
                and case.order.current_reference == order.reference
                and case.order.pos_status != event.raw
            ):
                case.hear(event, Source.POLL)
                await case.save(connection)

        await run(self._engine, apply)
        self._changed()
