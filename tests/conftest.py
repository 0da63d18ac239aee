"""A real PostgreSQL for every test that asks for one: `database_url` (or `engine`) is a database with the whole schema
and nothing in it. Tests that change the schema ask for `own_database_url`.

The server is the embedded one, or the one of `TEST_DATABASE_URL` (a superuser's or a CREATEDB role's URL). `make test`
runs several test processes side by side (pytest-xdist): each has a server or at least databases of its own.
"""

import fcntl
import gc
import os
import re
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, gettempdir
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.errors import ConfigurationError
from app.store import embedded, embedded_postmaster, migrate
from app.store.connect import Primary
from app.store.database import create_engine
from app.store.database_url import parse
from app.store.tables import metadata

PREFIX = "order-relay-tests-"
LONGEST_FIRST = ("torture", "hosts", "e2e", "cli")
"""Folders of tests that start processes. Side by side (`make test`), they begin first and stay with one test process,
so that they seldom meet each other; the others go through the many short tests meanwhile, then take over what is left.
"""

_ANY_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def pytest_configure() -> None:
    """Also where the tests were started in the background of a shell, which makes everything in it ignore Ctrl-C: the
    processes that they start must hear it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_make_parametrize_id(val: object) -> str | None:
    """A new id in a parameter is another one in each test process, and they must agree on the names of the tests."""
    return _ANY_ID.sub("id", val) if isinstance(val, str) and _ANY_ID.search(val) else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):  # one test process of several
        items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    folders = [f"tests/{folder}/" for folder in LONGEST_FIRST]
    return next((rank for rank, folder in enumerate(folders) if item.nodeid.startswith(folder)), len(folders))


@pytest.fixture(scope="session", autouse=True)
def nothing_left_open() -> Iterator[None]:
    """What was never closed and is found only at the very end fails the last test: a test process that ends says it to
    nobody any more."""
    yield
    for _ in range(5):  # what is collected may set free more
        gc.collect()


@pytest.fixture(scope="session")
def database_server_url() -> Iterator[str]:
    """The maintenance database of the tests' server."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    clear_leftovers()
    with TemporaryDirectory(prefix=PREFIX) as directory, embedded.running(Path(directory)) as server:
        yield server.url


@pytest_asyncio.fixture(scope="session")
async def database_server(database_server_url: str) -> AsyncIterator[asyncpg.Connection]:
    """To create and drop databases with."""
    connection = await Primary(parse(database_server_url), application_name="tests", command_timeout=60)()
    if "TEST_DATABASE_URL" not in os.environ:  # ours: the data outlive nothing
        await connection.execute("ALTER SYSTEM SET fsync = off")
        await connection.execute("SELECT pg_reload_conf()")
    yield connection
    await connection.close()


@pytest_asyncio.fixture(scope="session")
async def template_database(database_server: asyncpg.Connection, database_server_url: str) -> AsyncIterator[str]:
    """A database that the migrations built once; the others are copies of it."""
    name = await create_database(database_server)
    await migrate.upgrade(url_of(database_server_url, name))
    yield name
    await drop_database(database_server, name)


@pytest_asyncio.fixture(scope="session")
async def spare_databases(database_server: asyncpg.Connection) -> AsyncIterator[list[str]]:
    """Emptied by the test before: that takes 10 ms, a new copy some 100."""
    names: list[str] = []
    yield names
    for name in names:
        await drop_database(database_server, name)


@pytest_asyncio.fixture
async def database_url(
    database_server: asyncpg.Connection,
    database_server_url: str,
    template_database: str,
    spare_databases: list[str],
) -> AsyncIterator[str]:
    """A database for this test alone, with the schema and nothing in it."""
    if spare_databases:
        name = spare_databases.pop()
    else:
        name = await create_database(database_server, template=template_database)
    yield url_of(database_server_url, name)
    await empty_database(database_server, name, url_of(database_server_url, name))
    spare_databases.append(name)


@pytest_asyncio.fixture
async def own_database_url(
    database_server: asyncpg.Connection, database_server_url: str, template_database: str
) -> AsyncIterator[str]:
    """The same, thrown away afterwards: for tests that change its schema or settings."""
    name = await create_database(database_server, template=template_database)
    yield url_of(database_server_url, name)
    await drop_database(database_server, name)


@pytest_asyncio.fixture
async def empty_database_url(database_server: asyncpg.Connection, database_server_url: str) -> AsyncIterator[str]:
    """A database without a schema."""
    name = await create_database(database_server)
    yield url_of(database_server_url, name)
    await drop_database(database_server, name)


@pytest_asyncio.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(database_url, application_name="tests")
    yield engine
    await engine.dispose()


def clear_leftovers() -> None:
    """Servers of test processes that were killed: after Ctrl-C, too, where several run side by side."""
    for directory in Path(gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError, ConfigurationError):  # somebody else's, or being cleared by another test process
            postmaster = embedded_postmaster.read(directory / "postgres")
            if postmaster and postmaster.is_alive() and nobody_uses(directory):
                embedded.start(directory).stop()
                rmtree(directory)


def nobody_uses(data_dir: Path) -> bool:
    """A server's users share this lock from before it starts; the kernel lets go of it with them."""
    with (data_dir / "users.lock").open("rb") as users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


async def create_database(server: asyncpg.Connection, *, template: str = "template0") -> str:
    name = f"relay_test_{uuid4().hex}"
    await server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return name


async def empty_database(server: asyncpg.Connection, name: str, url: str) -> None:
    """DELETE is far faster than TRUNCATE on tables of a few rows."""
    await server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
    connection = await Primary(parse(url), application_name="tests")()
    await connection.execute("".join(f"DELETE FROM {table.name};" for table in reversed(metadata.sorted_tables)))  # noqa: S608
    await connection.close()


async def drop_database(server: asyncpg.Connection, name: str) -> None:
    await server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def url_of(server_url: str, database: str) -> str:
    return urlsplit(server_url)._replace(path=f"/{database}").geturl()
