"""Fills the queue without HTTP, a thousand jobs at a time."""

import asyncio
from itertools import islice

import asyncpg

from bench.contenders.model import DATABASE_URL
from bench.contenders.tables import filled
from bench.contenders.with_procrastinate.jobs import app, deliver

AT_ONCE = 1000


async def main() -> None:
    """By procrastinate's own deferring in batches."""
    connection = await asyncpg.connect(DATABASE_URL)
    wanted = ({"order_id": str(order_id)} for order_id in await filled(connection))
    async with app.open_async():
        while some := list(islice(wanted, AT_ONCE)):
            await deliver.batch_defer_async(*some)
    await connection.execute("ANALYZE")
    await connection.close()


if __name__ == "__main__":
    asyncio.run(main())
