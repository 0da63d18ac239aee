"""order-relay simulate: a POS to develop and demonstrate against."""

import asyncio
import os
import socket
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from app import logs
from app.cli.process import in_one_line, run_until_told
from app.cli.web import listen, served
from app.simulators import iiko as iiko_simulator
from app.simulators import ikentoo as ikentoo_simulator
from app.simulators.iiko import ids
from app.simulators.ikentoo.config import OAuth

simulate = typer.Typer(no_args_is_help=True, help="A POS to try things against: real HTTP, and faults on demand.")

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="0: a free one.")]
Speed = Annotated[float, typer.Option(min=0.001, help="Simulated seconds in a real one: 60 makes a minute a second.")]
Products = Annotated[int, typer.Option(min=0, max=100_000, help="So many made-up dishes with choices on top.")]
Book = Annotated[Path | None, typer.Option(help="Keep the orders in this file, also across a kill.")]

OAUTH = OAuth(clients={"order-relay": "demo-secret"}, refresh_token="demo-refresh-token")  # noqa: S106 - no secrets
"""A simulator's credentials, the same at each start."""

HELP = """{access}
A page for people: {address}/_sim
What it was sent:  curl {address}/_sim/orders
Spoil the next:    curl {address}/_sim/faults -d '{fault}'"""
FAULT = '{{"kind": "drop_after", "match": {{"endpoint": "{endpoint}"}}, "times": 1}}'
IIKO_ACCESS = f"base_url {{address}}, login demo / demo-secret, organization {ids.ORGANIZATION}"
IKENTOO_ACCESS = "base_url {address}/o, business locations 25769803788, 25769805870 and 123"
OAUTH_ACCESS = (
    f"{IKENTOO_ACCESS}\ntoken_url {{address}}/oauth/token, client order-relay / demo-secret, "
    f"refresh token {OAUTH.refresh_token} (good once)"
)


@simulate.command()
def iiko(
    *,
    host: Host = "127.0.0.1",
    port: Port = 8101,
    speed: Speed = 1.0,
    confirm: Annotated[bool, typer.Option("--confirm", help="Orders wait for an operator's confirmation.")] = False,
    products: Products = 0,
    book: Book = None,
    listed: Annotated[
        float | None, typer.Option(help="Lists leave out orders that ended so many simulated seconds ago.")
    ] = None,
) -> None:
    """Iiko's legacy delivery API, one restaurant."""
    config = iiko_simulator.default_config()
    policy = replace(config.policy, confirm=confirm)
    config = replace(config, clock_factor=speed, policy=policy, generated_products=products, listed_s=listed)
    _run(iiko_simulator.create_app(config, book), host, port, name="Iiko", access=IIKO_ACCESS, endpoint="orders/add")


@simulate.command()
def ikentoo(
    *,
    host: Host = "127.0.0.1",
    port: Port = 8102,
    speed: Speed = 1.0,
    token: Annotated[str | None, typer.Option(help="The bearer token to ask for; absent: none.")] = None,
    oauth: Annotated[
        bool, typer.Option("--oauth", help="Tokens that expire and are refreshed, as the vendor's.")
    ] = False,
    tables_stay_open: Annotated[
        bool, typer.Option("--tables-stay-open", help="An unpaid check at a table is closed by a payment only.")
    ] = False,
    products: Products = 0,
    book: Book = None,
) -> None:
    """iKentoo's order API, three restaurants, with callbacks to whatever is registered."""
    config = replace(
        ikentoo_simulator.default_config(products=products),
        clock_factor=speed,
        token=token,
        oauth=OAUTH if oauth else None,
        tables_stay_open=tables_stay_open,
    )
    access = OAUTH_ACCESS if oauth else IKENTOO_ACCESS
    _run(ikentoo_simulator.create_app(config, book), host, port, name="iKentoo", access=access, endpoint="toGo")


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
