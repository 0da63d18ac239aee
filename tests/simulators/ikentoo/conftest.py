"""A simulator a thousand times faster than a restaurant, as new for every test."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest

from app.simulators.ikentoo import create_app, default_config
from tests.simulators.ikentoo.serving import Pos, Receivers, serve

Start = Callable[..., AbstractAsyncContextManager[Pos]]
FACTOR = 1000.0


@asynccontextmanager
async def running(receivers: Receivers, http: str = "auto", **changes: Any) -> AsyncIterator[Pos]:
    config = replace(default_config(), **{"clock_factor": FACTOR, "callback_backoff_s": 0.01, **changes})
    async with serve(create_app(config), http) as url, httpx.AsyncClient(base_url=url, timeout=10) as client:
        pos = Pos(client, *receivers.new())
        if config.token is None:
            await pos.register()
        yield pos


@pytest.fixture(scope="session")
async def receivers() -> AsyncIterator[Receivers]:
    receivers = Receivers()
    async with serve(receivers.app()) as receivers.url:
        yield receivers


@pytest.fixture
def start(receivers: Receivers) -> Start:
    """Start a simulator with another configuration."""

    def start(**changes: Any) -> AbstractAsyncContextManager[Pos]:
        return running(receivers, **changes)

    return start


@pytest.fixture(scope="session", params=["auto"])
async def shared(request: pytest.FixtureRequest, receivers: Receivers) -> AsyncIterator[Pos]:
    """One server for many tests, with uvicorn's HTTP implementation of the parameter."""
    async with running(receivers, request.param) as pos:
        yield pos


@pytest.fixture
async def pos(shared: Pos, receivers: Receivers) -> Pos:
    await shared.client.post("/_sim/reset", json={"endpoints": True})
    await shared.client.post("/_sim/clock", json={"factor": FACTOR, "skew_s": 0})
    pos = Pos(shared.client, *receivers.new())
    await pos.register()
    return pos
