"""order-relay on several hosts: two databases, two API hosts, two worker hosts, both POSs, and the website's host."""

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from tests.e2e import city
from tests.e2e.processes import COMMAND, Process, secret_key
from tests.e2e.restaurant import SCOPES, client
from tests.hosts.database import Pair
from tests.hosts.lab import PATIENCE_S, Lab, lab

DATABASES = ("db1", "db2")
APIS = ("api1", "api2")
WORKERS = ("work1", "work2")
POS = "pos"
POSS = ("iiko", "ikentoo")
WEBSITE = "web"
IIKO, IKENTOO = "zhytomyr-1", "geneva-1"
PORTS = {"api1": 8000, "api2": 8000, "iiko": 8101, "ikentoo": 8102}
TIMES = {
    "ORDER_RELAY_POS_READ_TIMEOUT_S": "11",
    "ORDER_RELAY_SEND_BUDGET_S": "5",
    "ORDER_RELAY_LEASE_S": "8",
    "ORDER_RELAY_POLL_INTERVAL_S": "2",
}
"""As short as they may be."""
A_CALL_S = 0.25
"""The POSs take so long, so that every fault finds calls under way."""
REACHED_WITHIN_S = 2.0
ANSWERED_WITHIN_S = 10.0
"""A checkout that waits longer has been hung. Refusals are promised within 5 s; the rest is for a slow machine."""


@dataclass(kw_only=True)
class Town:
    """All hosts, and what runs on them. Made by `town`."""

    hosts: Lab
    database: Pair
    environment: Mapping[str, str]
    running: dict[str, Process] = field(default_factory=dict)
    """By the name of the host; of the POSs by their own."""
    key: str = ""

    def url(self, name: str) -> str:
        return f"http://{self.hosts.address(name if name in APIS else POS)}:{PORTS[name]}"

    def start(self, *names: str) -> None:
        """Starts what is not running of these (absent: of all)."""
        for name in names or (*POSS, *APIS, *WORKERS):
            if name not in self.running or self.running[name].popen.poll() is not None:
                self.running[name] = self._start(name)

    def begin(self, *names: str) -> None:
        """The same, and waits until all are ready."""
        self.start(*names)
        for name in names or self.running:
            self.running[name].wait_for("serves on|works on|simulates .+ on", PATIENCE_S)

    def kill(self, name: str) -> None:
        self.running[name].kill9()

    def repair(self) -> None:
        """As it was in the beginning, whatever happened: everything runs, everybody hears everybody, commits wait for
        the standby."""
        for process in self.running.values():
            process.popen.send_signal(signal.SIGCONT)
        if not self.database.is_whole:
            self.database.kill(self.database.standby)  # before it is in reach again: perhaps it is a primary still
            self.hosts.restore()
            self.database.rebuild()
        self.hosts.restore()
        self.begin()

    @contextmanager
    def api(self, name: str, *, patience_s: float = ANSWERED_WITHIN_S) -> Iterator[httpx.Client]:
        """The website's way to one API host."""
        with client(self.url(name), self.key) as found:
            found.timeout = httpx.Timeout(patience_s, connect=REACHED_WITHIN_S)
            yield found

    def _start(self, name: str) -> Process:
        host = name if name in self.hosts.hosts else POS
        address = self.hosts.address(host)
        listens = ("--host", address, "--port", str(PORTS.get(name)))
        words = {
            **dict.fromkeys(APIS, ("serve", "--no-worker", *listens)),
            **dict.fromkeys(WORKERS, ("worker",)),
            **{pos: ("simulate", pos, *listens) for pos in POSS},
        }[name]
        return self.hosts.start(host, *COMMAND, *words, environment=self.environment)

    def _command(self, *words: str) -> str:
        return self.hosts.run(APIS[0], *COMMAND, *words, environment=self.environment).stdout.strip()

    def furnish(self) -> None:
        """The schema, a key, a restaurant at each POS, and POSs that take their time."""
        self._command("migrate")
        self.start()
        scopes = [word for scope in SCOPES for word in ("--scope", scope)]
        self.key = self._command("keys", "create", "--name", "website", *scopes)
        self.begin()
        with self.hosts.standing_on(WEBSITE), self.api(APIS[0]) as api:
            city.open_iiko(api, self.url("iiko"), IIKO)
            city.open_ikentoo(api, self.url("ikentoo"), IKENTOO)
            for pos, endpoint in (("iiko", "orders/add"), ("ikentoo", "toGo")):
                city.plant(self.url(pos), kind="delay", seconds=A_CALL_S, match={"endpoint": endpoint})


@contextmanager
def town() -> Iterator[Town]:
    """The whole, ready."""
    with lab(*DATABASES, *APIS, *WORKERS, POS, WEBSITE) as hosts:
        database = Pair(hosts=hosts, members=DATABASES)
        environment = {
            "DATABASE_URL": database.url,
            "ORDER_RELAY_SECRET_KEYS": secret_key(),
            "ORDER_RELAY_ALLOW_HTTP": "true",
            # The POS repeats a call that is refused; a proxy in front of both hosts is not part of this.
            "ORDER_RELAY_PUBLIC_URL": f"http://{hosts.address(APIS[1])}:{PORTS[APIS[1]]}",
            **TIMES,
        }
        found = Town(hosts=hosts, database=database, environment=environment)
        found.start(*POSS)
        database.create()
        found.furnish()
        yield found
