"""Makes the table."""

import asyncio

import asyncpg

from bench.contenders.model import DATABASE_URL
from bench.contenders.tables import ORDERS


async def main() -> None:
    """Celery keeps nothing in PostgreSQL."""
    connection = await asyncpg.connect(DATABASE_URL)
    await connection.execute(ORDERS)
    await connection.close()


if __name__ == "__main__":
    asyncio.run(main())
