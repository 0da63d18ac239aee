"""A directory for one demo. What a killed demo left behind, server included, is cleared away by the next one."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.domain.errors import ConfigurationError
from app.store import embedded
from app.store.embedded_postmaster import read

PREFIX = "order-relay-demo-"
LOCK = "demo.lock"
DATA = "data"


@contextmanager
def scratch_directory() -> Iterator[Path]:
    """The data directory of this demo; gone afterwards."""
    _clear_leftovers(Path(tempfile.gettempdir()))
    directory = Path(tempfile.mkdtemp(prefix=PREFIX))
    directory.chmod(0o711)  # started by root, PostgreSQL runs as another user and must get through
    try:
        with (directory / LOCK).open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # the kernel lets go of it, also on kill -9
            yield directory / DATA
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _clear_leftovers(place: Path) -> None:
    for directory in place.glob(f"{PREFIX}*"):
        with suppress(OSError, ConfigurationError):  # somebody else's, or being cleared by another demo
            if directory.stat().st_uid == os.geteuid():
                _clear(directory)


def _clear(directory: Path) -> None:
    with (directory / LOCK).open("rb+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        postmaster = read(directory / DATA / "postgres")
        if postmaster is not None and postmaster.is_alive():
            embedded.start(directory / DATA).stop()
        shutil.rmtree(directory, ignore_errors=True)
