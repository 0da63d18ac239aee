"""PostgreSQL refuses to run as root. Started by root it runs as a system user, and must reach its files as such."""

import fcntl
import os
import pwd
import stat
import subprocess
from pathlib import Path

import structlog

from app.domain.errors import ConfigurationError
from app.store.embedded_programs import Programs, SystemUser

NAME = "order-relay"

log = structlog.get_logger(__name__)


def server_user(cluster: Path, programs: Programs) -> SystemUser | None:
    """None: run as ourselves. As root: the owner of the cluster, or a system user made for the purpose, with every
    directory on the way to the cluster and the programs made passable (not readable) for it. Says what it changes.
    """
    if os.geteuid() != 0:
        return None
    user = _owner(cluster) or _system_user()
    _let_pass(cluster.parent, user, quiet=cluster.parent)
    for directory in programs.by_version.values():
        _let_pass(directory, user)
        _let_read(directory.parent)
    return user


def _owner(cluster: Path) -> SystemUser | None:
    """A cluster made by an ordinary user stays theirs when root starts it."""
    if not cluster.exists() or (found := cluster.stat()).st_uid == 0:
        return None
    return SystemUser(name=cluster.owner(), uid=found.st_uid, gid=found.st_gid)


def _system_user() -> SystemUser:
    entry = _find() or _create()
    return SystemUser(name=NAME, uid=entry.pw_uid, gid=entry.pw_gid)


def _find() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        return None


def _create() -> pwd.struct_passwd:
    """One process of the machine at a time: of two useradd at once one fails, or takes the name from the other."""
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME]
    etc = os.open("/etc", os.O_RDONLY)
    try:
        fcntl.flock(etc, fcntl.LOCK_EX)
        if made_meanwhile := _find():
            return made_meanwhile
        subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
        log.warning("system user created: PostgreSQL does not run as root", user=NAME)
        return pwd.getpwnam(NAME)
    except (OSError, subprocess.CalledProcessError) as error:
        why = getattr(error, "stderr", None) or str(error)
        raise ConfigurationError(
            f"PostgreSQL does not run as root, and no system user {NAME!r} could be made ({why.strip()}): "
            "start order-relay as an ordinary user, or set DATABASE_URL."
        ) from None
    finally:
        os.close(etc)


def _let_pass(directory: Path, user: SystemUser, *, quiet: Path | None = None) -> None:
    """Execute permission only: whoever does not know a name below still sees nothing."""
    for place in (directory, *directory.parents):
        found = place.stat()
        if found.st_uid == user.uid or found.st_mode & stat.S_IXOTH:
            continue
        place.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXOTH)
        if place != quiet:
            log.warning("directory made passable for the PostgreSQL user", directory=str(place), user=user.name)


def _let_read(programs: Path) -> None:
    """An installation under a strict umask is readable for root alone. It is public software: open it."""
    for place in (programs, *programs.rglob("*")):
        mode = stat.S_IMODE(place.lstat().st_mode)
        wanted = mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
        if wanted != mode and not place.is_symlink():
            place.chmod(wanted)
