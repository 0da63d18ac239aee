"""Finding an order for a caller. What a key may not see does not exist for it."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.api.security import Caller
from app.api.services import Services
from app.domain.errors import NotFound
from app.store.database import run
from app.store.order_details import OrderDetails, read_details

OrderId = Annotated[str, Path(json_schema_extra={"format": "uuid"}, description="What the submit answered.")]


def order_id_of(text: str) -> UUID:
    """The id in an address. Raises NotFound for what is no UUID, as for an order that does not exist."""
    return uuid_of(text, "order")


def uuid_of(text: str, kind: str) -> UUID:
    """The UUID in its usual form only, so that each thing has one address. Raises NotFound."""
    try:
        found = UUID(text)
    except ValueError:
        raise nothing(kind) from None
    if str(found) != text.lower():
        raise nothing(kind)
    return found


def nothing(kind: str) -> NotFound:
    return NotFound(f"There is no such {kind}, or this key may not see it.")


def visible_to(caller: Caller) -> list[str] | None:
    """The only locations to read from; None: all."""
    return None if caller.locations is None else sorted(caller.locations)


async def details_of(services: Services, caller: Caller, order_id: UUID, kind: str = "order") -> OrderDetails:
    """The order, payment or message with all that happened to it. Raises NotFound."""
    work = partial(read_details, order_id=order_id, kind=kind, locations=visible_to(caller))
    details = await run(services.engine, work, single_statement=True)
    if details is None:
        raise nothing(kind)
    return details


async def details_in_turn(services: Services, caller: Caller, order_id: UUID) -> OrderDetails:
    """The same for one of a crowd that waits for news. Raises NotFound."""
    async with services.watching.turn:
        return await details_of(services, caller, order_id)
