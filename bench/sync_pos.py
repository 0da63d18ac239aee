"""A simulated POS with a menu of 5,000 made-up products, each with modifiers: `python -m bench.sync_pos iiko`."""

import asyncio
import socket
import sys
from dataclasses import replace
from typing import Any

from app.cli.process import run_until_told, settle_memory
from app.cli.web import listen, served
from app.simulators import iiko, ikentoo

PRODUCTS = 5000
"""On top of the simulator's own dishes."""


def create_app(pos: str) -> Any:
    """The simulator, as `order-relay simulate` would start it, with a large menu."""
    if pos == "iiko":
        return iiko.create_app(replace(iiko.default_config(), generated_products=PRODUCTS))
    return ikentoo.create_app(ikentoo.default_config(products=PRODUCTS))


def main() -> None:
    """Serves on a free port until told to stop."""
    with listen("127.0.0.1", 0) as listener:
        run_until_told(lambda stop: _serve(sys.argv[1], listener, stop))


async def _serve(pos: str, listener: socket.socket, stop: asyncio.Event) -> None:
    app = create_app(pos)
    settle_memory()
    async with served(app, listener, lifespan=True) as address:
        print(f"{pos} serves on {address}", flush=True)
        await stop.wait()


if __name__ == "__main__":
    main()
