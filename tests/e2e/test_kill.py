"""kill -9 while orders are under way: each is at its POS exactly once, whatever is killed."""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from typing import Any

import httpx
import pytest

from tests.e2e import city
from tests.e2e.crowd import AT_ONCE, queue, settled, stories, summaries, told
from tests.e2e.ledger import Promise, findings, oddities
from tests.e2e.power import cut, machine, steady_port
from tests.e2e.processes import Processes
from tests.e2e.restaurant import SCOPES, at_the_pos, client, until

ORDERS = 300
AT_EACH_POS_WHEN_KILLED = 40
STARTS_AGAIN_S = 30.0
"""The contract's own number: a second start after kill -9 works within 30 s."""
SETTLED_S = 100.0
"""A safety net. A silent attempt's lease (15 s), then "absent" counts after 16 s, twice, 10 s apart."""
IIKO = ("zhytomyr-1", "zhytomyr-2")
SHORT = {"ORDER_RELAY_SEND_BUDGET_S": "6", "ORDER_RELAY_LEASE_S": "9"}
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


def test_a_worker_while_the_front_door_stays_open(order_relay: Processes) -> None:
    iiko, ikentoo = order_relay.simulate("iiko"), order_relay.simulate("ikentoo", "--speed", "20")
    door, killed = order_relay.serve("--no-worker"), order_relay.worker(**SHORT)
    with client(door.url, order_relay.key("website", *SCOPES)) as api, ThreadPoolExecutor(AT_ONCE) as people:
        city.open_iiko(api, iiko.url, "zhytomyr-1")
        city.open_ikentoo(api, ikentoo.url, "geneva-1")
        for simulator, endpoint in ((iiko, "orders/add"), (ikentoo, "toGo")):
            city.plant(simulator.url, kind="delay", seconds=1, match={"endpoint": endpoint})
        orders = [city.order(slug, f"W-{n}-{slug}") for n in range(20) for slug in ("zhytomyr-1", "geneva-1")]
        before = queue(people, api, orders[:30])
        for simulator in (iiko, ikentoo):
            city.book(simulator.url, at_least=6)
        killed.kill9()
        afterwards = told(queue(people, api, orders[30:]))  # taken, though nobody sends
        second = order_relay.worker(**SHORT)
        settled(api, seconds=SETTLED_S)
        views = stories(api, summaries(api))
    books = [*city.book(iiko.url), *city.book(ikentoo.url)]
    assert findings([*told(before), *afterwards], {view["id"]: view for view in views}, books) == []
    assert [words for view in views for words in oddities(view)] == []
    assert {view["dispatch"]["state"] for view in views} == {"done"}
    assert any(line["event"] == "lease_over" for view in views for line in view["history"])
    assert second.terminate() == 0, second.said


def test_a_worker_that_sleeps_past_its_lease_and_wakes(order_relay: Processes) -> None:
    """As a suspended machine does. What it still has to tell is kept as a fact, and changes nothing."""
    iiko, ikentoo = order_relay.simulate("iiko"), order_relay.simulate("ikentoo")
    door, sleeper = order_relay.serve("--no-worker"), order_relay.worker(**SHORT)
    with client(door.url, order_relay.key("website", *SCOPES)) as api:
        city.open_iiko(api, iiko.url, "zhytomyr-1")
        city.open_ikentoo(api, ikentoo.url, "geneva-1")
        ids = [
            city.submit(api, "zhytomyr-1", "W-1", note="[sim:delay seconds=4]"),
            city.submit(api, "geneva-1", "W-2", note="[sim:silence] [sim:delay seconds=4]"),
        ]
        for simulator in (iiko, ikentoo):
            city.book(simulator.url, at_least=1)
        sleeper.popen.send_signal(signal.SIGSTOP)
        second = order_relay.worker(**SHORT)
        settled(api, seconds=SETTLED_S)
        books = [*city.book(iiko.url), *city.book(ikentoo.url)]
        sleeper.popen.send_signal(signal.SIGCONT)
        views = [until(api, order_id, lambda view: bool(view["attempts"][0]["outcome"])) for order_id in ids]
        assert sleeper.terminate() == 0, sleeper.said
        assert [*city.book(iiko.url), *city.book(ikentoo.url)] == books
    assert [(entry.times, entry.asked) for entry in books] == [(1, 1), (1, 2)]  # Iiko can be asked, iKentoo not
    assert [[attempt["outcome"] for attempt in view["attempts"][1:]] for view in views] == [["found"], ["duplicate"]]
    assert [(view["status"], view["dispatch"]["state"]) for view in views] == [
        ("accepted", "done"),
        ("submitted", "done"),
    ]
    assert [words for view in views for words in oddities(view)] == []
    assert second.terminate() == 0, second.said


def test_a_pos_that_comes_back_with_no_memory(order_relay: Processes) -> None:
    """An outage heals by itself: nothing is failed, and what was under way is asked for before it is sent again."""
    port, both = ("--port", str(steady_port())), order_relay.serve(**SHORT, ORDER_RELAY_POS_READ_TIMEOUT_S="11")
    iiko = order_relay.simulate("iiko", *port)
    with client(both.url, order_relay.key("website", *SCOPES)) as api:
        city.open_iiko(api, iiko.url, "zhytomyr-1")
        until(api, city.submit(api, "zhytomyr-1", "W-0"), at_the_pos)
        city.plant(iiko.url, kind="hang", match={"endpoint": "orders/add"})
        ids = {city.submit(api, "zhytomyr-1", "W-1"): "W-1"}
        city.book(iiko.url, at_least=2)
        iiko.kill9()
        ids |= {city.submit(api, "zhytomyr-1", number): number for number in ("W-2", "W-3", "W-4", "W-5", "W-6")}
        down = city.until_location(api, "zhytomyr-1", lambda seen: bool(seen["attention"]))
        again = order_relay.simulate("iiko", *port)
        settled(api, seconds=SETTLED_S)
        views = {order_id: until(api, order_id, lambda _: True) for order_id in ids}
        up = api.get("/v1/locations/zhytomyr-1").json()
    promises = [Promise(id=order_id, number=number, place=city.IIKO_PLACE) for order_id, number in ids.items()]
    assert findings(promises, views, city.book(again.url)) == []
    assert [words for view in views.values() for words in oddities(view)] == []
    assert {view["status"] for view in views.values()} == {"accepted"}
    assert (down["attention"]["code"], up["attention"]) == ("pos_down", None)
