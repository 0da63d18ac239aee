"""Fills the outbox without HTTP."""

import asyncio

import asyncpg

from bench.contenders.model import DATABASE_URL
from bench.contenders.tables import filled

QUEUE = "INSERT INTO outbox (order_id, attempts) SELECT unnest($1::uuid[]), 0"


async def main() -> None:
    """In one commit."""
    connection = await asyncpg.connect(DATABASE_URL)
    async with connection.transaction():
        await connection.execute(QUEUE, await filled(connection))
    await connection.execute("ANALYZE")
    await connection.close()


if __name__ == "__main__":
    asyncio.run(main())
