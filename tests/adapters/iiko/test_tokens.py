"""The access token: shared, renewed in time, one request at a time; and that nothing about it is ever in doubt."""

import asyncio
import json
from typing import Any

import pytest

from app.adapters.base import Limits
from app.adapters.iiko.adapter import IikoAdapter
from app.adapters.iiko.pos import Iiko
from app.domain.errors import AccessDenied, Misconfigured, NotSent, PosError
from tests.adapters.iiko.conftest import Opening, Playing
from tests.adapters.iiko.places import location, pickup, translated
from tests.adapters.iiko.serving import ADD, AUTH, TOKEN, Reply, Script, reply
from tests.adapters.raw_server import Peer, raw_server, refused_port

REQUEST = translated(pickup()).request
ORDER = {"orderId": REQUEST.body["order"]["id"], "number": "7", "statusCode": "NEW", "status": "Новая"}
LIMITS = Limits(connect_s=2, read_s=5)


class Hand:
    """A clock that is turned by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def willing(*logins: Reply) -> Script:
    """Takes every order; the logins are answered like this, if not with a token."""
    return Script({ADD: [reply(ORDER)]} | ({AUTH: list(logins)} if logins else {}))


async def test_the_token_goes_with_the_call_as_its_login_gave_it(speaking_to: Opening) -> None:
    script = willing()
    async with speaking_to(script) as adapter:
        await adapter.create(REQUEST)
    (login, asked, _), (add, query, _) = script.seen
    assert (login, add) == (AUTH, ADD)
    assert asked == {"user_id": "till-user-77", "user_secret": "s3cr3t/of+the&till"}
    assert query["access_token"] == TOKEN


async def test_twenty_creates_at_once_need_one_token(speaking_to: Opening) -> None:
    script = willing()
    async with speaking_to(script) as adapter:
        await asyncio.gather(*(adapter.create(REQUEST) for _ in range(20)))
    assert (script.count(AUTH), script.count(ADD)) == (1, 20)


async def test_locations_of_one_login_share_it_and_a_wrong_secret_does_not(playing: Playing) -> None:
    script, pos = willing(), Iiko()
    base_url = playing(script)
    for other in ({}, {"delivery_terminal": None}, {"user_secret": "wrong"}):
        adapter = pos.open(location(base_url=base_url, **other), LIMITS)
        await adapter.create(REQUEST)
        await adapter.aclose()
    assert [query["user_secret"] for path, query, _ in script.seen if path == AUTH] == ["s3cr3t/of+the&till", "wrong"]


async def test_is_renewed_before_its_fifteen_minutes_end(playing: Playing) -> None:
    script, clock = willing(), Hand()
    adapter = Iiko(clock).open(location(base_url=playing(script)), LIMITS)
    for seconds, asked in ((0, 1), (700, 1), (19, 1), (2, 2), (719, 2)):
        clock.seconds += seconds
        await adapter.create(REQUEST)
        assert script.count(AUTH) == asked
    await adapter.aclose()


async def test_a_401_renews_once_and_sends_once_more(speaking_to: Opening) -> None:
    script = willing(reply(json.dumps("old_token_1")), reply(json.dumps("new_token_2")))
    script.replies[ADD] = [reply({"code": "1", "message": "Wrong access token"}, 401), reply(ORDER)]
    async with speaking_to(script) as adapter:
        taken = await adapter.create(REQUEST)
    assert taken.http_status == 200
    assert [query["access_token"] for path, query, _ in script.seen if path == ADD] == ["old_token_1", "new_token_2"]


async def test_a_second_401_is_access_denied(speaking_to: Opening) -> None:
    script = willing()
    script.replies[ADD] = [reply("no", 401)]
    async with speaking_to(script) as adapter:
        with pytest.raises(AccessDenied):
            await adapter.create(REQUEST)
    assert (script.count(AUTH), script.count(ADD)) == (2, 2)


async def test_twenty_401_at_once_need_one_new_token(speaking_to: Opening) -> None:
    script = willing(reply(json.dumps("old_token_1")), reply(json.dumps("new_token_2")))
    script.living = "new_token_2"
    async with speaking_to(script) as adapter:
        await asyncio.gather(*(adapter.create(REQUEST) for _ in range(20)))
    assert script.count(AUTH) == 2


FAILURES: list[tuple[Reply, type[PosError]]] = [
    (reply({"code": "1", "message": "Wrong user"}, 400), AccessDenied),
    (reply("wrong", 400), AccessDenied),
    (reply({}, 401), AccessDenied),
    (reply({}, 403), AccessDenied),
    (reply("gone", 404), Misconfigured),
    (reply("", 302, location="/login"), Misconfigured),
    (reply("<html>Welcome to the hotel's network</html>"), Misconfigured),
    (reply({"token": "an object"}), Misconfigured),
    (reply('""'), Misconfigured),
    (reply("later", 429, **{"retry-after": "7"}), NotSent),
    (reply("oops", 500), NotSent),
    (reply({}, 503), NotSent),
    (reply({}, 408), NotSent),
]


@pytest.mark.parametrize(("answered", "kind"), FAILURES)
async def test_a_failed_login_is_never_in_doubt(speaking_to: Opening, answered: Reply, kind: type[PosError]) -> None:
    script = willing(answered)
    async with speaking_to(script) as adapter:
        with pytest.raises(PosError) as failed:
            await adapter.create(REQUEST)
    assert type(failed.value) is kind
    assert script.count(ADD) == 0


async def test_a_wait_that_the_login_asks_for_is_passed_on(speaking_to: Opening) -> None:
    script = willing(reply("later", 429, **{"retry-after": "7"}))
    async with speaking_to(script) as adapter:
        with pytest.raises(NotSent) as failed:
            await adapter.create(REQUEST)
    assert failed.value.retry_after_s == 7


async def hang_up(peer: Peer) -> None:
    await peer.read_request()


async def test_a_login_that_is_cut_off_is_not_sent() -> None:
    async with raw_server(hang_up) as server:
        adapter = open_at(f"http://127.0.0.1:{server.port}")
        with pytest.raises(NotSent, match="nothing was sent"):
            await adapter.create(REQUEST)
        await adapter.aclose()


async def test_nobody_there_is_not_sent() -> None:
    adapter = open_at(f"http://127.0.0.1:{refused_port()}")
    with pytest.raises(NotSent):
        await adapter.create(REQUEST)
    await adapter.aclose()


async def test_after_a_failed_login_the_next_call_tries_again(speaking_to: Opening) -> None:
    script = willing(reply("oops", 500), reply(json.dumps(TOKEN)))
    async with speaking_to(script) as adapter:
        with pytest.raises(NotSent):
            await adapter.create(REQUEST)
        await adapter.create(REQUEST)


async def test_who_gives_up_waiting_does_not_take_the_token_from_the_others() -> None:
    arrived, release = asyncio.Event(), asyncio.Event()

    async def slow_login(peer: Peer) -> None:
        await peer.read_request()
        arrived.set()
        await release.wait()
        body = json.dumps(TOKEN)
        await peer.send(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        await peer.read_request()
        body = json.dumps(ORDER)
        await peer.send(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())

    async with raw_server(slow_login) as server:
        adapter = open_at(f"http://127.0.0.1:{server.port}")
        first = asyncio.create_task(adapter.create(REQUEST))
        await asyncio.wait_for(arrived.wait(), 5)
        second = asyncio.create_task(adapter.create(REQUEST))
        first.cancel()
        release.set()
        results: Any = await asyncio.gather(first, second, return_exceptions=True)
        await adapter.aclose()
    assert isinstance(results[0], asyncio.CancelledError)
    assert results[1].http_status == 200
    assert (server.connections, server.requests) == (1, 2)


def open_at(base_url: str) -> IikoAdapter:
    return Iiko().open(location(base_url=base_url), LIMITS)
