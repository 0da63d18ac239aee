"""Tests of this folder need root and Linux. Without, they are skipped and say why; with `TESTS_REQUIRE_HOSTS` set, as
CI does where it is root, what is missing is an error."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hosts.lab import missing
from tests.hosts.town import WEBSITE, Town, town

FIGURES = "several hosts"
Report = Callable[[str, dict[str, Any]], None]


@pytest.fixture(scope="session", autouse=True)
def several_hosts() -> None:
    if (why := missing()) is None:
        return
    if os.environ.get("TESTS_REQUIRE_HOSTS"):
        pytest.fail(f"TESTS_REQUIRE_HOSTS is set, and {why}")
    pytest.skip(why)


@pytest.fixture(scope="package")
def whole_town(several_hosts: None) -> Iterator[Town]:
    with town() as found:
        yield found


@pytest.fixture
def relay(whole_town: Town) -> Iterator[Town]:
    """All hosts, whole again after whatever the test before has done. The test stands on the website's host."""
    whole_town.repair()
    with whole_town.hosts.standing_on(WEBSITE):
        yield whole_town


@pytest.fixture
def report(record_property: Callable[[str, object], None]) -> Report:
    """What is printed when all tests are over, and kept beside pytest's own results."""

    def tell(what: str, measured: dict[str, Any]) -> None:
        record_property(FIGURES, {"what": what, **measured})

    return tell


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    told = [
        value
        for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
        if report.when == "call"
        for name, value in report.user_properties
        if name == FIGURES
    ]
    if not told:
        return
    terminalreporter.section("several hosts")
    for measured in told:
        terminalreporter.write_line(json.dumps(measured))
    kept = Path(str(config.rootpath)) / ".pytest_cache" / "several-hosts.json"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(json.dumps(told, indent=1) + "\n")
