"""What everybody says afterwards: the relay's lists and details over its API, the POSs' books."""

import random
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tests.e2e.city import entry
from tests.e2e.ledger import Entry

PAGE = 2000
READERS = 8
ALL_UP_TO = 5_000
"""So many stories are read whole; of more orders, those with an unusual one and a sample of the others."""
UNUSUAL, USUAL = 20_000, 3_000
WAIT_S = 120.0


def books(*simulator_urls: str) -> Iterator[Entry]:
    """Page by page: a simulator with 50,000 orders would answer for minutes."""
    for url in simulator_urls:
        for offset in range(0, 10**9, PAGE):
            page = {"offset": offset, "limit": PAGE}
            answer = httpx.get(f"{url}/_sim/orders", params=page, timeout=WAIT_S, trust_env=False).raise_for_status()
            rows = answer.json()
            yield from map(entry, rows)
            if len(rows) < PAGE:
                break


def views(api: httpx.Client) -> dict[str, Mapping[str, Any]]:
    """Each order of the relay's list, by id; only what the checker needs."""
    found: dict[str, Mapping[str, Any]] = {}
    cursor: dict[str, Any] = {}
    while True:
        page = api.get("/v1/orders", params={"limit": 200, **cursor}).raise_for_status().json()
        found |= {view["id"]: _shortened(view) for view in page["items"]}
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


def _shortened(view: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "status": view["status"],
        "dispatch": {"state": view["dispatch"]["state"], "attempts": view["dispatch"]["attempts"]},
        "pos": {"reference": view["pos"]["reference"]},
        "attention": view["attention"] and {"code": view["attention"]["code"]},
        "failure": view["failure"] and {"code": view["failure"]["code"], "message": view["failure"]["message"]},
    }


def stories(api: httpx.Client, order_ids: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """Everything about these orders, one after the other."""
    with ThreadPoolExecutor(READERS) as readers:
        for begin in range(0, len(order_ids), PAGE):
            yield from readers.map(lambda one: _story(api, one), order_ids[begin : begin + PAGE])


def _story(api: httpx.Client, order_id: str) -> Mapping[str, Any]:
    story: Mapping[str, Any] = api.get(f"/v1/orders/{order_id}").raise_for_status().json()
    return story


def worth_reading(known: Mapping[str, Mapping[str, Any]], seed: int) -> list[str]:
    """All orders, or of many those to which something has happened, and some of the others."""
    if len(known) <= ALL_UP_TO:
        return list(known)
    unusual = [order_id for order_id, view in known.items() if _is_unusual(view)]
    usual = list(known.keys() - set(unusual))
    dice = random.Random(seed)
    return [
        *dice.sample(unusual, min(UNUSUAL, len(unusual))),
        *dice.sample(sorted(usual), min(USUAL, len(usual))),
    ]


def _is_unusual(view: Mapping[str, Any]) -> bool:
    dispatch = view["dispatch"]
    return bool(dispatch["attempts"] != 1 or dispatch["state"] != "done" or view["attention"] or view["failure"])
