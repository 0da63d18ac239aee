"""The view of an order, as the API, the command line and the status push show it. Pure: rows in, plain JSON out."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.domain.money import written
from app.domain.status import ENDS, Status
from app.domain.submission import Dispatch
from app.store.order_details import AttemptRow, HistoryRow, OrderDetails
from app.store.views import SummaryRow

MILESTONES = (
    "submitted_at",
    "accepted_at",
    "in_preparation_at",
    "ready_at",
    "in_delivery_at",
    "completed_at",
    "closed_at",
    "rejected_at",
    "cancelled_at",
    "failed_at",
)
"""As the column holds them; ``received_at`` has a column of its own."""

_STILL_DUE = (Dispatch.WAITING, Dispatch.IN_DOUBT)


def moment(value: datetime) -> str:
    """A time as every answer of ours writes it: RFC 3339, in UTC, with Z."""
    return value.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def is_final(row: SummaryRow) -> bool:
    """Whether nothing more will come by itself."""
    if row.state is not Dispatch.DONE:
        return False
    if row.kind != "order" and row.status is Status.ACCEPTED:  # nobody cooks a payment or a message
        return True
    # Settled by a person who left the status open; an order that the POS has is at least submitted.
    settled = row.status is Status.RECEIVED and "submitted_at" not in row.milestones
    return row.status in ENDS or settled


def version_of(row: SummaryRow) -> int:
    """Rises with each change."""
    return row.version + row.attempt  # a claim writes the submission only


def summary_view(row: SummaryRow) -> dict[str, Any]:
    """The view as lists show it: all but ``order``, ``history`` and ``attempts``."""
    return {
        "id": str(row.id),
        "version": version_of(row),
        "final": is_final(row),
        "location": row.location_id,
        "reference": row.reference,
        "service_type": row.service_type,
        "status": row.status.value,
        "currency": row.currency,
        "total": written(row.total, row.currency),
        "requested_for": _moment(row.requested_for),
        "dispatch": _dispatch(row),
        "pos": _pos(row),
        "milestones": _milestones(row),
        "failure": row.failure,
        "needs_attention": row.attention is not None,
        "attention": _with_moment(row.attention, "since"),
        "cancellation": _with_moment(row.cancellation, "at"),
        "warnings": list(row.warnings),
    }


def order_view(details: OrderDetails, *, exchanges: bool) -> dict[str, Any]:
    """The whole view. ``exchanges``: also what was said to the POS and what it answered, for operators only."""
    order = details.order
    return {
        **summary_view(order),
        "order": order.corrected_body or order.body,
        "history": [_history(line) for line in details.history],
        "attempts": [_attempt(attempt, exchanges=exchanges) for attempt in details.attempts],
    }


def _dispatch(row: SummaryRow) -> dict[str, Any]:
    return {
        "state": row.state.value,
        "attempts": row.attempt,
        "next_attempt_at": moment(row.due_at) if row.state in _STILL_DUE and not row.held else None,
        "deadline_at": moment(row.deadline_at),
    }


def _pos(row: SummaryRow) -> dict[str, Any]:
    return {
        "system": row.pos_system,
        "reference": str(row.current_reference),
        "status": row.pos_status,
        "order_id": row.pos_order_id,
        "number": row.pos_number,
        "account": row.pos_account,
        "folded": list(row.folded),
        "not_sent": list(row.not_sent),
    }


def _milestones(row: SummaryRow) -> dict[str, str | None]:
    reached = {name: row.milestones.get(name) for name in MILESTONES}
    times = {name: _moment(datetime.fromisoformat(at)) if at else None for name, at in reached.items()}
    return {"received_at": moment(row.received_at), **times}


def _history(line: HistoryRow) -> dict[str, Any]:
    return {
        "at": moment(line.at),
        "status": line.status,
        "source": line.source,
        "event": line.event,
        "detail": line.detail,
        "repeats": line.repeats,
    }


def _attempt(attempt: AttemptRow, *, exchanges: bool) -> dict[str, Any]:
    ended = attempt.ended_at
    return {
        "number": attempt.number,
        "kind": attempt.kind,
        "trigger": attempt.trigger,
        "at": moment(attempt.started_at),
        "duration_ms": None if ended is None else round((ended - attempt.started_at).total_seconds() * 1000),
        "outcome": attempt.outcome,
        "http_status": attempt.http_status,
        "error": attempt.error,
        "request": attempt.request if exchanges else None,
        "response": attempt.response if exchanges else None,
    }


def _moment(value: datetime | None) -> str | None:
    return None if value is None else moment(value)


def _with_moment(stored: Mapping[str, Any] | None, name: str) -> dict[str, Any] | None:
    """A stored object with its one time written as all others are."""
    if stored is None:
        return None
    shown = {key: value for key, value in stored.items() if key != "message_id"}
    return {**shown, name: moment(datetime.fromisoformat(stored[name]))}
