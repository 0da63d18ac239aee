"""A location that hangs, is away or is locked out holds up nobody else, and loses nothing."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import httpx

from tests.e2e import city
from tests.e2e.crowd import settled, stories, summaries
from tests.e2e.ledger import Promise, findings
from tests.e2e.power import steady_port
from tests.e2e.processes import Processes
from tests.e2e.restaurant import SCOPES, client, location

BACKLOG = 50
MOST_IN_FLIGHT = 4
LONGER_THAN_THIS_TEST = {
    "ORDER_RELAY_POS_READ_TIMEOUT_S": "300",
    "ORDER_RELAY_SEND_BUDGET_S": "310",
    "ORDER_RELAY_LEASE_S": "320",
}
"""So no attempt at the hanging POS ends before the test does."""


def submit_many(api: httpx.Client, slug: str, how_many: int) -> list[Promise]:
    numbers = [f"{slug}-{n}" for n in range(how_many)]
    place = city.place_of(slug)
    return [Promise(id=city.submit(api, slug, number), number=number, place=place) for number in numbers]


def states(views: Sequence[Any]) -> Counter[tuple[str, str]]:
    return Counter((view["status"], view["dispatch"]["state"]) for view in views)


def test_a_hanging_location_holds_up_nobody(order_relay: Processes) -> None:
    """Neither another POS nor another restaurant behind the same one."""
    well, ill = order_relay.simulate("ikentoo"), order_relay.simulate("ikentoo")
    both = order_relay.serve(**LONGER_THAN_THIS_TEST)
    with client(both.url, order_relay.key("website", *SCOPES)) as api:
        for slug, simulator in (("geneva-1", ill), ("lausanne-1", ill), ("vevey-1", well)):
            city.open_ikentoo(api, simulator.url, slug, max_in_flight=MOST_IN_FLIGHT)
        hung = {"endpoint": "toGo", "location": str(city.IKENTOO["geneva-1"])}
        for kind in ("hang", "silence"):  # no callback either, which would tell that the order has arrived
            city.plant(ill.url, kind=kind, match=hung)
        submit_many(api, "geneva-1", BACKLOG)
        city.book(ill.url, at_least=MOST_IN_FLIGHT)
        healthy = [*submit_many(api, "vevey-1", BACKLOG), *submit_many(api, "lausanne-1", BACKLOG)]
        views = [*settled(api, location="vevey-1"), *settled(api, location="lausanne-1")]
        hanging = stories(api, summaries(api, location="geneva-1"))
    here = [entry for entry in city.book(ill.url) if entry.place != city.place_of("geneva-1")]
    assert findings(healthy, {view["id"]: view for view in views}, [*city.book(well.url), *here]) == []
    assert {view["dispatch"]["attempts"] for view in views} == {1}
    # All that while, the first four have not ended, and no fifth was begun.
    assert states(hanging) == {
        ("received", "sending"): MOST_IN_FLIGHT,
        ("received", "waiting"): BACKLOG - MOST_IN_FLIGHT,
    }
    attempts = [attempt["outcome"] for view in hanging for attempt in view["attempts"]]
    assert attempts == [None] * MOST_IN_FLIGHT


def test_a_location_where_nobody_listens(order_relay: Processes) -> None:
    ikentoo, both = order_relay.simulate("ikentoo"), order_relay.serve()
    port = steady_port()
    with client(both.url, order_relay.key("website", *SCOPES)) as api:
        city.put(api, "geneva-1", city.ikentoo_location(f"http://127.0.0.1:{port}", "geneva-1"))
        city.open_ikentoo(api, ikentoo.url, "vevey-1")
        submit_many(api, "geneva-1", BACKLOG)
        down = city.until_location(api, "geneva-1", lambda seen: bool(seen["attention"]))
        healthy = submit_many(api, "vevey-1", BACKLOG)
        views = settled(api, location="vevey-1")
        waiting = summaries(api, location="geneva-1")
    assert findings(healthy, {view["id"]: view for view in views}, city.book(ikentoo.url)) == []
    assert {view["dispatch"]["attempts"] for view in views} == {1}
    assert down["attention"]["code"] == "pos_down"
    assert {view["status"] for view in waiting} == {"received"}
    assert {view["dispatch"]["state"] for view in waiting} <= {"waiting", "sending"}  # proven not sent: no doubt
    # After five failures in a row the lane waits: the orders do not burn their attempts meanwhile.
    assert sum(view["dispatch"]["attempts"] for view in waiting) < 5 + 2 * MOST_IN_FLIGHT


def test_a_location_with_wrong_credentials_waits_for_the_right_ones(order_relay: Processes) -> None:
    iiko, ikentoo = order_relay.simulate("iiko"), order_relay.simulate("ikentoo", "--token", "right")
    both = order_relay.serve()
    iiko_pos = location(iiko.url)
    with client(both.url, order_relay.key("website", *SCOPES)) as api:
        city.open_ikentoo(api, ikentoo.url, "geneva-1", token="right")
        city.open_ikentoo(api, ikentoo.url, "vevey-1", token="right")
        city.put(api, "geneva-1", city.ikentoo_location(ikentoo.url, "geneva-1", token="wrong"))
        city.put(api, "zhytomyr-1", {**iiko_pos, "pos": {**iiko_pos["pos"], "user_secret": "wrong"}})
        blocked = [*submit_many(api, "geneva-1", 10), *submit_many(api, "zhytomyr-1", 10)]
        seen = [
            city.until_location(api, slug, lambda seen: bool(seen["attention"])) for slug in ("geneva-1", "zhytomyr-1")
        ]
        healthy = submit_many(api, "vevey-1", 10)
        settled(api, location="vevey-1")
        waiting = [
            *settled(api, location="geneva-1", state="waiting"),
            *settled(api, location="zhytomyr-1", state="waiting"),
        ]

        city.put(api, "geneva-1", city.ikentoo_location(ikentoo.url, "geneva-1", token="right"))
        city.put(api, "zhytomyr-1", iiko_pos)
        settled(api)
        views = {view["id"]: view for view in summaries(api)}
        after = [api.get(f"/v1/locations/{slug}").json() for slug in ("geneva-1", "zhytomyr-1")]
    assert [(one["blocked"], one["attention"]["code"]) for one in seen] == [("access_denied", "access_denied")] * 2
    assert states(waiting) == {("received", "waiting"): 20}
    assert not any(view["needs_attention"] or view["failure"] for view in waiting)  # the location's fault, not theirs
    assert sum(view["dispatch"]["attempts"] for view in waiting) <= 2 * MOST_IN_FLIGHT
    assert findings([*blocked, *healthy], views, [*city.book(iiko.url), *city.book(ikentoo.url)]) == []
    assert [(one["blocked"], one["attention"]) for one in after] == [(None, None)] * 2
