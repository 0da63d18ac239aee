"""Orders under lock: read once, changed in memory, written once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.errors import NotFound
from app.domain.order import Order
from app.domain.status import Status
from app.store.tables import orders, status_history, submissions


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedOrder:
    """An order whose row is locked until the transaction ends. ``now`` is the database's clock."""

    location_id: str
    id: UUID
    kind: str
    """``order``, ``payment`` or ``message``."""
    reference: str
    about_id: UUID | None
    """The order that a message is about."""
    status: Status
    version: int
    prepaid: bool
    currency: str
    requested_for: datetime | None
    received_at: datetime
    current_reference: UUID
    pos_system: str
    pos_status: str | None
    pos_order_id: str | None
    pos_number: str | None
    pos_account: str | None
    folded: Sequence[str]
    not_sent: Sequence[str]
    milestones: Mapping[str, str]
    failure: Mapping[str, Any] | None
    attention: Mapping[str, Any] | None
    cancellation: Mapping[str, Any] | None
    cancelled_by_pos: bool
    warnings: Sequence[Any]
    verdict_due_at: datetime | None
    watch_at: datetime | None
    follow_until: datetime | None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One line of an order's history. The detail is a sentence for people."""

    at: datetime
    status: str
    source: str
    event: str
    detail: str | None = None
    callback_id: UUID | None = None
    raw: Mapping[str, Any] | None = None


_LOCKED = tuple(orders.c[name] for name in LockedOrder.__dataclass_fields__ if name != "now")


async def lock_order(connection: AsyncConnection, location_id: str, order_id: UUID) -> LockedOrder | None:
    """The order, locked; None where there is none."""
    statement = (
        select(*_LOCKED, func.now().label("now"))
        .where(orders.c.location_id == location_id, orders.c.id == order_id)
        .with_for_update()
    )
    row = (await connection.execute(statement)).mappings().one_or_none()
    return LockedOrder(**{**row, "status": Status(row["status"])}) if row else None


async def save_order(
    connection: AsyncConnection, order: LockedOrder, changes: Mapping[str, Any], history: Sequence[HistoryLine]
) -> None:
    """Writes what changed of a locked order, and its new history lines. The version rises by one."""
    await connection.execute(
        orders.update()
        .where(orders.c.location_id == order.location_id, orders.c.id == order.id)
        .values(**changes, version=orders.c.version + 1)
    )
    if history:
        rows = [
            {
                "location_id": order.location_id,
                "order_id": order.id,
                "at": line.at,
                "status": line.status,
                "source": line.source,
                "event": line.event,
                "detail": line.detail,
                "callback_id": line.callback_id,
                "raw": line.raw,
            }
            for line in history
        ]
        await connection.execute(status_history.insert().values(rows))


async def order_of_reference(connection: AsyncConnection, location_id: str, reference: UUID) -> UUID | None:
    """Whose reference this is or was, at this location."""
    statement = select(submissions.c.order_id).where(
        submissions.c.location_id == location_id, submissions.c.reference == reference
    )
    found: UUID | None = (await connection.execute(statement)).scalar_one_or_none()
    return found


async def current_body(connection: AsyncConnection, location_id: str, order_id: UUID) -> Order:
    """The order as it is sent: the corrected one of the last resend, or what the website sent. Raises NotFound."""
    statement = (
        select(func.coalesce(submissions.c.body, orders.c.body))
        .select_from(orders)
        .join(
            submissions,
            (submissions.c.location_id == orders.c.location_id)
            & (submissions.c.reference == orders.c.current_reference),
        )
        .where(orders.c.location_id == location_id, orders.c.id == order_id, orders.c.kind == "order")
    )
    body = await connection.scalar(statement)
    if body is None:
        raise NotFound("There is no such order.")
    return Order.model_validate(body)
