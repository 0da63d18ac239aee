"""order-relay orders: what the operator does with orders, straight on the database."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from getpass import getuser
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic import ValidationError
from rich.console import Console

from app.cli.order_lookup import find_order, read_page, retryable
from app.cli.order_tables import order_story, order_table
from app.cli.order_watch import watch_order
from app.cli.session import Store, open_store
from app.domain.errors import OrderInvalid, OrderNotExpressible, RelayError, StateConflict
from app.domain.order import Order
from app.domain.status import FailureCode, Status
from app.domain.submission import Dispatch
from app.relay.findings import findings
from app.relay.views import order_view, summary_view
from app.store.order_details import OrderDetails
from app.store.order_list import OrderFilter

orders = typer.Typer(no_args_is_help=True, help="Look at orders, and help those that are in trouble.")

OrderName = Annotated[str, typer.Argument(metavar="ORDER", help="Its id, or LOCATION/REFERENCE.")]
Json = Annotated[bool, typer.Option("--json", help="For scripts: JSON on standard output.")]
Location = Annotated[str | None, typer.Option("--location", help="Of this location only.")]

Step = Callable[[Store, OrderDetails], Awaitable[None]]


@orders.command("list")
def list_orders(
    *,
    location: Location = None,
    status: Annotated[list[Status] | None, typer.Option(help="Repeatable: any of them.")] = None,
    dispatch: Annotated[list[Dispatch] | None, typer.Option(help="Repeatable: any of them.")] = None,
    reference: Annotated[str | None, typer.Option(help="The website's own number.")] = None,
    customer: Annotated[str | None, typer.Option(help="Words of the name, or digits of the phone.")] = None,
    failure: Annotated[FailureCode | None, typer.Option(help="Why it was rejected or failed.")] = None,
    attention: Annotated[bool, typer.Option("--attention", help="Only those that a person should look at.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    as_json: Json = False,
) -> None:
    """The newest orders."""
    wanted = OrderFilter(
        locations=[location] if location else None,
        status=status or (),
        dispatch=dispatch or (),
        reference=reference,
        customer=customer,
        failure=failure,
        needs_attention=True if attention else None,
    )

    async def work(store: Store) -> None:
        rows = await read_page(store.engine, wanted, limit=limit)
        if as_json:
            _print_json([summary_view(row) for row in rows])
        else:
            Console().print(order_table(rows) if rows else "No such orders.")

    _with_store(work)


@orders.command()
def show(order: OrderName, as_json: Json = False) -> None:
    """One order's story: where it stands, what to do, and how it came there."""

    async def work(store: Store) -> None:
        details = await find_order(store.engine, order)
        if as_json:
            _print_json(order_view(details, exchanges=True))
        else:
            Console().print(order_story(details))

    _with_store(work)


@orders.command()
def watch(order: OrderName, as_json: Json = False) -> None:
    """Follows one order until nothing more will come. With --json: a line for each change."""
    _with_store(lambda store: watch_order(store.engine, order, as_json=as_json))


@orders.command()
def retry(
    order: Annotated[list[str] | None, typer.Argument(metavar="[ORDER]...", help="Ids, or LOCATION/REFERENCE.")] = None,
    location: Location = None,
    failure: Annotated[FailureCode | None, typer.Option(help="All that failed for this reason.")] = None,
    as_json: Json = False,
) -> None:
    """The same submission again, now: of some orders, or of all that --location and --failure choose."""
    if bool(order) == bool(location or failure):
        raise typer.BadParameter("Name orders, or choose many with --location and --failure.")

    async def again(store: Store, details: OrderDetails) -> None:
        await store.operate.retry(details.order.location_id, details.order.id, actor=_person())

    async def work(store: Store) -> None:
        names = order or await _chosen(store, location, failure)
        await _each(store, names, again, as_json=as_json)

    _with_store(work)


@orders.command()
def resend(
    order: OrderName,
    file: Annotated[
        Path | None,
        typer.Option("--order", exists=True, dir_okay=False, help="The corrected order, as JSON."),
    ] = None,
    as_json: Json = False,
) -> None:
    """A new submission under a new reference: the same order, or a corrected one."""
    text = file.read_bytes() if file else None

    async def anew(store: Store, details: OrderDetails) -> None:
        row = details.order
        corrected = _corrected(text) if text is not None else None
        await store.operate.resend(row.location_id, row.id, order=corrected, actor=_person())

    _with_store(lambda store: _each(store, [order], anew, as_json=as_json))


@orders.command()
def resolve(
    order: OrderName,
    note: Annotated[str, typer.Option(help="What you found out, for those who read the history.")],
    status: Annotated[Literal["accepted", "rejected"] | None, typer.Option(help="Absent: unchanged.")] = None,
    as_json: Json = False,
) -> None:
    """Settles an order by a person's word. Clears its attention."""

    async def settle(store: Store, details: OrderDetails) -> None:
        row = details.order
        word = Status(status) if status else None
        await store.operate.resolve(row.location_id, row.id, note=note, status=word, actor=_person())

    _with_store(lambda store: _each(store, [order], settle, as_json=as_json))


@orders.command()
def cancel(
    order: OrderName,
    reason: Annotated[str, typer.Option(help="Why.")],
    as_json: Json = False,
) -> None:
    """Stops an order that is not at the POS yet; for one that is, it says what could be done."""

    async def stop(store: Store, details: OrderDetails) -> None:
        row = details.order
        await store.operate.cancel(
            row.location_id, row.id, reason=reason, actor=_person(), only_if_surely_not_sent=False
        )

    _with_store(lambda store: _each(store, [order], stop, as_json=as_json))


def _with_store(work: Callable[[Store], Awaitable[None]]) -> None:
    """Runs it. What goes wrong is one line, not a stack trace; Ctrl-C is quiet."""

    async def body() -> None:
        async with open_store() as store:
            await work(store)

    try:
        asyncio.run(body())
    except RelayError as error:
        for line in _lines(error):
            typer.echo(f"order-relay: {line}", err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _lines(error: RelayError) -> list[str]:
    if isinstance(error, OrderInvalid | OrderNotExpressible):
        return [f"{finding.pointer}: {finding.message}" for finding in error.findings]
    return [str(error)]


async def _each(store: Store, names: Sequence[str], step: Step, *, as_json: bool) -> None:
    """The step for each order. One that its state does not allow stops none of the others; the exit code tells."""
    views: list[dict[str, Any]] = []
    refused = 0
    for name in names:
        details = await find_order(store.engine, name)
        try:
            await step(store, details)
        except StateConflict as conflict:
            refused += 1
            typer.echo(f"order-relay: {_name(details)}: {conflict}", err=True)
            continue
        after = await find_order(store.engine, str(details.order.id))
        views.append(order_view(after, exchanges=True))
        if not as_json:
            typer.echo(f"{_name(after)}: {after.order.status}, {after.order.state}")
    if as_json:
        _print_json(views)
    if refused:
        raise typer.Exit(1)


async def _chosen(store: Store, location: str | None, failure: FailureCode | None) -> list[str]:
    wanted = OrderFilter(locations=[location] if location else None, failure=failure)
    rows = await retryable(store.engine, wanted)
    if not rows:
        typer.echo("No order to retry.", err=True)
    return [str(row.id) for row in rows]


def _corrected(text: bytes) -> Order:
    try:
        return Order.model_validate_json(text)
    except ValidationError as error:
        with suppress(ValueError):
            raise OrderInvalid(findings(error, json.loads(text))) from None
        raise typer.BadParameter("The corrected order is not JSON.") from None


def _name(details: OrderDetails) -> str:
    return f"{details.order.location_id}/{details.order.reference}"


def _person() -> str:
    try:
        return f"{getuser()} (command line)"
    except (KeyError, OSError):  # a container's user without a name
        return "command line"


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
