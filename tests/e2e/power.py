"""A machine of its own for the whole product, with its embedded PostgreSQL, and a power cut for all of it."""

import os
import random
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from app.store.embedded_postmaster import read
from tests.e2e.processes import Process, Processes, processes

GONE_S = 20.0


@contextmanager
def machine(**settings: str) -> Iterator[Processes]:
    """Processes with a data directory of their own. Nothing of them is left at the end, PostgreSQL included."""
    # Not below pytest's own directory: as root that one is closed to the server's user.
    with TemporaryDirectory(prefix="order-relay-tests-") as directory:
        Path(directory).chmod(0o711)
        try:
            with processes(Path(directory), ORDER_RELAY_DATA_DIR=str(_data(directory)), **settings) as found:
                yield found
        finally:
            _kill_postgres(_data(directory))


def cut(found: Processes, *running: Process) -> None:
    """kill -9 of these processes and of PostgreSQL with all that it has started."""
    for process in running:
        process.kill9()
    _kill_postgres(_data(found.directory))


def steady_port() -> int:
    """A free port outside of the range from which outgoing connections take theirs: it stays free between an end and
    the next start."""
    while True:
        port = random.randrange(20_000, 30_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _data(directory: Path | str) -> Path:
    return (Path(directory) / "data").resolve()


def _kill_postgres(data_dir: Path) -> None:
    postmaster = read(data_dir / "postgres")
    if postmaster is None or not postmaster.is_alive():
        return
    children = Path(f"/proc/{postmaster.pid}/task/{postmaster.pid}/children")
    pids = [postmaster.pid, *map(int, children.read_text().split())]
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + GONE_S
    while postmaster.is_alive():
        assert time.monotonic() < deadline, "PostgreSQL outlives kill -9"
        time.sleep(0.02)
