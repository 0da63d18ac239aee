"""POST /v1/orders: stored once for ever, and refused with pointers."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from httpx import Response
from sqlalchemy import text

from tests.api.conftest import IIKO, IKENTOO, Api

ORDER: dict[str, Any] = {
    "location": "geneva-1",
    "reference": "WEB-1",
    "service_type": "dine_in",
    "table": {"number": 10},
    "customer": {"first_name": "Ana", "last_name": "Blanc", "phone": "+41 79 123 45 67"},
    "items": [{"sku": "PIZZA", "name": "Pizza", "quantity": 2, "unit_price": "306.50"}],
    "payments": [{"method": "CARD", "amount": "613.00", "paid": True}],
    "total": "613.00",
}


@pytest_asyncio.fixture
async def website(api: Api) -> Api:
    """The API with two locations."""
    await api.put("geneva-1", IKENTOO)
    await api.put("kyiv-1", IIKO)
    return api


async def post(api: Api, order: dict[str, Any], path: str = "/v1/orders", **options: Any) -> Response:
    return await api.call("POST", path, "orders:write", json=order, **options)


async def stored(api: Api) -> int:
    async with api.services.engine.connect() as connection:
        return int((await connection.execute(text("SELECT count(*) FROM orders"))).scalar_one())


async def test_an_order_is_answered_at_once_and_can_be_read(website: Api) -> None:
    answer = await post(website, ORDER)
    assert answer.status_code == 202
    view = answer.json()
    assert answer.headers["Location"] == f"/v1/orders/{view['id']}"
    assert [view["status"], view["version"], view["final"]] == ["received", 1, False]
    assert view["dispatch"]["state"] == "waiting"
    assert view["order"] == ORDER
    assert [line["event"] for line in view["history"]] == ["received"]
    assert (await website.call("GET", answer.headers["Location"], "orders:read")).json() == view


async def test_the_same_content_is_the_same_order_however_it_is_written(website: Api) -> None:
    first = await post(website, ORDER)
    backwards = dict(reversed(ORDER.items()))
    spelled = ORDER | {"total": "613", "note": None, "items": [ORDER["items"][0] | {"quantity": "2.0"}]}
    for again in (ORDER, backwards, spelled):
        answer = await post(website, again)
        assert answer.status_code == 200
        assert answer.headers["Idempotent-Replayed"] == "true"
        assert answer.headers["Location"] == first.headers["Location"]
        assert answer.json()["order"] == ORDER
    assert await stored(website) == 1


async def test_other_content_under_the_same_reference_is_a_conflict(website: Api) -> None:
    first = (await post(website, ORDER)).json()
    answer = await post(website, ORDER | {"note": "without nuts"})
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/reference-conflict"
    assert answer.json()["order_id"] == first["id"]
    assert await stored(website) == 1


async def test_the_same_reference_at_another_location_is_another_order(website: Api) -> None:
    await post(website, ORDER)
    other = {key: value for key, value in ORDER.items() if key != "table"}
    items = [
        {"product_id": "c1f7d5a2-0000-4000-8000-000000000002", "name": "Pizza", "quantity": 1, "unit_price": "5.00"}
    ]
    other |= {"location": "kyiv-1", "service_type": "pickup", "items": items, "payments": [], "total": "5.00"}
    answer = await post(website, other)
    assert answer.status_code == 202, answer.text
    assert await stored(website) == 2


async def test_twenty_at_once_are_one_order(website: Api) -> None:
    await website.key("orders:write")
    answers = await asyncio.gather(*(post(website, ORDER) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [202]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await stored(website) == 1


def past() -> str:
    return (datetime.now(UTC) - timedelta(hours=1)).isoformat()


ITEM = ORDER["items"][0]
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no reference": ({"reference": None}, "/reference"),
    "long reference": ({"reference": "x" * 49}, "/reference"),
    "control character": ({"reference": "a\u0000b"}, "/reference"),
    "unknown member": ({"refrence": "x"}, "/refrence"),
    "unknown member below": ({"table": {"number": 10, "row": 1}}, "/table/row"),
    "unknown service": ({"service_type": "drone"}, "/service_type"),
    "no items": ({"items": []}, "/items"),
    "items are an object": ({"items": {}}, "/items"),
    "item without a code": ({"items": [{"quantity": 1}]}, "/items/0/sku"),
    "item without a quantity": ({"items": [{"sku": "A"}]}, "/items/0/quantity"),
    "no quantity": ({"items": [ITEM | {"quantity": 0}]}, "/items/0/quantity"),
    "negative quantity": ({"items": [ITEM | {"quantity": -1}]}, "/items/0/quantity"),
    "boolean quantity": ({"items": [ITEM | {"quantity": True}]}, "/items/0/quantity"),
    "fraction as a number": ({"items": [ITEM | {"quantity": 0.5}]}, "/items/0/quantity"),
    "price as a number": ({"items": [ITEM | {"unit_price": 306.5}]}, "/items/0/unit_price"),
    "too many places": ({"items": [ITEM | {"unit_price": "306.501"}]}, "/items/0/unit_price"),
    "modifier without a code": ({"items": [ITEM | {"modifiers": [{"quantity": 1}]}]}, "/items/0/modifiers/0/id"),
    "total as a number": ({"total": 613}, "/total"),
    "negative total": ({"total": "-613.00"}, "/total"),
    "wrong total": ({"total": "613.01"}, "/total"),
    "overpaid": ({"payments": [{"method": "CARD", "amount": "700.00", "paid": True}]}, "/payments"),
    "payment without paid": ({"payments": [{"method": "CARD", "amount": "613.00"}]}, "/payments/0/paid"),
    "paid as a word": ({"payments": [{"method": "CARD", "amount": "1.00", "paid": "yes"}]}, "/payments/0/paid"),
    "other currency": ({"currency": "EUR"}, "/currency"),
    "no currency": ({"currency": "XYZ"}, "/currency"),
    "email": ({"customer": {"email": "ana@"}}, "/customer/email"),
    "phone": ({"customer": {"phone": "call me"}}, "/customer/phone"),
    "time without an offset": ({"requested_for": "2030-01-01T12:00:00"}, "/requested_for"),
    "time as a number": ({"requested_for": 1900000000}, "/requested_for"),
    "time at the end of time": ({"requested_for": "9999-12-31T23:59:59-12:00"}, "/requested_for"),
    "time in the past": ({"requested_for": past()}, "/requested_for"),
    "table without anything": ({"table": {}}, "/table"),
    "metadata number": ({"metadata": {"any": 1}}, "/metadata/any"),
    "delivery without an address": ({"service_type": "delivery", "table": None}, "/delivery_address"),
    "delivery without a phone": (
        {"service_type": "delivery", "table": None, "delivery_address": {"line1": "Rue 1"}, "customer": None},
        "/customer/phone",
    ),
}


@pytest.mark.parametrize(("change", "pointer"), BAD.values(), ids=BAD)
async def test_bad_input(website: Api, change: dict[str, Any], pointer: str) -> None:
    bad = json.dumps(ORDER | change)
    for address in ("/v1/orders", "/v1/orders/preview"):
        answer = await website.call(
            "POST", address, "orders:write", content=bad, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 422, answer.text
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["type"] == "/problems/validation-failed"
        assert pointer in [error["pointer"] for error in answer.json()["errors"]], answer.text
    assert await stored(website) == 0


async def test_what_this_pos_cannot_be_told_is_refused_and_previewed(website: Api) -> None:
    order = ORDER | {"items": [ITEM | {"quantity": "0.5", "unit_price": "1226.00"}]}
    refused = await post(website, order)
    assert refused.status_code == 422, refused.text
    assert refused.json()["type"] == "/problems/order-not-expressible"
    assert refused.json()["errors"][0]["pointer"] == "/items/0/quantity"
    seen = await post(website, order, "/v1/orders/preview")
    assert seen.status_code == 200, seen.text
    assert seen.json()["request"] is None
    assert seen.json()["problems"] == refused.json()["errors"]
    assert await stored(website) == 0


async def test_preview_shows_the_wire_and_stores_nothing(website: Api) -> None:
    answer = await post(website, ORDER, "/v1/orders/preview")
    assert answer.status_code == 200, answer.text
    seen = answer.json()
    assert seen["request"]["method"] == "POST"
    assert seen["request"]["url"].startswith("http://127.0.0.1:9/o/")
    assert seen["request"]["body"]["tableNumber"] == "10"
    assert seen["problems"] == []
    assert set(seen) == {"request", "folded", "not_sent", "problems"}
    assert await stored(website) == 0


async def test_a_location_that_is_not_there_or_not_for_this_key(website: Api) -> None:
    for bound, location in ((None, "nowhere"), (None, "No Slug"), (["kyiv-1"], "geneva-1")):
        for path in ("/v1/orders", "/v1/orders/preview"):
            answer = await post(website, ORDER | {"location": location}, path, locations=bound)
            assert answer.status_code == 404, answer.text
            assert answer.json()["type"] == "/problems/location-unknown"
    assert await stored(website) == 0


async def test_scopes(website: Api) -> None:
    for path in ("/v1/orders", "/v1/orders/preview"):
        assert (await website.call("POST", path, json=ORDER)).status_code == 401
        for scope in ("orders:read", "ops", "admin"):
            assert (await website.call("POST", path, scope, json=ORDER)).status_code == 403
    assert await stored(website) == 0
