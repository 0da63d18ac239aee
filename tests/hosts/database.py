"""PostgreSQL on two hosts: a primary and a synchronous standby by plain streaming replication, and no elector.

It shows what the product does at a fail-over. Whether one happens, and when, is the business of whatever watches the
database in production.
"""

import os
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

from app.store.embedded_programs import Programs, SystemUser, find
from app.store.embedded_user import server_user
from tests.e2e.processes import LOOK_EVERY_S, Process
from tests.hosts.lab import NETWORK, PATIENCE_S, Lab

PORT = 5432
ROLE = "postgres"
NAME = "order_relay"
ANSWER_S = 3
SETTINGS = {
    "shared_buffers": "64MB",
    "max_connections": "100",
    # A standby or a client that vanished without a word is noticed in seconds, not in minutes.
    "wal_sender_timeout": "5s",
    "wal_receiver_timeout": "5s",
    "wal_retrieve_retry_interval": "500ms",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10000",
    "client_connection_check_interval": "2000",
    "idle_in_transaction_session_timeout": "10s",
    "fsync": "off",  # kill -9 loses no written page; a power cut is not tried here
}
INHERITED = "synchronous_standby_names"


@dataclass(kw_only=True)
class Pair:
    """A primary and its standby on two hosts of a lab."""

    hosts: Lab
    members: tuple[str, str]
    primary: str = ""
    """Where the orders are: the host that was made or promoted last."""
    servers: dict[str, Process] = field(default_factory=dict)
    programs: Programs = field(default_factory=find)
    user: SystemUser = field(init=False)

    def __post_init__(self) -> None:
        user = server_user(self.hosts.directory / "postgres", self.programs)
        assert user, "PostgreSQL does not run as root, and only root has hosts"
        self.user = user
        self.primary = self.members[0]

    @property
    def url(self) -> str:
        hosts = "&".join(f"host={self.hosts.address(member)}:{PORT}" for member in self.members)
        return f"postgresql://{ROLE}@/{NAME}?{hosts}"

    @property
    def standby(self) -> str:
        return next(member for member in self.members if member != self.primary)

    def create(self) -> None:
        """A primary with an empty database, and its synchronous standby."""
        self._clear(self.primary)
        options = (
            "--auth=trust",
            f"--username={ROLE}",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "--no-instructions",
        )
        self._program(self.primary, "initdb", *options, f"--pgdata={self._data(self.primary)}")
        with (self._data(self.primary) / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {NETWORK}.0/24 trust\nhost replication all {NETWORK}.0/24 trust\n")
        self._serve(self.primary)
        self._until(self.primary, "SELECT 1", "1", database=ROLE)
        self._ask(self.primary, f"CREATE DATABASE {NAME}", database=ROLE)
        self.rebuild()

    def rebuild(self) -> None:
        """The other host becomes the synchronous standby of the primary, from a fresh copy, whatever it was."""
        standby, self_address = self.standby, self.hosts.address(self.primary)
        self.kill(standby)
        self.hosts.heal(standby)
        self._configure("")  # nobody waits for what is not there
        self._clear(standby)
        origin = f"host={self_address} port={PORT} user={ROLE} application_name={standby}"
        copy = ("--checkpoint=fast", "--no-sync", "--write-recovery-conf", f"--pgdata={self._data(standby)}")
        self._program(standby, "pg_basebackup", *copy, f"--dbname={origin}")
        self._forget_inherited(standby)
        self._serve(standby)
        self._configure(standby)
        self._until(self.primary, "SELECT string_agg(sync_state, ',') FROM pg_stat_replication", "sync")

    @property
    def is_whole(self) -> bool:
        """Commits on the primary wait for its standby, which is there."""
        return self.ask("SELECT application_name || sync_state FROM pg_stat_replication") == f"{self.standby}sync"

    def be_asynchronous(self) -> None:
        """Commits wait for no standby any more: what must not be done where orders count."""
        self._configure("")

    def promote(self) -> None:
        """The standby takes over. The other host must be dead or cut off: there is nobody else to keep it so."""
        self._program(self.standby, "pg_ctl", "promote", "--wait", f"--pgdata={self._data(self.standby)}")
        self.primary = self.standby

    def kill(self, member: str) -> None:
        """Its server with all that it has started, at once."""
        self.hosts.kill9(member)

    def ask(self, statement: str) -> str | None:
        """The primary's answer, with the columns separated by `|`; None while there is none."""
        return self._ask(self.primary, statement)

    def until(self, statement: str, answer: str) -> None:
        """Until the primary answers so."""
        self._until(self.primary, statement, answer)

    def _ask(self, member: str, statement: str, *, database: str = NAME) -> str | None:
        """From the host itself: it answers also while nobody else reaches it."""
        words = ("-XAtq", f"--command={statement}", f"--dbname={database}", f"--username={ROLE}")
        psql = self._path("psql")
        address = f"--host={self.hosts.address(member)}"
        ended = self.hosts.run(
            member, "timeout", str(ANSWER_S), psql, address, *words, user=self.user.name, check=False
        )
        return None if ended.returncode else ended.stdout.strip()

    def _until(self, member: str, statement: str, answer: str, *, database: str = NAME) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while (said := self._ask(member, statement, database=database)) != answer:
            server = self.servers[member]
            assert server.popen.poll() is None, server.said
            assert time.monotonic() < deadline, f"{statement}: {said}\n{server.said}"
            time.sleep(LOOK_EVERY_S)

    def _configure(self, standby: str) -> None:
        self._ask(self.primary, f"ALTER SYSTEM SET synchronous_standby_names = '{standby}'")
        self._ask(self.primary, "SELECT pg_reload_conf()")
        self._until(self.primary, "SHOW synchronous_standby_names", standby)

    def _forget_inherited(self, member: str) -> None:
        """The copy has the primary's own settings in it. Promoted, it would wait for itself."""
        settings = self._data(member) / "postgresql.auto.conf"
        lines = settings.read_text().splitlines(keepends=True)
        settings.write_text("".join(line for line in lines if INHERITED not in line))

    def _serve(self, member: str) -> None:
        options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        place = ("-D", self._data(member), "-h", self.hosts.address(member), "-k", "")
        self.servers[member] = self.hosts.start(
            member, self._path("postgres"), *place, *options, user=self.user.name, environment={"LC_ALL": "C"}
        )

    def _clear(self, member: str) -> None:
        shutil.rmtree(self._data(member), ignore_errors=True)
        self._data(member).mkdir(mode=0o700)
        os.chown(self._data(member), self.user.uid, self.user.gid)

    def _program(self, member: str, name: str, *words: str) -> None:
        self.hosts.run(member, self._path(name), *words, user=self.user.name, environment={"LC_ALL": "C"})

    def _data(self, member: str) -> Path:
        return self.hosts.directory / f"{member}-data"

    def _path(self, name: str) -> Path:
        return self.programs.by_version[self.programs.newest] / name
