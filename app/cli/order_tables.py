"""Orders as people read them in a terminal, 80 columns wide at the least."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from app.domain.money import written
from app.domain.submission import Dispatch
from app.store.order_details import OrderDetails
from app.store.views import OrderRow, SummaryRow

LONGEST = 400
"""Of a POS's own words; `--json` has all of them."""
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


def order_table(rows: Sequence[SummaryRow], what: str = "order") -> Table:
    """Many orders (or payments), one a line."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("received", what, "status", "total", "attention"):
        table.add_column(name, overflow="fold", no_wrap=name in ("received", "total"))
    for row in rows:
        table.add_row(
            _local(row.received_at),
            Text(f"{row.location_id}/{row.reference}"),
            _coloured(row.status) if row.state is Dispatch.DONE else _both(row),
            f"{written(row.total, row.currency)} {row.currency}",
            str(row.attention["code"]) if row.attention else "",
        )
    return table


def attention_blocks(rows: Sequence[SummaryRow]) -> RenderableType:
    """Orders that a person should look at: what is the matter with each, and what to do."""
    return Group(*(line for row in rows for line in _block(row)))


def _block(row: SummaryRow) -> Iterator[RenderableType]:
    attention = row.attention or {}
    since = _local(datetime.fromisoformat(attention["since"]))
    head = Text.assemble((f"{row.location_id}/{row.reference}", "bold"), "  ", _both(row))
    yield head.append(f", {written(row.total, row.currency)} {row.currency}, since {since}")
    yield _indented(Text(f"{attention['code']}: {one_line(attention['message'])}", style="yellow"))
    said = one_line(row.failure.get("pos_message") or "") if row.failure else ""
    if said and said not in one_line(attention["message"]):
        yield _indented(Text(f"The POS said: {said}", style="red"))
    yield _indented(Text(f"-> {attention['action']}", style="bold yellow"))


def order_story(details: OrderDetails, *, waits: str | None = None) -> RenderableType:
    """One order: where it stands, why it waits, what to do, and how it came there."""
    return Group(*_head(details, waits), Text(), _history(details), *_attempts(details))


def one_line(words: str) -> str:
    """What a POS said may be a page of JSON or HTML."""
    line = " ".join(words.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]} ..."


def _head(details: OrderDetails, waits: str | None) -> Iterator[Text]:
    row = details.order
    yield Text.assemble((f"{row.kind.capitalize()} {row.location_id}/{row.reference}", "bold"), f"  {row.id}")
    yield Text(_what(row))
    state = Text.assemble("Status ", _coloured(row.status), ", dispatch ", _coloured(row.state))
    yield state.append(f", {row.attempt} attempt(s)")
    if waits:
        yield Text(waits, style="yellow")
    yield Text(f"POS {row.pos_system}, reference {row.current_reference}")
    if row.pos_number or row.pos_account:
        yield Text(f"On the till: {' '.join(filter(None, (row.pos_number, row.pos_account)))}")
    if row.failure:
        said = one_line(row.failure.get("pos_message") or "")
        yield Text(f"Problem: {one_line(row.failure['message'])} ({row.failure['code']})", style="red")
        if said and said != one_line(row.failure["message"]):
            yield Text(f"The POS said: {said}", style="red")
    if row.attention:
        yield Text(f"Attention, {row.attention['code']}: {one_line(row.attention['message'])}", style="bold yellow")
        yield Text(f"To do: {row.attention['action']}", style="bold yellow")
    if row.cancellation:
        yield Text(f"Cancel {row.cancellation['state']}: {row.cancellation.get('detail') or ''}")


def _what(row: OrderRow) -> str:
    total = f"{written(row.total, row.currency)} {row.currency}"
    received = f"received {_day(row.received_at)}"
    if row.kind == "payment":
        tip = f" and {row.body['tip']} tip" if row.body.get("tip") else ""
        check = f"check {row.body['check']}" if row.body.get("check") else f"table {row.body['table']}"
        return f"{total}{tip} by {row.body['method']} for {check}, {received}"
    wanted = _local(row.requested_for) if row.requested_for else "as soon as possible"
    return f"{row.service_type.replace('_', ' ')}, {total}, {received}, wanted {wanted}"


def _history(details: OrderDetails) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", title="History", title_justify="left")
    for name in ("when", "status", "source", "event", "detail"):
        table.add_column(name, overflow="fold", no_wrap=name in ("when", "status"))
    today = _day(details.order.received_at)
    for line in details.history:
        detail = " ".join(
            filter(None, (one_line(line.detail or ""), f"({line.repeats} times)" if line.repeats > 1 else None))
        )
        table.add_row(_exactly(line.at, today), _coloured(line.status), line.source, Text(line.event), Text(detail))
    return table


def _attempts(details: OrderDetails) -> Iterator[RenderableType]:
    if not details.attempts:
        return
    table = Table(box=None, pad_edge=False, header_style="bold", title="Attempts", title_justify="left")
    for name in ("when", "#", "kind", "why", "took", "outcome", "HTTP", "error"):
        table.add_column(name, overflow="fold", no_wrap=name in ("when", "took"))
    today = _day(details.order.received_at)
    for attempt in details.attempts:
        took = f"{(attempt.ended_at - attempt.started_at).total_seconds():.3f} s" if attempt.ended_at else "..."
        table.add_row(
            _exactly(attempt.started_at, today),
            str(attempt.number),
            attempt.kind,
            attempt.trigger,
            took,
            attempt.outcome or "under way",
            str(attempt.http_status or ""),
            Text(one_line(attempt.error or "")),
        )
    yield Text()
    yield table


def _both(row: SummaryRow) -> Text:
    return Text.assemble(_coloured(row.status), ", ", _coloured(row.state))


def _indented(text: Text) -> Padding:
    return Padding(text, (0, 0, 0, 2), expand=False)


def _coloured(word: str) -> Text:
    return Text(str(word), style=_COLOURS.get(word, ""))


def _local(value: datetime) -> str:
    return f"{value.astimezone():%Y-%m-%d %H:%M}"


def _day(value: datetime) -> date:
    return value.astimezone().date()


def _exactly(value: datetime, today: date) -> str:
    """The date only where it is not that of the receipt: in most stories it says nothing, and takes room."""
    local = value.astimezone()
    day = "" if local.date() == today else f"{local:%Y-%m-%d} "
    return f"{day}{local:%H:%M:%S}.{local.microsecond // 1000:03d}"
