"""The primary goes, the standby is promoted: no order that was acknowledged is lost, and none is doubled."""

import time

from tests.hosts.conftest import Report
from tests.hosts.town import APIS, WORKERS, Town
from tests.hosts.verdict import broken_promises, figures, impolite, now
from tests.hosts.website import website

SOME = 8
DETECTED_AFTER_S = 0.5
"""The patience of whoever would decide that the primary is gone. Nobody does here: the test promotes."""
LISTENERS = """
SELECT string_agg(DISTINCT host(client_addr), '|' ORDER BY host(client_addr))
FROM pg_stat_activity WHERE application_name = 'order-relay listen'
"""


def test_the_primary_is_killed(relay: Town, report: Report) -> None:
    since = now()
    with website(relay, "killed") as shop:
        shop.until_taken(SOME)
        fault_at = time.monotonic()
        relay.database.kill(relay.database.primary)
        time.sleep(DETECTED_AFTER_S)
        relay.database.promote()
        shop.until_taken(SOME)
        promises = shop.close()
        report("primary killed, standby promoted", figures(shop, fault_at))
    with relay.api("api1") as api:
        assert broken_promises(relay, api, "killed", promises, since) == []
    assert impolite(shop.answers) == []


def test_the_primary_is_cut_off_with_an_api_host_and_a_worker_host_on_its_side(relay: Town, report: Report) -> None:
    """The website still reaches both sides. What the wrong side says yes to would be lost."""
    since, cut_off = now(), relay.database.primary
    with website(relay, "split") as shop:
        shop.until_taken(SOME)
        for here in (cut_off, "api1", "work1"):
            for there in (relay.database.standby, "api2", "work2"):
                relay.hosts.block(here, there)
        fault_at = time.monotonic()
        shop.until_refused()
        relay.database.promote()
        shop.until_taken(SOME)
        shop.until_refused("api1")
        said_after = [answer for answer in shop.answers if answer.host == "api1" and answer.began > fault_at]
        relay.database.kill(cut_off)  # as an elector's own guard would, before it is in reach again
        relay.hosts.restore()
        shop.until_taken(SOME, by="api1")
        promises = shop.close()
        report("primary cut off with one API host, standby promoted", figures(shop, fault_at))
    assert [answer for answer in said_after if answer.taken] == []
    with relay.api("api1") as api:
        assert broken_promises(relay, api, "split", promises, since) == []
    assert impolite(shop.answers) == []


def test_the_link_of_the_primary_is_cut(relay: Town, report: Report) -> None:
    """It vanishes for everybody, without a word."""
    since = now()
    with website(relay, "link") as shop:
        shop.until_taken(SOME)
        fault_at = time.monotonic()
        relay.hosts.cut(relay.database.primary)
        time.sleep(DETECTED_AFTER_S)
        relay.database.promote()
        shop.until_taken(SOME)
        promises = shop.close()
        report("primary's link cut, standby promoted", figures(shop, fault_at))
    # A connection that only listens is told nothing. It must find out for itself, or wake-ups never come again.
    everybody = [relay.hosts.address(host) for host in (*APIS, *WORKERS)]
    relay.database.until(LISTENERS, "|".join(everybody))
    with relay.api("api1") as api:
        assert broken_promises(relay, api, "link", promises, since) == []
    assert impolite(shop.answers) == []


def test_the_primary_is_frozen(relay: Town, report: Report) -> None:
    """Its kernel answers keepalives for it: only the time-out of a statement finds out."""
    since, frozen = now(), relay.database.primary
    with website(relay, "frozen") as shop:
        shop.until_taken(SOME)
        fault_at = time.monotonic()
        relay.hosts.freeze(frozen)
        time.sleep(DETECTED_AFTER_S)
        relay.database.promote()
        shop.until_taken(SOME)
        promises = shop.close()
        report("primary frozen, standby promoted", figures(shop, fault_at))
    relay.database.kill(frozen)
    with relay.api("api1") as api:
        assert broken_promises(relay, api, "frozen", promises, since) == []
    assert impolite(shop.answers) == []


def test_without_a_synchronous_standby_orders_are_lost(relay: Town, report: Report) -> None:
    """The control: a checker that finds nothing here would prove nothing above."""
    since = now()
    relay.database.be_asynchronous()
    with website(relay, "control") as shop:
        shop.until_taken(SOME)
        fault_at = time.monotonic()
        relay.hosts.block(relay.database.primary, relay.database.standby)
        shop.until_taken(SOME)  # acknowledged, and on one host only
        relay.database.kill(relay.database.primary)
        # Before it is in reach again: the dead server's kernel would still deliver what it had been given.
        relay.database.promote()
        relay.hosts.restore()
        shop.until_taken(SOME)
        promises = shop.close()
        measured = figures(shop, fault_at)
    with relay.api("api1") as api:
        found = broken_promises(relay, api, "control", promises, since)
    lost = [words for words in found if "lost: the relay forgot it" in words]
    report(
        "control: asynchronous standby silent, then primary killed", {**measured, "acknowledged_and_lost": len(lost)}
    )
    assert lost
