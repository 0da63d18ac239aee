"""order-relay orders: what the operator does with orders, straight on the database."""

import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic import ValidationError
from rich.console import Console

from app.cli.order_hold import why_it_waits
from app.cli.order_lookup import find_order, read_page, retryable
from app.cli.order_tables import attention_blocks, order_story, order_table
from app.cli.order_watch import watch_order
from app.cli.running import person, print_json, with_store
from app.cli.session import Store
from app.domain.errors import NotFound, OrderInvalid, StateConflict
from app.domain.order import Order
from app.domain.status import FailureCode, Status
from app.domain.submission import Dispatch
from app.relay.findings import findings
from app.relay.views import order_view, summary_view
from app.store.order_details import OrderDetails
from app.store.order_list import OrderFilter

app = typer.Typer(no_args_is_help=True, help="Look at orders, and help those that are in trouble.")

OrderName = Annotated[str, typer.Argument(metavar="ORDER", help="Its id, or LOCATION/REFERENCE.")]
Json = Annotated[bool, typer.Option("--json", help="For scripts: JSON on standard output.")]
Location = Annotated[str | None, typer.Option("--location", help="Of this location only.")]

Step = Callable[[Store, OrderDetails], Awaitable[None]]


@app.command("list")
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
        if not rows:
            await _must_exist(store, location)
        if as_json:
            print_json([summary_view(row) for row in rows])
        elif rows:
            Console().print(attention_blocks(rows) if attention else order_table(rows))
        else:
            Console().print("No such orders.")

    with_store(work)


@app.command()
def show(order: OrderName, as_json: Json = False) -> None:
    """One order's story: where it stands, what to do, and how it came there."""

    async def work(store: Store) -> None:
        details = await find_order(store.engine, order)
        if as_json:
            print_json(order_view(details, exchanges=True))
        else:
            Console().print(order_story(details, waits=await why_it_waits(store.engine, details)))

    with_store(work)


@app.command()
def watch(order: OrderName, as_json: Json = False) -> None:
    """Follows one order until nothing more will come. With --json: a line for each change."""
    with_store(lambda store: watch_order(store.engine, order, as_json=as_json))


@app.command()
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
        await store.operate.retry(details.order.location_id, details.order.id, actor=person())

    async def work(store: Store) -> None:
        names = order or await _chosen(store, location, failure)
        await _each(store, names, again, as_json=as_json)

    with_store(work)


@app.command()
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
        await store.operate.resend(row.location_id, row.id, order=corrected, actor=person())

    with_store(lambda store: _one(store, order, anew, as_json=as_json))


@app.command()
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
        await store.operate.resolve(row.location_id, row.id, note=note, status=word, actor=person())

    with_store(lambda store: _one(store, order, settle, as_json=as_json))


@app.command()
def cancel(
    order: OrderName,
    reason: Annotated[str, typer.Option(help="Why.")],
    as_json: Json = False,
) -> None:
    """Stops an order that is not at the POS yet; for one that is, it says what could be done."""

    async def stop(store: Store, details: OrderDetails) -> None:
        row = details.order
        await store.operate.cancel(
            row.location_id, row.id, reason=reason, actor=person(), only_if_surely_not_sent=False
        )

    with_store(lambda store: _one(store, order, stop, as_json=as_json))


@app.command()
def erase(
    order: OrderName,
    yes: Annotated[bool, typer.Option("--yes", help="Needed: nothing brings the data back.")] = False,
    as_json: Json = False,
) -> None:
    """Takes the guest's personal data out of an order that has ended, for ever."""
    if not yes:
        raise typer.BadParameter("Nothing brings the data back. Add --yes.")

    async def forget(store: Store, details: OrderDetails) -> None:
        await store.operate.erase(details.order.location_id, details.order.id, actor=person())

    with_store(lambda store: _one(store, order, forget, as_json=as_json))


async def _one(store: Store, name: str, step: Step, *, as_json: bool) -> None:
    """The step for one order, and the order as it then is."""
    after = await _stepped(store, name, step)
    if as_json:
        print_json(order_view(after, exchanges=True))
    else:
        typer.echo(_line(after))


async def _each(store: Store, names: Sequence[str], step: Step, *, as_json: bool) -> None:
    """The step for each order. One that cannot take it stops none of the others; the exit code tells."""
    views: list[dict[str, Any]] = []
    for name in names:
        try:
            after = await _stepped(store, name, step)
        except (NotFound, StateConflict) as error:
            typer.echo(f"order-relay: {name}: {error}", err=True)
            continue
        views.append(order_view(after, exchanges=True))
        if not as_json:
            typer.echo(_line(after))
    if as_json:
        print_json(views)
    if len(views) < len(names):
        raise typer.Exit(1)


async def _stepped(store: Store, name: str, step: Step) -> OrderDetails:
    details = await find_order(store.engine, name)
    await step(store, details)
    return await find_order(store.engine, str(details.order.id))


async def _chosen(store: Store, location: str | None, failure: FailureCode | None) -> list[str]:
    wanted = OrderFilter(locations=[location] if location else None, failure=failure)
    rows = await retryable(store.engine, wanted)
    if not rows:
        await _must_exist(store, location)
        typer.echo("No order to retry.", err=True)
    return [f"{row.location_id}/{row.reference}" for row in rows]


async def _must_exist(store: Store, location: str | None) -> None:
    """A typo is not the same as "nothing to do". Asked where nothing was found: a deleted location's orders are."""
    if location:
        await store.locations.one(location)


def _corrected(text: bytes) -> Order:
    try:
        return Order.model_validate_json(text)
    except ValidationError as error:
        with suppress(ValueError):
            raise OrderInvalid(findings(error, json.loads(text))) from None
        raise typer.BadParameter("The corrected order is not JSON.", param_hint="--order") from None


def _line(details: OrderDetails) -> str:
    row = details.order
    return f"{row.location_id}/{row.reference}: {row.status}, {row.state}"
