"""Callbacks a second, beside the route that only validates: three words each about orders that iKentoo has."""

import base64
import itertools
import os
import time
from collections.abc import Iterator, Sequence

from bench.house import Served
from bench.light_pos import IKENTOO_CALL, IKENTOO_WORDS
from bench.load import load
from bench.machine import Meter
from bench.suite import copies, stock
from bench.suite.intake import percentiles
from bench.suite.pace import Pace
from bench.suite.rounds import Findings, Patience, Rounds, Sample
from bench.suite.stage import Stage

MOST_PER_S = 9000
"""Nobody answers more of them; so many orders are there that no callback comes twice."""
BLOCK = 500
"""So many orders come to the till before the first of them is ready."""
HANDLED_S = 60.0
_ORDERS = """
SELECT o.current_reference::text AS reference, l.callback_key FROM orders o
JOIN locations l ON l.location_id = o.location_id ORDER BY o.id
"""
_HANDLED = "SELECT NOT EXISTS (SELECT FROM callbacks WHERE state = 'received')"
_PARKED = "SELECT count(*) FROM callbacks WHERE state = 'parked'"
_COMPLETED = "SELECT count(*) FROM orders WHERE status = 'completed'"


async def measure(stage: Stage, pace: Pace, patience: Patience) -> Findings:
    """Ours and the plain route."""
    rounds = Rounds(words="callbacks", rounds=pace.rounds, patience=patience)
    count = int((pace.warm_up_s + pace.seconds) * MOST_PER_S / len(IKENTOO_WORDS)) + BLOCK

    async def filled() -> Iterator[bytes]:
        await stage.clear()
        async with stage.house.connected() as connection:
            await copies.fill(connection, copies.SUBMITTED, count)
            await connection.execute("VACUUM ANALYZE")
            rows = await connection.fetch(_ORDERS)
        await stage.checkpoint()
        return _requests([(row["reference"], row["callback_key"]) for row in rows])

    async def plain(_round: int) -> Sample:
        requests = await filled()
        with stage.plain() as served:
            return await _called(stage, served, requests, pace, stored=False)

    async def relay(_round: int) -> Sample:
        requests = await filled()
        with stage.relay("no") as served:
            return await _called(stage, served, requests, pace, stored=True)

    rounds.add("plain", "plain FastAPI route, only validates", plain)
    rounds.add("relay", "order-relay, API", relay)
    return await rounds.all()


def _requests(orders: Sequence[tuple[str, str]]) -> Iterator[bytes]:
    secret = base64.b64encode(b"order-relay:callback-secret").decode()
    for start in range(0, len(orders), BLOCK):
        block = orders[start : start + BLOCK]
        for word, (reference, key) in itertools.product(IKENTOO_WORDS, block):
            body = IKENTOO_CALL % (word, reference.encode(), start)
            head = (
                f"POST /webhooks/ikentoo/{key} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic {secret}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            yield head.encode() + body


async def _called(stage: Stage, served: Served, requests: Iterator[bytes], pace: Pace, *, stored: bool) -> Sample:
    await load(served.url, requests, seconds=pace.warm_up_s, expected=b"200")
    await _until_handled(stage)
    meter, began = Meter({**served.parts, "load client": os.getpid()}), time.monotonic()
    found = await load(served.url, requests, seconds=pace.seconds, expected=b"200")
    shares = meter.stop()
    await _until_handled(stage)
    numbers = {"per_s": found.per_s, **percentiles(found.latencies)}
    if stored:
        # Answered is stored; understood is a little later, and must keep up.
        numbers["understood_per_s"] = found.accepted / (time.monotonic() - began)
        async with stage.house.connected() as connection:
            if parked := await connection.fetchval(_PARKED):
                raise RuntimeError(f"{parked} callbacks found no order")
            numbers["completed"] = await connection.fetchval(_COMPLETED)
    return Sample(numbers=numbers, shares=shares)


async def _until_handled(stage: Stage) -> None:
    async with stage.house.connected() as connection:
        await stock.until(connection, _HANDLED, within_s=HANDLED_S)
