"""Several restaurants on both simulated POSs: their locations, orders for them, and what their books say."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from tests.e2e import restaurant
from tests.e2e.ledger import Entry

IKENTOO = {"geneva-1": 123, "lausanne-1": 25769805870, "vevey-1": 25769803788}
"""Business locations of the simulated iKentoo, by our slug."""
IIKO_PLACE = "iiko"
PATIENCE_S = 60.0


def place_of(slug: str) -> str:
    """As `Entry.place` has it."""
    return f"ikentoo {IKENTOO[slug]}" if slug in IKENTOO else IIKO_PLACE


def ikentoo_location(simulator_url: str, slug: str, *, token: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "name": slug,
        "timezone": "Europe/Zurich",
        "currency": "CHF",
        **more,
        "pos": {
            "system": "ikentoo",
            "base_url": f"{simulator_url}/o",
            "auth": {"access_token": token} if token else None,
            "business_location_id": IKENTOO[slug],
            "endpoint_id": slug.upper(),
            "callback_username": "order-relay",
            "callback_password": "a-callback-password",
            "account_profiles": {"pickup": "PICKUP"},
        },
    }


def open_ikentoo(api: httpx.Client, simulator_url: str, slug: str, **more: Any) -> None:
    """Makes the location and has the POS call us."""
    put(api, slug, ikentoo_location(simulator_url, slug, **more))
    register(api, slug)


def open_iiko(api: httpx.Client, simulator_url: str, slug: str, **more: Any) -> None:
    put(api, slug, {**restaurant.location(simulator_url), **more})


def put(api: httpx.Client, slug: str, document: Mapping[str, Any]) -> None:
    answer = api.put(f"/v1/locations/{slug}", json=document)
    assert answer.status_code in (200, 201), answer.text


def register(api: httpx.Client, slug: str) -> None:
    answer = api.post(f"/v1/locations/{slug}/callback-registration")
    assert answer.status_code == 200, answer.text


def order(slug: str, number: str, *, note: str | None = None) -> dict[str, Any]:
    """Something that this restaurant has."""
    more = {"note": note} if note else {}
    if slug not in IKENTOO:
        return restaurant.order(number, location=slug, **more)
    return {
        "location": slug,
        "reference": number,
        "service_type": "pickup",
        "customer": {"first_name": "Luc"},
        "items": [{"sku": "11", "quantity": 1, "unit_price": "16.50"}],
        "total": "16.50",
        **more,
    }


def submit(api: httpx.Client, slug: str, number: str, *, note: str | None = None) -> str:
    """Submits an order that is new; its id."""
    answer = api.post("/v1/orders", json=order(slug, number, note=note))
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def until_location(api: httpx.Client, slug: str, is_so: Callable[[Mapping[str, Any]], bool]) -> Mapping[str, Any]:
    """The location's view, once it is so."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        view: Mapping[str, Any] = api.get(f"/v1/locations/{slug}").raise_for_status().json()
        if is_so(view):
            return view
        assert time.monotonic() < deadline, view
        time.sleep(restaurant.LOOK_EVERY_S)


def plant(simulator_url: str, **fault: Any) -> None:
    """A fault, until the simulator ends."""
    httpx.post(f"{simulator_url}/_sim/faults", json=fault, trust_env=False).raise_for_status()


def book(simulator_url: str, *, at_least: int = 0) -> list[Entry]:
    """What a simulator was asked to make, once there are so many orders of it."""
    rows = restaurant.ledger(simulator_url, at_least=at_least)
    return [entry(row) for row in rows]


def entry(row: Mapping[str, Any]) -> Entry:
    """What a row of either simulator's book says."""
    return _ikentoo_entry(row) if "creates" in row else _iiko_entry(row)


def _iiko_entry(row: Mapping[str, Any]) -> Entry:
    return Entry(
        place=IIKO_PLACE,
        number=str(row["externalId"]),
        reference=row["id"],
        times=row["created"],
        asked=row["requests"],
    )


def _ikentoo_entry(row: Mapping[str, Any]) -> Entry:
    return Entry(
        place=f"ikentoo {row['location']}",
        # The website's own number stands first in every note.
        number=str(row["body"].get("orderNote", "")).partition("\n")[0],
        reference=row["reference"],
        # What the till refused is not made; a reference that was used before is a 409, and makes nothing.
        times=int(row["state"] != "failed"),
        asked=row["creates"],
    )
