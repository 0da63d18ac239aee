"""Everything that is measured stands here: an embedded PostgreSQL with fsync on, a simulated Iiko, twenty restaurants
and a key. One server runs at a time, and every run begins with empty tables."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx

from app.cli.demo.scratch import scratch_directory
from app.store import embedded
from bench import slow_disk
from bench.orders import locations
from bench.processes import ORDER_RELAY, PLAIN_ROUTE, Commands, Running

SERVES = r"serves on (http://\S+)"
WORKS = "order-relay works on"
SIMULATES = r"simulates Iiko on (http://\S+)"
EMPTY = "TRUNCATE orders, submissions, status_history, attempts"


@dataclass(frozen=True, kw_only=True)
class Served:
    """A server to send orders to, and the processes it consists of."""

    url: str
    parts: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class House:
    """The furnished place."""

    commands: Commands
    key: str
    database: str
    postmaster: int
    simulator: Running
    place: Path
    """Where the database lies."""

    @contextmanager
    def plain(self) -> Iterator[Served]:
        """The route that only validates."""
        with self.commands.running(*PLAIN_ROUTE, says=SERVES) as server:
            yield Served(url=server.url, parts={"server": server.pid})

    @contextmanager
    def serve(self, *, sending: str) -> Iterator[Served]:
        """`order-relay serve`; `sending`: "no", "inside" the same process, or "beside" it in a second one."""
        more = () if sending == "inside" else ("--no-worker",)
        with ExitStack() as stack:
            server = stack.enter_context(
                self.commands.running(*ORDER_RELAY, "serve", "--port", "0", *more, says=SERVES)
            )
            parts = {"server": server.pid, "postgres": self.postmaster}
            if sending != "no":
                parts["simulator"] = self.simulator.pid
            if sending == "beside":
                parts["worker"] = stack.enter_context(self.commands.running(*ORDER_RELAY, "worker", says=WORKS)).pid
            yield Served(url=server.url, parts=parts)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[asyncpg.Connection]:
        """A look into the database, past the product."""
        connection = await asyncpg.connect(self.database)
        try:
            yield connection
        finally:
            await connection.close()

    async def clear(self) -> None:
        """Forgets all orders, here and at the POS. While nothing runs."""
        async with httpx.AsyncClient(trust_env=False) as pos:
            (await pos.post(f"{self.simulator.url}/_sim/reset")).raise_for_status()
        async with self.connected() as connection:
            await connection.execute(EMPTY)


@contextmanager
def furnished(*, on_slow_disk: bool = False) -> Iterator[House]:
    """Builds it in a directory for temporary files (TMPDIR), and clears it away."""
    with ExitStack() as stack:
        data = stack.enter_context(scratch_directory())
        if on_slow_disk:
            stack.enter_context(slow_disk.under_postgres(data))
        server = stack.enter_context(embedded.running(data))
        commands = Commands(
            directory=data,
            settings={
                "ORDER_RELAY_DATA_DIR": str(data),
                "ORDER_RELAY_LOG_LEVEL": "warning",
                "ORDER_RELAY_POLL_INTERVAL_S": "3600",  # following is another load, and not the one measured here
            },
        )
        commands.run(*ORDER_RELAY, "migrate")
        simulator = stack.enter_context(
            commands.running(*ORDER_RELAY, "simulate", "iiko", "--port", "0", says=SIMULATES)
        )
        toml = data / "locations.toml"
        toml.write_text(locations(simulator.url))
        commands.run(*ORDER_RELAY, "locations", "apply", str(toml))
        key = commands.run(*ORDER_RELAY, "keys", "create", "--name", "bench", "--scope", "orders:write")
        yield House(
            commands=commands,
            key=key,
            database=server.url,
            postmaster=int((data / "postgres" / "postmaster.pid").read_text().split()[0]),
            simulator=simulator,
            place=data,
        )
