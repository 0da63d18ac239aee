"""What the suite measures on: the house, twenty Iiko and twenty iKentoo restaurants that are synced and then moved to
the light POS, and a key for everything."""

import asyncio
import base64
import itertools
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from bench import orders, pipeline
from bench.house import SERVES, SIMULATES, WORKS, House, Served
from bench.load import place
from bench.peers.peer import Peer
from bench.plain import VIEW
from bench.processes import ORDER_RELAY, PLAIN_ROUTE, Running

LIGHT_POS = ("-m", "bench.light_pos")
SCOPES = ("orders:write", "orders:read", "ops", "admin")
EMPTY = "TRUNCATE orders, submissions, status_history, attempts, callbacks, notifications"
_COPY = """
WITH heads AS (
    UPDATE catalogs c SET version = m.version, groups = m.groups, revision = m.revision, read_as = m.read_as,
        synced_at = m.synced_at, names_synced_at = m.names_synced_at
    FROM catalogs m WHERE m.location_id = $1 AND c.location_id = ANY($2)
), names AS (
    INSERT INTO dictionaries (location_id, kind, entries)
    SELECT slug, kind, entries FROM dictionaries, unnest($2::text[]) AS slug WHERE location_id = $1
    ON CONFLICT DO NOTHING
)
INSERT INTO products (location_id, key, position, sku, product_id, body)
SELECT slug, key, position, sku, product_id, body FROM products, unnest($2::text[]) AS slug WHERE location_id = $1
ON CONFLICT DO NOTHING
"""
_REST = "UPDATE catalogs SET due_at = now() + interval '30 days'"
_MOVE = """
UPDATE locations SET settings = jsonb_set(settings, '{pos,base_url}', to_jsonb($1::text)), version = version + 1
WHERE location_id = ANY($2)
"""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """It stands ready."""

    house: House
    light: Running
    """The POS of all restaurants, and of the contenders."""
    key: str

    @contextmanager
    def relay(
        self, sending: str, *, settings: Mapping[str, str] | None = None, database: str | None = None
    ) -> Iterator[Served]:
        """Ours. `sending`: "no", "inside" the process that serves, "beside" it, or "alone" (a worker, no API)."""
        more_settings = {**(settings or {}), **(self._elsewhere(database) if database else {})}
        commands = replace(self.house.commands, settings={**self.house.commands.settings, **more_settings})
        parts, url = {"postgres": self.house.postmaster}, ""
        with ExitStack() as stack:
            if sending != "alone":
                more = () if sending == "inside" else ("--no-worker",)
                server = stack.enter_context(commands.running(*ORDER_RELAY, "serve", "--port", "0", *more, says=SERVES))
                parts["server"], url = server.pid, server.url
            if sending in ("alone", "beside"):
                parts["worker"] = stack.enter_context(commands.running(*ORDER_RELAY, "worker", says=WORKS)).pid
            yield Served(url=url, parts=parts)

    def _elsewhere(self, database: str) -> dict[str, str]:
        key = (self.house.place / "secret.key").read_text().strip()
        return {"DATABASE_URL": database, "ORDER_RELAY_SECRET_KEYS": key}

    @contextmanager
    def plain(self, *, view: Path | None = None) -> Iterator[Served]:
        """The routes that only validate; the reading one answers this view."""
        settings = {**self.house.commands.settings, **({VIEW: str(view)} if view else {})}
        with replace(self.house.commands, settings=settings).running(*PLAIN_ROUTE, says=SERVES) as server:
            yield Served(url=server.url, parts={"server": server.pid})

    @contextmanager
    def peer(self, peer: Peer, database: str, *, workers: bool) -> Iterator[Served]:
        """A contender on a database that was prepared."""
        with peer.served(database, f"{self.light.url}/orders", workers=workers) as served:
            yield Served(url=served.url, parts={**served.parts, "postgres": self.house.postmaster})

    async def clear(self) -> None:
        """Forgets all orders, here and at the POS; and no checkpoint of what was written before falls into a load."""
        async with self.house.connected() as connection:
            await connection.execute(EMPTY)
            await connection.execute("CHECKPOINT")
        await self.at_pos("POST", "/_forget")

    async def checkpoint(self) -> None:
        """What earlier loads wrote is on disk."""
        async with self.house.connected() as connection:
            await connection.execute("CHECKPOINT")

    async def at_pos(self, method: str, path: str, body: object = None) -> dict[str, float]:
        """A word with the light POS. By hand: asked often, a general client would cost more than what is measured."""
        reader, writer = await asyncio.open_connection(*place(self.light.url), limit=2**20)
        try:
            content = json.dumps(body).encode()
            writer.write(f"{method} {path} HTTP/1.1\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            length = int(head.partition("content-length:")[2].split()[0])
            found: dict[str, float] = json.loads(await reader.readexactly(length))
            return found
        finally:
            writer.close()

    async def call_back(self, url: str) -> None:
        """From now on the light POS calls order-relay there about each iKentoo order; empty: it calls nobody."""
        async with self.house.connected() as connection:
            rows = await connection.fetch(
                "SELECT settings->'pos'->>'endpoint_id' AS endpoint, callback_key FROM locations "
                "WHERE pos_system = 'ikentoo'"
            )
        secret = base64.b64encode(b"order-relay:callback-secret").decode()
        paths = {row["endpoint"]: f"/webhooks/ikentoo/{row['callback_key']}" for row in rows} if url else {}
        await self.at_pos("POST", "/_calls", {"url": url, "paths": paths, "authorization": f"Basic {secret}"})

    async def call_back_peer(self, url: str) -> None:
        """The same for a contender."""
        await self.at_pos("POST", "/_calls", {"url": url, "paths": {"": "/callback"}, "authorization": "none"})


def ikentoo_requests(run: str, *, key: str) -> Iterator[bytes]:
    """As `orders.requests`, for the iKentoo restaurants."""
    pieces = [orders.ikentoo_pieces(slug, key) for slug in pipeline.SLUGS]
    for number, (before, after) in enumerate(itertools.cycle(pieces)):
        yield b"%b%b%b" % (before, pipeline.reference(run, number).encode(), after)


@asynccontextmanager
async def set_up(house: House) -> AsyncIterator[Stage]:
    """Syncs the restaurants with the simulators, once, and moves them."""
    commands = house.commands
    key = commands.run(
        *ORDER_RELAY, "keys", "create", "--name", "suite", *(word for scope in SCOPES for word in ("--scope", scope))
    )
    with commands.running(*LIGHT_POS, says=SERVES) as light:
        stage = Stage(house=house, light=light, key=key)
        await _synced(stage)
        async with house.connected() as connection:
            await connection.execute(_REST)
            await connection.execute(_MOVE, light.url, list(orders.LOCATIONS))
            await connection.execute(_MOVE, f"{light.url}/o", list(pipeline.SLUGS))
            await connection.execute("VACUUM ANALYZE")
        yield stage


async def _synced(stage: Stage) -> None:
    house = stage.house
    simulate = (*ORDER_RELAY, "simulate", "ikentoo", "--port", "0")
    says = SIMULATES.replace("Iiko", "iKentoo")
    with house.commands.running(*simulate, says=says) as ikentoo:
        file = house.place / "pipeline.toml"
        file.write_text(pipeline.locations(ikentoo.url))
        house.commands.run(*ORDER_RELAY, "locations", "apply", str(file))
        with stage.relay("no") as served:
            headers = {"Authorization": f"Bearer {stage.key}"}
            async with httpx.AsyncClient(base_url=served.url, headers=headers, trust_env=False, timeout=60) as api:
                for first in (orders.LOCATIONS[0], pipeline.SLUGS[0]):
                    (await api.post(f"/v1/locations/{first}/sync")).raise_for_status()
    async with house.connected() as connection:
        for first, *others in (orders.LOCATIONS, pipeline.SLUGS):
            await connection.execute(_COPY, first, others, timeout=120)
