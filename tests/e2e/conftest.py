"""Processes on the tests' PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.processes import Processes, processes, secret_key


@pytest.fixture
def order_relay(database_url: str, tmp_path: Path) -> Iterator[Processes]:
    """Processes of one installation, on a database of this test's own."""
    with processes(tmp_path, DATABASE_URL=database_url, ORDER_RELAY_SECRET_KEYS=secret_key()) as found:
        yield found
