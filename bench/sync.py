"""How long the sync of a menu of 5,000 products with modifiers takes, and how many rows it writes.

Over HTTP, as an operator asks for one: `POST /v1/locations/{location}/sync` at `order-relay serve --no-worker`, which
reads the simulated POS over HTTP, too. Three syncs a round: the first, one where nothing changed, and one after the
price of one product changed.
"""

import os
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager

import httpx

from app.simulators.iiko.generated import product_id
from bench.house import SERVES, House
from bench.machine import Meter, Shares, description
from bench.processes import ORDER_RELAY, Running
from bench.suite.rounds import Patience, tell
from bench.sync_locations import toml
from bench.sync_pos import PRODUCTS
from bench.sync_report import Sync, show_sync, sync_figures

CASES = ("first", "unchanged", "one price")
FORGET = "TRUNCATE products, dictionaries, catalogs"
ROWS = """
SELECT 'p' || key, xmin::text FROM products WHERE location_id = $1
UNION ALL SELECT 'd' || kind, xmin::text FROM dictionaries WHERE location_id = $1
"""
"""Which transaction wrote each row: what a sync has written is what has another one afterwards."""
EDITS: Mapping[str, tuple[str, str]] = {
    "iiko": ("POST", f"/_sim/menu/products/{product_id(2500)}"),
    "ikentoo": ("PUT", "/_sim/products/GEN02500"),
}
LONGEST_S = 120.0


async def main(house: House, words: list[str]) -> None:
    """All rounds, and their report. No options; QUICK=1 is one round."""
    if words:
        raise SystemExit(f"sync takes no options: {' '.join(words)}")
    quick = os.environ.get("QUICK", "") not in ("", "0")
    patience = Patience(left_s=3.0 if quick else 20.0)
    found = await measure(house, rounds=1 if quick else 3, patience=patience)
    show_sync(description(), sync_figures(found))


async def measure(house: House, *, rounds: int, patience: Patience) -> Sequence[Sync]:
    """All rounds. Each begins with a fresh server that knows nothing of the menu."""
    found: list[Sync] = []
    with _venues(house) as venues:
        key = house.commands.run(*ORDER_RELAY, "keys", "create", "--name", "bench-sync", "--scope", "ops")
        for number in range(rounds):
            for pos, venue in venues.items():
                patience.until_calm()
                async for sync in _round(house, pos, venue, f"12{number}.00", key):
                    tell(f"round {number + 1}: {pos}, {sync.case}: {sync.seconds:.2f} s, {sync.rows:,} rows")
                    found.append(sync)
    return found


@contextmanager
def _venues(house: House) -> Iterator[Mapping[str, Running]]:
    with ExitStack() as stack:
        venues = {
            pos: stack.enter_context(house.commands.running("-m", "bench.sync_pos", pos, says=SERVES)) for pos in EDITS
        }
        file = house.place / "sync-locations.toml"
        file.write_text(toml({pos: venue.url for pos, venue in venues.items()}))
        house.commands.run(*ORDER_RELAY, "locations", "apply", str(file))
        yield venues


async def _round(house: House, pos: str, venue: Running, price: str, key: str) -> AsyncIterator[Sync]:
    async with house.connected() as connection:
        await connection.execute(FORGET)
    with house.serve(sending="no") as server:
        async with _client(server.url, key) as api, _client(venue.url, key) as back_office:
            for case in CASES:
                if case == "one price":
                    method, path = EDITS[pos]
                    (await back_office.request(method, path, json={"price": price})).raise_for_status()
                before = await _written(house, pos)
                seconds, shares = await _synced(api, pos, Meter({**server.parts, "simulator": venue.pid}))
                rows = _differing(before, await _written(house, pos))
                yield Sync(pos=pos, case=case, seconds=seconds, rows=rows, shares=shares)


async def _synced(api: httpx.AsyncClient, pos: str, meter: Meter) -> tuple[float, Shares]:
    began = time.perf_counter()
    answer = await api.post(f"/v1/locations/sync-{pos}/sync")
    seconds, shares = time.perf_counter() - began, meter.stop()
    counts = answer.raise_for_status().json()["counts"]
    if counts["products"] < PRODUCTS:
        raise RuntimeError(f"only {counts['products']} products were synced")
    return seconds, shares


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> int:
    return sum(before.get(row) != after.get(row) for row in before.keys() | after.keys())


async def _written(house: House, pos: str) -> dict[str, str]:
    async with house.connected() as connection:
        return dict(await connection.fetch(ROWS, f"sync-{pos}"))


@asynccontextmanager
async def _client(url: str, key: str) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=LONGEST_S, trust_env=False) as client:
        yield client
