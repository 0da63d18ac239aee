"""A worker host that is cut off, or frozen, in the middle of a call: the other takes over when the lease is over, the
POS has the order once, and the late result is kept as a fact."""

import signal
import time
from collections.abc import Callable

import httpx
import pytest

from tests.e2e import city
from tests.e2e.crowd import settled
from tests.e2e.ledger import Promise
from tests.e2e.restaurant import until
from tests.hosts.conftest import Report
from tests.hosts.town import DATABASES, IIKO, IKENTOO, Town
from tests.hosts.verdict import SETTLED_S, books, broken_promises, now

SLOW_S = 4
"""The POS creates at once and answers then: within the budget of a send, which is 5 s."""

Fault = Callable[[Town], None]


def lose_the_database(relay: Town) -> None:
    """Its way to the POS stays: it hears the answer, and has nobody to tell."""
    for database in DATABASES:
        relay.hosts.block("work1", database)


def find_it_again(relay: Town) -> None:
    relay.hosts.restore()


def freeze(relay: Town) -> None:
    relay.running["work1"].popen.send_signal(signal.SIGSTOP)


def thaw(relay: Town) -> None:
    relay.running["work1"].popen.send_signal(signal.SIGCONT)


@pytest.mark.parametrize(
    ("what", "begin", "end"),
    [("worker-cut", lose_the_database, find_it_again), ("worker-frozen", freeze, thaw)],
    ids=["cut off from the database", "frozen"],
)
def test_in_the_middle_of_a_call(relay: Town, report: Report, what: str, begin: Fault, end: Fault) -> None:
    since = now()
    relay.kill("work2")  # or nobody could tell who has the call
    with relay.api("api1") as api:
        promises = [
            submit(api, IIKO, f"{what}-0", note=f"[sim:delay seconds={SLOW_S}]"),
            submit(api, IKENTOO, f"{what}-1", note=f"[sim:silence] [sim:delay seconds={SLOW_S}]"),
        ]
        in_the_call(relay, what)
        begin(relay)
        fault_at = time.monotonic()
        relay.begin("work2")
        settled(api, seconds=SETTLED_S, received_from=since)
        taken_over_after_s = time.monotonic() - fault_at
        at_the_pos = books(relay, what)
        end(relay)
        views = [until(api, promise.id, lambda view: bool(view["attempts"][0]["outcome"])) for promise in promises]
        report(f"{what} in the middle of a call", {"taken_over_after_s": round(taken_over_after_s, 1)})

        assert [(entry.times, entry.asked) for entry in at_the_pos] == [(1, 1), (1, 2)]  # Iiko can be asked
        assert books(relay, what) == at_the_pos  # who came back sent nothing more
        assert [[attempt["outcome"] for attempt in view["attempts"][1:]] for view in views] == [
            ["found"],
            ["duplicate"],
        ]
        assert all(any(line["event"] == "lease_over" for line in view["history"]) for view in views)
        assert broken_promises(relay, api, what, promises, since) == []


def submit(api: httpx.Client, slug: str, reference: str, *, note: str) -> Promise:
    return Promise(id=city.submit(api, slug, reference, note=note), number=reference, place=city.place_of(slug))


def in_the_call(relay: Town, prefix: str) -> None:
    """Until both POSs have an order whose call is not answered yet."""
    deadline = time.monotonic() + SLOW_S
    while len(books(relay, prefix)) < 2:
        assert time.monotonic() < deadline, books(relay, prefix)
        time.sleep(0.05)
