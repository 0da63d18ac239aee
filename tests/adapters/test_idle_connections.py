"""Connections that nobody uses any more are closed by themselves: there is a pool for each location."""

import asyncio

from app.adapters.base import Limits
from app.adapters.client import Client, call
from tests.adapters.raw_server import Peer, raw_server

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


async def test_an_idle_connection_is_closed_without_another_call() -> None:
    hung_up = asyncio.Event()

    async def answer_and_watch(peer: Peer) -> None:
        await peer.read_request()
        await peer.send(OK)
        assert not await peer.read_some()
        hung_up.set()

    async with raw_server(answer_and_watch) as server, asyncio.timeout(10):
        client = Client(f"http://127.0.0.1:{server.port}", Limits(), max_connections=2, keepalive_s=0.05)
        try:
            assert (await call(client, "GET", "/")).status == 200
            await hung_up.wait()
            assert (await call(client, "GET", "/")).status == 200  # it is still good for another one
        finally:
            await client.aclose()


async def test_one_that_is_used_is_left_alone() -> None:
    """Also while the answer takes far longer than an idle connection may."""
    came, go_on = asyncio.Event(), asyncio.Event()

    async def answer_late(peer: Peer) -> None:
        await peer.read_request()
        came.set()
        await go_on.wait()
        await peer.send(OK)

    async with raw_server(answer_late) as server, asyncio.timeout(10):
        client = Client(f"http://127.0.0.1:{server.port}", Limits(), max_connections=2, keepalive_s=0.0)
        try:
            running = asyncio.create_task(call(client, "GET", "/"))
            await came.wait()
            for _ in range(100):  # rounds of the loop, in each of which the timer is due
                await asyncio.sleep(0)
            go_on.set()
            assert (await running).status == 200
        finally:
            await client.aclose()
