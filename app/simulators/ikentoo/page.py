"""How the control API shows orders: as JSON, and as a page for people."""

from typing import Any

from starlette.responses import HTMLResponse

from app.simulators.console import Control, Table, page
from app.simulators.ikentoo.book import Book, Callback, Held

_SHOWN = 200


def order_view(held: Held, creates: int) -> dict[str, Any]:
    """Show an order as JSON, with everything the simulator knows about it."""
    return {
        "reference": held.order.reference,
        "kind": held.order.kind,
        "location": held.order.location_id,
        "state": held.state,
        "reason": held.reason,
        "received": held.received,
        "creates": creates,
        "account": held.check.identifier if held.check else None,
        "total": held.total,
        "knobs": sorted(held.knobs),
        "callbacks": [_callback_view(each) for each in held.callbacks],
        "body": held.body,
    }


def _callback_view(callback: Callback) -> dict[str, Any]:
    return {
        "word": callback.word,
        "at": callback.at,
        "url": callback.url,
        "body": callback.body,
        "answers": callback.answers,
        "over": callback.over,
    }


def human_page(book: Book, control: Control) -> HTMLResponse:
    """Show the newest orders and requests."""
    orders = [
        (
            f"{held.received:%H:%M:%S}",
            held.order.reference,
            held.order.kind,
            held.order.location_id,
            ", ".join(f"{line.quantity}x {line.sku}" for line in held.order.lines),
            held.total,
            held.state + (f": {held.reason}" if held.reason else ""),
            ", ".join(f"{each.word} {each.answers or 'under way'}" for each in held.callbacks),
            control.journal.creates(held.order.reference),
        )
        for held in list(book.orders.values())[: -_SHOWN - 1 : -1]
    ]
    requests = [
        (f"{each.at:%H:%M:%S}", each.method, each.path, each.reference, each.status, each.fault, "; ".join(each.notes))
        for each in list(control.journal.entries)[: -_SHOWN - 1 : -1]
    ]
    order_columns = ("At", "Reference", "Kind", "Location", "Items", "Total", "State", "Callbacks", "Sent")
    return page(
        "iKentoo simulator",
        f"Clock factor {control.clock.factor:g}. Newest first. Faults planted: {len(control.faults.listing())}.",
        (
            Table(heading=f"Orders ({len(book.orders)})", columns=order_columns, rows=orders),
            Table(
                heading="Requests",
                columns=("At", "Method", "Path", "Reference", "Answer", "Fault", "Notes"),
                rows=requests,
            ),
        ),
    )
