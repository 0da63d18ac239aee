"""The campaign's own PostgreSQL server, and what can be done to it. On a file system of its own where it can be."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg

from app.domain.errors import ConfigurationError
from app.store.embedded_cluster import Cluster
from app.store.embedded_postmaster import Postmaster, read
from app.store.embedded_programs import find
from app.store.embedded_user import server_user

SIZE_MB = 16_384
"""Of the file system, at most; memory is only used as it fills."""
FILLINGS = 20
"""Tries to shrink it."""
ANSWER_S = 5.0
GONE_S = 30.0
CLONE_NEWNS = 0x00020000


class Database:
    """One cluster. Faults that meet a server which is down already do nothing."""

    def __init__(self, directory: Path, *, small_disk: bool) -> None:
        self._disk = directory
        self.small_disk = small_disk
        programs = find()
        path = directory / "postgres"
        self._cluster = Cluster(path=path, user=server_user(path, programs), programs=programs)

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={quote(str(self._cluster.socket_dir))}"

    def ensure_running(self) -> bool:
        """False: it does not start now, for instance on a full disk."""
        try:
            self._cluster.ensure_running()
        except (ConfigurationError, subprocess.TimeoutExpired):
            return False
        return True

    def kill9(self) -> None:
        for pid in self._pids():
            _signal(pid, signal.SIGKILL)
        self._until_gone()

    def stop_immediately(self) -> None:
        if (postmaster := self._alive()) is not None:
            _signal(postmaster.pid, signal.SIGQUIT)
            self._until_gone()

    def stop(self) -> None:
        """For good."""
        self.freeze(signal.SIGCONT)
        self._cluster.stop()

    def freeze(self, sign: signal.Signals = signal.SIGSTOP) -> None:
        """The postmaster first, so that it starts nothing that is forgotten."""
        for pid in self._pids():
            _signal(pid, sign)

    def fill(self) -> None:
        """Not one more block fits, or hardly one: what is written meanwhile lets the next try ask for more."""
        for tried in range(FILLINGS):
            used = os.statvfs(self._disk)
            kilobytes = (used.f_blocks - used.f_bfree) * used.f_frsize // 1024 + tried * 64
            with suppress(subprocess.CalledProcessError):
                _run("mount", "-o", f"remount,size={max(kilobytes, 1)}k", str(self._disk))
                return
        raise OSError("the file system could not be made small")

    def make_room(self) -> None:
        if self.small_disk:
            _run("mount", "-o", f"remount,size={SIZE_MB}m", str(self._disk))

    async def fetch(self, sql: str, *arguments: Any, seconds: float = ANSWER_S) -> list[Any]:
        """Raises OSError, TimeoutError or asyncpg's errors while the server is away."""
        connection = await asyncpg.connect(self.url, timeout=ANSWER_S, command_timeout=seconds)
        try:
            rows: list[Any] = await connection.fetch(sql, *arguments)
            return rows
        finally:
            connection.terminate()

    def kill_process(self, pid: int) -> None:
        """kill -9 of one of its own."""
        if pid in self._pids():
            _signal(pid, signal.SIGKILL)

    def _alive(self) -> Postmaster | None:
        postmaster = read(self._cluster.path)
        return postmaster if postmaster is not None and postmaster.is_alive() else None

    def _pids(self) -> list[int]:
        postmaster = self._alive()
        if postmaster is None:
            return []
        with suppress(OSError):
            children = Path(f"/proc/{postmaster.pid}/task/{postmaster.pid}/children").read_text()
            return [postmaster.pid, *map(int, children.split())]
        return [postmaster.pid]

    def _until_gone(self) -> None:
        deadline = time.monotonic() + GONE_S
        while self._alive() is not None and time.monotonic() < deadline:
            time.sleep(0.02)


AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What `Database.fetch` raises while there is no server."""


@contextmanager
def small_disk(directory: Path) -> Iterator[str | None]:
    """A file system in memory on this directory, seen by this process and its children alone. Yields why not, if not.

    For the whole life of the process: a mount namespace cannot be left.
    """
    if os.geteuid() != 0:
        yield "needs root, to mount a file system that can be filled"
        return
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) != 0:
        yield f"no mount namespace of its own: {os.strerror(ctypes.get_errno())}"
        return
    try:
        _run("mount", "--make-rprivate", "/")
        _run("mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m,mode=0711", "torture", str(directory))
    except (OSError, subprocess.CalledProcessError) as error:
        yield f"no file system of its own: {getattr(error, 'stderr', '') or error}"
        return
    try:
        yield None
    finally:
        _run("umount", "--lazy", str(directory))


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True, text=True)  # noqa: S603 - mount and umount


def _signal(pid: int, sign: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, sign)
