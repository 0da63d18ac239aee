"""Sends a task for every order that was never delivered: what was committed just before a crash has none."""

import asyncio

import asyncpg

from bench.contenders.model import DATABASE_URL
from bench.contenders.with_celery.tasks import app, deliver

UNDELIVERED = "SELECT id FROM orders WHERE delivered_at IS NULL ORDER BY received_at"


async def main() -> None:
    """Before the worker starts: it must not run beside one."""
    connection = await asyncpg.connect(DATABASE_URL)
    undelivered = await connection.fetch(UNDELIVERED)
    await connection.close()
    with app.producer_pool.acquire(block=True) as producer:
        for row in undelivered:
            deliver.apply_async([str(row["id"])], producer=producer)


if __name__ == "__main__":
    asyncio.run(main())
