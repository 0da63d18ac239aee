"""The whole pipeline: order-relay as two processes over a simulated iKentoo that answers, calls back three times
(on the till, closed, ready), and spoils some of the orders. Twenty restaurants."""

import asyncio
import itertools
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx

from bench.house import House
from bench.load import load
from bench.processes import ORDER_RELAY, Running

SLUGS = tuple(f"pipe-{number:02}" for number in range(1, 21))
BUSINESSES = (25769803788, 25769805870, 123)
SPEED = "20"
"""An order is on the till after 75 ms, and over after a second."""
LIFE_S = 1.0
LOOK_EVERY_S = 0.2
SIMULATES = r"simulates iKentoo on (http://\S+)"
FAULTS = (
    "[sim:error_500_html]", "[sim:status status=503]", "[sim:status status=503 created=true]", "[sim:rate_limited]",
    "[sim:hang]", "[sim:hang_before]", "[sim:drop_before]", "[sim:drop_after]",
)  # fmt: skip
"""Each strikes once an order. By turns."""
SETTLED_S = 300.0
READ_TIMEOUT_S = "11"
"""The least that is allowed: hangs are over sooner, so that a short run sees many of them."""

_TOML = """
[locations.{slug}]
name = "{slug}"
timezone = "Europe/Zurich"
currency = "CHF"
[locations.{slug}.pos]
system = "ikentoo"
base_url = "{url}/o"
business_location_id = {business}
endpoint_id = "{endpoint}"
callback_username = "order-relay"
callback_password = "callback-secret"
account_profiles = {{ pickup = "PICKUP" }}
payment_methods = {{ CARD = "CARD" }}
"""
_PLACE = "REFERENCE-OF-20-CHAR"
_OPEN = "SELECT count(*) FROM orders WHERE reference LIKE $1 AND status NOT IN ('completed', 'rejected', 'failed')"


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """It runs."""

    house: House
    url: str
    api: int
    worker: int
    pos: Running
    key: str

    def requests(self, run: str, *, faults: float = 0.0) -> Iterator[bytes]:
        """Endless; `faults`: the share of orders that the POS spoils."""
        every = round(1 / faults) if faults else 0
        spoils = itertools.cycle(FAULTS)
        pieces = itertools.cycle([request_pieces(slug, self.key) for slug in SLUGS])
        spoiled = {
            fault: itertools.cycle([request_pieces(slug, self.key, fault) for slug in SLUGS]) for fault in FAULTS
        }
        for number in itertools.count():
            kind = spoiled[next(spoils)] if every and number % every == every - 1 else pieces
            before, after = next(kind)
            yield b"%b%b%b" % (before, reference(run, number).encode(), after)

    async def capacity(self, run: str, *, seconds: float, connections: int = 16) -> float:
        """Orders a second, from the first POST until the last one is completed."""
        found = await load(self.url, self.requests(run), seconds=seconds, connections=connections)
        await self.settled(run)
        return found.accepted / (time.perf_counter() - found.began - LIFE_S)

    async def settled(self, run: str, *, within_s: float = SETTLED_S) -> int:
        """Waits until all orders of a run have come to their end; how many have not in time."""
        deadline = time.monotonic() + within_s
        async with self.house.connected() as connection:
            while True:
                left = int(await connection.fetchval(_OPEN, f"{run}-%"))
                if not left or time.monotonic() > deadline:
                    return left
                await asyncio.sleep(LOOK_EVERY_S)

    async def verdict(self, run: str, accepted: set[int], refused: set[int]) -> dict[str, Any]:
        """Every 202 is a row that is at the POS exactly once; nothing that was refused (429) is a row. Of a 503 nobody
        knows, and it may be one."""
        async with self.house.connected() as connection:
            rows = await connection.fetch(
                "SELECT o.reference, o.status, s.state FROM orders o JOIN submissions s "
                "ON s.location_id = o.location_id AND s.reference = o.current_reference WHERE o.reference LIKE $1",
                f"{run}-%",
            )
        stored = {int(row["reference"].rpartition("-")[2]) for row in rows}
        at_pos = await self._made(run)
        wrong = [row for row in rows if row["status"] in ("failed", "rejected") and at_pos[row["reference"]]]
        return {
            "accepted": len(accepted),
            "rows": len(rows),
            "lost": len(accepted - stored),
            "refused_but_stored": len(refused & stored),
            "states": dict(Counter(f"{row['status']}/{row['state']}" for row in rows)),
            "done_but_not_at_pos": sum(
                not at_pos[row["reference"]] for row in rows if row["status"] in ("accepted", "completed")
            ),
            "doubled_at_pos": sum(times > 1 for times in at_pos.values()),
            "failed_but_at_pos": len(wrong),
        }

    async def _made(self, run: str) -> Counter[str]:
        async with httpx.AsyncClient(trust_env=False, timeout=300) as client:
            orders = (await client.get(f"{self.pos.url}/_sim/orders")).raise_for_status().json()
        numbers = (order["body"]["orderNote"].partition("\n")[0] for order in orders if order["state"] != "failed")
        return Counter(number for number in numbers if number.startswith(f"{run}-"))


def sound(verdict: dict[str, Any]) -> bool:
    """Nothing was lost, doubled or mislabelled."""
    wrong = ("lost", "refused_but_stored", "done_but_not_at_pos", "doubled_at_pos", "failed_but_at_pos")
    return not any(verdict[name] for name in wrong)


@asynccontextmanager
async def pipeline(house: House) -> AsyncIterator[Pipeline]:
    """Starts it, with empty tables and menus that are synced."""
    commands = house.commands
    commands.settings["ORDER_RELAY_POS_READ_TIMEOUT_S"] = READ_TIMEOUT_S
    simulate = (*ORDER_RELAY, "simulate", "ikentoo", "--port", "0", "--speed", SPEED)
    with commands.running(*simulate, says=SIMULATES) as pos:
        file = house.place / "pipeline.toml"
        file.write_text(locations(pos.url))
        commands.run(*ORDER_RELAY, "locations", "apply", str(file))
        scopes = ("--scope", "orders:write", "--scope", "admin", "--scope", "ops")
        key = commands.run(*ORDER_RELAY, "keys", "create", "--name", f"pipeline {time.time()}", *scopes)
        await house.clear()
        with house.serve(sending="beside") as served:
            await _prepared(house, served.url, key)
            parts = served.parts
            yield Pipeline(house=house, url=served.url, api=parts["server"], worker=parts["worker"], pos=pos, key=key)


async def _prepared(house: House, url: str, key: str) -> None:
    async with httpx.AsyncClient(
        base_url=url, headers={"Authorization": f"Bearer {key}"}, trust_env=False, timeout=60
    ) as api:
        for slug in SLUGS:
            (await api.post(f"/v1/locations/{slug}/callback-registration")).raise_for_status()
    async with house.connected() as connection, asyncio.timeout(120):
        while True:
            if not await _unsynced(connection):
                return
            await asyncio.sleep(LOOK_EVERY_S)


async def _unsynced(connection: asyncpg.Connection) -> int:
    query = "SELECT count(*) FROM catalogs WHERE location_id = ANY($1) AND synced_at IS NULL"
    return int(await connection.fetchval(query, list(SLUGS)))


def reference(run: str, number: int) -> str:
    """As long as every other one."""
    return f"{run}-{number:0{len(_PLACE) - len(run) - 1}}"


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """In milliseconds."""
    if not values:
        return {}
    ordered = sorted(values)
    return {
        name: round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 1)
        for name, share in (("p50_ms", 0.5), ("p99_ms", 0.99), ("max_ms", 1.0))
    }


def locations(url: str) -> str:
    """The restaurants, as `order-relay locations apply` reads them."""
    return "".join(
        _TOML.format(slug=slug, url=url, business=BUSINESSES[number % 3], endpoint=slug.upper())
        for number, slug in enumerate(SLUGS)
    )


def request_pieces(slug: str, key: str, note: str = "") -> tuple[bytes, bytes]:
    """A request before and behind its reference."""
    order = {
        "location": slug,
        "reference": _PLACE,
        "service_type": "pickup",
        "customer": {"first_name": "Luc", "last_name": "Favre", "email": "luc@example.com"},
        "items": [{"sku": "11", "quantity": 1, "unit_price": "16.50"}],
        "payments": [{"method": "CARD", "amount": "16.50", "paid": True}],
        "total": "16.50",
        **({"note": note} if note else {}),
    }
    body = json.dumps(order, separators=(",", ":")).encode()
    head = (
        f"POST /v1/orders HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    before, _, after = (head.encode() + body).partition(_PLACE.encode())
    return before, after
