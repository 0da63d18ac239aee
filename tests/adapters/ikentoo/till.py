"""The simulator over real HTTP, and an adapter that speaks to it."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.adapters.base import Limits
from app.adapters.ikentoo.adapter import IkentooAdapter
from app.simulators.ikentoo import create_app, default_config
from tests.adapters.ikentoo.setting import NOW, POS, TOKEN, location
from tests.simulators.ikentoo.serving import serve

DEADLINE_S = 10.0
DEMO = 25769803788
"""The simulated location that has open checks."""


@dataclass
class Till:
    """The simulator, and its control API."""

    url: str
    control: httpx.AsyncClient

    async def plant(self, **fault: Any) -> None:
        (await self.control.post("/_sim/faults", json=fault)).raise_for_status()


@contextlib.asynccontextmanager
async def running_till(*, products: int = 0) -> AsyncIterator[Till]:
    """A simulator whose clock stands at the tests' moment."""
    config = replace(default_config(products=products), token=TOKEN, clock_factor=1000.0, unique_collection_codes=False)
    async with serve(create_app(config)) as url, httpx.AsyncClient(base_url=url, timeout=DEADLINE_S) as control:
        skew = (NOW - datetime.now(UTC)).total_seconds()
        await control.post("/_sim/clock", json={"skew_s": skew, "factor": 1.0})
        yield Till(url, control)


@contextlib.asynccontextmanager
async def canned(answers: Mapping[str, tuple[int, Any]]) -> AsyncIterator[str]:
    """A server that answers what it is told, by path below ``/o``; text as it is, everything else as JSON."""

    async def answer(request: Request) -> Response:
        path = request.url.path.removeprefix("/o")
        status, data = answers.get(path, (404, {"message": "No message available"}))
        return Response(data, status) if isinstance(data, str) else JSONResponse(data, status)

    async with serve(Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST", "PUT"])])) as url:
        yield url


@contextlib.asynccontextmanager
async def adapter(url: str, **pos: Any) -> AsyncIterator[IkentooAdapter]:
    where = location(pos={"base_url": f"{url}/o", **pos})
    opened = POS.open(where, Limits(connect_s=2, read_s=2))
    assert isinstance(opened, IkentooAdapter)
    async with contextlib.aclosing(opened):
        yield opened
