"""All commands of order-relay."""

from importlib.metadata import version
from typing import Annotated

import typer
from cryptography.fernet import Fernet

from app.cli import location_catalog, location_guests, location_init, location_pos
from app.cli.demo.command import demo
from app.cli.keys import app as keys
from app.cli.locations import app as locations
from app.cli.messages import message
from app.cli.migrate import migrate
from app.cli.orders import app as orders
from app.cli.payments import app as payments
from app.cli.restored import restored
from app.cli.serve import serve, worker
from app.cli.simulate import simulate

app = typer.Typer(
    name="order-relay",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Relays paid web orders into restaurant POS systems, durably and exactly once as far as the POS allows.",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"order-relay {version('order-relay')}")
        raise typer.Exit


@app.callback()
def order_relay(
    *,
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="The version, and no more.")
    ] = False,
) -> None:
    """Takes what holds for all commands."""


app.command()(demo)
app.command()(serve)
app.command()(worker)
app.command()(migrate)
app.command()(restored)
app.add_typer(simulate, name="simulate")
app.add_typer(keys, name="keys")
app.add_typer(locations, name="locations")
for command in (
    location_init.init,
    location_pos.check,
    location_pos.sync,
    location_catalog.catalog,
    location_catalog.dictionaries,
    location_pos.tables,
    location_pos.checks,
    location_pos.businesses,
    location_pos.organizations,
    message,
):
    locations.command()(command)
locations.add_typer(location_guests.app, name="guests")
app.add_typer(orders, name="orders")
app.add_typer(payments, name="payments")


@keys.command("secret")
def secret() -> None:
    """Makes a key for ORDER_RELAY_SECRET_KEYS, which encrypts the POS credentials. Keep it."""
    typer.echo(Fernet.generate_key().decode())
