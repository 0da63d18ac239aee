"""Status reads a second, beside the route that only validates the id and answers a view of the same size."""

import itertools
import os
from collections.abc import Iterator, Sequence

import httpx

from bench.house import Served
from bench.load import load
from bench.machine import Meter
from bench.processes import ORDER_RELAY
from bench.suite import copies
from bench.suite.intake import percentiles
from bench.suite.pace import Pace
from bench.suite.rounds import Findings, Patience, Rounds, Sample
from bench.suite.stage import Stage

ORDERS = 5000


async def measure(stage: Stage, pace: Pace, patience: Patience) -> Findings:
    """Ours and the plain route."""
    rounds = Rounds(words="status reads", rounds=pace.rounds, patience=patience)
    create = ("keys", "create", "--name", "suite-reads", "--scope", "orders:read")
    key = stage.house.commands.run(*ORDER_RELAY, *create)  # as a checkout has: attempts without their exchanges
    await stage.clear()
    async with stage.house.connected() as connection:
        await copies.fill(connection, copies.FINISHED, ORDERS)
        await connection.execute("VACUUM ANALYZE")
        ids = [str(row["id"]) for row in await connection.fetch("SELECT id FROM orders ORDER BY random()")]
    view = stage.house.place / "view.json"
    with stage.relay("no") as served:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            address = f"{served.url}/v1/orders/{ids[0]}"
            answer = await client.get(address, headers={"Authorization": f"Bearer {key}"})
            view.write_bytes(answer.raise_for_status().content)
    rounds.notes.append(f"a view has {view.stat().st_size:,} bytes")

    async def plain(_round: int) -> Sample:
        with stage.plain(view=view) as served:
            return await _read(served, _requests(ids, key), pace)

    async def relay(_round: int) -> Sample:
        with stage.relay("no") as served:
            return await _read(served, _requests(ids, key), pace)

    rounds.add("plain", "plain FastAPI route, only validates", plain)
    rounds.add("relay", "order-relay, API", relay)
    return await rounds.all()


def _requests(ids: Sequence[str], key: str) -> Iterator[bytes]:
    for one in itertools.cycle(ids):
        head = f"GET /v1/orders/{one} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n\r\n"
        yield head.encode()


async def _read(served: Served, requests: Iterator[bytes], pace: Pace) -> Sample:
    await load(served.url, requests, seconds=pace.warm_up_s, expected=b"200")
    meter = Meter({**served.parts, "load client": os.getpid()})
    found = await load(served.url, requests, seconds=pace.seconds, expected=b"200")
    shares = meter.stop()
    return Sample(numbers={"per_s": found.per_s, **percentiles(found.latencies)}, shares=shares)
