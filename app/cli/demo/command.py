"""order-relay demo: starts everything, plays the evening, sums up."""

import asyncio
import socket
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app import logs
from app.cli.demo.comparison import Books, differences, read_books
from app.cli.demo.evening import DOUBTFUL, Planned, evening
from app.cli.demo.play import play
from app.cli.demo.restaurants import ZHYTOMYR
from app.cli.demo.scratch import scratch_directory
from app.cli.demo.show import shown
from app.cli.demo.stage import Stage, open_stage
from app.cli.order_lookup import find_order
from app.cli.order_tables import order_story
from app.cli.process import in_one_line, run_until_told
from app.cli.storage import Storage, open_storage
from app.cli.web import address_of, listen
from app.settings import Settings, load_settings

INTERRUPTED = 130
WIDTH = 132
"""Of what goes into a file or a pipe."""


def demo(
    *,
    stay: Annotated[bool, typer.Option("--stay", help="Keep everything up afterwards, until Ctrl-C.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of the API; 0: a free one.")] = 0,
) -> None:
    """Database, both POS simulators, API and worker: 23 orders through an evening with trouble, checked at the end."""
    code = INTERRUPTED

    async def run(storage: Storage, settings: Settings, listener: socket.socket, stop: asyncio.Event) -> None:
        nonlocal code
        console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
        async with open_stage(settings, storage, listener, stop=stop) as stage:
            playing = asyncio.create_task(_evening(stage, console))
            told = asyncio.create_task(stop.wait())
            await asyncio.wait({playing, told}, return_when=asyncio.FIRST_COMPLETED)
            told.cancel()
            if not playing.done():
                playing.cancel()
                return
            code = playing.result()
            if stay:
                _invite(stage, address_of(listener))
                await stop.wait()

    def work() -> None:
        logs.configure(level="warning")
        with scratch_directory() as directory, listen("127.0.0.1", port) as listener:
            settings = _settings(directory, address_of(listener))
            typer.echo("Starting PostgreSQL, two POS simulators, the API and a worker on 127.0.0.1 ...")
            with open_storage(settings) as storage:
                logs.configure(level="error")  # the trouble of this evening is on purpose
                run_until_told(lambda stop: run(storage, settings, listener, stop))

    in_one_line(work)
    raise typer.Exit(code)


def _settings(directory: Path, address: str) -> Settings:
    """Those of the environment hold no surprise: a demo never touches a real database."""
    return load_settings().model_copy(
        update={
            "database_url": None,
            "secret_keys": (),
            "data_dir": directory,
            "public_url": address,
            "poll_interval_s": 1.0,
        }
    )


async def _evening(stage: Stage, console: Console) -> int:
    orders = evening(datetime.now(UTC))
    with shown(console) as show:
        views = await play(stage, orders, show)
    console.print()
    console.print("One of them in full: Iiko created it, and its answer got lost.")
    console.print(order_story(await find_order(stage.parts.engine, f"{ZHYTOMYR}/{DOUBTFUL}")))
    console.print()
    books = await read_books(stage)
    return _sum_up(console, orders, books, list(differences(orders, views, books)))


def _sum_up(console: Console, orders: Sequence[Planned], books: Books, wrong: Sequence[str]) -> int:
    if wrong:
        console.print(f"{len(orders)} orders, and not everything is as it should be:", style="bold red")
        for words in wrong:
            console.print(f"  {words}", markup=False)
        return 1
    there = sum(planned.at_the_pos for planned in orders)
    console.print(
        f"{len(orders)} orders: {there} at the POS exactly once, {len(orders) - there} rejected as planned; "
        f"{sum(books.paid.values())} checks paid, {len(books.printed)} cancel printed; checked against the simulators.",
        style="bold green",
    )
    return 0


def _invite(stage: Stage, address: str) -> None:
    authorization = f'-H "Authorization: Bearer {stage.key}"'
    typer.echo(
        f"""
API and its documentation:  {address}/docs
The simulated Iiko:         {stage.iiko.base_url}/_sim
The simulated iKentoo:      {stage.ikentoo.base_url}/_sim
A key with all rights:      {stage.key}

Three things to try:
  curl {authorization} "{address}/v1/orders?status=rejected"
  curl {authorization} {address}/v1/locations
  curl {authorization} -H "Content-Type: application/json" {address}/v1/orders -d '{TRY}'

Ctrl-C ends it."""
    )


TRY = (
    '{"location": "geneva-1", "reference": "MINE-1", "service_type": "pickup", "customer": {"first_name": "Me"}, '
    '"items": [{"sku": "11", "quantity": 1}], "total": "16.50"}'
)
