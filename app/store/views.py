"""An order, a payment or a message as views show it: its row, and where its current submission stands."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Label, Select, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.status import Status
from app.domain.submission import Dispatch
from app.store.tables import orders, submissions


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRow:
    """An order as a list shows it. Everything that a fresh order does not have yet has a default."""

    location_id: str
    id: UUID
    kind: str = "order"
    """``order``, ``payment`` or ``message``."""
    reference: str
    about_id: UUID | None = None
    """The order that a message is about."""
    status: Status = Status.RECEIVED
    version: int = 1
    service_type: str
    currency: str
    total: Decimal
    prepaid: bool
    requested_for: datetime | None = None
    received_at: datetime
    current_reference: UUID
    """The reference of the submission that counts; what the POS knows the order by."""
    pos_system: str
    pos_status: str | None = None
    pos_order_id: str | None = None
    pos_number: str | None = None
    pos_account: str | None = None
    folded: Sequence[str] = ()
    not_sent: Sequence[str] = ()
    milestones: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """``accepted_at`` ... to an ISO time; without ``received_at``."""
    failure: Mapping[str, Any] | None = None
    attention: Mapping[str, Any] | None = None
    cancellation: Mapping[str, Any] | None = None
    cancelled_by_pos: bool = False
    warnings: Sequence[Any] = ()
    erased_at: datetime | None = None
    """When the guest's personal data were taken out."""
    # of the current submission:
    state: Dispatch = Dispatch.WAITING
    attempt: int = 0
    """The number of the last attempt, which is how many there were."""
    due_at: datetime
    deadline_at: datetime
    held: bool = False
    """In doubt, and nothing is done by itself to find out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow(SummaryRow):
    """An order with what the website sent."""

    body: Mapping[str, Any]
    corrected_body: Mapping[str, Any] | None = None
    """The corrected order of a resend, where the current submission has one."""


_OF_SUBMISSION = {"state", "attempt", "due_at", "deadline_at", "held"}
_SUMMARY: tuple[ColumnElement[Any], ...] = tuple(
    (submissions if field.name in _OF_SUBMISSION else orders).c[field.name] for field in dataclasses.fields(SummaryRow)
)
_CURRENT = orders.join(
    submissions,
    and_(submissions.c.location_id == orders.c.location_id, submissions.c.reference == orders.c.current_reference),
)
_BODIES: tuple[ColumnElement[Any] | Label[Any], ...] = (orders.c.body, submissions.c.body.label("corrected_body"))

SUMMARIES: Select[Any] = select(*_SUMMARY).select_from(_CURRENT)
"""Rows of every kind with their current submission, for ``summary_row``."""
ORDERS: Select[Any] = select(*_SUMMARY, *_BODIES).select_from(_CURRENT)
"""The same with the bodies, for ``order_row``."""


def visible(locations: Sequence[str] | None) -> list[ColumnElement[bool]]:
    """The condition that keeps a key to its locations; None: all of them."""
    return [] if locations is None else [orders.c.location_id.in_(locations)]


def summary_row(row: Mapping[Any, Any]) -> SummaryRow:
    return SummaryRow(**_typed(row))


def order_row(row: Mapping[Any, Any]) -> OrderRow:
    return OrderRow(**_typed(row))


def _typed(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {**row, "status": Status(row["status"]), "state": Dispatch(row["state"])}


async def read_order(connection: AsyncConnection, location_id: str, order_id: UUID) -> OrderRow | None:
    """The order, or None."""
    statement = ORDERS.where(orders.c.location_id == location_id, orders.c.id == order_id)
    row = (await connection.execute(statement)).mappings().one_or_none()
    return order_row(row) if row else None
