"""Several hosts, silent ones, frozen ones, and an answer that got lost on the way."""

import asyncio
import socket
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.domain.errors import StorageUnavailable
from app.store.connect import TCP_OPTIONS
from app.store.database import create_engine, run
from tests.store.conftest import Wire

ANSWER_WITHIN_S = 5
PATIENCE_S = 30


async def one(connection: AsyncConnection) -> int:
    value: int = await connection.scalar(text("SELECT 1"))
    return value


def with_hosts_before(database_url: str, *hosts: str) -> str:
    """The same database, reached by a list of hosts in which the real one comes last."""
    parts = urlsplit(database_url)
    credentials, _, address = parts.netloc.rpartition("@")
    listed = "&".join([*(f"host={host}" for host in hosts), parts.query or f"host={address}"])
    return parts._replace(netloc=f"{credentials}@", query=listed).geturl()


async def test_a_silent_host_and_a_closed_one_do_not_hide_the_primary(
    database_url: str, silent_host: str, closed_host: str
) -> None:
    engine = create_engine(with_hosts_before(database_url, silent_host, closed_host), application_name="tests")
    async with asyncio.timeout(1.5):  # below the 2 s that one silent host is given
        assert await run(engine, one) == 1
    await engine.dispose()


async def test_two_ways_to_the_primary_leave_one_connection(database_url: str, wire: Wire, engine: AsyncEngine) -> None:
    name = "two-ways"
    both = create_engine(with_hosts_before(database_url, f"127.0.0.1:{wire.port}"), application_name=name)
    assert await run(both, one) == 1

    async def count(connection: AsyncConnection) -> int:
        number: int = await connection.scalar(
            text("SELECT count(*) FROM pg_stat_activity WHERE application_name = :name"), {"name": name}
        )
        return number

    async with asyncio.timeout(5):
        while await run(engine, count) != 1:  # noqa: ASYNC110  the slower one is being closed
            await asyncio.sleep(0.01)
    await both.dispose()


async def test_no_primary_is_said_within_five_seconds(silent_host: str, closed_host: str) -> None:
    async def ask(hosts: str) -> str:
        engine = create_engine(f"postgresql://someone:S3CRET@{hosts}/relay", application_name="tests")
        with pytest.raises(StorageUnavailable) as error:
            await run(engine, one)
        await engine.dispose()
        return str(error.value)

    async with asyncio.timeout(ANSWER_WITHIN_S):
        said = await asyncio.gather(ask(silent_host), ask(closed_host), ask(f"{silent_host},{closed_host}"))
    for words in said:
        assert words.startswith("PostgreSQL is not available: ")
        assert "S3CRET" not in words


async def test_a_frozen_host_is_given_up_within_five_seconds(wire: Wire) -> None:
    engine = create_engine(wire.url, application_name="tests", pool_size=1)
    assert await run(engine, one) == 1
    wire.freeze()
    with pytest.raises(StorageUnavailable):
        async with asyncio.timeout(ANSWER_WITHIN_S):
            await run(engine, one)
    wire.thaw()
    assert await run(engine, one) == 1
    await engine.dispose()


async def test_a_frozen_host_takes_all_its_connections_with_it(wire: Wire) -> None:
    """Or each would cost one more request its 5 s."""
    engine = create_engine(wire.url, application_name="tests", pool_size=3)
    async with engine.connect() as one_of_them, engine.connect() as another, engine.connect() as third:
        idle = [(await each.get_raw_connection()).driver_connection for each in (one_of_them, another, third)]
    wire.freeze()
    with pytest.raises(StorageUnavailable):
        await run(engine, one)
    async with asyncio.timeout(PATIENCE_S):
        while not all(connection is None or connection.is_closed() for connection in idle):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    wire.thaw()
    assert await run(engine, one) == 1
    await engine.dispose()


async def test_a_commit_whose_answer_is_lost_is_run_again(wire: Wire) -> None:
    far = create_engine(wire.url, application_name="tests")
    answered: list[bool] = []

    async def work(connection: AsyncConnection) -> int:
        statement = (
            "INSERT INTO locations (location_id, settings, secrets, pos_system, callback_key)"
            " VALUES ('here', '{}', '', 'iiko', 'key')"
            " ON CONFLICT (location_id) DO UPDATE SET version = locations.version + 1 RETURNING version"
        )
        runs: int = await connection.scalar(text(statement))
        if not answered:
            answered.append(True)
            wire.lose_answer_to(b"COMMIT")
        return runs

    assert await run(far, work) == 2  # the first commit had happened
    assert wire.lost_answers == 1
    await far.dispose()


async def test_a_tcp_socket_notices_a_vanished_peer(wire: Wire) -> None:
    engine = create_engine(wire.url, application_name="tests")
    async with engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        sock = driver._transport.get_extra_info("socket")
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        for name, value in TCP_OPTIONS.items():
            if hasattr(socket, name):
                assert sock.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)) == value
    await engine.dispose()
