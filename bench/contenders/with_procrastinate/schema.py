"""Makes the tables."""

import asyncio

import psycopg

from bench.contenders.model import DATABASE_URL
from bench.contenders.tables import ORDERS
from bench.contenders.with_procrastinate.jobs import app


async def main() -> None:
    """All of them."""
    async with await psycopg.AsyncConnection.connect(DATABASE_URL) as connection:
        await connection.execute(ORDERS)
    async with app.open_async():
        await app.schema_manager.apply_schema_async()


if __name__ == "__main__":
    asyncio.run(main())
