"""A running till for each test."""

from collections.abc import AsyncIterator

import pytest

from tests.adapters.ikentoo.till import Till, running_till


@pytest.fixture
async def till() -> AsyncIterator[Till]:
    async with running_till() as running:
        yield running
