"""How the control API shows orders and payments: as JSON, and as a page for people."""

from collections.abc import Iterable
from typing import Any

from starlette.responses import HTMLResponse

from app.simulators.console import Control, Table, page
from app.simulators.ikentoo.book import Affair, Book, Callback, Held, Paying
from app.simulators.ikentoo.parts import Parts

_SHOWN = 200


def order_view(held: Held, creates: int) -> dict[str, Any]:
    """Show an order as JSON, with everything the simulator knows about it."""
    return {**_affair_view(held, creates), "kind": held.order.kind, "total": held.total}


def payment_view(paying: Paying, creates: int) -> dict[str, Any]:
    """Show a payment as JSON. `amount` is without the tip; `error` is the type that today's callbacks name."""
    payment = paying.payment
    return {
        **_affair_view(paying, creates),
        "method": payment.method,
        "amount": payment.amount,
        "tip": payment.tip,
        "asked_account": payment.account,
        "error": paying.error,
    }


def _affair_view(affair: Affair, creates: int) -> dict[str, Any]:
    return {
        "reference": affair.reference,
        "location": affair.location_id,
        "state": affair.state,
        "reason": affair.reason,
        "received": affair.received,
        "creates": creates,
        "account": affair.check.identifier if affair.check else None,
        "pos_id": affair.device.id if affair.device else None,
        "knobs": sorted(affair.knobs),
        "callbacks": [_callback_view(each) for each in affair.callbacks],
        "body": affair.body,
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


def human_page(parts: Parts) -> HTMLResponse:
    """Show the newest orders, payments, messages and requests."""
    book, control = parts.book, parts.control
    intro = f"Clock factor {control.clock.factor:g}. Newest first. Faults planted: {len(control.faults.listing())}."
    if parts.tokens is not None:
        intro += f" Refreshes of the access token: {parts.tokens.refreshes}."
    return page(
        "iKentoo simulator", intro, (_orders(book, control), _payments(book), _messages(parts), _requests(control))
    )


def _newest(things: Iterable[Any]) -> list[Any]:
    return list(things)[: -_SHOWN - 1 : -1]


def _told(affair: Affair) -> tuple[str, str]:
    return (
        affair.state + (f": {affair.reason}" if affair.reason else ""),
        ", ".join(f"{each.word} {each.answers or 'under way'}" for each in affair.callbacks),
    )


def _orders(book: Book, control: Control) -> Table:
    columns = ("At", "Reference", "Kind", "Location", "Items", "Total", "State", "Callbacks", "Sent")
    rows = [
        (
            f"{held.received:%H:%M:%S}",
            held.order.reference,
            held.order.kind,
            held.order.location_id,
            ", ".join(f"{line.quantity}x {line.sku}" for line in held.order.lines),
            held.total,
            *_told(held),
            control.journal.creates(held.order.reference),
        )
        for held in _newest(book.orders.values())
    ]
    return Table(heading=f"Orders ({len(book.orders)})", columns=columns, rows=rows)


def _payments(book: Book) -> Table:
    columns = ("At", "Reference", "Location", "Account", "Method", "Amount", "Tip", "State", "Callbacks")
    rows = [
        (
            f"{paying.received:%H:%M:%S}",
            paying.reference,
            paying.location_id,
            paying.payment.account,
            paying.payment.method,
            paying.payment.amount,
            paying.payment.tip,
            *_told(paying),
        )
        for paying in _newest(book.payments.values())
    ]
    return Table(heading=f"Payments ({len(book.payments)})", columns=columns, rows=rows)


def _messages(parts: Parts) -> Table:
    shown = _newest(parts.messenger.messages)
    columns = ("At", "Location", "Message", "Order", "Till", "Printer", "State")
    names = ("location", "message", "reference", "device", "printer", "state")
    rows = [(f"{each.received:%H:%M:%S}", *(each.view()[name] for name in names)) for each in shown]
    return Table(heading=f"Messages ({len(parts.messenger.messages)})", columns=columns, rows=rows)


def _requests(control: Control) -> Table:
    columns = ("At", "Method", "Path", "Reference", "Answer", "Fault", "Notes")
    rows = [
        (f"{each.at:%H:%M:%S}", each.method, each.path, each.reference, each.status, each.fault, "; ".join(each.notes))
        for each in _newest(control.journal.entries)
    ]
    return Table(heading="Requests", columns=columns, rows=rows)
