"""A POS on a free port of 127.0.0.1: the simulator, or one that answers by a script."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

TOKEN = "tok3n_" + "A" * 80 + "2"
AUTH = "/api/0/auth/access_token"
ADD = "/api/0/orders/add"
INFO = "/api/0/orders/info"
LIST = "/api/0/orders/deliveryOrders"


@contextlib.asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    """The base URL."""
    # With the protocol named, asyncio sends small answers at once; without, each waits 40 ms for the one before.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


Reply = Callable[[], Response]


def reply(body: Any, status: int = 200, **headers: str) -> Reply:
    """The same answer each time: text as it is, everything else as JSON."""
    if isinstance(body, str):
        return lambda: Response(body, status_code=status, headers=headers)
    return lambda: JSONResponse(body, status_code=status, headers=headers)


def iiko_says(code: str, message: str, status: int) -> Reply:
    """Shape 1 of an error."""
    return reply({"code": code, "message": message, "description": None, "httpStatusCode": status}, status)


@dataclass
class Script:
    """Answers by path: the first of a list until one is left, which stays."""

    replies: dict[str, list[Reply]] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    """Path, query and JSON body of each request."""
    living: str | None = None
    """The one token that is taken; None: any."""

    def __post_init__(self) -> None:
        self.replies.setdefault(AUTH, [reply(json.dumps(TOKEN))])

    def count(self, path: str) -> int:
        return sum(1 for seen, _, _ in self.seen if seen == path)

    async def answer(self, request: Request) -> Response:
        body = await request.body()
        self.seen.append((request.url.path, dict(request.query_params), json.loads(body) if body else None))
        if self.living and request.query_params.get("access_token", self.living) != self.living:
            return Response("no", status_code=401)
        left = self.replies[request.url.path]
        return (left.pop(0) if len(left) > 1 else left[0])()


class Stage:
    """Where scripts are played, one after the other: starting a server for each would take longer than the tests."""

    def __init__(self) -> None:
        self.script = Script()

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self._answer, methods=["GET", "POST"])])

    async def _answer(self, request: Request) -> Response:
        return await self.script.answer(request)
