"""Bodies that are too large, or wrong in too many places: the caller sees why, and nobody else waits."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.api.body import BODY_LIMIT, CALLBACK_LIMIT, DRAIN_LIMIT
from tests.api.conftest import IKENTOO, Api

JSON = {"Content-Type": "application/json"}
WEBHOOK = "/webhooks/ikentoo/some-key"
CREDENTIALS = f"{IKENTOO['pos']['callback_username']}:{IKENTOO['pos']['callback_password']}"
BASIC = f"Basic {b64encode(CREDENTIALS.encode()).decode()}"
MOST = b'"location":"geneva-1","reference":"WEB-1","service_type":"pickup","total":"12.50"'
OPEN = b'{"sku":"A","quantity":1,"modifiers":['
GOOD = OPEN + b",".join([b'{"id":"a"}'] * 50) + b"]}"


async def pieces(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 1024):
        yield b" " * 1024


def is_too_large(answer: Any, limit: int) -> None:
    assert answer.status_code == 413, answer.text
    assert answer.json()["type"] == "/problems/payload-too-large"
    assert f"{limit // 1024} KiB" in answer.json()["detail"]


async def webhook(api: Api) -> tuple[str, str]:
    """The path of a location's callbacks, and the POS's Authorization."""
    await api.put()
    key = (await api.services.locations.get("geneva-1")).callback_key
    return f"/webhooks/ikentoo/{key}", BASIC


async def test_a_caller_that_writes_before_it_reads_sees_the_413_and_keeps_its_connection(api: Api) -> None:
    path, basic = await webhook(api)
    for _ in range(10):
        call = await api.call("POST", path, content=b" " * (CALLBACK_LIMIT + 1), headers={"Authorization": basic})
        is_too_large(call, CALLBACK_LIMIT)
        options: dict[str, Any] = {"headers": JSON, "content": b" " * (BODY_LIMIT + 1)}
        is_too_large(await api.call("POST", "/v1/orders", "orders:write", **options), BODY_LIMIT)
        undeclared = await api.call(
            "POST", "/v1/orders", "orders:write", **options | {"content": pieces(2 * BODY_LIMIT)}
        )
        is_too_large(undeclared, BODY_LIMIT)
        assert "connection" not in undeclared.headers
        assert (await api.call("GET", "/health/live")).status_code == 200


async def test_the_limit_itself_is_not_over_the_limit(api: Api) -> None:
    answer = await api.call("POST", "/v1/orders", "orders:write", headers=JSON, content=b" " * BODY_LIMIT)
    assert answer.status_code == 400
    assert (await api.call("POST", WEBHOOK, content=b" " * CALLBACK_LIMIT)).status_code == 401


@pytest.mark.parametrize("authorization", [BASIC, "Basic eDp5"])
@pytest.mark.parametrize(
    "headers",
    [f"Content-Length: {DRAIN_LIMIT + 1}", f"Content-Length: {CALLBACK_LIMIT + 1}\r\nExpect: 100-continue"],
)
async def test_who_has_not_sent_it_yet_need_not(api: Api, headers: str, authorization: str) -> None:
    path, _ = await webhook(api)
    answer = await said(api, path, f"Authorization: {authorization}\r\n{headers}\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413 " if authorization == BASIC else b"HTTP/1.1 401 ")
    assert b"connection: close" in answer.lower()
    stranger = await said(api, WEBHOOK, f"{headers}\r\n\r\n")
    assert stranger.startswith(b"HTTP/1.1 401 ")
    assert b"connection: close" in stranger.lower()


@pytest.mark.parametrize("authorization", [BASIC, "Basic eDp5"])
async def test_who_sends_it_too_slowly_is_answered_too(api: Api, authorization: str) -> None:
    path, _ = await webhook(api)
    headers = f"Authorization: {authorization}\r\nContent-Length: {CALLBACK_LIMIT + 1}\r\n\r\n "
    answer = await said(api, path, headers)
    assert answer.startswith(b"HTTP/1.1 413 " if authorization == BASIC else b"HTTP/1.1 401 ")
    assert b"connection: close" in answer.lower()


async def said(api: Api, path: str, rest: str) -> bytes:
    """What comes back for a request that ends in the middle, until the connection is closed."""
    where = urlsplit(api.url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\n{rest}".encode())
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    await writer.wait_closed()
    return answer


@pytest.mark.parametrize(
    ("items", "pointer"),
    [
        (b"0," * 100_000 + b"0", "/items/0"),
        (b"{}," * 80_000 + b"{}", "/items/0/quantity"),
        (b"[[]]," * 40_000 + b"[]", "/items/0"),
        (b",".join([GOOD] * 100) + b",0" * 90_000, "/items/100"),
        (
            b",".join([GOOD] * 100) + b',{"sku":"A","quantity":1,"modifiers":[' + b"0," * 90_000 + b"0]}",
            "/items/100/mod",
        ),
        (b",".join([GOOD] * 300), "/items"),
        (b",".join([GOOD, *[OPEN + b"]}"] * 3000]), "/items"),
    ],
    ids=["numbers", "empty", "lists", "late", "late and deep", "too many", "too many with empty lists"],
)
async def test_a_body_that_is_wrong_in_a_hundred_thousand_places(api: Api, items: bytes, pointer: str) -> None:
    body = b"{" + MOST + b',"items":[' + items + b"]}"
    answer = await api.call("POST", "/v1/orders", "orders:write", headers=JSON, content=body)
    assert answer.status_code == 422, answer.text
    assert 1 <= len(answer.json()["errors"]) <= 50
    assert answer.json()["errors"][0]["pointer"].startswith(pointer)
    assert "too_short" not in answer.text


async def test_a_long_order_that_is_right_is_taken(api: Api) -> None:
    await api.put("geneva-1", IKENTOO)
    body = b"{" + MOST + b',"items":[' + b",".join([GOOD] * 150) + b"]}"
    answer = await api.call("POST", "/v1/orders", "orders:write", headers=JSON, content=body)
    assert answer.status_code == 202, answer.text
