"""order-relay simulate: a POS to develop and demonstrate against."""

import asyncio
import os
import socket
from dataclasses import replace
from typing import Annotated, Any

import typer

from app import logs
from app.cli.process import in_one_line, run_until_told
from app.cli.web import listen, served
from app.simulators import iiko as iiko_simulator
from app.simulators import ikentoo as ikentoo_simulator
from app.simulators.iiko import ids

simulate = typer.Typer(no_args_is_help=True, help="A POS to try things against: real HTTP, and faults on demand.")

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="0: a free one.")]
Speed = Annotated[float, typer.Option(min=0.001, help="Simulated seconds in a real one: 60 makes a minute a second.")]

HELP = """{access}
A page for people: {address}/_sim
What it was sent:  curl {address}/_sim/orders
Spoil the next:    curl {address}/_sim/faults -d '{fault}'"""
FAULT = '{{"kind": "drop_after", "match": {{"endpoint": "{endpoint}"}}, "times": 1}}'
IIKO_ACCESS = f"base_url {{address}}, login demo / demo-secret, organization {ids.ORGANIZATION}"
IKENTOO_ACCESS = "base_url {address}/o, business locations 25769803788, 25769805870 and 123"


@simulate.command()
def iiko(
    host: Host = "127.0.0.1",
    port: Port = 8101,
    speed: Speed = 1.0,
    confirm: Annotated[bool, typer.Option("--confirm", help="Orders wait for an operator's confirmation.")] = False,
) -> None:
    """Iiko's legacy delivery API, one restaurant."""
    config = iiko_simulator.default_config()
    config = replace(config, clock_factor=speed, policy=replace(config.policy, confirm=confirm))
    _run(iiko_simulator.create_app(config), host, port, name="Iiko", access=IIKO_ACCESS, endpoint="orders/add")


@simulate.command()
def ikentoo(
    host: Host = "127.0.0.1",
    port: Port = 8102,
    speed: Speed = 1.0,
    token: Annotated[str | None, typer.Option(help="The bearer token to ask for; absent: none.")] = None,
) -> None:
    """iKentoo's order API, three restaurants, with callbacks to whatever is registered."""
    config = replace(ikentoo_simulator.default_config(), clock_factor=speed, token=token)
    _run(ikentoo_simulator.create_app(config), host, port, name="iKentoo", access=IKENTOO_ACCESS, endpoint="toGo")


def _run(app: Any, host: str, port: int, *, name: str, access: str, endpoint: str) -> None:
    async def main(stop: asyncio.Event, listener: socket.socket) -> None:
        async with served(app, listener, lifespan=True) as address:
            fault = FAULT.format(endpoint=endpoint)
            typer.echo(f"order-relay simulates {name} on {address}", err=True)
            typer.echo(HELP.format(address=address, access=access.format(address=address), fault=fault), err=True)
            await stop.wait()

    def work() -> None:
        with listen(host, port) as listener:
            run_until_told(lambda stop: main(stop, listener))

    logs.configure(level=os.environ.get("ORDER_RELAY_LOG_LEVEL", "warning"))
    in_one_line(work)
