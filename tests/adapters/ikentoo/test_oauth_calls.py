"""OAuth as a location lives with it: the adapter, the vault and the simulator's token endpoint, over real HTTP."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from app.adapters.base import Adapter, Limits, Vault
from app.adapters.ikentoo.adapter import IkentooAdapter
from app.domain.errors import AccessDenied, Misconfigured, NotSent, PosError
from app.relay.oauth import TokenVault
from app.simulators.ikentoo import create_app, default_config
from app.simulators.ikentoo.config import OAuth
from tests.adapters.ikentoo.setting import NOW, POS, location
from tests.adapters.ikentoo.test_adapter import request
from tests.adapters.raw_server import Peer, raw_server, refused_port
from tests.relay.issuer import CIPHER, FIRST, LOCATION, make_location
from tests.simulators.ikentoo.serving import serve

SECRET = "planted-client-secret"


@dataclass
class Till:
    """The simulator, and hands on its tokens."""

    url: str
    control: httpx.AsyncClient

    async def tokens(self, word: str = "", **body: Any) -> dict[str, Any]:
        """``expire``, ``revoke`` or ``connect``; without a word it counts."""
        path = f"/_sim/oauth/{word}".rstrip("/")
        answer = await (self.control.post(path, json=body) if word else self.control.get(path))
        answer.raise_for_status()
        said: dict[str, Any] = answer.json()
        return said

    async def orders(self) -> int:
        return len((await self.control.get("/_sim/orders")).json())


@pytest_asyncio.fixture
async def till(engine: AsyncEngine) -> AsyncIterator[Till]:
    await make_location(engine)
    oauth = OAuth(clients={"relay": SECRET}, refresh_token=FIRST)
    config = replace(default_config(), oauth=oauth, unique_collection_codes=False)
    async with serve(create_app(config)) as url, httpx.AsyncClient(base_url=url, trust_env=False) as control:
        skew = (NOW - datetime.now(UTC)).total_seconds()
        await control.post("/_sim/clock", json={"skew_s": skew, "factor": 1.0})
        till = Till(url, control)
        async with adapter(till.url, TokenVault(engine, CIPHER)) as opened:
            await opened.register_callbacks("http://127.0.0.1:9/key")
        yield till


@contextlib.asynccontextmanager
async def adapter(url: str, vault: Vault | None, **auth: Any) -> AsyncIterator[IkentooAdapter]:
    client = {"token_url": f"{url}/oauth/token", "client_id": "relay", "client_secret": SECRET, "refresh_token": FIRST}
    where = location(pos={"base_url": f"{url}/o", "auth": {**client, **auth}})
    assert where.id == LOCATION
    opened = POS.open(where, Limits(connect_s=2, read_s=2), vault)
    assert isinstance(opened, IkentooAdapter)
    async with contextlib.aclosing(opened):
        yield opened


async def failure(opened: Adapter) -> PosError:
    with pytest.raises(PosError) as caught:
        await opened.create(request())
    error = caught.value
    shown = f"{error} {error!r} {error.message} {error.answer} {error.pos_message}"
    assert not [secret for secret in (FIRST, SECRET, "Bearer") if secret in shown]
    return error


async def test_processes_at_once_renew_once(till: Till, engine: AsyncEngine) -> None:
    await till.tokens("expire")
    async with contextlib.AsyncExitStack() as stack:
        processes = [await stack.enter_async_context(adapter(till.url, TokenVault(engine, CIPHER))) for _ in range(3)]
        await asyncio.gather(*(each.create(request()) for each in processes * 4))
    counted = await till.tokens()
    assert (counted["refreshes"], counted["refused"]) == (2, 0), "one for the registration, one for all of these"
    assert await till.orders() == 12


async def test_a_refused_token_is_renewed_and_the_call_made_once_more(till: Till, engine: AsyncEngine) -> None:
    async with adapter(till.url, TokenVault(engine, CIPHER)) as opened:
        for renewals in (1, 2, 3):
            await opened.create(request())
            assert (await till.tokens())["refreshes"] == renewals
            await till.tokens("expire")
    assert await till.orders() == 3


async def test_revoked_asks_for_a_person_and_their_new_refresh_token_heals(till: Till, engine: AsyncEngine) -> None:
    vault = TokenVault(engine, CIPHER)
    async with adapter(till.url, vault) as opened:
        await till.tokens("revoke")
        await opened.create(request())  # the access token lives on
        await till.tokens("expire")
        error = await failure(opened)
        assert type(error) is AccessDenied
        assert "Reconnect: authorize the restaurant again" in error.message
    given = await till.tokens("connect")
    async with adapter(till.url, vault, refresh_token=given["refresh_token"]) as opened:
        await opened.create(request())
    assert await till.orders() == 2


async def test_a_wrong_client(till: Till, engine: AsyncEngine) -> None:
    await till.tokens("expire")
    async with adapter(till.url, TokenVault(engine, CIPHER), client_secret="planted-wrong") as opened:
        error = await failure(opened)
    assert type(error) is AccessDenied
    assert "client_id and client_secret" in error.message
    assert "planted" not in error.message
    async with adapter(till.url, TokenVault(engine, CIPHER)) as opened:
        await opened.create(request())
    assert (await till.tokens())["refused"] == 0, "the refresh token was not spent"


async def test_a_pos_that_refuses_every_token(till: Till, engine: AsyncEngine) -> None:
    async def unauthorized(peer: Peer) -> None:
        await peer.read_request()
        await peer.send(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")

    async with raw_server(unauthorized) as server:
        url = f"http://127.0.0.1:{server.port}"
        async with adapter(url, TokenVault(engine, CIPHER), token_url=f"{till.url}/oauth/token") as opened:
            assert type(await failure(opened)) is AccessDenied
        assert server.requests == 2


async def test_a_pos_that_shows_our_token_is_masked(till: Till, engine: AsyncEngine) -> None:
    seen: list[str] = []

    async def echo(peer: Peer) -> None:
        data = await peer.read_some()
        seen.append(data.partition(b"Authorization: Bearer ")[2].partition(b"\r\n")[0].decode())
        body = b'{"message": "%s"}' % seen[-1].encode()
        head = b"HTTP/1.1 400 Bad Request\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(body)
        await peer.send(head + body)

    async with raw_server(echo) as server:
        url = f"http://127.0.0.1:{server.port}"
        async with adapter(url, TokenVault(engine, CIPHER), token_url=f"{till.url}/oauth/token") as opened:
            error = await failure(opened)
    assert seen[0]
    assert seen[0] not in f"{error!r} {error.message} {error.answer} {error.pos_message}"
    assert "***" in str(error.answer)


async def test_a_token_endpoint_that_is_away_sends_nothing(till: Till, engine: AsyncEngine) -> None:
    await till.tokens("expire")
    away = f"http://127.0.0.1:{refused_port()}/oauth/token"
    async with adapter(till.url, TokenVault(engine, CIPHER), token_url=away) as opened:
        error = await failure(opened)
    assert type(error) is NotSent
    assert await till.orders() == 0


async def test_without_a_vault_there_is_no_oauth(till: Till) -> None:
    async with adapter(till.url, None) as opened:
        assert type(await failure(opened)) is Misconfigured


async def test_an_answer_that_was_lost_is_not_sent_then_asks_for_a_person(till: Till, engine: AsyncEngine) -> None:
    """The refresh token is spent and its successor unknown: nothing that we could do, and nothing that loops."""
    await till.tokens("expire")
    lost = {"kind": "drop_after", "times": 1, "match": {"endpoint": "token"}}
    (await till.control.post("/_sim/faults", json=lost)).raise_for_status()
    async with adapter(till.url, TokenVault(engine, CIPHER)) as opened:
        assert type(await failure(opened)) is NotSent
        assert type(await failure(opened)) is AccessDenied
    counted = await till.tokens()
    assert (counted["refreshes"], counted["refused"]) == (2, 1)
    assert await till.orders() == 0
