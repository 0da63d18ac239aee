"""Following one order in a terminal, or in a script."""

import asyncio
import json
from collections.abc import AsyncIterator

import typer
from rich.console import Console
from rich.live import Live
from sqlalchemy.ext.asyncio import AsyncEngine

from app.cli.order_hold import why_it_waits
from app.cli.order_lookup import find_order
from app.cli.order_tables import order_story
from app.relay.views import is_final, order_view
from app.store.order_details import OrderDetails

EVERY_S = 1.0


async def watch_order(engine: AsyncEngine, order: str, *, as_json: bool) -> None:
    """Shows the order at each change, until nothing more will come. Raises NotFound."""
    console = Console()
    if as_json:
        async for details in _changes(engine, order):
            typer.echo(json.dumps(order_view(details, exchanges=True), ensure_ascii=False))
    elif console.is_terminal:
        with Live(console=console, auto_refresh=False) as live:
            async for details in _changes(engine, order):
                waits = await why_it_waits(engine, details)
                live.update(order_story(details, waits=waits), refresh=True)
    else:
        await _as_lines(engine, order)


async def _as_lines(engine: AsyncEngine, order: str) -> None:
    told = 0
    async for details in _changes(engine, order):
        for line in details.history[told:]:
            detail = f": {line.detail}" if line.detail else ""
            typer.echo(f"{line.at.astimezone():%H:%M:%S} {line.status} {line.source} {line.event}{detail}")
        told = len(details.history)


async def _changes(engine: AsyncEngine, order: str) -> AsyncIterator[OrderDetails]:
    """The order now, and again whenever it differs, up to its end."""
    shown: OrderDetails | None = None
    while True:
        details = await find_order(engine, order)
        if details != shown:
            yield details
        if is_final(details.order):
            return
        shown = details
        await asyncio.sleep(EVERY_S)
