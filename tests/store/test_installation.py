"""What a database takes for a restore, and what not."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.store import embedded, migrate
from app.store.database import create_engine, run
from app.store.installation import is_whole, read_installation
from tests.e2e.backup import dump, restore


async def knows_itself(url: str) -> bool:
    engine = create_engine(url, application_name="tests", pool_size=1)
    try:
        return (await run(engine, read_installation)).known
    finally:
        await engine.dispose()


async def migrated(url: str) -> str:
    await migrate.upgrade(url)
    assert await knows_itself(url)
    return url


async def test_restored_into_another_database(empty_database_url: str, own_database_url: str, tmp_path: Path) -> None:
    dump(await migrated(empty_database_url), tmp_path / "backup")
    restore(own_database_url, tmp_path / "backup", "--clean")
    assert not await knows_itself(own_database_url)
    assert await knows_itself(empty_database_url)


async def test_restored_over_itself(empty_database_url: str, tmp_path: Path) -> None:
    """The same server, the same database, by name and by number."""
    dump(await migrated(empty_database_url), tmp_path / "backup")
    restore(empty_database_url, tmp_path / "backup", "--clean", "--if-exists")
    assert not await knows_itself(empty_database_url)


async def test_only_the_rows_are_restored(empty_database_url: str, tmp_path: Path) -> None:
    """Even the tables are the same then."""
    dump(await migrated(empty_database_url), tmp_path / "backup")
    engine = create_engine(empty_database_url, application_name="tests")
    async with engine.begin() as connection:
        await connection.execute(text("DELETE FROM installation"))
        await connection.execute(text("DELETE FROM alembic_version"))
    await engine.dispose()
    restore(empty_database_url, tmp_path / "backup", "--data-only")
    assert not await knows_itself(empty_database_url)


@pytest.mark.parametrize("care", ["VACUUM FULL", "VACUUM FREEZE", "ANALYZE", "REINDEX TABLE"])
async def test_what_an_administrator_does_is_no_restore(empty_database_url: str, care: str) -> None:
    engine = create_engine(await migrated(empty_database_url), application_name="tests")
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text(f"{care} installation"))
    await engine.dispose()
    assert await knows_itself(empty_database_url)


@pytest.fixture
async def plain_user(empty_database_url: str) -> AsyncIterator[AsyncEngine]:
    """Somebody who owns no server."""
    owner = create_engine(await migrated(empty_database_url), application_name="tests")
    async with owner.begin() as connection:
        await connection.execute(text("CREATE ROLE plain_relay_user"))
        await connection.execute(text("GRANT SELECT ON installation TO plain_relay_user"))
    async with owner.connect() as connection:
        await connection.execute(text("SET ROLE plain_relay_user"))
        await connection.commit()
    yield owner
    async with owner.begin() as connection:
        await connection.execute(text("RESET ROLE"))
        await connection.execute(text("REVOKE SELECT ON installation FROM plain_relay_user"))
        await connection.execute(text("DROP ROLE plain_relay_user"))
    await owner.dispose()


async def test_an_ordinary_user_may_look(plain_user: AsyncEngine) -> None:
    async with plain_user.connect() as connection:
        assert await connection.scalar(text("SELECT current_user")) == "plain_relay_user"
        assert (await read_installation(connection)).known


async def test_a_restore_that_is_not_finished(empty_database_url: str) -> None:
    engine = create_engine(await migrated(empty_database_url), application_name="tests")
    assert await run(engine, is_whole)
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE lanes DROP CONSTRAINT lanes_locations_fkey"))
    assert not await run(engine, is_whole)
    await engine.dispose()


def test_a_physical_copy_cannot_be_told_from_the_database_itself() -> None:
    """A standby that takes over is one too. After restoring such a copy a person says it: `restored --hold`."""
    with TemporaryDirectory(prefix="order-relay-tests-") as directory:
        Path(directory).chmod(0o711)
        one, other = Path(directory) / "one", Path(directory) / "other"
        with embedded.running(one) as server:
            asyncio.run(migrated(server.url))
        subprocess.run(["/bin/cp", "--archive", one, other], check=True)  # noqa: S603 - with its owner
        with embedded.running(other) as server:
            assert asyncio.run(knows_itself(server.url))
