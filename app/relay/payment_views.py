"""The views of payments and messages. Pure, and as near to that of an order as they are to an order."""

from decimal import Decimal
from typing import Any

from app.domain.money import written
from app.relay.views import order_view, summary_view
from app.store.order_details import OrderDetails
from app.store.views import OrderRow

PAYMENT_MILESTONES = ("received_at", "submitted_at", "accepted_at", "rejected_at", "failed_at")
MESSAGE_MILESTONES = ("received_at", "accepted_at", "rejected_at", "failed_at")

_HEAD = ("id", "version", "final", "location")
_STORY = ("history", "attempts")


def payment_view(details: OrderDetails, *, exchanges: bool) -> dict[str, Any]:
    """A payment of an open check. ``exchanges``: also what was said to the POS and what it answered."""
    view = order_view(details, exchanges=exchanges)
    return {**payment_summary(details.order), **_some(view, *_STORY)}


def payment_summary(row: OrderRow) -> dict[str, Any]:
    """A payment as lists show it."""
    view = summary_view(row)
    body, pos = row.body, view["pos"]
    return {
        **_some(view, *_HEAD, "reference", "status"),
        "check": body.get("check"),
        "table": body.get("table"),
        "amount": view["total"],
        "tip": written(Decimal(body.get("tip", "0")), row.currency),
        "method": body["method"],
        **_some(view, "currency", "dispatch"),
        "pos": {**_some(pos, "system", "reference", "status"), "account": pos["account"] or body.get("check")},
        "milestones": _some(view["milestones"], *PAYMENT_MILESTONES),
        **_some(view, "failure", "needs_attention", "attention", "warnings"),
    }


def message_view(details: OrderDetails, *, exchanges: bool) -> dict[str, Any]:
    """A message to the till."""
    view = order_view(details, exchanges=exchanges)
    body, about = details.order.body, details.order.about_id
    return {
        **_some(view, *_HEAD, "status"),
        "message": body["message"],
        "also_to_printer": body["also_to_printer"],
        "order_id": str(about) if about else None,
        "dispatch": view["dispatch"],
        "milestones": _some(view["milestones"], *MESSAGE_MILESTONES),
        **_some(view, "failure", *_STORY),
    }


def _some(view: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: view[name] for name in names}
