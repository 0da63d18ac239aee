"""GET /v1/callbacks and replay."""

import json
from base64 import b64encode
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from app.api.callbacks import SHOWN
from app.store.keys import Scope
from tests.api.conftest import IIKO, IKENTOO, Api
from tests.planted import NOON, Planted, plant, plant_callback

OPS = Scope.OPS


@pytest_asyncio.fixture
async def shop(api: Api) -> Api:
    """The API with two locations."""
    await api.put("geneva-1", IKENTOO)
    await api.put("kyiv-1", IIKO)
    return api


async def listed(shop: Api, query: str = "", **options: Any) -> list[dict[str, Any]]:
    answer = await shop.call("GET", f"/v1/callbacks{query}", OPS, **options)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_what_came_in(shop: Api) -> None:
    engine = shop.services.engine
    problem = "no order has this reference"
    text = await plant_callback(
        engine, body=b'{"a":"\xc3\xa9"}', state="parked", repeats=2, reference="R", word="SUCCESS", problem=problem
    )
    raw = await plant_callback(engine, "kyiv-1", body=b"\xff\x00", state="handled", handled_at=NOON)
    newest, oldest = await listed(shop)
    assert oldest == {
        "id": str(text),
        "location": "geneva-1",
        "state": "parked",
        "received_at": "2026-07-01T12:00:00Z",
        "handled_at": None,
        "repeats": 2,
        "reference": "R",
        "word": "SUCCESS",
        "problem": problem,
        "body": '{"a":"é"}',
        "body_encoding": "utf-8",
        "body_truncated": False,
    }
    assert [newest["id"], newest["body"], newest["body_encoding"]] == [str(raw), "/wA=", "base64"]


@pytest.mark.parametrize(
    ("body", "shown", "encoding"),
    [
        (b"x" * SHOWN, "x" * SHOWN, "utf-8"),
        (b"x" * (SHOWN + 1), "x" * SHOWN, "utf-8"),
        (b"x" + "é".encode() * SHOWN, "x" + "é" * (SHOWN // 2 - 1), "utf-8"),
        (b"\0" * (SHOWN + 1) + b"\xff", "\0" * SHOWN, "utf-8"),
        (b"\xff" * 3 * SHOWN, b64encode(b"\xff" * SHOWN).decode(), "base64"),
    ],
)
async def test_a_list_shows_the_beginning_of_a_long_body(shop: Api, body: bytes, shown: str, encoding: str) -> None:
    callback = await plant_callback(shop.services.engine, body=body, state="parked")
    (item,) = await listed(shop)
    cut = len(body) > SHOWN
    assert [item["body"] == shown, item["body_encoding"], item["body_truncated"]] == [True, encoding, cut]
    whole = (await shop.call("POST", f"/v1/callbacks/{callback}/replay", OPS)).json()
    assert whole["body_truncated"] is False
    assert len(whole["body"]) >= len(body.decode(errors="ignore"))


async def test_filters_and_pages(shop: Api) -> None:
    engine = shop.services.engine
    parked = str(await plant_callback(engine, state="parked"))
    received = str(await plant_callback(engine))
    handled = str(await plant_callback(engine, "kyiv-1", state="handled"))
    assert [item["id"] for item in await listed(shop, "?state=parked")] == [parked]
    assert [item["id"] for item in await listed(shop, "?state=parked&state=handled")] == [handled, parked]
    assert [item["id"] for item in await listed(shop, "?location=geneva-1")] == [received, parked]
    assert [item["id"] for item in await listed(shop, locations=["kyiv-1"])] == [handled]
    first = (await shop.call("GET", "/v1/callbacks?limit=2", OPS)).json()
    rest = (await shop.call("GET", f"/v1/callbacks?limit=2&cursor={first['next_cursor']}", OPS)).json()
    assert [item["id"] for page in (first, rest) for item in page["items"]] == [handled, received, parked]
    assert rest["next_cursor"] is None


async def test_replay_matches_it_after_all(shop: Api) -> None:
    order = Planted()
    await plant(shop.services.engine, order)
    body = json.dumps({"type": "ORDER", "status": "SUCCESS", "thirdPartyReference": str(order.current)}).encode()
    callback = await plant_callback(shop.services.engine, body=body, state="parked")
    answer = await shop.call("POST", f"/v1/callbacks/{callback}/replay", OPS)
    assert answer.status_code == 200, answer.text
    assert [answer.json()["id"], answer.json()["state"], answer.json()["word"]] == [str(callback), "handled", "SUCCESS"]
    view = (await shop.call("GET", f"/v1/orders/{order.id}", Scope.ORDERS_READ)).json()
    assert view["status"] == "accepted"
    again = await shop.call("POST", f"/v1/callbacks/{callback}/replay", OPS)
    assert again.status_code == 409
    assert again.json()["state"] == "handled"


async def test_a_replay_that_helps_nothing_leaves_it_parked(shop: Api) -> None:
    callback = await plant_callback(shop.services.engine, body=b"not JSON", state="parked")
    answer = await shop.call("POST", f"/v1/callbacks/{callback}/replay", OPS)
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "parked"
    assert answer.json()["problem"]


async def test_what_a_key_may_not_see_is_not_there(shop: Api) -> None:
    callback = await plant_callback(shop.services.engine, state="parked")
    for name in (str(callback), str(uuid4()), "7"):
        answer = await shop.call("POST", f"/v1/callbacks/{name}/replay", OPS, locations=["kyiv-1"])
        assert answer.status_code == 404
    hidden = await shop.call("GET", "/v1/callbacks?location=geneva-1", OPS, locations=["kyiv-1"])
    assert hidden.json()["type"] == "/problems/location-unknown"


@pytest.mark.parametrize("query", ["state=lost", "limit=0", "cursor=x", "order=1", "location="])
async def test_bad_queries(shop: Api, query: str) -> None:
    answer = await shop.call("GET", f"/v1/callbacks?{query}", OPS)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/query/{query.partition('=')[0]}"


async def test_scopes(shop: Api) -> None:
    for scope in (Scope.ORDERS_READ, Scope.ORDERS_WRITE, Scope.ADMIN):
        assert (await shop.call("GET", "/v1/callbacks", scope)).status_code == 403
        assert (await shop.call("POST", f"/v1/callbacks/{uuid4()}/replay", scope)).status_code == 403
