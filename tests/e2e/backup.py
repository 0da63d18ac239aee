"""pg_dump and pg_restore as an operator runs them, with the programs of the tests' own PostgreSQL."""

import shutil
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from app.domain.errors import ConfigurationError
from app.store import embedded_programs

LONGEST_S = 120


def program(name: str) -> str:
    """The newest there is: pg_dump reads older servers than itself, and refuses newer ones."""
    try:
        found = embedded_programs.find()
    except ConfigurationError:
        if path := shutil.which(name):
            return path
        pytest.skip(f"{name} is not installed: neither the embedded PostgreSQL nor a client package has it")
    return str(found.by_version[found.newest] / name)


def dump(url: str, file: Path) -> None:
    """The whole database into a file."""
    _run("pg_dump", "--format=custom", f"--file={file}", url=url)


def restore(url: str, file: Path, *words: str) -> None:
    """The file into a database; `words`: e.g. --clean."""
    _run("pg_restore", "--exit-on-error", "--no-owner", *words, f"--dbname={_name(url)}", str(file), url=url)


def _run(name: str, *words: str, url: str) -> None:
    done = subprocess.run(  # noqa: S603 - the programs of our own environment
        [program(name), *words], env=_environment(url), capture_output=True, text=True, timeout=LONGEST_S, check=False
    )
    assert done.returncode == 0, done.stderr


def _environment(url: str) -> dict[str, str]:
    parts = urlsplit(url)
    host = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
    given = {
        "PGHOST": unquote(host),
        "PGPORT": str(parts.port or ""),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": _name(url),
    }
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", **{name: value for name, value in given.items() if value}}


def _name(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")
