"""A thousand restaurants, and then half of them hang: their POS takes every request and never answers. Does the other
half keep its time from the POST to the first byte at the POS?"""

import asyncio
import itertools
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from bench.house import Served
from bench.machine import Meter
from bench.openloop import Offered, offer
from bench.orders import LOCATIONS, request_pieces
from bench.pipeline import reference
from bench.suite import stock
from bench.suite.intake import percentiles
from bench.suite.pace import Pace
from bench.suite.rounds import Findings, Patience, Rounds, Sample
from bench.suite.stage import Stage

SETTLES_S = 2.0
ARRIVES_S = 20.0
FIRST_TIMES = 4
"""The rate, while each restaurant gets its first order."""
BEGUN_S = 60.0
_BEGUN = "SELECT NOT EXISTS (SELECT FROM submissions WHERE attempt = 0)"
STEP = 7919
"""A prime: neighbours in time are none in the tables."""
_NAMES = itertools.count()
_COPY = """
INSERT INTO locations (location_id, settings, secrets, secret_names, pos_system, callback_key, venue)
SELECT 'half-' || lpad(n::text, 5, '0'), settings, secrets, secret_names, pos_system, 'half-' || n, venue
FROM locations, generate_series(0, $1 - 1) n WHERE location_id = $2
"""
_LANES = """
INSERT INTO lanes (location_id, max_in_flight) SELECT location_id, 4 FROM locations WHERE location_id LIKE 'half-%'
"""
_MENUS = """
WITH half AS (SELECT location_id AS slug FROM locations WHERE location_id LIKE 'half-%'), heads AS (
    INSERT INTO catalogs (location_id, version, groups, synced_at, names_synced_at, due_at)
    SELECT slug, version, groups, synced_at, names_synced_at, due_at FROM catalogs, half WHERE location_id = $1
), names AS (
    INSERT INTO dictionaries (location_id, kind, entries)
    SELECT slug, kind, entries FROM dictionaries, half WHERE location_id = $1
)
INSERT INTO products (location_id, key, position, sku, product_id, body)
SELECT slug, key, position, sku, product_id, body FROM products, half WHERE location_id = $1
"""
_MOVE = """
UPDATE locations SET settings = jsonb_set(settings, '{pos,base_url}', to_jsonb($1::text)), version = version + 1
WHERE location_id LIKE 'half-%' AND substr(location_id, 6)::integer % 2 = 1
"""
_WELL = "UPDATE lanes SET not_before = NULL, failures = 0, failing_since = NULL, blocked = NULL, last_error = NULL"
_REMOVE = tuple(
    f"DELETE FROM {table} WHERE location_id LIKE 'half-%'"
    for table in ("products", "dictionaries", "catalogs", "lanes", "locations")
)


async def measure(stage: Stage, pace: Pace, patience: Patience) -> Findings:
    """The same load by turns: all well, and half of them hanging."""
    rounds = Rounds(words="half of the restaurants hang", rounds=pace.rounds, patience=patience)
    rounds.notes.append(
        f"{pace.locations:,} restaurants, {pace.hanging_rate:g} orders/s over all of them, times of the half that is "
        "well; before the load, each restaurant of both halves has got an order, which hangs where its POS does"
    )
    async with stage.house.connected() as connection:
        await connection.execute(_COPY, pace.locations, LOCATIONS[0])
        await connection.execute(_LANES)
        await connection.execute(_MENUS, LOCATIONS[0], timeout=300)
        await connection.execute("VACUUM ANALYZE")
    async with _silent() as silent:
        for name, words, url in (("well", "all well", stage.light.url), ("half", "half of them hang", silent)):

            async def run(_round: int, url: str = url) -> Sample:
                await stage.clear()
                async with stage.house.connected() as connection:
                    await connection.execute(_WELL)
                    await connection.execute(_MOVE, url)
                with stage.relay("beside") as served:
                    return await _offered(stage, served, pace)

            rounds.add(name, words, run)
        try:
            return await rounds.all()
        finally:
            await stage.clear()
            async with stage.house.connected() as connection:
                for statement in _REMOVE:
                    await connection.execute(statement, timeout=60)


async def _offered(stage: Stage, served: Served, pace: Pace) -> Sample:
    run = f"h{next(_NAMES):04}"
    first = _requests(stage, f"{run}a", pace.locations)
    rate = FIRST_TIMES * pace.hanging_rate
    await offer(Offered(began=0.0), served.url, first, rate=rate, seconds=pace.locations / rate)
    async with stage.house.connected() as connection:
        await stock.until(connection, _BEGUN, within_s=BEGUN_S)
    await asyncio.sleep(SETTLES_S)
    offered = Offered(began=0.0)
    meter = Meter({**served.parts, "POS": stage.light.pid, "load client": os.getpid()})
    requests = _requests(stage, f"{run}b", pace.locations)
    await offer(offered, served.url, requests, rate=pace.hanging_rate, seconds=pace.hanging_s)
    shares = meter.stop()
    taken = [answer for answer in offered.answers if answer.status == 202]
    # Requests take turns, even numbers go to the half that is well.
    due = {reference(f"{run}b", one.number): offered.began + one.at for one in taken if one.number % 2 == 0}
    arrivals = await _arrivals(stage, set(due))
    offset = time.monotonic() - time.perf_counter()
    times = [arrivals[one] - (at + offset) for one, at in due.items()]
    # The first of two: a worker that is told once would wait for what hangs.
    os.kill(served.parts["worker"], signal.SIGTERM)
    await asyncio.sleep(SETTLES_S / 4)
    numbers = {"orders": len(times), "refused": len(offered.answers) - len(taken), **percentiles(times)}
    return Sample(numbers=numbers, shares=shares)


async def _arrivals(stage: Stage, wanted: set[str]) -> dict[str, float]:
    ends = time.monotonic() + ARRIVES_S
    while missing := wanted - (found := await stage.at_pos("GET", "/_arrivals")).keys():
        if time.monotonic() > ends:
            raise RuntimeError(f"{len(missing)} of {len(wanted)} orders of the healthy half did not come to the POS")
        await asyncio.sleep(SETTLES_S / 4)
    return found


def _requests(stage: Stage, run: str, locations: int) -> Iterator[bytes]:
    """For even and odd restaurants by turns, in steps that spread them."""
    half = locations // 2
    for number in itertools.count():
        slug = f"half-{number // 2 * STEP % half * 2 + number % 2:05}"
        before, after = request_pieces(slug, stage.key)
        yield b"%b%b%b" % (before, reference(run, number).encode(), after)


@asynccontextmanager
async def _silent() -> AsyncIterator[str]:
    """A POS that takes every connection and never answers. It gives out tokens: a request for one must not hang."""

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                if b"/auth/access_token" in head:
                    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n"silent-token"')
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0, backlog=4096)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
