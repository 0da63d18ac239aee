"""An API host goes away: the website goes to the other one."""

import time

import pytest

from tests.hosts.conftest import Report
from tests.hosts.town import Town
from tests.hosts.verdict import broken_promises, figures, impolite, now
from tests.hosts.website import website

SOME = 8


@pytest.mark.parametrize("what", ["dead", "away"], ids=["killed", "cut off"])
def test_the_website_goes_to_the_other(relay: Town, report: Report, what: str) -> None:
    since = now()
    with website(relay, what) as shop:
        shop.until_taken(SOME)
        fault_at = time.monotonic()
        if what == "dead":
            relay.kill("api1")
        else:
            relay.hosts.cut("api1")
        shop.until_refused("api1")
        shop.until_taken(SOME, by="api2")
        relay.hosts.restore()
        relay.begin("api1")
        shop.until_taken(SOME, by="api1")
        promises = shop.close()
        report(f"API host {what}", figures(shop, fault_at))
    with relay.api("api2") as api:
        assert broken_promises(relay, api, what, promises, since) == []
    assert impolite(shop.answers, out_of_reach=("api1",)) == []
