"""An adapter that speaks to a scripted POS."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
import pytest_asyncio

from app.adapters.base import Limits
from app.adapters.iiko.adapter import IikoAdapter
from app.adapters.iiko.pos import Iiko
from app.simulators.control import Fault, Received
from app.simulators.iiko import create_app, default_config
from app.simulators.iiko.state import Simulator
from tests.adapters.iiko.places import location
from tests.adapters.iiko.serving import Script, Stage, served

Opening = Callable[[Script], contextlib.AbstractAsyncContextManager[IikoAdapter]]
Playing = Callable[[Script], str]


@pytest_asyncio.fixture(scope="session")
async def iiko_stage() -> AsyncIterator[tuple[str, Stage]]:
    stage = Stage()
    async with served(stage.app()) as base_url:
        yield base_url, stage


@pytest.fixture
def playing(iiko_stage: tuple[str, Stage]) -> Playing:
    """``base_url = playing(script)``."""
    base_url, stage = iiko_stage

    def play(script: Script) -> str:
        stage.script = script
        return base_url

    return play


@pytest.fixture
def speaking_to(playing: Playing) -> Opening:
    """``async with speaking_to(script) as adapter``."""

    @contextlib.asynccontextmanager
    async def opened(script: Script) -> AsyncIterator[IikoAdapter]:
        adapter = Iiko().open(location(base_url=playing(script)), Limits(connect_s=2, read_s=5))
        try:
            yield adapter
        finally:
            await adapter.aclose()

    return opened


@dataclass(frozen=True, kw_only=True)
class Restaurant:
    """The simulated restaurant, and its back office."""

    base_url: str
    office: httpx.AsyncClient
    state: Simulator
    pos: Iiko

    async def edit(self, path: str, method: str = "POST", **data: Any) -> Any:
        """As somebody would in the back office."""
        answer = await self.office.request(method, f"/_sim/{path}", json=data)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def fault(self, kind: str, **details: Any) -> None:
        """Something goes wrong, once."""
        self.state.faults.add(Fault(kind=kind, times=1, **details))

    def asked(self, path: str) -> list[Received]:
        """The requests to this path, oldest first."""
        return [one for one in self.state.journal.entries if one.path == path]

    @contextlib.asynccontextmanager
    async def opened(self, **pos: Any) -> AsyncIterator[IikoAdapter]:
        """The adapter of a location there; keyword arguments overrule settings."""
        login = {"user_id": "demo", "user_secret": "demo-secret"}
        adapter = self.pos.open(location(**{"base_url": self.base_url, **login, **pos}), Limits(connect_s=2, read_s=20))
        try:
            yield adapter
        finally:
            await adapter.aclose()


@pytest_asyncio.fixture(scope="session")
async def iiko_restaurant() -> AsyncIterator[Restaurant]:
    app = create_app(replace(default_config(), auto=False))
    async with served(app) as base_url, httpx.AsyncClient(base_url=base_url, trust_env=False) as office:
        yield Restaurant(base_url=base_url, office=office, state=app.state.iiko, pos=Iiko())


@pytest_asyncio.fixture
async def restaurant(iiko_restaurant: Restaurant) -> Restaurant:
    """As new."""
    (await iiko_restaurant.office.post("/_sim/reset")).raise_for_status()
    return iiko_restaurant
