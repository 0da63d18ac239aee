"""order-relay locations guests: the POS's own address book (Iiko)."""

from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console

from app.cli.location_pos import Json, ask
from app.cli.location_tables import guest_told
from app.cli.locations import Slug
from app.cli.running import print_json, refuse, told
from app.domain.errors import NotFound
from app.domain.venue import Guest, KnownGuest
from app.relay.findings import findings
from app.relay.venue import Venue

app = typer.Typer(no_args_is_help=True, help="Guests in the POS's own address book (Iiko).")

Phone = Annotated[str, typer.Argument(metavar="PHONE", help="With the country code, such as +380971112233.")]


@app.command()
def find(location: Slug, phone: Phone, *, as_json: Json = False) -> None:
    """The guest with this phone number. Exit code 1: there is none."""

    async def question(venue: Venue) -> KnownGuest | None:
        try:
            return await venue.find_guest(location, phone)
        except NotFound:
            return None

    def tell(known: KnownGuest | None) -> None:
        if known is None:
            refuse([f"The POS knows no guest with the phone number {phone}."])
        elif as_json:
            print_json({"id": known.id, **known.guest.model_dump(mode="json"), "more": dict(known.more)})
        else:
            Console().print(guest_told(known))

    ask(question, tell)


@app.command()
def save(
    location: Slug,
    phone: Phone,
    *,
    first_name: Annotated[str | None, typer.Option(help="What is left out stays as the POS has it.")] = None,
    last_name: Annotated[str | None, typer.Option()] = None,
    email: Annotated[str | None, typer.Option()] = None,
    notes: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Creates or updates the guest with this phone number; prints the POS's id."""
    guest = _guest({"phone": phone, "first_name": first_name, "last_name": last_name, "email": email, "notes": notes})
    ask(lambda venue: venue.save_guest(location, guest), typer.echo)


def _guest(given: dict[str, Any]) -> Guest:
    try:
        return Guest.model_validate(given)
    except ValidationError as error:
        refuse(told(findings(error, given)))
        raise typer.Exit(1) from None
