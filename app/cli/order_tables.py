"""Orders as people read them in a terminal."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from app.domain.money import written
from app.store.order_details import OrderDetails
from app.store.views import SummaryRow

_COLOURS = {
    "completed": "green",
    "accepted": "green",
    "in_preparation": "green",
    "ready": "green",
    "in_delivery": "green",
    "rejected": "red",
    "failed": "red",
    "cancelled": "yellow",
    "in_doubt": "magenta",
    "parked": "yellow",
}


def order_table(rows: Sequence[SummaryRow]) -> Table:
    """Many orders, one a line."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("received", "location", "reference", "status", "dispatch", "total", "attention"):
        table.add_column(name, overflow="fold", no_wrap=name in ("received", "status", "dispatch", "total"))
    for row in rows:
        table.add_row(
            _local(row.received_at),
            Text(row.location_id),
            Text(row.reference),
            _coloured(row.status),
            _coloured(row.state),
            f"{written(row.total, row.currency)} {row.currency}",
            str(row.attention["code"]) if row.attention else "",
        )
    return table


def order_story(details: OrderDetails) -> RenderableType:
    """One order: where it stands, what to do, and how it came there."""
    return Group(*_head(details), Text(), _history(details), *_attempts(details))


def _head(details: OrderDetails) -> Iterator[Text]:
    row = details.order
    total = f"{written(row.total, row.currency)} {row.currency}"
    yield Text.assemble(("Order ", "bold"), (f"{row.location_id}/{row.reference}", "bold"), f"  {row.id}")
    wanted = _local(row.requested_for) if row.requested_for else "as soon as possible"
    yield Text(f"{row.service_type.replace('_', ' ')}, {total}, wanted {wanted}")
    state = Text.assemble("Status ", _coloured(row.status), ", dispatch ", _coloured(row.state))
    yield state.append(f", {row.attempt} attempt(s), POS {row.pos_system}, reference {row.current_reference}")
    if row.pos_number or row.pos_account:
        yield Text(f"On the till: {' '.join(filter(None, (row.pos_number, row.pos_account)))}")
    if row.failure:
        said = row.failure.get("pos_message")
        yield Text(f"Problem: {row.failure['message']} ({row.failure['code']})", style="red")
        if said and said != row.failure["message"]:
            yield Text(f"The POS said: {said}", style="red")
    if row.attention:
        yield Text(f"Attention, {row.attention['code']}: {row.attention['message']}", style="bold yellow")
        yield Text(f"To do: {row.attention['action']}", style="bold yellow")
    if row.cancellation:
        yield Text(f"Cancel {row.cancellation['state']}: {row.cancellation.get('detail') or ''}")


def _history(details: OrderDetails) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", title="History", title_justify="left")
    for name in ("when", "status", "source", "event", "detail"):
        table.add_column(name, overflow="fold", no_wrap=name in ("when", "status"))
    for line in details.history:
        detail = " ".join(filter(None, (line.detail, f"({line.repeats} times)" if line.repeats > 1 else None)))
        table.add_row(_exactly(line.at), _coloured(line.status), line.source, Text(line.event), Text(detail))
    return table


def _attempts(details: OrderDetails) -> Iterator[RenderableType]:
    if not details.attempts:
        return
    table = Table(box=None, pad_edge=False, header_style="bold", title="Attempts", title_justify="left")
    for name in ("when", "#", "kind", "why", "took", "outcome", "HTTP", "error"):
        table.add_column(name, overflow="fold", no_wrap=name in ("when", "took"))
    for attempt in details.attempts:
        took = f"{(attempt.ended_at - attempt.started_at).total_seconds():.3f} s" if attempt.ended_at else "..."
        table.add_row(
            _exactly(attempt.started_at),
            str(attempt.number),
            attempt.kind,
            attempt.trigger,
            took,
            attempt.outcome or "under way",
            str(attempt.http_status or ""),
            Text(attempt.error or ""),
        )
    yield Text()
    yield table


def _coloured(word: str) -> Text:
    return Text(str(word), style=_COLOURS.get(word, ""))


def _local(value: datetime) -> str:
    return f"{value.astimezone():%Y-%m-%d %H:%M}"


def _exactly(value: datetime) -> str:
    local = value.astimezone()
    return f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03d}"
