"""All commands of order-relay. Each is read when it is named: all of them together take one to two seconds, and a
process that was killed is wanted back at once."""

from collections import UserDict
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any

import typer

WHERE = {
    "demo": "app.cli.demo.command:demo",
    "serve": "app.cli.serve:serve",
    "worker": "app.cli.serve:worker",
    "migrate": "app.cli.migrate:migrate",
    "restored": "app.cli.restored:restored",
    "simulate": "app.cli.simulate:simulate",
    "keys": "app.cli.keys:app",
    "locations": "app.cli.location_commands:app",
    "orders": "app.cli.orders:app",
    "payments": "app.cli.payments:app",
}
"""Functions, and groups of commands."""


class _Read(UserDict[str, Any]):
    """Name -> command, read when it is asked for."""

    def __getitem__(self, name: str) -> Any:
        found = super().__getitem__(name)
        return _read(name, found) if isinstance(found, str) else found


def _read(name: str, where: str) -> Any:
    module, _, attribute = where.partition(":")
    found = getattr(import_module(module), attribute)
    alone = typer.Typer()
    if isinstance(found, typer.Typer):
        alone.add_typer(found, name=name)
    else:
        alone.command(name)(found)
    return typer.main.get_group(alone).commands[name]


class _Commands(typer.core.TyperGroup):
    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = _Read(WHERE)


app = typer.Typer(
    name="order-relay",
    cls=_Commands,
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
