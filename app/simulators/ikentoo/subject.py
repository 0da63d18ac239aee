"""What a request is about, for the faults and the journal; never fails, whatever the request is."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

from app.simulators.control import Subject

_ENDPOINTS = (
    (re.compile(r"/op/1/order/local$"), "local"),
    (re.compile(r"/op/1/order/toGo$"), "toGo"),
    (re.compile(r"/op/1/pay$"), "pay"),
    (re.compile(r"/op/1/printMsg$"), "printMsg"),
    (re.compile(r"/wh/1/webhook(/[^/]*)?$"), "webhook"),
    (re.compile(r"/op/1/order/table/([^/]*/)?getCheck$"), "getCheck"),
    (re.compile(r"/op/data/businesses$"), "businesses"),
    (re.compile(r"/op/data/(?P<location>[^/]*)/floorplans$"), "floorplans"),
    (re.compile(r"/op/1/menu/list$"), "menu/list"),
    (re.compile(r"/op/1/menu/load/[^/]*$"), "menu/load"),
    (re.compile(r"/op/1/menu/modifiers$"), "menu/modifiers"),
    (re.compile(r"/op/1/menu/discounts$"), "menu/discounts"),
    (re.compile(r"^/(oauth|realms/.*)/token$"), "token"),
)
_CREATE = frozenset({"local", "toGo", "pay"})


def subject_of(method: str, path: str, query: str, body: bytes) -> Subject:
    """Read endpoint, reference, location, SKUs and note. An order's note may carry marks, as may a message."""
    endpoint, location_in_path = _endpoint(path)
    try:
        data = json.loads(body) if body else {}
    except (ValueError, RecursionError):
        data = {}
    data = data if isinstance(data, dict) else {}
    reference = data.get("thirdPartyPaymentReference" if endpoint == "pay" else "thirdPartyReference")
    in_query = parse_qs(query).get("businessLocationId", [None])[0]
    location = data.get("businessLocationId") or location_in_path or in_query
    note = data.get("message" if endpoint == "printMsg" else "orderNote")
    return Subject(
        endpoint=endpoint,
        reference=reference if isinstance(reference, str) else None,
        location=str(location) if isinstance(location, int | str) else None,
        skus=frozenset(_skus(data.get("items"))),
        note=note if isinstance(note, str) else "",
        creates=method == "POST" and endpoint in _CREATE,
    )


def _endpoint(path: str) -> tuple[str, str | None]:
    for pattern, name in _ENDPOINTS:
        if (found := pattern.search(path)) is not None:
            return name, found.groupdict().get("location")
    return "", None


def _skus(items: Any) -> Iterator[str]:
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            if isinstance(item.get("sku"), str):
                yield item["sku"]
            for sub in subs if isinstance(subs := item.get("subItems"), list) else ():
                if isinstance(sub, dict) and isinstance(sub.get("sku"), str):
                    yield sub["sku"]
