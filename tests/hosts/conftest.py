"""Tests of this folder need root and Linux. Without, they are skipped and say why; where `CI` is set, root is a promise
that they run, and what is missing is an error."""

import os

import pytest

from tests.hosts.lab import missing


@pytest.fixture(scope="session", autouse=True)
def several_hosts() -> None:
    if (why := missing()) is None:
        return
    if os.environ.get("CI") and os.geteuid() == 0:
        pytest.fail(f"not skipped, since CI is set: {why}")
    pytest.skip(why)
