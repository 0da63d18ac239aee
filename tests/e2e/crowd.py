"""Many people at the checkout at once, who do not give up; and what they were told."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx

from tests.e2e.city import place_of
from tests.e2e.ledger import Promise

AT_ONCE = 16
PATIENCE_S = 90.0
"""A safety net only."""
AGAIN_AFTER_S = 0.2

Order = Mapping[str, Any]


def insist(api: httpx.Client, order: Order) -> Promise:
    """Repeats the same order until it is answered with 202 or 200, whatever happens to the product meanwhile."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            answer = api.post("/v1/orders", json=order)
        except httpx.TransportError as error:
            said = repr(error)
        else:
            said = f"{answer.status_code} {answer.text}"
            if answer.status_code in (200, 202):
                place = place_of(order["location"])
                return Promise(id=answer.json()["id"], number=order["reference"], place=place)
            assert answer.status_code == 503, said
        assert time.monotonic() < deadline, said
        time.sleep(AGAIN_AFTER_S)


def queue(people: ThreadPoolExecutor, api: httpx.Client, orders: Sequence[Order]) -> list[Future[Promise]]:
    """They begin; each future is a promise that was given."""
    return [people.submit(insist, api, order) for order in orders]


def told(given: Sequence[Future[Promise]]) -> list[Promise]:
    """All promises, once all have one."""
    return [one.result(PATIENCE_S) for one in given]


def summaries(api: httpx.Client, **wanted: str) -> list[Mapping[str, Any]]:
    """All orders that the relay lists, or those of one location."""
    found: list[Mapping[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        page = api.get("/v1/orders", params={"limit": 200, **wanted, **cursor}).raise_for_status().json()
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


def settled(
    api: httpx.Client, *, seconds: float = PATIENCE_S, state: str = "done", **wanted: str
) -> list[Mapping[str, Any]]:
    """All orders, once each has come to rest in this state; or as they stand after so long, for the checker."""
    deadline = time.monotonic() + seconds
    while True:
        views = summaries(api, **wanted)
        if all(view["dispatch"]["state"] == state for view in views) or time.monotonic() > deadline:
            return views
        time.sleep(0.1)


def stories(api: httpx.Client, views: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The same orders with everything that happened to them."""
    return [api.get(f"/v1/orders/{view['id']}").raise_for_status().json() for view in views]
