"""Bring the schema to what this version of the code expects, and tell whether it is there.

`python -m app.store.migrate upgrade|downgrade|check|revision` is for developers (`order-relay migrate` for everybody
else). `check` and `revision` use a server of their own, so they never look at a database that holds orders.

Alembic is imported where it works: that takes a third of a second of a processor, and each start of each process only
asks whether the schema is current.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

import migrations
from app.domain.errors import ConfigurationError, RelayError, StorageUnavailable
from app.store import embedded
from app.store.database import DATABASE_ERRORS, create_engine, is_unavailable, run

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = Path(migrations.__file__).parent
LOCK = 0x6F726465722D  # "order-"; any number that nobody else locks in this database
LOCK_TIMEOUT = "10s"
"""Better no migration than intake queueing behind one that waits for a long transaction."""


async def upgrade(url: str, revision: str = "head") -> None:
    """One transaction: whole or nothing. Of several processes at once one works, the others wait and find it done.

    Raises StorageUnavailable when no primary answers.
    """
    from alembic import command  # noqa: PLC0415

    await _alembic(url, lambda config: command.upgrade(config, revision))


async def downgrade(url: str, revision: str = "base") -> None:
    """Back to an older schema. Loses what the newer one stored."""
    from alembic import command  # noqa: PLC0415

    await _alembic(url, lambda config: command.downgrade(config, revision))


async def check(url: str) -> None:
    """Raises ConfigurationError, naming the differences, when autogenerate would find something to write."""
    from alembic import command  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    try:
        await _alembic(url, command.check)
    except CommandError as error:
        raise ConfigurationError(f"Tables and migrations differ: {error}") from error


async def current_revision(engine: AsyncEngine) -> str | None:
    """None: an empty database. Raises StorageUnavailable."""

    async def read(connection: AsyncConnection) -> str | None:
        if await connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
            return None
        revision: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
        return revision

    return await run(engine, read)


async def schema_is_current(engine: AsyncEngine) -> bool:
    """False when the schema is older than this code. A newer one (an upgrade is rolling through the hosts) is fine:
    migrations keep the columns that the version before them uses. Raises StorageUnavailable."""
    revision = await current_revision(engine)
    return revision == expected_revision() or (revision is not None and revision not in known_revisions())


async def require_current_schema(engine: AsyncEngine) -> None:
    """Raises ConfigurationError in one line when the schema is older than this code."""
    if not await schema_is_current(engine):
        found = await current_revision(engine) or "none"
        raise ConfigurationError(
            f"The database schema is older than this version of order-relay (found: {found}, needed: "
            f"{expected_revision()}): run 'order-relay migrate' first."
        )


@cache
def expected_revision() -> str:
    """The newest migration that this version of the code has."""
    return max(known_revisions())


@cache
def known_revisions() -> frozenset[str]:
    """As the names of the files have them: 0003_erased_and_restored.py is revision 0003, after 0002."""
    return frozenset(path.name.partition("_")[0] for path in (SCRIPTS / "versions").glob("[0-9]*_*.py"))


def alembic_config(connection: Connection | None = None) -> "Config":
    """Found relative to the installed package, so that a wheel brings its migrations along."""
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


async def _alembic(url: str, work: Callable[["Config"], object]) -> None:
    # No command time-out: a migration may take long, and so may waiting for another process that does it.
    engine = create_engine(url, application_name="order-relay migrate", pool_size=1, command_timeout=None)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            await connection.execute(text("SELECT set_config('lock_timeout', :limit, true)"), {"limit": LOCK_TIMEOUT})
            await connection.run_sync(lambda sync_connection: work(alembic_config(sync_connection)))
    except DATABASE_ERRORS as error:
        if not is_unavailable(error):
            raise
        raise StorageUnavailable(f"PostgreSQL is not available: {error}") from error
    finally:
        await engine.dispose()


async def _on_scratch_server(work: Callable[["Config"], object]) -> None:
    with TemporaryDirectory(prefix="order-relay-") as directory, embedded.running(Path(directory)) as server:
        await upgrade(server.url)
        await _alembic(server.url, work)


def _new_revision(config: "Config", message: str) -> None:
    from alembic import command  # noqa: PLC0415

    command.revision(config, message, autogenerate=True, rev_id=f"{int(expected_revision()) + 1:04}")


def main(arguments: list[str] | None = None) -> None:
    """The developers' command line; `DATABASE_URL` says where upgrade and downgrade work."""
    parser = argparse.ArgumentParser(prog="python -m app.store.migrate", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("upgrade", help="to the newest, or to REVISION").add_argument(
        "revision", nargs="?", default="head"
    )
    commands.add_parser("downgrade", help="to REVISION; data is lost").add_argument("revision")
    commands.add_parser("check", help="do migrations and tables agree?")
    commands.add_parser("revision", help="write the next migration").add_argument("message")
    given = parser.parse_args(arguments)
    from alembic.util import CommandError  # noqa: PLC0415

    try:
        asyncio.run(_perform(given))
    except (ConfigurationError, RelayError, CommandError) as error:
        sys.exit(str(error))


async def _perform(given: argparse.Namespace) -> None:
    from alembic import command  # noqa: PLC0415

    match given.command:
        case "check":
            await _on_scratch_server(command.check)
        case "revision":
            await _on_scratch_server(lambda config: _new_revision(config, given.message))
        case name:
            if not (url := os.environ.get("DATABASE_URL")):
                raise ConfigurationError("DATABASE_URL is not set; 'order-relay migrate' does the embedded database.")
            await (upgrade if name == "upgrade" else downgrade)(url, given.revision)


if __name__ == "__main__":
    main()
