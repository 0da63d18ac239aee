"""The house, opened for each test."""

from collections.abc import AsyncIterator

import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.relay.house import House, open_house


@pytest_asyncio.fixture
async def house(engine: AsyncEngine) -> AsyncIterator[House]:
    async with open_house(engine) as house:
        yield house
