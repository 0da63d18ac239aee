"""One PostgreSQL cluster on disk: create it, start it, see whether it runs, stop it. The caller holds the lock."""

import hashlib
import os
import shlex
import shutil
import stat
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from app.domain.errors import ConfigurationError
from app.store.embedded_postmaster import forget_reused, read
from app.store.embedded_programs import ProgramFailed, Programs, SystemUser

START_S = 60
SOCKET_PATH_MAX = 103 - len("/.s.PGSQL.5432")
"""Bytes for the directory: with the socket's own name macOS allows 103, Linux 107."""
# Left behind by a killed postmaster whose last child is still about to notice.
STILL_ENDING = ("pre-existing shared memory block", "is another postmaster")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cluster:
    """The directory, whom its server runs as (None: ourselves), and the programs to run it with."""

    path: Path
    user: SystemUser | None
    programs: Programs

    @property
    def socket_dir(self) -> Path:
        """Where the running server listens."""
        postmaster = read(self.path)
        return postmaster.socket_dir if postmaster else self._wanted_socket_dir()

    def ensure_running(self) -> bool:
        """True: started now. False: it ran already. Raises ConfigurationError with the server's own words."""
        try:
            self._create()
            if self._joined():
                return False
            self._launch()
        except (ProgramFailed, OSError) as error:
            raise ConfigurationError(f"The embedded PostgreSQL in {self.path} does not start: {error}") from error
        return True

    def stop(self) -> None:
        """Does nothing when it does not run."""
        for mode in ("fast", "immediate"):
            if (postmaster := read(self.path)) is None or not postmaster.is_alive():
                return
            with suppress(ProgramFailed):  # perhaps it was killed just now
                self._pg_ctl("stop", "-w", "-t", "30", "-m", mode)
                if postmaster.socket_dir != self.path:
                    shutil.rmtree(postmaster.socket_dir, ignore_errors=True)
                return
        log.warning("the embedded PostgreSQL does not stop", directory=str(self.path))

    def _create(self) -> None:
        """initdb beside, then rename: a cluster that exists is whole, also after kill -9 in the middle."""
        if self.path.exists():
            return
        unfinished = self.path.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if self.user:
            os.chown(unfinished, self.user.uid, self.user.gid)
        self.programs.run(
            "initdb",
            "--username=postgres",
            "--auth=trust",  # the socket's directory lets nobody else in
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",  # lower() knows Cyrillic whatever the machine's locale is
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
            f"--pgdata={unfinished}",
            version=self.programs.newest,
            user=self.user,
        )
        unfinished.rename(self.path)

    def _joined(self) -> bool:
        """A server of this cluster runs and answers. One that is starting or stopping is waited for."""
        deadline = time.monotonic() + START_S
        while (postmaster := read(self.path)) and postmaster.is_alive():
            if postmaster.is_ready and postmaster.answers():
                return True
            if postmaster.is_ready:  # somebody cleaned its socket away
                self.stop()
            if time.monotonic() > deadline:
                raise ConfigurationError(f"The embedded PostgreSQL in {self.path} stays {postmaster.status!r}.")
            time.sleep(0.05)
        return False

    def _launch(self) -> None:
        socket_dir = self._wanted_socket_dir()
        if socket_dir != self.path:
            self._make_private(socket_dir)
        forget_reused(self.path / "postmaster.pid", socket_dir / ".s.PGSQL.5432.lock")
        deadline = time.monotonic() + START_S
        while True:
            log_end = self._log_size()
            try:
                self._pg_ctl("start", "-w", "-t", str(START_S), "-l", str(self._log), "-o", _options(socket_dir))
                return
            except ProgramFailed as error:
                words = self._log_since(log_end) or error.output
                if not any(sign in words for sign in STILL_ENDING) or time.monotonic() > deadline:
                    raise ProgramFailed("postgres", _fatal(words)) from None
            time.sleep(0.1)

    def _pg_ctl(self, *args: str) -> None:
        version = int((self.path / "PG_VERSION").read_text())
        if version not in self.programs.by_version:
            raise ConfigurationError(
                f"{self.path} was made by PostgreSQL {version}, the installed extra has "
                f"{', '.join(map(str, sorted(self.programs.by_version)))}: install the older one, or set another "
                "ORDER_RELAY_DATA_DIR."
            )
        self.programs.run("pg_ctl", *args, f"--pgdata={self.path}", version=version, user=self.user)

    def _wanted_socket_dir(self) -> Path:
        """The cluster itself, or a short path when that is too long for a socket or would need quoting."""
        name = str(self.path)
        if len(os.fsencode(name)) <= SOCKET_PATH_MAX and not set(name) & set(",\"'%"):
            return self.path
        digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:16]
        return Path(f"/tmp/order-relay-{self._uid}-{digest}")  # noqa: S108  checked by _make_private

    @property
    def _uid(self) -> int:
        return self.user.uid if self.user else os.geteuid()

    def _make_private(self, directory: Path) -> None:
        """Its parent is open to everybody: a directory that somebody else put there first is not used."""
        try:
            directory.mkdir(mode=0o700)
            os.chown(directory, self._uid, -1)
        except FileExistsError:
            found = directory.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != self._uid or found.st_mode & 0o077:
                raise ConfigurationError(f"{directory} exists but is not ours alone; remove it.") from None

    @property
    def _log(self) -> Path:
        return self.path / "server.log"

    def _log_size(self) -> int:
        return self._log.stat().st_size if self._log.exists() else 0

    def _log_since(self, position: int) -> str:
        if not self._log.exists():
            return ""
        with self._log.open(errors="replace") as file:
            file.seek(position)
            return file.read()


def _options(socket_dir: Path) -> str:
    """For the postgres command line; pg_ctl hands it to a shell. fsync and the like stay as they are: on."""
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(socket_dir),
        "unix_socket_permissions": "0700",
        "log_checkpoints": "off",  # the log is for trouble
    }
    return " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())


def _fatal(words: str) -> str:
    """The line that says why, out of a server log."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return next((line for line in lines if "FATAL" in line or "PANIC" in line), lines[-1] if lines else "no word")
