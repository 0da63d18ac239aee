"""kill -9 while orders are under way: each is at its POS exactly once, whatever is killed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from typing import Any

import httpx
import pytest

from tests.e2e import city
from tests.e2e.crowd import AT_ONCE, queue, settled, stories, summaries, told
from tests.e2e.ledger import findings, oddities
from tests.e2e.power import cut, machine, steady_port
from tests.e2e.processes import Processes
from tests.e2e.restaurant import SCOPES, client

ORDERS = 300
AT_EACH_POS_WHEN_KILLED = 40
STARTS_AGAIN_S = 30.0
"""The contract's own number: a second start after kill -9 works within 30 s."""
SETTLED_S = 100.0
"""A safety net. A silent attempt's lease (15 s), then "absent" counts after 16 s, twice, 10 s apart."""
IIKO = ("zhytomyr-1", "zhytomyr-2")
TROUBLE = {3: "drop_after", 8: "drop_before", 13: "status status=503", 18: "reset_after", 23: "garbage"}
"""Of 25 orders in a row, these have their first send spoiled."""


@pytest.fixture
def whole() -> Iterator[Processes]:
    """A machine for the whole product, with times as short as the settings allow."""
    with machine(
        ORDER_RELAY_POS_READ_TIMEOUT_S="11",
        ORDER_RELAY_SEND_BUDGET_S="12",
        ORDER_RELAY_LEASE_S="15",
        ORDER_RELAY_POLL_INTERVAL_S="2",
    ) as found:
        yield found


def evening() -> list[dict[str, Any]]:
    """Half of them for Iiko, half for iKentoo, in turns."""
    kitchens = islice(zip(cycle(IIKO), cycle(city.IKENTOO), strict=False), ORDERS // 2)
    slugs = [slug for pair in kitchens for slug in pair]
    return [
        city.order(slug, f"W-{number}", note=f"[sim:{TROUBLE[number % 25]}]" if number % 25 in TROUBLE else None)
        for number, slug in enumerate(slugs)
    ]


def furnish(api: httpx.Client, iiko_url: str, ikentoo_url: str) -> None:
    for slug in IIKO:
        city.open_iiko(api, iiko_url, slug)
    for slug in city.IKENTOO:
        city.open_ikentoo(api, ikentoo_url, slug)
    city.plant(iiko_url, kind="delay", seconds=0.25, match={"endpoint": "orders/add"})
    city.plant(ikentoo_url, kind="delay", seconds=0.25, match={"endpoint": "toGo"})


def test_the_whole_product_in_the_middle_of_300_orders(whole: Processes) -> None:
    iiko, ikentoo = whole.simulate("iiko"), whole.simulate("ikentoo", "--speed", "20")
    port = ("--port", str(steady_port()))
    first, orders = whole.serve(*port), evening()
    key = whole.key("website", *SCOPES)
    with client(first.url, key) as api, ThreadPoolExecutor(AT_ONCE) as people:
        furnish(api, iiko.url, ikentoo.url)
        before = queue(people, api, orders[:200])
        for simulator in (iiko, ikentoo):
            city.book(simulator.url, at_least=AT_EACH_POS_WHEN_KILLED - 10)
        meanwhile = queue(people, api, orders[200:250])
        for simulator in (iiko, ikentoo):
            city.book(simulator.url, at_least=AT_EACH_POS_WHEN_KILLED)
        cut(whole, first)
        afterwards = queue(people, api, orders[250:])
        second = whole.start("serve", *port)
        second.wait_for("serves on", STARTS_AGAIN_S)

        promises = told([*before, *meanwhile, *afterwards])
        assert len({promise.id for promise in promises}) == ORDERS
        assert told(queue(people, api, orders)) == promises  # asked again, each is the same order
        settled(api, seconds=SETTLED_S)
        views = stories(api, summaries(api))
    books = [*city.book(iiko.url), *city.book(ikentoo.url)]
    assert findings(promises, {view["id"]: view for view in views}, books) == []
    assert [words for view in views for words in oddities(view)] == []
    assert {view["dispatch"]["state"] for view in views} == {"done"}  # both POSs can be found out, so no doubt stays
    assert any(line["event"] == "lease_over" for view in views for line in view["history"])  # it was in the middle
    assert second.terminate() == 0, second.said
