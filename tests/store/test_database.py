"""The engine and the retry of whole transactions, against a real PostgreSQL that fails in real ways."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import Column, Integer, MetaData, Table, Text, insert, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.domain.errors import ConfigurationError, StorageUnavailable
from app.store.database import create_engine, is_unavailable, run, to_json

metadata = MetaData()
things = Table(
    "scratch", metadata, Column("id", Integer, primary_key=True), Column("word", Text), Column("body", JSONB)
)


@pytest_asyncio.fixture
async def scratch(own_database_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine on a database with one table to play with."""
    engine = create_engine(own_database_url, application_name="tests")
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield engine
    await engine.dispose()


async def put(connection: AsyncConnection, number: int, word: str) -> None:
    """Idempotent, as `run` asks for."""
    statement = text("INSERT INTO scratch (id, word) VALUES (:id, :word) ON CONFLICT (id) DO UPDATE SET word = :word")
    await connection.execute(statement, {"id": number, "word": word})


async def words(engine: AsyncEngine) -> list[str]:
    async with engine.connect() as connection:
        return [*(await connection.scalars(select(things.c.word).order_by(things.c.id)))]


async def pid_of(connection: AsyncConnection) -> int:
    pid: int = await connection.scalar(text("SELECT pg_backend_pid()"))
    return pid


async def terminate(engine: AsyncEngine, pid: int) -> None:
    async with engine.connect() as other:
        await other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})


async def test_commits_and_returns(scratch: AsyncEngine) -> None:
    async def work(connection: AsyncConnection) -> str:
        await put(connection, 1, "one")
        return "done"

    assert await run(scratch, work) == "done"
    assert await words(scratch) == ["one"]


async def test_a_single_statement_is_its_own_transaction(scratch: AsyncEngine) -> None:
    await run(scratch, lambda connection: put(connection, 1, "one"), single_statement=True)
    assert await words(scratch) == ["one"]

    async def two(connection: AsyncConnection) -> None:  # the next user of the connection has a transaction again
        await put(connection, 2, "two")
        raise KeyError("ours")

    with pytest.raises(KeyError):
        await run(scratch, two)
    assert await words(scratch) == ["one"]


async def test_an_error_of_ours_rolls_back_and_passes(scratch: AsyncEngine) -> None:
    runs = 0

    async def work(connection: AsyncConnection) -> None:
        nonlocal runs
        runs += 1
        await put(connection, 1, "one")
        raise KeyError("ours")

    with pytest.raises(KeyError, match="ours"):
        await run(scratch, work)
    assert runs == 1
    assert await words(scratch) == []


async def test_jsonb_is_python_objects_both_ways(scratch: AsyncEngine) -> None:
    body = {"name": "Борщ", "lines": [1, 2.5, None, True]}
    async with scratch.begin() as connection:
        await connection.execute(insert(things).values(id=1, body=body))
        await connection.exec_driver_sql("INSERT INTO scratch (id, body) VALUES ($1, $2)", (2, to_json(body)))
        await connection.execute(text("INSERT INTO scratch (id, body) VALUES (3, :body)"), {"body": to_json(body)})
        assert [*await connection.scalars(select(things.c.body))] == [body] * 3
        raw = await connection.exec_driver_sql("SELECT body FROM scratch WHERE body->>'name' = $1", ("Борщ",))
        assert [*raw.scalars()] == [body] * 3


@pytest.mark.parametrize("killed_in", ["statement", "commit"])
async def test_a_killed_connection_is_replaced_and_the_work_done_again(scratch: AsyncEngine, killed_in: str) -> None:
    pids: list[int] = []

    async def work(connection: AsyncConnection) -> None:
        pids.append(await pid_of(connection))
        await put(connection, 1, f"run {len(pids)}")
        if len(pids) == 1:
            await terminate(scratch, pids[0])
            if killed_in == "statement":
                await put(connection, 2, "never")

    await run(scratch, work)
    assert len(set(pids)) == 2
    assert await words(scratch) == ["run 2"]


async def test_an_idle_connection_dies_unnoticed_by_callers(scratch: AsyncEngine, own_database_url: str) -> None:
    pid = await run(scratch, pid_of)
    killer = create_engine(own_database_url, application_name="tests")
    await terminate(killer, pid)
    assert await run(scratch, pid_of) != pid
    await killer.dispose()


async def test_only_standbys_or_read_only_hosts_are_no_primary(scratch: AsyncEngine, own_database_url: str) -> None:
    async with scratch.connect() as connection:
        name = await connection.scalar(text("SELECT current_database()"))
        await connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
        await connection.commit()
    late = create_engine(own_database_url, application_name="tests")
    with pytest.raises(StorageUnavailable, match="no writable PostgreSQL"):
        await run(late, pid_of, budget=0.5)
    await late.dispose()


async def test_a_primary_that_turned_read_only_is_left(scratch: AsyncEngine) -> None:
    pids: list[int] = []

    async def work(connection: AsyncConnection) -> None:
        pids.append(await pid_of(connection))
        if len(pids) == 1:
            await connection.execute(text("SET TRANSACTION READ ONLY"))
        await put(connection, 1, "written")

    await run(scratch, work)
    assert len(set(pids)) == 2
    assert await words(scratch) == ["written"]


async def test_a_deadlock_is_run_again_once(scratch: AsyncEngine) -> None:
    for number in (1, 2):
        await run(scratch, lambda connection, number=number: put(connection, number, "-"))  # type: ignore[misc]
    both_hold_one = asyncio.Barrier(2)
    runs = 0

    async def cross(connection: AsyncConnection, first: int, second: int, word: str) -> None:
        nonlocal runs
        runs += 1
        await connection.execute(text("SET LOCAL deadlock_timeout = '20ms'"))
        await put(connection, first, word)
        if runs <= 2:
            await both_hold_one.wait()
        await put(connection, second, word)

    await asyncio.gather(
        run(scratch, lambda connection: cross(connection, 1, 2, "a")),
        run(scratch, lambda connection: cross(connection, 2, 1, "b")),
    )
    assert runs == 3
    assert await words(scratch) in (["a", "a"], ["b", "b"])


async def test_a_plan_outdated_by_a_migration_is_made_again(scratch: AsyncEngine, own_database_url: str) -> None:
    async def read(connection: AsyncConnection) -> int:
        return len((await connection.execute(text("SELECT * FROM scratch"))).keys())

    holder = create_engine(own_database_url, application_name="tests", pool_size=1)
    assert await run(holder, read) == 3
    async with scratch.begin() as connection:
        await connection.execute(text("ALTER TABLE scratch ADD COLUMN more int"))
    assert await run(holder, read) == 4
    await holder.dispose()


async def test_our_mistakes_are_not_the_storage_s(scratch: AsyncEngine) -> None:
    async def wrong(connection: AsyncConnection) -> None:
        await connection.execute(text("SELECT nothing FROM nowhere WHERE name = :name"), {"name": "Guest Name"})

    async def twice(connection: AsyncConnection) -> None:
        await connection.execute(insert(things), [{"id": 1}, {"id": 1}])

    with pytest.raises(ProgrammingError) as error:
        await run(scratch, wrong)
    assert not is_unavailable(error.value)
    assert "Guest Name" not in str(error.value)
    with pytest.raises(IntegrityError):
        await run(scratch, twice)


async def test_a_full_pool_is_storage_unavailable(database_url: str) -> None:
    engine = create_engine(database_url, application_name="tests", pool_size=1)
    async with engine.connect() as held:
        await pid_of(held)
        with pytest.raises(StorageUnavailable):
            await run(engine, pid_of, budget=0.2)
    assert await run(engine, pid_of)
    await engine.dispose()


async def test_a_cancelled_caller_leaves_the_pool_whole(database_url: str) -> None:
    engine = create_engine(database_url, application_name="tests", pool_size=1)
    inside = asyncio.Event()

    async def work(connection: AsyncConnection) -> None:
        inside.set()
        await connection.execute(text("SELECT pg_sleep(60)"))

    caller = asyncio.create_task(run(engine, work))
    await inside.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert await run(engine, pid_of)
    await engine.dispose()


async def test_wrong_database_is_said_at_once(database_server_url: str) -> None:
    engine = create_engine(database_server_url.replace("/postgres?", "/absent?"), application_name="tests")
    with pytest.raises(StorageUnavailable, match='"absent" does not exist'):
        await run(engine, pid_of, budget=60)
    await engine.dispose()


async def test_pgbouncer_setting_names_no_startup_parameter(database_url: str) -> None:
    async def read(connection: AsyncConnection) -> tuple[str, str]:
        limit = await connection.scalar(text("SHOW idle_in_transaction_session_timeout"))
        return await connection.scalar(text("SHOW application_name")), limit

    found = []
    for pgbouncer in (False, True):
        engine = create_engine(database_url, application_name="tests", pgbouncer=pgbouncer)
        found += [await run(engine, read) for _ in range(2)]
        await engine.dispose()
    assert found == [("tests", "30s")] * 2 + [("tests", "0")] * 2


async def test_behind_a_pgbouncer_a_single_statement_has_a_transaction_too(database_url: str) -> None:
    """Without one, pgbouncer may prepare it on one server and execute it on another."""

    async def read(connection: AsyncConnection) -> bool:
        ids = [await connection.scalar(text("SELECT pg_current_xact_id()::text")) for _ in range(2)]
        return len(set(ids)) == 1

    found = []
    for pgbouncer in (False, True):
        engine = create_engine(database_url, application_name="tests", pgbouncer=pgbouncer)
        found.append(await run(engine, read, single_statement=True))
        await engine.dispose()
    assert found == [False, True]


def test_nonsense_is_refused_before_connecting() -> None:
    with pytest.raises(ConfigurationError):
        create_engine("sqlite:///relay.db", application_name="tests")
