"""Node-RED: what a small agency draws in an afternoon. Webhook in, HTTP request out, nothing stored."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.peers.celery_redis import free_port
from bench.peers.environment import VENV
from bench.peers.peer import DELIVERIES, Served
from bench.peers.programs import running
from bench.processes import ROOT

PLACE = ROOT / "bench" / "contenders" / "node_red"
PROGRAM = VENV / "node-red" / "node_modules" / "node-red" / "red.js"


@dataclass(frozen=True, kw_only=True)
class NodeRed:
    """It answers before it delivers, and what it knows is in memory."""

    name: str = "node-red"
    words: str = "Node-RED"
    durable: bool = False
    stores: bool = False
    note: str = "no database: the order is in memory when 202 is said; one process does everything"

    def available(self) -> str | None:
        if shutil.which("node") is None:
            return "node is not installed (make bench-setup)"
        return None if PROGRAM.exists() else "node-red is not installed (make bench-setup)"

    async def prepared(self, server_url: str) -> str:
        return server_url

    @contextmanager
    def served(self, database_url: str, deliver_to: str, *, workers: bool) -> Iterator[Served]:
        del database_url
        port = free_port()
        with ExitStack() as stack:
            place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-node-red-")))
            for name in ("flows.json", "settings.js"):
                shutil.copy(PLACE / name, place)
            settings = {
                "PORT": f"{port}",
                "DELIVER_TO": deliver_to,
                "DELIVERIES": f"{DELIVERIES}",
                "DELIVER": "yes" if workers else "",
            }
            command = ["node", str(PROGRAM), "--userDir", str(place), "--settings", str(place / "settings.js")]
            node = running(command, settings=settings, log=place / "node-red.log", says="Started flows")
            yield Served(url=f"http://127.0.0.1:{port}", parts={"server": stack.enter_context(node).pid})

    async def backlog(self, database_url: str, orders: int) -> None:
        raise NotImplementedError("it stores nothing")

    async def delivered(self, database_url: str) -> int:
        raise NotImplementedError("only the receiver knows")

    async def finished(self, database_url: str) -> int:
        raise NotImplementedError("only the receiver knows")


NODE_RED = NodeRed()
