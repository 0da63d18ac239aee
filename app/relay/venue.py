"""Live questions: what a POS shows at this moment, while somebody waits for the answer.

Nothing here creates an order, and nothing is tried again: whoever asked is told, and asks again.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Protocol, TypeVar

import structlog

from app.adapters.base import Adapter, Directory, Floor, GuestBook
from app.domain.errors import (
    Finding,
    Misconfigured,
    NotFound,
    NotSupportedByPos,
    OrderInvalid,
    PosError,
    PosUnavailable,
    Rejected,
    RelayError,
    StateConflict,
)
from app.domain.location import Location
from app.domain.venue import FloorPlan, Guest, KnownGuest, OpenCheck, Place
from app.relay.sync import Synced

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer")

ANSWER_WITHIN_S = 10.0
"""Of one question; a person or a website waits for it."""
SYNC_WITHIN_S = 120.0
"""A whole menu, all in all."""


class KnownLocations(Protocol):
    """Where a location's present settings come from."""

    async def get(self, location_id: str) -> Location:
        """Raises LocationUnknown."""


class OpenAdapters(Protocol):
    """The open adapters of this process."""

    def get(self, location: Location) -> Adapter:
        """The location's adapter."""


class Syncs(Protocol):
    """Reads the catalog anew."""

    async def now(self, location_id: str) -> Synced:
        """Raises a PosError, NotSupportedByPos."""


class Venue:
    """What can be asked of a location's POS.

    All raise LocationUnknown, NotSupportedByPos, PosUnavailable (no usable answer), StateConflict (our own settings
    lack something and nobody was asked), StorageUnavailable.
    """

    def __init__(
        self,
        *,
        locations: KnownLocations,
        adapters: OpenAdapters,
        syncs: Syncs,
        within_s: float = ANSWER_WITHIN_S,
    ) -> None:
        self._locations = locations
        self._adapters = adapters
        self._syncs = syncs
        self._within_s = within_s

    async def places(self, location_id: str, *, system: str) -> Sequence[Place]:
        """What this location's credentials can see. ``system``: whose word for it was used."""
        location = await self._locations.get(location_id)
        adapter = self._adapters.get(location)
        if location.pos.system != system or not isinstance(adapter, Directory):
            raise NotSupportedByPos(f"{location.pos.system} has no such list.")
        return await self._answer(adapter.places())

    async def floor_plans(self, location_id: str) -> Sequence[FloorPlan]:
        """Rooms with their tables."""
        return await self._answer((await self._floor(location_id)).floor_plans())

    async def open_checks(self, location_id: str, table: int | None) -> Sequence[OpenCheck]:
        """The open checks of one table, or of all; amounts with all places of the location's currency."""
        found = await self._answer((await self._floor(location_id)).open_checks(table))
        currency = (await self._locations.get(location_id)).settings.currency
        return [check.written_in(currency) for check in found]

    async def find_guest(self, location_id: str, phone: str) -> KnownGuest:
        """The guest with this phone. Raises NotFound."""
        found = await self._answer((await self._guests(location_id)).find_guest(phone))
        if found is None:
            raise NotFound("The POS knows no guest with this phone number.")
        return found

    async def save_guest(self, location_id: str, guest: Guest) -> str:
        """Creates or updates the guest with this phone; the POS's id. Raises OrderInvalid for a phone that this POS
        does not take."""
        return await self._answer(_saved(await self._guests(location_id), guest))

    async def sync(self, location_id: str) -> Synced:
        """Reads catalog and dictionaries now."""
        return await self._answer(self._syncs.now(location_id), within_s=SYNC_WITHIN_S)

    async def _floor(self, location_id: str) -> Floor:
        location = await self._locations.get(location_id)
        adapter = self._adapters.get(location)
        if not isinstance(adapter, Floor):
            raise NotSupportedByPos(f"{location.pos.system} shows no tables and no open checks.")
        return adapter

    async def _guests(self, location_id: str) -> GuestBook:
        location = await self._locations.get(location_id)
        adapter = self._adapters.get(location)
        if not isinstance(adapter, GuestBook):
            raise NotSupportedByPos(f"{location.pos.system} shows no guests.")
        return adapter

    async def _answer(self, question: Awaitable[Answer], *, within_s: float | None = None) -> Answer:
        seconds = within_s or self._within_s
        try:
            async with asyncio.timeout(seconds):
                return await question
        except PosError as error:
            raise unanswered(error) from error
        except RelayError:
            raise
        except TimeoutError:
            raise PosUnavailable(f"The POS did not answer within {seconds:.0f} s.") from None
        except Exception as error:  # what a POS answers can be anything; nobody is helped by a 500
            log.exception("a live question failed")
            raise PosUnavailable(f"The answer of the POS could not be read: {type(error).__name__}.") from error


async def _saved(book: GuestBook, guest: Guest) -> str:
    try:
        return await book.save_guest(guest)
    except Rejected as error:
        if error.http_status is None:  # nobody was asked
            raise OrderInvalid([Finding("/phone", "invalid", error.message)]) from error
        raise


def unanswered(error: PosError) -> PosUnavailable | StateConflict:
    """What whoever asked is told. Settings of ours that lack something are no POS that is away."""
    if isinstance(error, Misconfigured) and error.http_status is None:
        return StateConflict(error.message, state="misconfigured")
    words = error.pos_message
    said = f"{error.message} It said: {words}" if words and words not in error.message else error.message
    return PosUnavailable(said, retry_after_s=error.retry_after_s)
