"""An API host goes away: the website goes to the other one."""

import time
from collections.abc import Callable

import pytest

from tests.hosts.conftest import Report
from tests.hosts.town import Town
from tests.hosts.verdict import broken_promises, figures, impolite, now
from tests.hosts.website import website

SOME = 8
IMPATIENT_S = 4.0
"""Nothing is wrong with the database: a host that is there answers at once."""


def kill(relay: Town) -> None:
    relay.kill("api1")


def cut(relay: Town) -> None:
    relay.hosts.cut("api1")


@pytest.mark.parametrize(("what", "lose"), [("killed", kill), ("vanished", cut)], ids=["killed", "cut off"])
def test_the_website_goes_to_the_other(relay: Town, report: Report, what: str, lose: Callable[[Town], None]) -> None:
    since = now()
    with website(relay, f"api {what}", patience_s=IMPATIENT_S) as shop:
        shop.until_taken(SOME)
        fault_at = time.monotonic()
        lose(relay)
        shop.until_refused("api1")
        shop.until_taken(SOME, by="api2")
        promises = shop.close()
        report(f"one API host {what}", figures(shop, fault_at))
    with relay.api("api2") as api:
        assert broken_promises(relay, api, f"api {what}", promises, since) == []
    assert impolite(shop.answers, out_of_reach=("api1",)) == []
