"""Fills the queue without HTTP, a thousand jobs at a time."""

import asyncio
from itertools import islice

import asyncpg
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries

from bench.contenders.model import DATABASE_URL
from bench.contenders.tables import filled
from bench.contenders.with_pgqueuer import ENTRYPOINT

AT_ONCE = 1000


async def main() -> None:
    """By pgqueuer's own enqueue."""
    connection = await asyncpg.connect(DATABASE_URL)
    queries = Queries(AsyncpgDriver(connection))
    payloads = (order_id.bytes for order_id in await filled(connection))
    while some := list(islice(payloads, AT_ONCE)):
        await queries.enqueue([ENTRYPOINT] * len(some), [*some], [0] * len(some))
    await connection.execute("ANALYZE")
    await connection.close()


if __name__ == "__main__":
    asyncio.run(main())
