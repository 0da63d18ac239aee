"""order-relay locations message: something for the people at a till."""

import json
from functools import partial
from typing import Annotated

import typer
from pydantic import ValidationError

from app.cli.locations import Slug
from app.cli.order_lookup import find_order
from app.cli.running import person, print_json, with_store
from app.cli.session import Store
from app.domain.errors import OrderInvalid
from app.domain.message import TillMessage
from app.relay.findings import findings
from app.relay.messages import KIND, Messages
from app.relay.payment_views import message_view
from app.store.database import run
from app.store.order_details import read_details


def message(
    location: Slug,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to say.")],
    *,
    order: Annotated[str | None, typer.Option(help="The order it is about: id, or LOCATION/REFERENCE.")] = None,
    printer: Annotated[bool, typer.Option(help="Print it too, where the POS can.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts: JSON on standard output.")] = False,
) -> None:
    """Says something at the till. A worker sends it, again until the POS takes it."""

    async def work(store: Store) -> None:
        about = (await find_order(store.engine, order)).order.id if order else None
        messages = Messages(
            store.engine,
            locations=store.locations,
            registry=store.registry,
            announce=lambda _location_id: None,  # workers look by themselves every second
        )
        about_id = str(about) if about else None
        said = _read({"message": text, "also_to_printer": printer, "order_id": about_id})
        message_id = await messages.tell(location, said, actor=person())
        details = await run(store.engine, partial(read_details, order_id=message_id, kind=KIND))
        if as_json and details is not None:
            print_json(message_view(details, exchanges=True))
        else:
            typer.echo(f"{location}: will be told (message {message_id})")

    with_store(work)


def _read(document: dict[str, str | bool | None]) -> TillMessage:
    try:
        return TillMessage.model_validate_json(json.dumps(document))
    except ValidationError as error:
        raise OrderInvalid(findings(error, document)) from None
