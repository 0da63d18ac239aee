"""The framework's ceiling: plain FastAPI routes that validate the same order or callback, or the id of an order, and
answer. They store and look up nothing, and know no keys and no locations. Served with the very settings of
`order-relay serve`."""

import asyncio
import json
import os
import socket
from pathlib import Path
from uuid import UUID

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from app.cli.process import run_until_told, settle_memory
from app.cli.web import listen, served
from app.domain.order import Order

VIEW = "BENCH_VIEW"
"""The file with the view that the reading route answers, so that it is as large as ours."""


class Callback(BaseModel):
    """A word of iKentoo."""

    status: str
    thirdPartyReference: str  # noqa: N815 - its own spelling
    ikentooAccountIdentifier: str | None = None  # noqa: N815 - the same


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

    @app.post("/webhooks/{system}/{key}")
    async def receive(system: str, key: str, callback: Callback) -> dict[str, str]:  # noqa: ARG001 - as a route has them
        return {}

    view = json.loads(Path(os.environ[VIEW]).read_text()) if VIEW in os.environ else {}

    @app.get("/v1/orders/{order_id}")
    async def read(order_id: UUID) -> JSONResponse:  # noqa: ARG001 - only validated
        return JSONResponse(view)

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
