"""Messages to the till: stored as rows of ``orders``, sent by the same outbox. They have no reference of a caller's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import cast, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Integer, LargeBinary, Numeric

from app.store.tables import locations, orders, status_history, submissions


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message, with its one submission."""

    location_id: str
    id: UUID
    submission: UUID
    about_id: UUID | None
    """The order that it is about."""
    body: Mapping[str, Any]
    source: str
    detail: str
    """The first line of its history."""


async def store_message(connection: AsyncConnection, new: NewMessage) -> bool:
    """Stores it, waiting. Safe to repeat. False: there is no such location."""
    stored = await connection.execute(_message(new))
    if stored.one_or_none() is None:  # or an earlier run of this transaction had been committed after all
        return await _is_stored(connection, new)
    await connection.execute(
        status_history.insert().values(
            location_id=new.location_id,
            order_id=new.id,
            status="received",
            source=new.source,
            event="received",
            detail=new.detail,
        )
    )
    patience = cast(locations.c.settings["give_up_after_s"].astext, Integer)
    deadline_at = select(func.now() + func.make_interval(0, 0, 0, 0, 0, 0, patience)).where(
        locations.c.location_id == new.location_id
    )
    await connection.execute(
        submissions.insert().values(
            location_id=new.location_id,
            reference=new.submission,
            order_id=new.id,
            state="waiting",
            due_at=func.now(),
            deadline_at=deadline_at.scalar_subquery(),
        )
    )
    return True


async def _is_stored(connection: AsyncConnection, new: NewMessage) -> bool:
    stored = select(orders.c.id).where(orders.c.location_id == new.location_id, orders.c.id == new.id)
    return bool(await connection.scalar(select(stored.exists())))


def _message(new: NewMessage) -> Any:
    """Money and service mean nothing to a message."""
    values = {
        "id": literal(new.id),
        "kind": literal("message"),
        "reference": literal(str(new.id)),
        "about_id": literal(new.about_id, orders.c.about_id.type),
        "fingerprint": literal(b"", LargeBinary),
        "status": literal("received"),
        "service_type": literal(""),
        "currency": locations.c.settings["currency"].astext,
        "total": literal(0, Numeric),
        "prepaid": literal(False),
        "current_reference": literal(new.submission),
        "pos_system": locations.c.pos_system,
        "body": literal(dict(new.body), JSONB),
    }
    live = select(locations.c.location_id, *values.values()).where(
        locations.c.location_id == new.location_id, locations.c.deleted_at.is_(None)
    )
    inserting = insert(orders).from_select(["location_id", *values], live)
    return inserting.on_conflict_do_nothing().returning(orders.c.id)


async def message_text(connection: AsyncConnection, location_id: str, message_id: UUID) -> str:
    """What it says."""
    words = orders.c.body["message"].astext
    found: str | None = await connection.scalar(
        select(words).where(orders.c.location_id == location_id, orders.c.id == message_id)
    )
    return found or ""


async def is_on_its_way(connection: AsyncConnection, location_id: str, message_id: UUID) -> bool:
    """Whether it may still be sent. Locks nothing: what is done stays done."""
    live = select(submissions.c.reference).where(
        submissions.c.location_id == location_id, submissions.c.order_id == message_id, submissions.c.state != "done"
    )
    return bool(await connection.scalar(select(live.exists())))


async def reference_at_pos(connection: AsyncConnection, location_id: str, order_id: UUID) -> UUID | None:
    """What the POS knows an order of this location by; None where there is no such order."""
    found: UUID | None = await connection.scalar(
        select(orders.c.current_reference).where(
            orders.c.location_id == location_id, orders.c.id == order_id, orders.c.kind == "order"
        )
    )
    return found
