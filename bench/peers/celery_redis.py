"""Celery with Redis: the order is a row, the task is elsewhere, and no commit holds them together."""

import shutil
import socket
from contextlib import ExitStack
from pathlib import Path

from bench.peers.environment import PYTHON
from bench.peers.peer import DELIVERIES
from bench.peers.programs import run, running
from bench.peers.services import API, FILLED_WITHIN_S, Service

REDIS = "redis-server"
REDIS_SAYS = "Ready to accept connections"


class CeleryService(Service):
    """With a Redis of its own, which keeps an append-only file and writes it to disk every second.

    A backlog is rows at first: what was stored but never delivered is sent to Redis before the worker starts, as the
    sweep does which such a service needs anyway."""

    def available(self) -> str | None:
        return super().available() or (None if shutil.which(REDIS) else f"{REDIS} is not installed (make bench-setup)")

    def _broker(self, stack: ExitStack, place: Path, settings: dict[str, str]) -> dict[str, int]:
        port = free_port()
        options = ["--port", f"{port}", "--bind", "127.0.0.1", "--dir", str(place)]
        durable = ["--appendonly", "yes", "--appendfsync", "everysec"]
        redis = running([REDIS, *options, *durable], settings={}, log=place / "redis.log", says=REDIS_SAYS)
        pid = stack.enter_context(redis).pid
        settings["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"
        run([str(PYTHON), "-m", f"{self.package}.sweep"], settings=settings, within_s=FILLED_WITHIN_S)
        return {"redis": pid}

    def _worker(self) -> list[str]:
        pool = ["--pool", "gevent", "--concurrency", f"{DELIVERIES}", "--loglevel", "WARNING"]
        quiet = ["--without-gossip", "--without-mingle"]
        return [str(PYTHON), "-m", "celery", "--app", f"{self.package}.tasks", "worker", *pool, *quiet]


def free_port() -> int:
    """Of 127.0.0.1; for programs that cannot choose one and tell it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


CELERY = CeleryService(
    name="celery",
    words="Celery + Redis",
    package="bench.contenders.with_celery",
    note="the row is committed, then the task is sent: a crash between them loses the delivery, unless somebody sweeps",
    libraries=(*API, "celery", "redis", "gevent", "requests", "asyncpg", "psycopg"),
    durable=False,
)
