"""One order with all that happened to it: its history and the attempts of all its submissions.

One statement, so that all of it is of the same instant.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.status import Source
from app.store.tables import attempts, callbacks, orders, status_history, submissions
from app.store.views import ORDERS, OrderRow, order_row, visible

RECEIVED = "received"
"""The event of the first line of history, which intake writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One thing that happened to an order."""

    at: datetime
    status: str
    source: str
    event: str
    detail: str | None
    repeats: int
    """How often the same callback came; 1 for everything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRow:
    """One try of one of the order's submissions."""

    number: int
    kind: str
    trigger: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    http_status: int | None
    error: str | None
    request: Any
    response: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDetails:
    """An order with all that happened to it, oldest first."""

    order: OrderRow
    history: Sequence[HistoryRow]
    attempts: Sequence[AttemptRow]


def fresh(order: OrderRow, *, detail: str | None) -> OrderDetails:
    """An order in the instant of its intake, without reading it back: one line of history, no attempt."""
    first = HistoryRow(
        at=order.received_at, status=order.status, source=Source.API, event=RECEIVED, detail=detail, repeats=1
    )
    return OrderDetails(order=order, history=[first], attempts=[])


def _object(columns: Mapping[str, ColumnElement[Any]]) -> ColumnElement[Any]:
    return func.json_build_object(*(part for name, column in columns.items() for part in (name, column)))


_HISTORY = (
    select(
        func.json_agg(
            aggregate_order_by(
                _object(
                    {name: status_history.c[name] for name in ("at", "status", "source", "event", "detail")}
                    | {"repeats": func.coalesce(callbacks.c.repeats, 1)}
                ),
                status_history.c.id,
            )
        )
    )
    .select_from(
        status_history.outerjoin(
            callbacks,
            and_(
                callbacks.c.location_id == status_history.c.location_id, callbacks.c.id == status_history.c.callback_id
            ),
        )
    )
    .where(status_history.c.location_id == orders.c.location_id, status_history.c.order_id == orders.c.id)
    .correlate(orders)
    .scalar_subquery()
    .label("history")
)

_sent = submissions.alias("sent")
_ATTEMPTS = (
    select(
        func.json_agg(
            aggregate_order_by(
                _object({field.name: attempts.c[field.name] for field in dataclasses.fields(AttemptRow)}),
                _sent.c.number,
                attempts.c.number,
            )
        )
    )
    .select_from(
        _sent.join(
            attempts,
            and_(attempts.c.location_id == _sent.c.location_id, attempts.c.reference == _sent.c.reference),
        )
    )
    .where(_sent.c.location_id == orders.c.location_id, _sent.c.order_id == orders.c.id)
    .correlate(orders)
    .scalar_subquery()
    .label("attempts")
)


async def read_details(
    connection: AsyncConnection, order_id: UUID, *, kind: str = "order", locations: Sequence[str] | None = None
) -> OrderDetails | None:
    """The order with its history and its attempts, or None: no such order, or not at one of these locations.

    ``kind``: a payment, or a message, is no order.
    """
    wanted = (orders.c.id == order_id, orders.c.kind == kind, *visible(locations))
    statement = ORDERS.add_columns(_HISTORY, _ATTEMPTS).where(*wanted)
    row = (await connection.execute(statement)).mappings().one_or_none()
    if row is None:
        return None
    fields = dict(row)
    history, tries = fields.pop("history") or [], fields.pop("attempts") or []
    return OrderDetails(
        order=order_row(fields),
        history=[HistoryRow(**{**line, "at": datetime.fromisoformat(line["at"])}) for line in history],
        attempts=[_attempt(line) for line in tries],
    )


def _attempt(line: dict[str, Any]) -> AttemptRow:
    ended = line["ended_at"]
    return AttemptRow(
        **{
            **line,
            "started_at": datetime.fromisoformat(line["started_at"]),
            "ended_at": ended and datetime.fromisoformat(ended),
        }
    )
