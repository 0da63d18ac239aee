"""The framework's ceiling: a plain FastAPI route that validates the same order and answers 202. It stores nothing,
knows no keys and no locations. Served with the very settings of `order-relay serve`."""

import asyncio
import socket

from fastapi import FastAPI
from pydantic import BaseModel

from app.cli.process import run_until_told, settle_memory
from app.cli.web import listen, served
from app.domain.order import Order


class Accepted(BaseModel):
    """The small answer."""

    reference: str
    status: str


def create_app() -> FastAPI:
    """As a FastAPI tutorial would write it."""
    app = FastAPI()

    @app.post("/v1/orders", status_code=202)
    async def submit(order: Order) -> Accepted:
        return Accepted(reference=order.reference, status="accepted")

    return app


def main() -> None:
    """Serves on a free port until told to stop."""
    with listen("127.0.0.1", 0) as listener:
        run_until_told(lambda stop: _serve(listener, stop))


async def _serve(listener: socket.socket, stop: asyncio.Event) -> None:
    app = create_app()
    settle_memory()
    async with served(app, listener) as address:
        print(f"the plain route serves on {address}", flush=True)
        await stop.wait()


if __name__ == "__main__":
    main()
