"""An adapter that speaks to a scripted POS."""

import contextlib
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from app.adapters.base import Limits
from app.adapters.iiko.adapter import IikoAdapter
from app.adapters.iiko.pos import Iiko
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
