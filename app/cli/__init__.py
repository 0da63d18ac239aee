"""The command line: order-relay COMMAND."""

import sys

import typer
from cryptography.fernet import Fernet

from app.cli.demo import demo
from app.cli.keys import app as keys
from app.cli.locations import app as locations
from app.cli.migrate import migrate
from app.cli.orders import app as orders
from app.cli.serve import serve, worker
from app.cli.simulate import simulate
from app.domain.errors import ConfigurationError, RelayError

app = typer.Typer(
    name="order-relay",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Relays paid web orders into restaurant POS systems, durably and exactly once as far as the POS allows.",
)
app.command()(demo)
app.command()(serve)
app.command()(worker)
app.command()(migrate)
app.add_typer(simulate, name="simulate")
app.add_typer(keys, name="keys")
app.add_typer(locations, name="locations")
app.add_typer(orders, name="orders")


@keys.command("secret")
def secret() -> None:
    """Makes a key for ORDER_RELAY_SECRET_KEYS, which encrypts the POS credentials. Keep it."""
    typer.echo(Fernet.generate_key().decode())


def main() -> None:
    """What the console script runs."""
    try:
        app()
    except (ConfigurationError, RelayError) as error:
        sys.exit(f"order-relay: {error}")
