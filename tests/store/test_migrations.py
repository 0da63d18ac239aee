"""Up, down, up again; tables and migrations agree; an old schema is noticed and a newer one let be."""

import asyncio

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from app.domain.errors import ConfigurationError, StorageUnavailable
from app.store import migrate
from app.store.database import create_engine


async def tables(url: str) -> set[str]:
    engine = create_engine(url, application_name="tests")
    async with engine.connect() as connection:
        names = await connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        found = set(names)
    await engine.dispose()
    return found


async def test_up_down_up(empty_database_url: str) -> None:
    await migrate.upgrade(empty_database_url)
    built = await tables(empty_database_url)
    assert {"orders", "submissions", "alembic_version"} <= built

    await migrate.downgrade(empty_database_url)
    assert await tables(empty_database_url) == {"alembic_version"}

    await migrate.upgrade(empty_database_url)
    assert await tables(empty_database_url) == built


async def test_autogenerate_finds_nothing(database_url: str) -> None:
    await migrate.check(database_url)


async def test_check_names_a_difference(own_database_url: str) -> None:
    engine = create_engine(own_database_url, application_name="tests")
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE unexpected (id int PRIMARY KEY)"))
    await engine.dispose()
    with pytest.raises(ConfigurationError, match="unexpected"):
        await migrate.check(own_database_url)


def test_revisions_are_one_after_the_other_and_named_so_in_their_files() -> None:
    scripts = ScriptDirectory.from_config(migrate.alembic_config())
    newest_first = [script.revision for script in scripts.walk_revisions()]
    assert scripts.get_heads() == [migrate.expected_revision()]
    assert newest_first == sorted(migrate.known_revisions(), reverse=True)


async def test_several_at_once(empty_database_url: str) -> None:
    await asyncio.gather(*(migrate.upgrade(empty_database_url) for _ in range(4)))
    assert "orders" in await tables(empty_database_url)


async def test_empty_and_older_and_newer_schema(empty_database_url: str) -> None:
    engine = create_engine(empty_database_url, application_name="tests")
    assert not await migrate.schema_is_current(engine)
    with pytest.raises(ConfigurationError, match=r"found: none.*order-relay migrate"):
        await migrate.require_current_schema(engine)

    await migrate.upgrade(empty_database_url)
    await migrate.require_current_schema(engine)

    async with engine.begin() as connection:  # a host of the next version was here
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await migrate.require_current_schema(engine)
    await engine.dispose()


async def test_no_database() -> None:
    with pytest.raises(StorageUnavailable):
        await migrate.upgrade("postgresql://postgres@127.0.0.1:1/postgres")
