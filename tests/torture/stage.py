"""The whole product as processes, and whoever starts them again: what systemd or a container platform does."""

import re
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.e2e.power import steady_port
from tests.e2e.processes import Process, Processes
from tests.torture.postgres import Database

LEASE_S = 8.0
SHORT = {
    "ORDER_RELAY_POS_READ_TIMEOUT_S": "11",  # the shortest: Iiko is told to give up 10 s before
    "ORDER_RELAY_SEND_BUDGET_S": "4",
    "ORDER_RELAY_LEASE_S": f"{LEASE_S:g}",
    "ORDER_RELAY_VERDICT_GRACE_S": "5",
    "ORDER_RELAY_POLL_INTERVAL_S": "5",
    "ORDER_RELAY_LOG_LEVEL": "error",
}
"""Times so short that in a campaign many sends are cut off, many leases end and many deadlines pass."""
READY_S = 180.0
ANSWER_S = 30.0
READY = r"(serves|works|simulates .+) on "
FAKETIME = ("x86_64-linux-gnu", "aarch64-linux-gnu", "")


@dataclass(frozen=True, kw_only=True)
class Job:
    """A process that shall run."""

    words: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Undo:
    """The end of a fault that lasts."""

    at: float
    """Of the monotonic clock."""
    act: Callable[[], object]


class Stage:
    """Database, API, two workers, both POSs."""

    def __init__(self, processes: Processes, database: Database) -> None:
        self.database = database
        self.deaths: Counter[str] = Counter()
        """Ends that nobody asked for."""
        self._processes = processes
        self._clock = processes.directory / "clock"
        self._jobs: dict[str, Job] = {}
        self._running: dict[str, Process] = {}
        self._undo: list[Undo] = []
        self.faketime = _faketime()
        ports = [str(steady_port()) for _ in range(3)]
        self.api_url, self.iiko_url, self.ikentoo_url = (f"http://127.0.0.1:{port}" for port in ports)
        self._plan(*ports)

    def _plan(self, api: str, iiko: str, ikentoo: str) -> None:
        self.set_clock(0)
        faked = {}
        if self.faketime is not None:
            faked = {
                "LD_PRELOAD": str(self.faketime),
                "FAKETIME_TIMESTAMP_FILE": str(self._clock),
                "FAKETIME_CACHE_DURATION": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            }
        books = self._processes.directory
        self._jobs = {
            "iiko": Job(
                words=(
                    *("simulate", "iiko", "--port", iiko, "--speed", "300"),
                    *("--listed", "900", "--book", str(books / "iiko.book")),
                )
            ),
            "ikentoo": Job(
                words=(
                    *("simulate", "ikentoo", "--port", ikentoo, "--speed", "10"),
                    *("--book", str(books / "ikentoo.book")),
                )
            ),
            "api": Job(words=("serve", "--no-worker", "--port", api), environment=faked),
            "worker-1": Job(words=("worker",)),
            "worker-2": Job(words=("worker",), environment=faked),
        }

    def open(self) -> None:
        """Everything runs and answers."""
        assert self.database.ensure_running(), "PostgreSQL does not start"
        for name in self._jobs:
            self._start(name)
        for process in self._running.values():
            process.wait_for(READY, READY_S)

    def _start(self, name: str) -> None:
        job = self._jobs[name]
        self._running[name] = self._processes.start(*job.words, **job.environment)

    def kill(self, name: str) -> bool:
        """kill -9, and started again at once. False: it is not up yet since the last time. On a slow machine it would
        never be otherwise, and nothing would be proved."""
        process = self._running[name]
        if not re.search(READY, process.said):
            return False
        process.kill9()
        self._start(name)
        return True

    def freeze(self, name: str, seconds: float) -> None:
        popen = self._running[name].popen
        popen.send_signal(signal.SIGSTOP)
        self.later(seconds, lambda: popen.send_signal(signal.SIGCONT))

    def set_clock(self, seconds: float) -> None:
        """The wall clock of the API and of the second worker is off by so much."""
        self._clock.write_text(f"{seconds:+g}\n")

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        self._undo.append(Undo(at=time.monotonic() + seconds, act=act))

    def tend(self, *, everything: bool = False) -> None:
        """Ends faults whose time is over (or all), and starts again what has died."""
        now = time.monotonic()
        due = [undo for undo in self._undo if everything or undo.at <= now]
        self._undo = [undo for undo in self._undo if undo not in due]
        for undo in due:
            undo.act()
        self.database.ensure_running()
        for name, process in self._running.items():
            if process.popen.poll() is not None:
                self.deaths[f"{name}: {_last_line(process)}"] += 1
                self._start(name)

    def calm(self) -> None:
        """No fault any more."""
        self.tend(everything=True)
        self.set_clock(0)
        for url in (self.iiko_url, self.ikentoo_url):
            self.control(url, "DELETE", "/_sim/faults")

    def control(
        self, url: str, method: str, path: str, json: object = None, *, patience_s: float = READY_S
    ) -> httpx.Response | None:
        """Asks a simulator for something; None while it is away."""
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            with suppress(httpx.TransportError):
                return httpx.request(method, url + path, json=json, timeout=min(ANSWER_S, patience_s), trust_env=False)
            self.tend()
            time.sleep(0.1)
        return None


def _last_line(process: Process) -> str:
    lines = process.said.strip().splitlines() or [""]
    return f"exit {process.popen.returncode}, {lines[-1][:200]}"


def _faketime() -> Path | None:
    places = [Path("/usr/lib") / name / "faketime/libfaketimeMT.so.1" for name in FAKETIME]
    return next((place for place in places if place.exists()), None)
