"""Accept-to-POS: one order at a time on an idle system, from sending the POST until the POS has the create request."""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

import httpx

from bench.house import House, Served
from bench.load import place
from bench.machine import Meter, Shares
from bench.orders import requests

REST_S = 0.02
"""Between two orders: the first must be recorded, or the system is not idle."""
ARRIVES_S = 20.0
WARM_UP = 20


@dataclass(frozen=True, kw_only=True)
class Latency:
    """Seconds, one for each order."""

    accepted: list[float]
    """From sending the POST until its 202 was there."""
    at_pos: list[float]
    """From sending the POST until the POS had read the create request, by the POS's journal; one clock for both."""
    shares: Shares


async def measure(house: House, served: AbstractContextManager[Served], *, name: str, orders: int) -> Latency:
    """On a fresh server with empty tables."""
    await house.clear()
    with served as server:
        reader, writer = await asyncio.open_connection(*place(server.url))
        client = _Client(reader, writer, house.simulator.url)
        try:
            bodies = requests(name, key=house.key)
            await _one_by_one(client, bodies, WARM_UP)
            meter = Meter(server.parts)
            times = await _one_by_one(client, bodies, orders)
            shares = meter.stop()
        finally:
            await client.aclose()
    return Latency(accepted=[one for one, _ in times], at_pos=[two for _, two in times], shares=shares)


async def _one_by_one(client: "_Client", bodies: Iterator[bytes], count: int) -> list[tuple[float, float]]:
    times = []
    for _ in range(count):
        times.append(await client.submit(next(bodies)))
        await asyncio.sleep(REST_S)
    return times


class _Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, simulator: str) -> None:
        self._reader = reader
        self._writer = writer
        self._pos = httpx.AsyncClient(base_url=simulator, timeout=ARRIVES_S + 5, trust_env=False)

    async def submit(self, request: bytes) -> tuple[float, float]:
        began, clock = time.time(), time.perf_counter()
        self._writer.write(request)
        view = await self._accepted()
        accepted = time.perf_counter() - clock
        return accepted, (await self._arrival(view["pos"]["reference"])).timestamp() - began

    async def aclose(self) -> None:
        self._writer.close()
        await self._pos.aclose()

    async def _accepted(self) -> dict[str, dict[str, str]]:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length:")[2].split()[0])
        body = await self._reader.readexactly(length)
        if head.split()[1] != "202":
            raise RuntimeError(f"not a 202: {body!r}")
        view: dict[str, dict[str, str]] = json.loads(body)
        return view

    async def _arrival(self, reference: str) -> datetime:
        asked: dict[str, str | float] = {"reference": reference, "at_least": 1, "wait": ARRIVES_S}
        entries = (await self._pos.get("/_sim/requests", params=asked)).raise_for_status().json()
        creates = [entry for entry in entries if entry["endpoint"] == "orders/add"]
        if len(creates) != 1:
            raise RuntimeError(f"{len(creates)} create requests of {reference} came to the POS")
        return datetime.fromisoformat(creates[0]["at"])
