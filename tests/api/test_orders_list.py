"""GET /v1/orders: newest first, filtered, page by page."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from app.store.keys import Scope
from tests.api.conftest import IIKO, IKENTOO, Api, running
from tests.conftest import create_database, drop_database, url_of
from tests.planted import NOON, Planted, plant

READ = Scope.ORDERS_READ
LATE = {"code": "late", "since": NOON.isoformat(), "message": "It will be late.", "action": "Call."}
PLANTED = (
    Planted(reference="A", columns={"customer_search": "ana blanc 41791234567"}),
    Planted(reference="B", columns={"status": "accepted", "received_at": NOON + timedelta(hours=1)}),
    Planted(reference="C", submission={"state": "in_doubt"}, columns={"attention": LATE}),
    Planted(reference="D", location="kyiv-1", columns={"customer_search": "anna 100% weiß 380501112233"}),
    Planted(reference="E", location="kyiv-1", columns={"status": "rejected"}, submission={"state": "done"}),
)


@pytest_asyncio.fixture(scope="module")
async def shop(
    database_server: asyncpg.Connection, database_server_url: str, template_database: str
) -> AsyncIterator[Api]:
    """The API with two locations and five orders. Nothing here changes them, so one serves all."""
    name = await create_database(database_server, template=template_database)
    async with running(url_of(database_server_url, name)) as api:
        await api.put("geneva-1", IKENTOO)
        await api.put("kyiv-1", IIKO)
        await plant(api.services.engine, *PLANTED)
        yield api
    await drop_database(database_server, name)


async def references(shop: Api, query: dict[str, Any] | str, **options: Any) -> str:
    answer = await shop.call("GET", "/v1/orders", READ, params=query, **options)
    assert answer.status_code == 200, answer.text
    return "".join(item["reference"] for item in answer.json()["items"])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, "EDCBA"),
        ({"location": "kyiv-1"}, "ED"),
        ({"status": "accepted"}, "B"),
        ({"status": ["accepted", "rejected"]}, "EB"),
        ({"dispatch": ["in_doubt", "done"]}, "EC"),
        ({"status": "received", "dispatch": "waiting"}, "DA"),
        ({"reference": "C"}, "C"),
        ({"reference": "c"}, ""),
        ({"needs_attention": "true"}, "C"),
        ({"needs_attention": "false"}, "EDBA"),
        ({"customer": "BLANC ana"}, "A"),
        ({"customer": "an"}, "DA"),
        ({"customer": "weiß"}, "D"),
        ({"customer": "100%"}, "D"),
        ({"customer": "%"}, "D"),
        ({"customer": "_"}, ""),
        ({"customer": "+41 79 123 45 67"}, "A"),
        ({"customer": "(079) 1234"}, ""),
        ({"customer": "ana +41-79"}, "A"),
        ({"received_from": "2026-07-01T13:00:00Z"}, "B"),
        ({"received_to": "2026-07-01T13:00:00Z"}, "EDCA"),
        ({"received_from": "2026-07-01T15:00:00+02:00", "received_to": "2026-07-01T15:00:01+02:00"}, "B"),
        ("received_from=2026-07-01T15:00:00+02:00", "B"),
        ({"received_from": "2026-07-01T14:00:00Z", "received_to": "2026-07-01T13:00:00Z"}, ""),
    ],
    ids=str,
)
async def test_filters(shop: Api, query: dict[str, Any] | str, found: str) -> None:
    assert await references(shop, query) == found


async def test_items_are_summaries(shop: Api) -> None:
    (item,) = (await shop.call("GET", "/v1/orders?reference=C", READ)).json()["items"]
    assert item["attention"]["code"] == "late"
    assert item["id"] == str(PLANTED[2].id)
    assert not {"order", "history", "attempts"} & set(item)


async def test_pages(shop: Api) -> None:
    seen = []
    cursor = None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await shop.call("GET", "/v1/orders", READ, params=query)).json()
        seen.append("".join(item["reference"] for item in page["items"]))
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ["ED", "CB", "A"]
    exact = (await shop.call("GET", "/v1/orders?limit=5", READ)).json()
    assert exact["next_cursor"] is None


async def test_a_bound_key_sees_its_locations_only(shop: Api) -> None:
    assert await references(shop, {}, locations=["kyiv-1"]) == "ED"
    assert await references(shop, {"status": "accepted"}, locations=["kyiv-1"]) == ""
    assert await references(shop, {}, locations=[]) == ""
    hidden = await shop.call("GET", "/v1/orders?location=geneva-1", READ, locations=["kyiv-1"])
    unknown = await shop.call("GET", "/v1/orders?location=nowhere", READ)
    for answer in (hidden, unknown):
        assert answer.status_code == 404
        assert answer.json()["type"] == "/problems/location-unknown"


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "/query/limit"),
        ("limit=201", "/query/limit"),
        ("limit=many", "/query/limit"),
        ("cursor=x", "/query/cursor"),
        ("cursor=", "/query/cursor"),
        ("cursor=AAAAAAAAAAAAAAAAAAAAAB", "/query/cursor"),
        ("cursor=%C3%A4", "/query/cursor"),
        ("status=eaten", "/query/status"),
        ("dispatch=gone", "/query/dispatch"),
        ("needs_attention=perhaps", "/query/needs_attention"),
        ("received_from=yesterday", "/query/received_from"),
        ("received_from=2026-07-01", "/query/received_from"),
        ("received_to=2026-07-01T12:00:00", "/query/received_to"),
        ("received_to=0001-01-01T00:00:00Z", "/query/received_to"),
        ("received_to=9999-12-31T23:59:59-12:00", "/query/received_to"),
        ("customer=%00", "/query/customer"),
        ("reference=%00", "/query/reference"),
        ("reference=", "/query/reference"),
        ("page=2", "/query/page"),
    ],
)
async def test_bad_queries(shop: Api, query: str, pointer: str) -> None:
    answer = await shop.call("GET", f"/v1/orders?{query}", READ)
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
