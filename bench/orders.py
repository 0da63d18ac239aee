"""The load: an order of about 1 KB as a checkout sends it, for one of twenty restaurants, as bytes ready to write."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

from app.simulators.iiko import ids

LOCATIONS = tuple(f"bench-{number:02}" for number in range(1, 21))
_PLACE = "REFERENCE-OF-20-CHAR"
"""Every reference is as long as this, so that only these bytes differ between two requests."""

LOCATION = """
[locations.{slug}]
name = "{slug}"
timezone = "Europe/Kyiv"
currency = "UAH"
[locations.{slug}.pos]
system = "iiko"
base_url = "{pos}"
user_id = "demo"
user_secret = "demo-secret"
organization_id = "{organization}"
delivery_terminal = "{terminal}"
order_types = {{ delivery = "{delivery}" }}
payment_types = {{ CARD = "CARD" }}
"""


def locations(pos: str) -> str:
    """The restaurants, as `order-relay locations apply` reads them; all of them at one simulated POS."""
    return "".join(
        LOCATION.format(
            slug=slug,
            pos=pos,
            organization=ids.ORGANIZATION,
            terminal=ids.TERMINAL_CENTRE,
            delivery=ids.ORDER_TYPE_DELIVERY,
        )
        for slug in LOCATIONS
    )


def order(location: str) -> dict[str, Any]:
    """A delivery of six dishes, paid online."""
    return {
        "location": location,
        "reference": _PLACE,
        "service_type": "delivery",
        "currency": "UAH",
        "customer": {
            "first_name": "Olena",
            "last_name": "Shevchenko",
            "phone": "+380979981891",
            "email": "olena@example.com",
        },
        "delivery_address": {"city": "Zhytomyr", "street": "Vitruka", "house": "9v", "floor": "2", "apartment": "14"},
        "guests": 2,
        "items": [
            {"product_id": ids.QUATTRO_FORMAGGI, "name": "Quattro formaggi", "quantity": 1, "unit_price": "502.00"},
            {
                "product_id": ids.BURGER,
                "name": "Burger",
                "quantity": 2,
                "unit_price": "111.00",
                "modifiers": [{"id": ids.BBQ_SAUCE, "name": "BBQ sauce", "unit_price": "0.00"}],
            },
            {"product_id": ids.BORSCHT, "name": "Borscht", "quantity": 1, "unit_price": "98.00"},
            {"product_id": ids.COLA, "name": "Cola 0.5 l", "quantity": 2, "unit_price": "38.00"},
        ],
        "payments": [{"method": "CARD", "amount": "898.00", "paid": True}],
        "total": "898.00",
        "note": "The bell does not work, please call.",
    }


def ikentoo_order(location: str) -> dict[str, Any]:
    """The same meal, to be picked up: an iKentoo restaurant knows its dishes by SKU."""
    theirs = order(location)
    del theirs["delivery_address"]
    items = [{"sku": "11", "name": "Burger", "quantity": 1, "unit_price": "16.50"} for _ in range(4)]
    payments = [{"method": "CARD", "amount": "66.00", "paid": True}]
    return theirs | {
        "service_type": "pickup", "currency": "CHF", "items": items, "payments": payments, "total": "66.00"
    }  # fmt: skip


def body_size() -> int:
    """Bytes of one order."""
    return len(_body(order(LOCATIONS[0])))


def requests(run: str, *, key: str) -> Iterator[bytes]:
    """Endless, each with a reference of its own: `run`, and a number; the restaurants take turns. Only three pieces
    are put together for each, so that the client costs little beside the server."""
    pieces = [request_pieces(location, key) for location in LOCATIONS]
    width = len(_PLACE) - len(run) - 1
    for number, (before, after) in enumerate(itertools.cycle(pieces)):
        yield b"%b%b%b" % (before, f"{run}-{number:0{width}}".encode(), after)


def request_pieces(location: str, key: str) -> tuple[bytes, bytes]:
    """A request before and behind its reference."""
    return _pieces(order(location), key)


def ikentoo_pieces(location: str, key: str) -> tuple[bytes, bytes]:
    """The same for an iKentoo restaurant."""
    return _pieces(ikentoo_order(location), key)


def _pieces(content: dict[str, Any], key: str) -> tuple[bytes, bytes]:
    body = _body(content)
    head = (
        f"POST /v1/orders HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    before, _, after = (head.encode() + body).partition(_PLACE.encode())
    return before, after


def _body(content: dict[str, Any]) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()
