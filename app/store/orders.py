"""Orders under lock: read once, changed in memory, written once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Update, bindparam, func, select
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedOrder:
    """What a transaction does to a locked order: its columns, and new lines of its history."""

    order: LockedOrder
    changes: Mapping[str, Any]
    history: Sequence[HistoryLine]


_COLUMNS = ", ".join(f"o.{name}" for name in LockedOrder.__dataclass_fields__ if name != "now")
# In the order of ids: two batches that meet wait for each other, and never in a circle.
_LOCK = f"""
SELECT {_COLUMNS}, now() AS now
FROM orders o JOIN unnest($1::text[], $2::uuid[]) AS wanted(location_id, id)
    ON o.location_id = wanted.location_id AND o.id = wanted.id
ORDER BY o.location_id, o.id
FOR UPDATE OF o
"""  # noqa: S608 - names of our own columns


async def lock_orders(connection: AsyncConnection, keys: Collection[tuple[str, UUID]]) -> dict[UUID, LockedOrder]:
    """The orders of these locations and ids, locked, by id. Those that are not there are left out."""
    arguments = ([location_id for location_id, _ in keys], [order_id for _, order_id in keys])
    rows = (await connection.exec_driver_sql(_LOCK, arguments)).mappings()
    return {row["id"]: LockedOrder(**{**row, "status": Status(row["status"])}) for row in rows}


async def save_orders(connection: AsyncConnection, changed: Sequence[ChangedOrder]) -> None:
    """Writes what changed of locked orders, and their new history. Their versions rise by one."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for one in changed:
        key = {"of_location": one.order.location_id, "of_id": one.order.id}
        alike[tuple(sorted(one.changes))].append({**one.changes, **key})
    for names, rows in alike.items():
        await connection.execute(_update(names), rows)
    if lines := [_line(one.order, line) for one in changed for line in one.history]:
        await connection.execute(status_history.insert(), lines)


@cache
def _update(names: tuple[str, ...]) -> Update:
    return (
        orders.update()
        .where(orders.c.location_id == bindparam("of_location"), orders.c.id == bindparam("of_id"))
        .values({name: bindparam(name) for name in names} | {"version": orders.c.version + 1})
    )


def _line(order: LockedOrder, line: HistoryLine) -> dict[str, Any]:
    return {
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


_OF_REFERENCES = """
SELECT s.location_id, s.reference, s.order_id
FROM submissions s JOIN unnest($1::text[], $2::uuid[]) AS wanted(location_id, reference)
    ON s.location_id = wanted.location_id AND s.reference = wanted.reference
"""


async def orders_of_references(
    connection: AsyncConnection, keys: Collection[tuple[str, UUID]]
) -> dict[tuple[str, UUID], UUID]:
    """Whose these references are or were, each at its location."""
    arguments = ([location_id for location_id, _ in keys], [reference for _, reference in keys])
    rows = await connection.exec_driver_sql(_OF_REFERENCES, arguments)
    return {(row.location_id, row.reference): row.order_id for row in rows}


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
