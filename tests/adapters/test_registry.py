"""The registry, and the adapters that a process holds open."""

import asyncio
import contextlib
from dataclasses import replace

import pytest

from app.adapters.base import Limits, WireRequest
from app.adapters.registry import OpenAdapters, build
from app.domain.errors import InDoubt
from app.domain.location import PosSettings
from tests.adapters.ikentoo.setting import location
from tests.adapters.raw_server import Peer, raw_server

WIRE = WireRequest(method="POST", path="/op/1/order/local", body={"thirdPartyReference": "r"})
OK = b'HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{"status":"ok"}'


def test_each_pos_goes_by_its_own_word() -> None:
    registry = build()
    assert set(registry) == {"iiko", "ikentoo"}
    for system, pos in registry.items():
        assert pos.system == system
        assert issubclass(pos.settings_model, PosSettings)


async def test_one_adapter_until_the_location_changes() -> None:
    where = location()
    async with contextlib.aclosing(OpenAdapters(build(), Limits())) as opened:
        first = opened.get(where)
        assert opened.get(location()) is first
        assert opened.get(replace(where, id="geneva-2")) is not first
        changed = opened.get(replace(where, version=2))
        assert changed is not first
        # Deleted and made again: the same version, other settings.
        assert opened.get(replace(location(pos={"business_location_id": 7}), version=2)) is not changed


async def test_a_running_call_outlives_a_change_of_its_location() -> None:
    came, go_on = asyncio.Event(), asyncio.Event()

    async def answer_late(peer: Peer) -> None:
        await peer.read_request()
        came.set()
        await go_on.wait()
        await peer.send(OK)

    async with raw_server(answer_late) as server, asyncio.timeout(10):
        where = location(pos={"base_url": f"http://127.0.0.1:{server.port}"})
        async with contextlib.aclosing(OpenAdapters(build(), Limits())) as opened:
            running = asyncio.create_task(opened.get(where).create(WIRE))
            await came.wait()
            opened.get(replace(where, version=2))
            go_on.set()
            assert (await running).http_status == 200


async def test_a_replaced_adapter_is_closed_after_its_grace() -> None:
    hung_up = asyncio.Event()

    async def answer_and_watch(peer: Peer) -> None:
        await peer.read_request()
        await peer.send(OK)
        await peer.read_some()
        hung_up.set()

    async with raw_server(answer_and_watch) as server, asyncio.timeout(10):
        where = location(pos={"base_url": f"http://127.0.0.1:{server.port}"})
        async with contextlib.aclosing(OpenAdapters(build(), Limits(), grace_s=0)) as opened:
            await opened.get(where).create(WIRE)
            opened.get(replace(where, version=2))
            await hung_up.wait()


async def test_one_that_nobody_asks_for_is_closed_and_opened_again() -> None:
    hung_up = asyncio.Event()

    async def answer_and_watch(peer: Peer) -> None:
        await peer.read_request()
        await peer.send(OK)
        await peer.read_some()
        hung_up.set()

    async with raw_server(answer_and_watch) as server, asyncio.timeout(10):
        where = location(pos={"base_url": f"http://127.0.0.1:{server.port}"})
        async with contextlib.aclosing(OpenAdapters(build(), Limits(), idle_s=0)) as opened:
            first = opened.get(where)
            await first.create(WIRE)
            assert opened.get(where) is first
            opened.get(replace(where, id="geneva-2"))
            await hung_up.wait()
            again = opened.get(where)
            assert again is not first
            assert (await again.create(WIRE)).http_status == 200


async def test_closing_ends_all_of_them() -> None:
    came = asyncio.Event()

    async def hang(peer: Peer) -> None:
        await peer.read_request()
        came.set()
        await asyncio.Event().wait()

    async with raw_server(hang) as server, asyncio.timeout(10):
        where = location(pos={"base_url": f"http://127.0.0.1:{server.port}"})
        opened = OpenAdapters(build(), Limits())
        running = asyncio.create_task(opened.get(where).create(WIRE))
        await came.wait()
        opened.get(replace(where, version=2))
        await opened.aclose()
        with pytest.raises(InDoubt):
            await running
        await opened.aclose()
