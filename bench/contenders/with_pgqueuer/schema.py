"""Makes the tables; pgqueuer's own with the autovacuum settings that its guide recommends."""

import asyncio

import asyncpg
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries

from bench.contenders.model import DATABASE_URL
from bench.contenders.tables import ORDERS


async def main() -> None:
    """All of them."""
    connection = await asyncpg.connect(DATABASE_URL)
    await connection.execute(ORDERS)
    queries = Queries(AsyncpgDriver(connection))
    await queries.install()
    await queries.optimize_autovacuum()
    await connection.close()


if __name__ == "__main__":
    asyncio.run(main())
