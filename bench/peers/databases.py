"""A database of its own for each contender, on the PostgreSQL that order-relay is measured on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import asyncpg


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A look into a database, past its contender."""
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def fresh(server_url: str, name: str) -> str:
    """The URL of an empty database of that name; what was in it is gone."""
    async with connected(server_url) as connection:
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await connection.execute(f'CREATE DATABASE "{name}"')
    return urlsplit(server_url)._replace(path=f"/{name}").geturl()


async def value(url: str, query: str) -> Any:
    """Of the first column of the first row."""
    async with connected(url) as connection:
        return await connection.fetchval(query)
