"""Messages to the people at the till: taken, and carried by the same outbox as orders. Nothing is sent here."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.adapters.base import MessageSubmission, Registry, TakesMessages
from app.domain.errors import (
    Finding,
    LocationUnknown,
    Misconfigured,
    NotSupportedByPos,
    OrderInvalid,
    OrderNotExpressible,
)
from app.domain.ids import new_id
from app.domain.location import Location
from app.domain.message import TillMessage
from app.domain.status import Source
from app.relay.sending import Locations
from app.store.database import run
from app.store.messages import NewMessage, reference_at_pos, store_message

KIND = "message"


class Messages:
    """Takes messages. ``announce`` is called after each commit: there is something to send."""

    def __init__(
        self, engine: AsyncEngine, *, locations: Locations, registry: Registry, announce: Callable[[str], None]
    ) -> None:
        self._engine = engine
        self._locations = locations
        self._registry = registry
        self._announce = announce

    async def tell(self, location_id: str, message: TillMessage, *, actor: str) -> UUID:
        """Stores the message; its id. Each call is a message of its own.

        Raises LocationUnknown, NotSupportedByPos, OrderInvalid where the order is none of this location's,
        OrderNotExpressible, StorageUnavailable.
        """
        location = await self._locations.get(location_id)
        pos = self._registry[location.pos.system]
        if not isinstance(pos, TakesMessages):
            raise NotSupportedByPos(f"{location.pos.system} cannot be told anything in words.")
        new = _new(location_id, message, actor)
        await run(self._engine, partial(_store, new=new, pos=pos, location=location, message=message))
        self._announce(location_id)
        return new.id


async def _store(
    connection: AsyncConnection, *, new: NewMessage, pos: TakesMessages, location: Location, message: TillMessage
) -> None:
    about = None
    if message.order_id is not None:
        about = await reference_at_pos(connection, location.id, message.order_id)
        if about is None:
            raise OrderInvalid([Finding("/order_id", "unknown", "There is no such order at this location.")])
    _translate(pos, location, message, about)
    if not await store_message(connection, new):
        raise LocationUnknown(location.id)


def _translate(pos: TakesMessages, location: Location, message: TillMessage, about: UUID | None) -> None:
    """Whether the POS can be told this. A setting that is missing is the venue's fault, and blocks its lane."""
    try:
        pos.translate_message(location, MessageSubmission(message=message, about=about))
    except Misconfigured:
        pass
    except OrderNotExpressible as refused:
        if about is None and any(finding.pointer == "/order_id" for finding in refused.findings):
            raise NotSupportedByPos(f"{location.pos.system} takes messages about an order only.") from refused
        raise


def _new(location_id: str, message: TillMessage, actor: str) -> NewMessage:
    return NewMessage(
        location_id=location_id,
        id=new_id(),
        submission=new_id(),
        about_id=message.order_id,
        body=message.model_dump(exclude={"order_id"}),
        source=Source.API,
        detail=f"a message of {len(message.message)} characters; by {actor}",
    )
