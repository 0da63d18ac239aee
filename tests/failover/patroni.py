"""Two PostgreSQL hosts under Patroni, synchronous, with etcd beside them (docs/operations/scale-out.md has the why)."""

import json
import os
import pwd
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.processes import Process
from tests.failover.packages import USER, program, server_programs
from tests.hosts.lab import NETWORK, Lab

PORT, REST, STORE, PEERS = 5432, 8008, 2379, 2380
SCOPE = "relay"
ROLE = NAME = "order_relay"
ASK_S = 2.0
LOOK_EVERY_S = 0.1
PATIENCE_S = 180.0
TIMINGS: Mapping[str, Mapping[str, int]] = {
    # Below Patroni's documented minimum of 20 for ttl: for quick looks only, and newer Patronis raise it to 20.
    "FAST": {"ttl": 6, "loop_wait": 1, "retry_timeout": 2},
    # The smallest that is documented: loop_wait + 2 * retry_timeout <= ttl. What we recommend.
    "MINI": {"ttl": 20, "loop_wait": 5, "retry_timeout": 5},
    # Patroni's own.
    "STOCK": {"ttl": 30, "loop_wait": 10, "retry_timeout": 10},
}
PARAMETERS: Mapping[str, object] = {
    "max_connections": 200,
    "shared_buffers": "128MB",
    "wal_log_hints": "on",
    # A standby or a client that vanished without a word is noticed in seconds, not in minutes.
    "wal_sender_timeout": "5s",
    "wal_receiver_timeout": "5s",
    "tcp_keepalives_idle": 5,
    "tcp_keepalives_interval": 2,
    "tcp_keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "client_connection_check_interval": 2000,
    "idle_in_transaction_session_timeout": "10s",
}


@dataclass(kw_only=True)
class Cluster:
    """Patroni's members, and the etcd hosts that elect. A host may be both."""

    hosts: Lab
    members: tuple[str, str]
    electors: tuple[str, ...]
    seen_from: str
    """The host from which the cluster is watched."""
    timing: str
    running: dict[tuple[str, str], Process] = field(default_factory=dict)
    """By program and host."""
    _http: httpx.Client = field(
        default_factory=lambda: httpx.Client(
            trust_env=False, timeout=ASK_S, limits=httpx.Limits(max_keepalive_connections=0)
        )
    )

    @property
    def leader(self) -> str:
        """The one that is writable and holds the lock. Fails where there is none."""
        return next(member for member in self.members if self.says(member, "/primary"))

    def other(self, member: str) -> str:
        return next(one for one in self.members if one != member)

    def create(self) -> None:
        """etcd, a primary with an empty database, and its synchronous standby."""
        for elector in self.electors:
            self._start_etcd(elector)
        first, second = self.members
        self._start_patroni(first)
        self.until(lambda: self.says(first, "/primary"), f"{first} is the primary")
        self._sql(first, f"CREATE ROLE {ROLE} LOGIN")
        self._sql(first, f"CREATE DATABASE {NAME} OWNER {ROLE}")
        self._start_patroni(second)
        self.until_whole()

    def kill(self, host: str) -> None:
        """All that runs on it."""
        self.hosts.kill9(host)

    def start_again(self, host: str) -> None:
        """What ran on it before."""
        if host in self.electors:
            self._start_etcd(host)
        if host in self.members:
            self._start_patroni(host)

    def switch(self, to: str) -> None:
        """A planned change, as by `patronictl switchover`."""
        leader = self.leader
        with self.hosts.standing_on(self.seen_from):
            url = f"http://{self.hosts.address(leader)}:{REST}/switchover"
            said = self._http.post(url, json={"leader": leader, "candidate": to}, timeout=PATIENCE_S)
        assert said.status_code == 200, said.text

    def says(self, member: str, path: str, *, seen_from: str | None = None) -> bool:
        """Whether Patroni there says yes: `/primary`, `/sync` (it is the synchronous standby)."""
        with self.hosts.standing_on(seen_from or self.seen_from):
            try:
                return self._http.get(f"http://{self.hosts.address(member)}:{REST}{path}").status_code == 200
            except httpx.TransportError:
                return False

    def until_whole(self) -> None:
        """There is a primary and commits wait for the other one."""
        self.until(self._is_whole, "a primary with its synchronous standby")

    def until(self, is_so: Callable[[], object], words: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not is_so():
            assert time.monotonic() < deadline, f"not in {PATIENCE_S} s: {words}\n{self.last_words}"
            time.sleep(LOOK_EVERY_S)

    @property
    def last_words(self) -> str:
        """The ends of all logs."""
        return "\n".join(
            f"--- {name} on {host}\n{process.said[-1500:]}" for (name, host), process in self.running.items()
        )

    def _is_whole(self) -> bool:
        primaries = [member for member in self.members if self.says(member, "/primary")]
        return len(primaries) == 1 and self.says(self.other(primaries[0]), "/sync")

    def _start_etcd(self, host: str) -> None:
        address = f"http://{self.hosts.address(host)}"
        peers = ",".join(f"{one}=http://{self.hosts.address(one)}:{PEERS}" for one in self.electors)
        options = {
            "name": host,
            "data-dir": self._home(f"{host}-etcd"),
            "listen-client-urls": f"{address}:{STORE}",
            "advertise-client-urls": f"{address}:{STORE}",
            "listen-peer-urls": f"{address}:{PEERS}",
            "initial-advertise-peer-urls": f"{address}:{PEERS}",
            "initial-cluster": peers,
            # A shared machine with two cores is slower than any network between real hosts.
            "heartbeat-interval": 250,
            "election-timeout": 2500,
            # Without it a member that was cut off comes back with a higher term and stops the others for seconds. Then
            # Patroni demotes the primary, which at that moment may be the only host that has the latest orders.
            "pre-vote": "true",
            "logger": "zap",
        }
        words = [f"--{name}={value}" for name, value in options.items()]
        self.running["etcd", host] = self.hosts.start(host, program("etcd"), *words, user=USER)

    def _start_patroni(self, member: str) -> None:
        home = self._home(member)
        settings = home / "patroni.yml"
        settings.write_text(json.dumps(self._settings(member, home)))  # YAML holds JSON
        self.running["patroni", member] = self.hosts.start(
            member, program("patroni"), settings, user=USER, environment={"LC_ALL": "C", "HOME": str(home)}
        )

    def _settings(self, member: str, home: Path) -> dict[str, Any]:
        address = self.hosts.address(member)
        everybody = f"{NETWORK}.0/24"
        superuser = {"username": USER, "password": "x"}
        return {
            "scope": SCOPE,
            "name": member,
            "restapi": {"listen": f"{address}:{REST}", "connect_address": f"{address}:{REST}"},
            "etcd3": {"hosts": [f"{self.hosts.address(elector)}:{STORE}" for elector in self.electors]},
            "bootstrap": {
                "dcs": {
                    **TIMINGS[self.timing],
                    "maximum_lag_on_failover": 1_048_576,
                    "synchronous_mode": True,
                    "synchronous_mode_strict": False,
                    "postgresql": {"use_pg_rewind": True, "use_slots": True, "parameters": PARAMETERS},
                },
                "initdb": [{"encoding": "UTF8"}, {"locale": "C"}, "data-checksums", {"auth": "trust"}],
            },
            "postgresql": {
                "listen": f"{address}:{PORT}",
                "connect_address": f"{address}:{PORT}",
                "data_dir": str(home / "data"),
                "bin_dir": str(server_programs()),
                "basebackup": [{"checkpoint": "fast"}],
                "pgpass": str(home / "pgpass"),
                "pg_hba": [
                    "local all all trust",
                    f"host all all {everybody} trust",
                    f"host replication all {everybody} trust",
                ],
                "authentication": {
                    "superuser": superuser,
                    "replication": {"username": "replicator", "password": "x"},
                    "rewind": superuser,
                },
                "parameters": {"unix_socket_directories": str(home)},
            },
        }

    def _sql(self, member: str, statement: str) -> None:
        psql = server_programs() / "psql"
        words = ("-XAtqc", statement, f"--host={self.hosts.address(member)}", f"--username={USER}", "--dbname=postgres")
        self.hosts.run(member, psql, *words, user=USER)

    def _home(self, name: str) -> Path:
        """A directory of its own, for the user as which it runs."""
        home = self.hosts.directory / name
        if not home.exists():
            home.mkdir(mode=0o700)
            user = pwd.getpwnam(USER)
            os.chown(home, user.pw_uid, user.pw_gid)
        return home
