"""order-relay on several hosts over a Patroni cluster: two API hosts, two worker hosts, both POSs, two websites."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from tests.e2e import city
from tests.e2e.processes import COMMAND, Process, secret_key
from tests.e2e.restaurant import SCOPES, client
from tests.failover.patroni import NAME, PORT, ROLE, Cluster
from tests.failover.pooler import POOLED, Poolers
from tests.hosts.lab import SWITCH, Lab, lab

MEMBERS = ("db1", "db2")
ELECTORS = ("dcs1", "dcs2", "dcs3")
LAYOUTS = {"1": ELECTORS[:1], "3": ELECTORS, "beside": (ELECTORS[0], *MEMBERS)}
"""Where etcd is. `beside`: three, of which two are on the database hosts: what must not be (scale-out.md)."""
APIS = ("api1", "api2")
WORKERS = ("work1", "work2")
POS = "pos"
WEBSITES = ("web1", "web2")
HOSTS = (*MEMBERS, *ELECTORS, *APIS, *WORKERS, POS, *WEBSITES)
IIKO, IKENTOO = "zhytomyr-1", "geneva-1"
PORTS = {"api1": 8000, "api2": 8000, "iiko": 8101, "ikentoo": 8102}
SHORT = {
    "ORDER_RELAY_POS_READ_TIMEOUT_S": "11",
    "ORDER_RELAY_SEND_BUDGET_S": "5",
    "ORDER_RELAY_LEASE_S": "8",
    "ORDER_RELAY_POLL_INTERVAL_S": "2",
}
"""So that what a fault left behind is cleared up soon."""
REACHED_WITHIN_S = 2.0
ANSWERED_WITHIN_S = 8.0
"""A checkout that waits longer has been hung. Promised is 5 s; the rest is for a slow machine."""
OTHER_SIDE = "aside"
"""A second switch, for a network that falls apart."""


@dataclass(kw_only=True)
class Stage:
    """All hosts, and what runs on them. Made by `stage`."""

    hosts: Lab
    cluster: Cluster
    environment: Mapping[str, str]
    running: dict[str, Process] = field(default_factory=dict)
    key: str = ""

    def url(self, name: str) -> str:
        return f"http://{self.hosts.address(name if name in APIS else POS)}:{PORTS[name]}"

    @contextmanager
    def api(self, name: str) -> Iterator[httpx.Client]:
        """From wherever the caller stands."""
        with client(self.url(name), self.key) as found:
            found.timeout = httpx.Timeout(ANSWERED_WITHIN_S, connect=REACHED_WITHIN_S)
            yield found

    def split(self, *hosts: str) -> None:
        """These hosts hear each other and nobody else."""
        ports = " && ".join(f"ip link set p-{host} master {OTHER_SIDE}" for host in hosts)
        bridge = f"(ip link add {OTHER_SIDE} type bridge && ip link set {OTHER_SIDE} up || true) 2>/dev/null"
        self.hosts.run(SWITCH, "sh", "-c", f"{bridge}; {ports}")

    def join(self, *hosts: str) -> None:
        self.hosts.run(SWITCH, "sh", "-c", " && ".join(f"ip link set p-{host} master bridge" for host in hosts))

    def open(self) -> None:
        """The schema, a key, everything runs, a restaurant at each POS."""
        self._command("migrate")
        scopes = [word for scope in SCOPES for word in ("--scope", scope)]
        self.key = self._command("keys", "create", "--name", "website", *scopes)
        self._begin()
        with self.hosts.standing_on(WEBSITES[0]), self.api(APIS[0]) as api:
            city.open_iiko(api, self.url("iiko"), IIKO)
            city.open_ikentoo(api, self.url("ikentoo"), IKENTOO)

    @property
    def dead(self) -> list[str]:
        """Parts of the product that ended, which none may."""
        return [
            f"{name} ended with {process.popen.returncode}: {process.said[-500:]}"
            for name, process in self.running.items()
            if process.popen.poll() is not None
        ]

    def _begin(self) -> None:
        calls = {
            **{api: ("serve", "--no-worker", "--port", str(PORTS[api])) for api in APIS},
            **{pos: ("simulate", pos, "--port", str(PORTS[pos])) for pos in ("iiko", "ikentoo")},
        }
        for name, words in calls.items():
            host = name if name in APIS else POS
            address = ("--host", self.hosts.address(host))
            self.running[name] = self.hosts.start(host, *COMMAND, *words, *address, environment=self.environment)
        for name in WORKERS:
            self.running[name] = self.hosts.start(name, *COMMAND, "worker", environment=self.environment)
        for process in self.running.values():
            process.wait_for("serves on|works on|simulates .+ on")

    def _command(self, *words: str) -> str:
        return self.hosts.run(APIS[0], *COMMAND, *words, environment=self.environment).stdout.strip()


def _url(hosts: Lab, port: int) -> str:
    places = "&".join(f"host={hosts.address(member)}:{port}" for member in MEMBERS)
    return f"postgresql://{ROLE}@/{NAME}?{places}"


@contextmanager
def stage(timing: str, *, electors: str, pooled: bool) -> Iterator[Stage]:
    """The whole, ready. `electors`: of the layouts. `pooled`: with a pgbouncer on each database host."""
    with lab(*HOSTS) as hosts:
        cluster = Cluster(
            hosts=hosts,
            members=MEMBERS,
            electors=LAYOUTS[electors],
            seen_from=WEBSITES[1],
            timing=timing,
        )
        cluster.create()
        if pooled:
            Poolers(hosts=hosts, members=MEMBERS).create()
        environment = {
            "DATABASE_URL": _url(hosts, POOLED if pooled else PORT),
            "ORDER_RELAY_PGBOUNCER": str(pooled).lower(),
            "ORDER_RELAY_DIRECT_DATABASE_URL": _url(hosts, PORT),
            "ORDER_RELAY_SECRET_KEYS": secret_key(),
            "ORDER_RELAY_ALLOW_HTTP": "true",
            # A proxy before both API hosts is not part of this. The POS repeats what is not answered with 2xx.
            "ORDER_RELAY_PUBLIC_URL": f"http://{hosts.address(APIS[1])}:{PORTS[APIS[1]]}",
            **SHORT,
        }
        found = Stage(hosts=hosts, cluster=cluster, environment=environment)
        found.open()
        yield found
