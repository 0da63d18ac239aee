"""Contenders that consist of an API and a worker process, both Python, around PostgreSQL."""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.orders import LOCATIONS, order
from bench.peers import databases
from bench.peers.environment import PYTHON, missing
from bench.peers.peer import DELIVERIES, Served
from bench.peers.programs import run, running

API_SAYS = r"Uvicorn running on (http://\S+)"
WORKER_SAYS = "the worker is ready"
FILLED_WITHIN_S = 600.0
DELIVERED = "SELECT count(*) FROM orders WHERE delivered_at IS NOT NULL"
FINISHED = "SELECT count(*) FROM orders WHERE status = 'completed'"


@dataclass(frozen=True, kw_only=True)
class Service:
    """One of them. Its package has the modules `schema` (makes the tables), `api`, `worker` and `backlog`."""

    name: str
    words: str
    package: str
    note: str
    libraries: tuple[str, ...]
    durable: bool = True
    stores: bool = True

    def available(self) -> str | None:
        return missing(*self.libraries)

    async def prepared(self, server_url: str) -> str:
        url = await databases.fresh(server_url, f"bench_{self.name}")
        run([str(PYTHON), "-m", f"{self.package}.schema"], settings={"DATABASE_URL": url})
        return url

    @contextmanager
    def served(self, database_url: str, deliver_to: str, *, workers: bool) -> Iterator[Served]:
        settings = {"DATABASE_URL": database_url, "DELIVER_TO": deliver_to, "DELIVERIES": f"{DELIVERIES}"}
        with ExitStack() as stack:
            place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=f"bench-{self.name}-")))
            parts = self._broker(stack, place, settings)
            if workers:
                log = place / "worker.log"
                worker = running(self._worker(), settings=settings, log=log, says=WORKER_SAYS)
                parts["worker"] = stack.enter_context(worker).pid
            api = stack.enter_context(running(self._api(), settings=settings, log=place / "api.log", says=API_SAYS))
            yield Served(url=api.url, parts={"server": api.pid, **parts})

    async def backlog(self, database_url: str, orders: int) -> None:
        settings = {"DATABASE_URL": database_url, "ORDER": json.dumps(order(LOCATIONS[0]))}
        command = [str(PYTHON), "-m", f"{self.package}.backlog", f"{orders}"]
        run(command, settings=settings, within_s=FILLED_WITHIN_S)

    async def delivered(self, database_url: str) -> int:
        return int(await databases.value(database_url, DELIVERED))

    async def finished(self, database_url: str) -> int:
        return int(await databases.value(database_url, FINISHED))

    def _broker(self, _stack: ExitStack, _place: Path, _settings: dict[str, str]) -> dict[str, int]:
        """Starts what else it needs, and adds to the settings where that is."""
        return {}

    def _api(self) -> list[str]:
        fast = [] if sys.platform == "win32" else ["--loop", "uvloop", "--http", "httptools"]
        served = [str(PYTHON), "-m", "uvicorn", f"{self.package}.api:app", "--port", "0", *fast]
        return [*served, "--no-access-log"]

    def _worker(self) -> list[str]:
        return [str(PYTHON), "-m", f"{self.package}.worker"]


API = ("fastapi", "uvicorn", "uvloop", "httptools", "pydantic")

ORM = Service(
    name="orm",
    words="FastAPI + SQLAlchemy ORM",
    package="bench.contenders.with_orm",
    note="order and outbox row in one commit; a worker that polls with SKIP LOCKED",
    libraries=(*API, "sqlalchemy", "asyncpg", "httpx"),
)
PROCRASTINATE = Service(
    name="procrastinate",
    words="procrastinate",
    package="bench.contenders.with_procrastinate",
    note="order and job in one commit; the worker deletes what succeeded",
    libraries=(*API, "procrastinate", "psycopg", "psycopg-pool", "aiohttp"),
)
PGQUEUER = Service(
    name="pgqueuer",
    words="pgqueuer",
    package="bench.contenders.with_pgqueuer",
    note="order and job in one commit; batches of 100, at most 200 tasks",
    libraries=(*API, "pgqueuer", "asyncpg", "aiohttp"),
)
