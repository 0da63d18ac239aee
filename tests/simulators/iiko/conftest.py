"""A running Iiko simulator, spoken to over real HTTP."""

from collections.abc import AsyncIterator

import pytest_asyncio

from app.simulators.iiko import default_config
from tests.simulators.iiko.pos import Pos, running


@pytest_asyncio.fixture(scope="session")
async def iiko_simulator() -> AsyncIterator[Pos]:
    """The default restaurant, its orders standing still."""
    async with running(default_config(), auto=False) as pos:
        yield pos


@pytest_asyncio.fixture
async def pos(iiko_simulator: Pos) -> Pos:
    """The same, as new."""
    assert (await iiko_simulator.http.post("/_sim/reset")).status_code == 204
    await iiko_simulator.log_in()
    return iiko_simulator
