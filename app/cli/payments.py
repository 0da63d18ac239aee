"""order-relay payments: paying open checks, and helping payments that are in trouble, straight on the database."""

import json
from functools import partial
from typing import Annotated, Literal
from uuid import UUID

import typer
from pydantic import ValidationError
from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncConnection

from app.cli.order_hold import why_it_waits
from app.cli.order_tables import attention_blocks, order_story, order_table
from app.cli.running import person, print_json, with_store
from app.cli.session import Store
from app.domain.errors import NotFound, OrderInvalid
from app.domain.payment import CheckPayment
from app.domain.status import Status
from app.relay.findings import findings
from app.relay.payment_views import payment_summary, payment_view
from app.relay.payments import KIND, Payments
from app.store.database import run
from app.store.order_details import OrderDetails, read_details
from app.store.order_list import OrderFilter, read_rows

app = typer.Typer(no_args_is_help=True, help="Pay open checks, and help payments that are in trouble.")

PaymentName = Annotated[str, typer.Argument(metavar="PAYMENT", help="Its id, or LOCATION/REFERENCE.")]
Json = Annotated[bool, typer.Option("--json", help="For scripts: JSON on standard output.")]


@app.command()
def pay(
    *,
    location: Annotated[str, typer.Option(help="The location's slug.")],
    reference: Annotated[str, typer.Option(help="Your own number: the same again is the same payment.")],
    amount: Annotated[str, typer.Option(help="Without the tip, such as 12.50.")],
    method: Annotated[str, typer.Option(help="As in the location's payment_methods.")],
    tip: Annotated[str, typer.Option(help="The guest is charged both.")] = "0",
    check: Annotated[str | None, typer.Option(help="The check, as 'locations checks' shows it.")] = None,
    table: Annotated[int | None, typer.Option(help="Or: the one open check of this table.")] = None,
    as_json: Json = False,
) -> None:
    """Pays an open check, once for its reference. A worker sends it."""
    given = {"check": check, "table": table}
    document = {
        "location": location,
        "reference": reference,
        "amount": amount,
        "tip": tip,
        "method": method,
        **{name: value for name, value in given.items() if value is not None},
    }

    async def work(store: Store) -> None:
        payments = Payments(
            store.engine,
            locations=store.locations,
            registry=store.registry,
            announce=lambda _location_id: None,  # workers look by themselves every second
        )
        payment_id, _ = await payments.pay(_read(document), actor=person())
        _print(await _find(store, str(payment_id)), as_json=as_json)

    with_store(work)


@app.command("list")
def list_payments(
    *,
    location: Annotated[str | None, typer.Option("--location", help="Of this location only.")] = None,
    attention: Annotated[bool, typer.Option("--attention", help="Only those that a person should look at.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    as_json: Json = False,
) -> None:
    """The newest payments."""
    wanted = OrderFilter(
        kind=KIND, locations=[location] if location else None, needs_attention=True if attention else None
    )

    async def work(store: Store) -> None:
        rows = await run(store.engine, partial(read_rows, wanted=wanted, limit=limit))
        if location and not rows:  # a typo is not the same as "nothing to do"
            await store.locations.one(location)
        if as_json:
            print_json([payment_summary(row) for row in rows])
        elif rows:
            Console().print(attention_blocks(rows) if attention else order_table(rows, "payment"))
        else:
            Console().print("No such payments.")

    with_store(work)


@app.command()
def show(payment: PaymentName, as_json: Json = False) -> None:
    """One payment's story: where it stands, what to do, and how it came there."""

    async def work(store: Store) -> None:
        details = await _find(store, payment)
        if as_json:
            print_json(payment_view(details, exchanges=True))
        else:
            Console().print(order_story(details, waits=await why_it_waits(store.engine, details)))

    with_store(work)


@app.command()
def retry(payment: PaymentName, as_json: Json = False) -> None:
    """The same submission again, now, under the same reference."""

    async def work(store: Store) -> None:
        row = (await _find(store, payment)).order
        await store.operate.retry(row.location_id, row.id, actor=person(), kind=KIND)
        _print(await _find(store, str(row.id)), as_json=as_json)

    with_store(work)


@app.command()
def resolve(
    payment: PaymentName,
    note: Annotated[str, typer.Option(help="What you found out, for those who read the history.")],
    status: Annotated[Literal["accepted", "rejected"] | None, typer.Option(help="Absent: unchanged.")] = None,
    as_json: Json = False,
) -> None:
    """Settles a payment by a person's word. Clears its attention."""

    async def work(store: Store) -> None:
        row = (await _find(store, payment)).order
        word = Status(status) if status else None
        await store.operate.resolve(row.location_id, row.id, note=note, status=word, actor=person(), kind=KIND)
        _print(await _find(store, str(row.id)), as_json=as_json)

    with_store(work)


def _read(document: dict[str, str | int]) -> CheckPayment:
    try:
        return CheckPayment.model_validate_json(json.dumps(document))
    except ValidationError as error:
        raise OrderInvalid(findings(error, document)) from None


async def _find(store: Store, words: str) -> OrderDetails:
    details = await run(store.engine, partial(_lookup, words=words))
    if details is None:
        raise NotFound(f"There is no payment {words!r}.")
    return details


async def _lookup(connection: AsyncConnection, *, words: str) -> OrderDetails | None:
    payment_id = _uuid(words)
    location, _, reference = words.partition("/")
    if payment_id is None and reference and "\0" not in words:
        wanted = OrderFilter(kind=KIND, locations=[location], reference=reference)
        payment_id = next((row.id for row in await read_rows(connection, wanted, limit=1)), None)
    return await read_details(connection, payment_id, kind=KIND) if payment_id else None


def _uuid(words: str) -> UUID | None:
    try:
        return UUID(words)
    except ValueError:
        return None


def _print(details: OrderDetails, *, as_json: bool) -> None:
    row = details.order
    if as_json:
        print_json(payment_view(details, exchanges=True))
    else:
        typer.echo(f"{row.location_id}/{row.reference}: {row.status}, {row.state} ({row.id})")
