"""The simulated Iiko restaurant as a location, an order for it, and waiting for what the API says of it."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from app.simulators.iiko import ids

LOOK_EVERY_S = 0.05
SLUG = "zhytomyr-1"
SCOPES = ("admin", "ops", "orders:write", "orders:read")


def client(url: str, key: str) -> httpx.Client:
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=10, trust_env=False)


def location(base_url: str) -> dict[str, Any]:
    return {
        "name": "Zhytomyr",
        "timezone": "Europe/Kyiv",
        "currency": "UAH",
        "pos": {
            "system": "iiko",
            "base_url": base_url,
            "user_id": "demo",
            "user_secret": "demo-secret",
            "organization_id": ids.ORGANIZATION,
        },
    }


def order(reference: str, **more: Any) -> dict[str, Any]:
    return {
        "location": SLUG,
        "reference": reference,
        "service_type": "pickup",
        "customer": {"phone": "+380979981891"},
        "items": [{"product_id": ids.BORSCHT, "quantity": 1, "unit_price": "98.00"}],
        "total": "98.00",
        **more,
    }


def place(api: httpx.Client, base_url: str) -> None:
    """Makes the location."""
    assert api.put(f"/v1/locations/{SLUG}", json=location(base_url)).status_code == 201


def submit(api: httpx.Client, reference: str, **more: Any) -> str:
    """Submits an order; its id."""
    answer = api.post("/v1/orders", json=order(reference, **more))
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def until(
    api: httpx.Client, order_id: str, is_so: Callable[[Mapping[str, Any]], bool], *, seconds: float = 30
) -> Mapping[str, Any]:
    """The order's view, once it is so."""
    deadline = time.monotonic() + seconds
    while True:
        view: Mapping[str, Any] = api.get(f"/v1/orders/{order_id}").raise_for_status().json()
        if is_so(view):
            return view
        assert time.monotonic() < deadline, view
        time.sleep(LOOK_EVERY_S)


def at_the_pos(view: Mapping[str, Any]) -> bool:
    return bool(view["milestones"]["accepted_at"])


def ledger(simulator_url: str, *, at_least: int = 0) -> list[dict[str, Any]]:
    """The orders that the simulated restaurant was asked to make."""
    answer = httpx.get(
        f"{simulator_url}/_sim/orders", params={"at_least": at_least, "wait": 20}, timeout=30, trust_env=False
    )
    rows: list[dict[str, Any]] = answer.raise_for_status().json()
    assert len(rows) >= at_least
    return rows
