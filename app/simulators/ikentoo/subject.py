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
    (re.compile(r"/wh/1/webhook(/[^/]*)?$"), "webhook"),
    (re.compile(r"/op/1/order/table/([^/]*/)?getCheck$"), "getCheck"),
)


def subject_of(method: str, path: str, query: str, body: bytes) -> Subject:
    """Read endpoint, reference, location, SKUs and note."""
    endpoint = next((name for pattern, name in _ENDPOINTS if pattern.search(path)), "")
    try:
        data = json.loads(body) if body else {}
    except (ValueError, RecursionError):
        data = {}
    data = data if isinstance(data, dict) else {}
    reference = data.get("thirdPartyReference")
    location = data.get("businessLocationId") or parse_qs(query).get("businessLocationId", [None])[0]
    return Subject(
        endpoint=endpoint,
        reference=reference if isinstance(reference, str) else None,
        location=str(location) if isinstance(location, int | str) else None,
        skus=frozenset(_skus(data.get("items"))),
        note=note if isinstance(note := data.get("orderNote"), str) else "",
        creates=method == "POST" and endpoint in ("local", "toGo"),
    )


def _skus(items: Any) -> Iterator[str]:
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            if isinstance(item.get("sku"), str):
                yield item["sku"]
            for sub in subs if isinstance(subs := item.get("subItems"), list) else ():
                if isinstance(sub, dict) and isinstance(sub.get("sku"), str):
                    yield sub["sku"]
