"""The application: the legacy Iiko API under `/api/0`, the control API under `/_sim`."""

from pathlib import Path
from typing import cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.simulators.durable import BookFile
from app.simulators.gate import Gate
from app.simulators.iiko import console, customers, ordering, places, reading
from app.simulators.iiko.config import IikoConfig
from app.simulators.iiko.errors import PosError
from app.simulators.iiko.state import build
from app.simulators.iiko.subject import describe


def create_app(config: IikoConfig, book: Path | None = None) -> Starlette:
    """One simulated restaurant. Its order book is empty, or what an earlier life has left in the file ``book``."""
    state = build(config, BookFile(book))

    async def on_pos_error(_request: Request, error: Exception) -> Response:
        return cast("PosError", error).response(config.unknown_code)

    app = Starlette(
        routes=[*reading.routes(), *ordering.routes(), *customers.routes(), *places.routes(), *console.routes(state)],
        middleware=[Middleware(Gate, faults=state.faults, journal=state.journal, describe=describe)],
        exception_handlers={PosError: on_pos_error, HTTPException: _on_http_error},
    )
    app.state.iiko = state
    return app


async def _on_http_error(request: Request, error: Exception) -> Response:
    """Unknown URI or wrong method, in the framework's words (INFERRED)."""
    refused = cast("HTTPException", error)
    texts = {
        404: f"No HTTP resource was found that matches the request URI '{request.url.path}'.",
        405: f"The requested resource does not support http method '{request.method}'.",
    }
    content = {"Message": texts.get(refused.status_code, refused.detail)}
    return JSONResponse(content, status_code=refused.status_code, headers=dict(refused.headers or {}))
