"""What `postmaster.pid` says, and whether it is still true: after kill -9 the file stays, and its process id may
belong to anybody by now (after a restart of the machine or the container it usually does)."""

import os
import socket
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

# Lines of the file, from zero.
PID, PORT, SOCKET_DIR, STATUS = 0, 3, 4, 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Postmaster:
    """The server process that a cluster's `postmaster.pid` names."""

    cluster: Path
    pid: int
    port: int
    socket_dir: Path
    status: str
    """`starting`, `ready`, `standby` or `stopping`; empty while it is not written yet."""

    @property
    def is_ready(self) -> bool:
        return self.status == "ready"

    def is_alive(self) -> bool:
        """The process exists and is a postgres of this very cluster."""
        if not _exists(self.pid):
            return False
        try:
            command = Path(f"/proc/{self.pid}/cmdline").read_bytes().split(b"\0")
        except FileNotFoundError:
            return not Path("/proc/self").exists()  # no /proc (macOS): believe the file
        except OSError:
            return True
        return os.path.basename(command[0]) == b"postgres" and os.fsencode(self.cluster) in command  # noqa: PTH119

    def answers(self) -> bool:
        """Something listens on its socket."""
        with closing(socket.socket(socket.AF_UNIX)) as probe:
            try:
                probe.connect(str(self.socket_dir / f".s.PGSQL.{self.port}"))
            except (FileNotFoundError, ConnectionRefusedError):
                return False
            except BlockingIOError:  # its queue is full: it lives
                pass
        return True


def read(cluster: Path) -> Postmaster | None:
    """None when no server is running or starting."""
    try:
        lines = [line.strip() for line in (cluster / "postmaster.pid").read_text().splitlines()]
        lines += [""] * (STATUS + 1 - len(lines))
        return Postmaster(
            cluster=cluster,
            pid=int(lines[PID]),
            port=int(lines[PORT] or 5432),
            socket_dir=Path(lines[SOCKET_DIR] or cluster),
            status=lines[STATUS],
        )
    except (FileNotFoundError, ValueError):
        return None


def forget_reused(*lock_files: Path) -> None:
    """Remove lock files whose process id lives on as another program, which postgres would take for itself.

    Only after making sure that no server runs. What still uses the shared memory is found by postgres without them.
    """
    for lock_file in lock_files:
        with suppress(FileNotFoundError, ValueError, IndexError):
            if _exists(abs(int(lock_file.read_text().split()[0]))):
                lock_file.unlink()


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
