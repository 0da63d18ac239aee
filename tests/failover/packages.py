"""What must be installed before there can be a fail-over here, in words that say how."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from tests.hosts.lab import missing as no_hosts

PROGRAMS = {"patroni": "patroni", "etcd": "etcd-server", "etcdctl": "etcd-client"}
POOLER = {"pgbouncer": "pgbouncer"}
SYSTEM = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SERVERS = Path("/usr/lib/postgresql")
USER = "postgres"
"""Debian's: neither PostgreSQL nor Patroni nor etcd should run as root."""
INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends")


def missing(*, pooler: bool = False) -> str | None:
    """Why there can be no fail-over here; None: there can."""
    if (why := no_hosts()) is not None:
        return why
    if wanted := _packages(pooler=pooler):
        return (
            f"this needs {', '.join(wanted)} (Debian 12 or newer), as root:\n"
            f"  apt-get update && {' '.join(INSTALL)} {' '.join(wanted)}\n"
            "or add --install. Where that starts services, they may be stopped: systemctl disable --now "
            "etcd patroni postgresql pgbouncer"
        )
    return None


def install(*, pooler: bool = False) -> None:
    """Debian's packages of what is missing. Root only."""
    if os.geteuid() == 0 and (wanted := _packages(pooler=pooler)):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["/usr/bin/apt-get", "update"], check=True, env=quiet)
        subprocess.run(["/usr/bin/env", *INSTALL, *wanted], check=True, env=quiet)  # noqa: S603 - our own list


def program(name: str) -> str:
    """Its path; also where sbin is not in ours."""
    found = shutil.which(name, path=SYSTEM)
    assert found, f"{name} is not installed"
    return found


def server_programs() -> Path:
    """The directory of the newest PostgreSQL of the system."""
    return max(_servers(), key=lambda directory: float(directory.parent.name))


def _servers() -> list[Path]:
    return [found.parent for found in SERVERS.glob("*/bin/postgres")]


def _packages(*, pooler: bool) -> list[str]:
    programs = {**PROGRAMS, **(POOLER if pooler else {})}
    wanted = [package for name, package in programs.items() if shutil.which(name, path=SYSTEM) is None]
    known = any(user.pw_name == USER for user in pwd.getpwall())
    return wanted if _servers() and known else [*wanted, "postgresql"]
