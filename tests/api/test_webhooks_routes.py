"""POST /webhooks/ikentoo/{callback_key}: authenticated, stored as it came, answered."""

import json
from typing import Any

import pytest
import pytest_asyncio
from httpx import Response
from sqlalchemy import select

from app.api.body import CALLBACK_LIMIT
from app.store.keys import Scope
from app.store.tables import callbacks
from tests.api.conftest import IIKO, IKENTOO, Api
from tests.planted import Planted, plant

BASIC = (IKENTOO["pos"]["callback_username"], IKENTOO["pos"]["callback_password"])
BODY = b'{"type": "ORDER", "status": "SUCCESS"}'


@pytest_asyncio.fixture
async def shop(api: Api) -> Api:
    """The API with two iKentoo locations and one of Iiko."""
    await api.put("geneva-1", IKENTOO)
    await api.put("geneva-2", IKENTOO | {"pos": IKENTOO["pos"] | {"callback_password": "another-passw0rd"}})
    await api.put("kyiv-1", IIKO)
    return api


async def key_of(shop: Api, location: str = "geneva-1") -> str:
    return (await shop.services.locations.get(location)).callback_key


async def call(shop: Api, key: str, body: bytes = BODY, system: str = "ikentoo", **options: Any) -> Response:
    return await shop.client.post(f"/webhooks/{system}/{key}", content=body, **({"auth": BASIC} | options))


async def rows(shop: Api) -> list[Any]:
    async with shop.services.engine.connect() as connection:
        return list(await connection.execute(select(callbacks).order_by(callbacks.c.id)))


@pytest.mark.parametrize("body", [BODY, b"", b"not JSON", b"\xff\x00", b"[]", b"{" * 5000, b"x" * 1024 * 1024])
async def test_any_bytes_are_stored_as_they_came(shop: Api, body: bytes) -> None:
    answer = await call(shop, await key_of(shop), body, headers={"Content-Type": "text/strange"})
    assert (answer.status_code, answer.json()) == (200, {})
    await shop.services.inbox.idle()
    (row,) = await rows(shop)
    assert (row.location_id, row.body, row.repeats, row.state) == ("geneva-1", body, 1, "parked")


async def test_the_same_bytes_again_are_counted(shop: Api) -> None:
    key = await key_of(shop)
    for _ in range(3):
        assert (await call(shop, key)).status_code == 200
    (row,) = await rows(shop)
    assert row.repeats == 3


async def test_it_moves_the_order(shop: Api) -> None:
    order = Planted()
    await plant(shop.services.engine, order)
    body = json.dumps({"type": "ORDER", "status": "SUCCESS", "thirdPartyReference": str(order.current)}).encode()
    for _ in range(2):
        assert (await call(shop, await key_of(shop), body)).status_code == 200
    await shop.services.inbox.idle()
    view = (await shop.call("GET", f"/v1/orders/{order.id}", Scope.ORDERS_READ)).json()
    assert [view["status"], view["dispatch"]["state"]] == ["accepted", "done"]
    (line,) = view["history"]
    assert [line["source"], line["event"], line["repeats"]] == ["callback", "SUCCESS", 2]


async def test_it_moves_orders_of_its_own_location_only(shop: Api) -> None:
    order = Planted(location="geneva-2")
    await plant(shop.services.engine, order)
    body = json.dumps({"type": "ORDER", "status": "SUCCESS", "thirdPartyReference": str(order.current)}).encode()
    assert (await call(shop, await key_of(shop), body)).status_code == 200
    await shop.services.inbox.idle()
    view = (await shop.call("GET", f"/v1/orders/{order.id}", Scope.ORDERS_READ)).json()
    assert view["status"] == "received"
    (row,) = await rows(shop)
    assert row.state == "parked"


async def test_whatever_is_wrong_it_is_the_same_401_and_nothing_is_stored(shop: Api) -> None:
    key, other, iiko = await key_of(shop), await key_of(shop, "geneva-2"), await key_of(shop, "kyiv-1")
    answers = [
        await call(shop, "A" * 32),
        await call(shop, "short"),
        await call(shop, "%00"),
        await call(shop, "%C3%A9" * 300),
        await call(shop, key, auth=(BASIC[0], "wrong")),
        await call(shop, key, auth=("wrong", BASIC[1])),
        await call(shop, key, auth=("", "")),
        await call(shop, key, auth=None),
        await call(shop, key, auth=None, headers={"Authorization": "Basic !"}),
        await call(shop, key, auth=None, headers={"Authorization": "Bearer x"}),
        await call(shop, other),
        await call(shop, iiko, system="iiko"),
        await call(shop, key, system="iiko"),
        await call(shop, key, system="unknown"),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {'Basic realm="order-relay", charset="UTF-8"'}
    assert len({answer.text for answer in answers}) == 1
    assert await rows(shop) == []


async def test_what_is_too_large_is_told_to_the_pos_only(shop: Api) -> None:
    key, iiko = await key_of(shop), await key_of(shop, "kyiv-1")
    body = b"x" * (CALLBACK_LIMIT + 1)
    assert (await call(shop, key, body)).status_code == 413
    answers = [
        await call(shop, key, auth=None),
        await call(shop, "A" * 32, body),
        await call(shop, key, body, auth=(BASIC[0], "wrong")),
        await call(shop, key, body, auth=None),
        await call(shop, iiko, body, system="iiko"),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    unlike = {"date", "content-length"}
    assert len({str(sorted(item for item in a.headers.items() if item[0] not in unlike)) for a in answers}) == 1
    assert await rows(shop) == []


async def test_only_post(shop: Api) -> None:
    answer = await shop.client.get(f"/webhooks/ikentoo/{await key_of(shop)}", auth=BASIC)
    assert answer.status_code == 405
