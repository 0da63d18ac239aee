"""The classification table, proven against sockets that count what they received.

NotSent is a promise that a repeat cannot double an order, so for each such row the server must have seen no byte of
the request. Everything that could have been read is in doubt, whatever class the library gives it.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from app.adapters.base import Limits
from app.adapters.client import Client, call, new_tls
from app.adapters.transport import MAX_BODY, Answer
from app.domain.errors import InDoubt, NotSent, PosError
from tests.adapters.raw_server import Peer, RawServer, Script, full_backlog, raw_server, refused_port

SECRET = "s3cr3t-token"
TLS = new_tls()
QUICK = Limits(connect_s=0.4, read_s=0.6)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n" + b'{"status":"ok"}'


@contextlib.asynccontextmanager
async def client_for(
    host: str, *, scheme: str = "http", limits: Limits = QUICK, pool: int = 4
) -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {SECRET}"}
    client = Client(f"{scheme}://{host}/o", limits, max_connections=pool, headers=headers, tls=TLS)
    async with contextlib.aclosing(client):
        yield client


async def post(client: Client) -> Answer:
    async with asyncio.timeout(10):
        return await call(client, "POST", "/op/1/order", params={"access_token": SECRET}, json={"name": "x" * 4000})


async def failure(client: Client) -> PosError:
    with pytest.raises(PosError) as caught:
        await post(client)
    error = caught.value
    shown = f"{error} {error!r} {error.message} {error.answer} {error.__cause__} {error.args}"
    assert SECRET not in shown
    assert "POST /op/1/order" in shown
    return error


async def outcome(server: RawServer, *, scheme: str = "http") -> PosError:
    async with client_for(f"127.0.0.1:{server.port}", scheme=scheme) as client:
        return await failure(client)


# --- provably nothing sent ---------------------------------------------------------------------------------------


async def test_refused() -> None:
    async with client_for(f"127.0.0.1:{refused_port()}") as client:
        assert type(await failure(client)) is NotSent


async def test_no_such_name() -> None:
    async with client_for("pos.invalid", limits=Limits(connect_s=3)) as client:
        assert type(await failure(client)) is NotSent


async def test_nobody_accepts() -> None:
    with full_backlog() as port:
        async with client_for(f"127.0.0.1:{port}") as client:
            assert type(await failure(client)) is NotSent


async def test_tls_to_a_plain_port() -> None:
    async def answer_in_the_clear(peer: Peer) -> None:
        await peer.read_some()
        await peer.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    async with raw_server(answer_in_the_clear) as server:
        assert type(await outcome(server, scheme="https")) is NotSent
        assert b"POST" not in server.received
        assert server.received[:1] == b"\x16"  # a TLS hello, and nothing of ours


async def test_tls_that_never_answers() -> None:
    async def swallow(peer: Peer) -> None:
        while await peer.read_some():
            pass

    async with raw_server(swallow) as server:
        assert type(await outcome(server, scheme="https")) is NotSent
        assert b"POST" not in server.received


async def test_no_free_connection() -> None:
    taken = asyncio.Event()

    async def hold(peer: Peer) -> None:
        await peer.read_request()
        taken.set()
        await asyncio.Event().wait()

    async with (
        raw_server(hold) as server,
        client_for(f"127.0.0.1:{server.port}", limits=Limits(connect_s=0.2, read_s=5), pool=1) as client,
    ):
        first = asyncio.create_task(failure(client))
        await taken.wait()
        assert type(await failure(client)) is NotSent
        assert server.requests == 1
        assert server.connections == 1
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first


# --- perhaps sent ------------------------------------------------------------------------------------------------


async def close_unread(peer: Peer) -> None:
    peer.close()


async def reset_unread(peer: Peer) -> None:
    peer.reset()


async def close_in_the_middle(peer: Peer) -> None:
    await asyncio.get_running_loop().sock_recv(peer.sock, 64)
    peer.close()


async def close_after_all(peer: Peer) -> None:
    await peer.read_request()
    peer.close()


async def reset_after_all(peer: Peer) -> None:
    await peer.read_request()
    peer.reset()


async def hang(peer: Peer) -> None:
    await peer.read_request()
    await asyncio.Event().wait()


def says(answer: bytes) -> Script:
    async def script(peer: Peer) -> None:
        await peer.read_request()
        await peer.send(answer)

    return script


async def drip(peer: Peer) -> None:
    """A byte now and then, each well within the time-out of a single read."""
    await peer.read_request()
    await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        await peer.send(b" ")
        await asyncio.sleep(0.1)


async def drip_headers(peer: Peer) -> None:
    await peer.read_request()
    await peer.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        await peer.send(b"X-Slow: 1\r\n")
        await asyncio.sleep(0.1)


DOUBT = {
    "closed before it read anything": close_unread,
    "reset before it read anything": reset_unread,
    "closed in the middle of the request": close_in_the_middle,
    "read everything, then closed": close_after_all,
    "read everything, then reset": reset_after_all,
    "read everything, then hung": hang,
    "headers cut": says(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "body cut": says(b'HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{"stat'),
    "error body cut": says(b'HTTP/1.1 400 Bad Request\r\nContent-Length: 90\r\n\r\n{"stat'),
    "content length is a lie": says(b'HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n{"status":"ok"}'),
    "content length is no number": says(b'HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{"status":"ok"}'),
    "two content lengths": says(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}"),
    "chunks cut": says(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"sta'),
    "chunk size is garbage": says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"),
    "garbage status line": says(b"\x16\x03\x01 what is this\r\n\r\n"),
    "only 1xx": says(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "1xx, then cut": says(b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 2"),
    "claims gzip and is not": says(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd"),
    "body drips": drip,
    "headers drip": drip_headers,
}


@pytest.mark.parametrize("name", DOUBT)
async def test_in_doubt(name: str) -> None:
    async with raw_server(DOUBT[name]) as server:
        error = await outcome(server)
        assert type(error) is InDoubt
        assert server.connections == 1, "a transport that repeats by itself would double orders"
        if "everything" in name or "drip" in name:
            assert server.requests == 1


async def test_a_cut_answer_keeps_what_was_read() -> None:
    async with raw_server(DOUBT["error body cut"]) as server:
        error = await outcome(server)
        assert error.http_status == 400
        assert error.answer == '{"stat'


async def test_cancellation_passes_through() -> None:
    reached = asyncio.Event()

    async def note_and_hang(peer: Peer) -> None:
        await peer.read_request()
        reached.set()
        await asyncio.Event().wait()

    async with raw_server(note_and_hang) as server, client_for(f"127.0.0.1:{server.port}") as client:
        task = asyncio.create_task(post(client))
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


# --- connections that are used again -----------------------------------------------------------------------------


async def test_a_connection_that_the_server_closed_between_two_calls() -> None:
    """A hang-up that is seen in time costs a new connection; nothing is sent twice."""
    closed = asyncio.Event()

    async def one_each(peer: Peer) -> None:
        await peer.read_request()
        await peer.send(OK)
        peer.close()
        closed.set()

    async with raw_server(one_each) as server, client_for(f"127.0.0.1:{server.port}") as client:
        for _ in range(3):
            assert (await post(client)).json() == {"status": "ok"}
            await closed.wait()
            closed.clear()
        assert (server.requests, server.connections) == (3, 3)


async def test_a_kept_connection_that_dies_under_the_second_call() -> None:
    async def die_at_the_second(peer: Peer) -> None:
        await peer.read_request()
        await peer.send(OK)
        await peer.read_request()
        peer.reset()

    async with raw_server(die_at_the_second) as server, client_for(f"127.0.0.1:{server.port}") as client:
        await post(client)
        assert type(await failure(client)) is InDoubt
        assert (server.requests, server.connections) == (2, 1)


# --- answers -----------------------------------------------------------------------------------------------------


async def test_an_oversized_answer_is_cut_and_marked() -> None:
    size = MAX_BODY + 500_000

    async def flood(peer: Peer) -> None:
        await peer.read_request()
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size)

    async with (
        raw_server(flood) as server,
        client_for(f"127.0.0.1:{server.port}", limits=Limits(read_s=5)) as client,
    ):
        answer = await post(client)
        assert len(answer.body) == MAX_BODY
        assert answer.truncated


async def test_no_cookie_and_no_redirect_is_followed() -> None:
    async def tempt(peer: Peer) -> None:
        for _ in range(2):
            await peer.read_request()
            await peer.send(
                b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 0\r\n\r\n"
            )

    async with raw_server(tempt) as server, client_for(f"127.0.0.1:{server.port}") as client:
        assert (await post(client)).status == 302
        assert (await post(client)).status == 302
        assert server.requests == 2
        assert b"cookie" not in server.received.lower()
        assert b"accept-encoding: identity" in server.received.lower()


async def test_the_environment_names_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{refused_port()}")
    async with raw_server(says(OK)) as server, client_for(f"127.0.0.1:{server.port}") as client:
        assert (await post(client)).status == 200


async def test_secrets_that_the_pos_echoes_are_masked() -> None:
    async with (
        raw_server(says(b"HTTP/1.1 500 Oops\r\nContent-Length: 25\r\n\r\nurl?token=s3cr3t%2Ft+end.")) as server,
        client_for(f"127.0.0.1:{server.port}") as client,
    ):
        answer = await call(client, "GET", "/x", mask=("s3cr3t/t",))
        assert "s3cr3t" not in answer.excerpt()
        assert "s3cr3t" not in repr(answer).replace(repr(answer.body), "")
