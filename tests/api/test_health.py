"""Health: alive whatever happens, ready only with a storage that can take orders."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from sqlalchemy import text

from app.store.database import create_engine
from tests.api.conftest import Api, running


async def test_alive_and_ready(api: Api) -> None:
    for path in ("/health/live", "/health/ready"):
        answer = await api.call("GET", path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_ready_says_no_while_the_schema_is_old(empty_database_url: str) -> None:
    async with running(empty_database_url) as api:
        answer = await api.call("GET", "/health/ready")
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert "order-relay migrate" in answer.json()["detail"]
        assert (await api.call("GET", "/health/live")).status_code == 200


async def test_ready_says_no_within_seconds_when_the_storage_is_silent() -> None:
    """The host takes connections and never says a word: the worst way to be away."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as silent:
        url = f"postgresql://relay@127.0.0.1:{silent.getsockname()[1]}/orders"
        async with running(url) as api, asyncio.timeout(4):
            answer = await api.call("GET", "/health/ready")
        assert answer.status_code == 503
        assert answer.headers["retry-after"].isdecimal()
        assert "127.0.0.1" not in answer.text
        assert "relay@" not in answer.text


async def test_an_order_is_refused_after_one_patience_where_the_storage_is_silent() -> None:
    """Admission asks whose key it is, and so does the route: one of them is enough to know that nobody answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as silent:
        url = f"postgresql://relay@127.0.0.1:{silent.getsockname()[1]}/orders"
        async with running(url) as api, asyncio.timeout(8):
            for_nobody = {"Authorization": f"Bearer orly_{'B' * 43}"}
            _is_503(await api.call("POST", "/v1/orders", headers=for_nobody, json={}))


async def test_without_storage_a_request_is_503_and_a_known_key_still_passes(api: Api, database_url: str) -> None:
    assert (await api.call("GET", "/v1/locations", "ops")).status_code == 200
    async with _locked_out(database_url):
        # 403, so the key was known; then what needs the storage.
        assert (await api.call("DELETE", "/v1/locations/geneva-1", "ops")).status_code == 403
        unknown = {"Authorization": f"Bearer orly_{'B' * 43}"}
        answers = await asyncio.gather(
            api.call("GET", "/v1/locations/geneva-1", "ops"),
            api.call("GET", "/v1/locations", headers=unknown),
            api.call("POST", "/v1/orders", headers=unknown, json={}),
        )
        for answer in answers:
            _is_503(answer)
    assert (await api.call("GET", "/v1/locations", "ops")).status_code == 200


@asynccontextmanager
async def _locked_out(database_url: str) -> AsyncIterator[None]:
    """The database takes no connections, and those that there were have ended."""
    name = database_url.partition("?")[0].rpartition("/")[2]
    server = create_engine(database_url.replace(name, "postgres"), application_name="tests", pool_size=1)
    async with server.connect() as connection:
        outside = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await outside.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
        ending = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
        await outside.execute(ending, {"name": name})
        yield
        await outside.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
    await server.dispose()


def _is_503(answer: httpx.Response) -> None:
    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/storage-unavailable"
    assert answer.headers["retry-after"].isdecimal()
    assert "postgres" not in answer.text.lower()
