"""A cloud's disk, modelled: each sync of PostgreSQL takes a millisecond longer than this machine's.

The virtual disks of test machines often answer from a cache; a network volume takes 0.5 to 2 ms. The model sleeps
before `fdatasync` and `fsync`, by a library that is preloaded into the embedded PostgreSQL: it is no disk, it has no
queue and no limit of bandwidth.
"""

import os
import platform
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.store import embedded, embedded_programs
from app.store.embedded_cluster import Cluster
from app.store.embedded_programs import Programs
from app.store.embedded_user import server_user

SOURCE = Path(__file__).with_suffix(".c")
DELAY_MS = 1.0
COMPILE_S = 60


def available() -> str | None:
    """None: it can be had here. Else why not."""
    if platform.system() != "Linux":
        return "the slow disk needs Linux: elsewhere libraries are not preloaded like this"
    return None if shutil.which("cc") else "the slow disk needs a C compiler, cc (make bench-setup)"


@contextmanager
def under_postgres(data_dir: Path, *, delay_ms: float = DELAY_MS) -> Iterator[None]:
    """Starts the embedded PostgreSQL of a data directory on it; whoever starts that server inside the block joins
    this one. Raises where it is not `available`, or the compiler fails."""
    data_dir = embedded.prepare(data_dir)
    path = data_dir / "postgres"
    wheel = embedded_programs.find()
    user = server_user(path, wheel)
    slow = _slowed(wheel, data_dir / "slow-disk", delay_ms)
    cluster = Cluster(path=path, user=user, programs=slow)
    cluster.ensure_running()
    try:
        yield
    finally:
        cluster.stop()


def _slowed(wheel: Programs, place: Path, delay_ms: float) -> Programs:
    """The newest programs behind scripts that preload the library: the product's own way of starting them passes no
    environment on."""
    place.mkdir()
    library = place / "slow_disk.so"
    compiler = ["cc", "-shared", "-fPIC", "-O2", "-o", str(library), str(SOURCE), "-ldl"]
    subprocess.run(compiler, check=True, timeout=COMPILE_S)
    settings = {"LD_PRELOAD": str(library), "SLOW_DISK_US": f"{delay_ms * 1000:.0f}"}
    _script(place / "initdb", wheel, {})
    _script(place / "pg_ctl", wheel, settings)
    for file in (place, library):
        file.chmod(0o755)  # the server runs as a user of its own
    return Programs(by_version={wheel.newest: place})


def _script(path: Path, wheel: Programs, settings: dict[str, str]) -> None:
    program = wheel.by_version[wheel.newest] / path.name
    words = ["env", *(f"{name}={value}" for name, value in settings.items()), os.fspath(program)]
    path.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
    path.chmod(0o755)
