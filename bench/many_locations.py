"""10,000 restaurants, a third of them dead: `python -m bench many-locations`. Do the others keep their latency?

All are Iiko, polled while they have open orders and synced in turns. Half of the dead third refuses connections, the
other half takes them and never answers. Before the second load every dead restaurant has an order waiting, so that the
claim meets thousands of lanes with work that cannot be done. Latencies are the database's: from storing an order until
its answer by the POS is recorded."""

import argparse
import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx

from bench.house import House, Served
from bench.machine import Meter, description
from bench.openloop import Offered, offer
from bench.orders import LOCATIONS, request_pieces
from bench.pipeline import LOOK_EVERY_S, percentiles, reference
from bench.processes import ORDER_RELAY
from bench.sampling import sample

PROCESSES = ("server", "worker")
INTERVAL_S = 900
BACKLOG_TIMES = 5
"""The rate, while the dead ones get their orders."""
# Copies of one restaurant, secrets included: putting 10,000 of them over HTTP would take longer than the measurement.
_COPY = """
INSERT INTO locations (location_id, settings, secrets, secret_names, pos_system, callback_key, venue)
SELECT 'many-' || lpad(n::text, 5, '0'), settings, secrets, secret_names, pos_system, 'many-' || n, venue
FROM locations, generate_series(0, $1 - 1) n WHERE location_id = $2
"""
_LANES = """
INSERT INTO lanes (location_id, max_in_flight) SELECT location_id, 4 FROM locations WHERE location_id LIKE 'many-%'
"""
_MENUS = """
WITH many AS (SELECT location_id AS slug FROM locations WHERE location_id LIKE 'many-%'), heads AS (
    INSERT INTO catalogs (location_id, version, groups, synced_at, names_synced_at)
    SELECT slug, version, groups, synced_at, names_synced_at FROM catalogs, many WHERE location_id = $1
), names AS (
    INSERT INTO dictionaries (location_id, kind, entries)
    SELECT slug, kind, entries FROM dictionaries, many WHERE location_id = $1
)
INSERT INTO products (location_id, key, position, sku, product_id, body)
SELECT slug, key, position, sku, product_id, body FROM products, many WHERE location_id = $1
"""
_SPREAD = """
UPDATE catalogs SET due_at = now() + random() * make_interval(secs => $1), failures = 0, error = NULL
WHERE location_id LIKE 'many-%'
"""
_MOVE = """
UPDATE locations SET settings = jsonb_set(settings, '{pos,base_url}', to_jsonb($1::text)), version = version + 1
WHERE location_id LIKE 'many-%' AND substr(location_id, 6)::integer % 6 = $2
"""
_TOOK = """
SELECT extract(epoch FROM a.ended_at - o.received_at)::float8 AS took,
       extract(epoch FROM a.started_at - o.received_at)::float8 AS claimed
FROM orders o JOIN attempts a ON a.location_id = o.location_id AND a.reference = o.current_reference AND a.number = 1
WHERE o.reference LIKE $1 AND substr(o.location_id, 6)::integer % 3 <> 0
"""
_SYNCS = """
SELECT count(*) FILTER (WHERE synced_at >= now() - make_interval(secs => $1)) AS done,
       count(*) FILTER (WHERE due_at < now()) AS overdue
FROM catalogs WHERE location_id LIKE 'many-%' AND substr(location_id, 6)::integer % 3 <> 0
"""


def arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench many-locations")
    parser.add_argument("--locations", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=20.0, help="orders a second, over all locations")
    parser.add_argument("--seconds", type=float, default=60.0, help="of each load")
    return parser.parse_args(words)


async def measure(house: House, words: list[str]) -> None:
    """The same load twice: all well, and a third dead."""
    wanted = arguments(words)
    house.commands.settings["ORDER_RELAY_POLL_INTERVAL_S"] = "20"
    async with house.connected() as connection:
        await connection.execute(_COPY, wanted.locations, LOCATIONS[0])
        await connection.execute(_LANES)
    await _menus(house)
    well = await _one(house, "well", wanted, backlog=False)
    async with _silent() as hanging:
        async with house.connected() as connection:
            await connection.execute(_MOVE, f"http://127.0.0.1:{_refusing()}", 0)
            await connection.execute(_MOVE, hanging, 3)
        third_dead = await _one(house, "dead", wanted, backlog=True)
    found = {
        "machine": description(),
        "locations": wanted.locations,
        "rate": wanted.rate,
        "all_well": well,
        "third_dead": third_dead,
        "ratio_p50": _ratio(third_dead, well, "p50_ms"),
        "ratio_p99": _ratio(third_dead, well, "p99_ms"),
    }
    print(json.dumps(found, indent=1))


async def _menus(house: House) -> None:
    """One is synced, the others have the same."""
    key = house.commands.run(*ORDER_RELAY, "keys", "create", "--name", "bench-menus", "--scope", "ops")
    with house.serve(sending="no") as served:
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {key}"}, trust_env=False, timeout=60) as api:
            (await api.post(f"{served.url}/v1/locations/{LOCATIONS[0]}/sync")).raise_for_status()
    async with house.connected() as connection:
        await connection.execute(_MENUS, LOCATIONS[0], timeout=300)
        await connection.execute("VACUUM ANALYZE")


async def _one(house: House, run: str, wanted: argparse.Namespace, *, backlog: bool) -> dict[str, Any]:
    await house.clear()
    async with house.connected() as connection:
        await connection.execute("UPDATE lanes SET not_before = NULL, failures = 0, poll_at = NULL")
        await connection.execute(_SPREAD, INTERVAL_S)
    with house.serve(sending="beside") as served:
        if backlog:
            dead = Offered(began=0.0)
            count, rate = wanted.locations // 3, wanted.rate * BACKLOG_TIMES
            late = _requests(house, "late", wanted.locations, every=3)
            await offer(dead, served.url, late, rate=rate, seconds=count / rate)
        await offer(Offered(began=0.0), served.url, _requests(house, f"{run}warm", wanted.locations), rate=wanted.rate,
                    seconds=10)  # fmt: skip
        return await _measured(house, served, run, wanted)


async def _measured(house: House, served: Served, run: str, wanted: argparse.Namespace) -> dict[str, Any]:
    offered, meter = Offered(began=0.0), Meter(served.parts)
    requests = _requests(house, run, wanted.locations)
    await offer(offered, served.url, requests, rate=wanted.rate, seconds=wanted.seconds)
    shares = meter.stop()
    looked = await sample(house, {name: served.parts[name] for name in PROCESSES})
    async with house.connected() as connection:
        await _until_recorded(connection, run)
        rows = await connection.fetch(_TOOK, f"{run}-%")
        syncs = dict(await connection.fetchrow(_SYNCS, wanted.seconds))
    return {
        "answers": {str(status): count for status, count in sorted(offered.statuses().items())},
        "accepted": percentiles(offered.latencies()),
        "stored_to_claimed": percentiles([row["claimed"] for row in rows]),
        "stored_to_taken": percentiles([row["took"] for row in rows]),
        "orders": len(rows),
        "cores": {name: round(share, 2) for name, share in shares.parts.items()},
        "others_cores": shares.others,
        "healthy_syncs": syncs,
        **{name: looked[name] for name in looked if name.startswith(PROCESSES) or name in ("backlog", "connections")},
    }


async def _until_recorded(connection: asyncpg.Connection, run: str) -> None:
    query = f"SELECT count(*) FROM ({_TOOK}) t WHERE took IS NULL"
    waiting = (
        "SELECT count(*) FROM orders o JOIN submissions s ON s.location_id = o.location_id AND s.order_id = o.id "
        "WHERE o.reference LIKE $1 AND s.attempt = 0 AND substr(o.location_id, 6)::integer % 3 <> 0"
    )
    async with asyncio.timeout(120):
        while True:
            if not (await connection.fetchval(query, f"{run}-%") or await connection.fetchval(waiting, f"{run}-%")):
                return
            await asyncio.sleep(LOOK_EVERY_S)


def _requests(house: House, run: str, locations: int, *, every: int = 1) -> Iterator[bytes]:
    """One order for each location by turns, in steps that spread them."""
    number = 0
    while True:
        step = 7919 if every == 1 else every  # a prime: neighbours in time are none in the tables
        slug = f"many-{number * step % locations:05}"
        before, after = request_pieces(slug, house.key)
        yield b"%b%b%b" % (before, reference(run, number).encode(), after)
        number += 1


def _ratio(one: dict[str, Any], other: dict[str, Any], name: str) -> float:
    return round(float(one["stored_to_taken"][name]) / float(other["stored_to_taken"][name]), 2)


@asynccontextmanager
async def _silent() -> AsyncIterator[str]:
    """A POS that takes every connection and never answers."""

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65536):
            pass
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0, backlog=4096)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


def _refusing() -> int:
    """A port on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
