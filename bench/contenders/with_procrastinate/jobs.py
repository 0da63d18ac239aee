"""The application of procrastinate, and its one task."""

import uuid

import aiohttp
import procrastinate
from psycopg_pool import AsyncConnectionPool

from bench.contenders import sending
from bench.contenders.model import DATABASE_URL, POOL

ATTEMPTS = 10
_BODY = "SELECT body::text FROM orders WHERE id = %s"
_DELIVERED = "UPDATE orders SET delivered_at = now(), answer = %s WHERE id = %s"

app = procrastinate.App(
    connector=procrastinate.PsycopgConnector(conninfo=DATABASE_URL, min_size=POOL // 2, max_size=POOL)
)


def pool() -> AsyncConnectionPool:
    """For the orders. Single statements are transactions of their own."""
    settings = {"autocommit": True}
    return AsyncConnectionPool(DATABASE_URL, min_size=POOL // 2, max_size=POOL, kwargs=settings, open=False)


@app.task(
    name="deliver",
    retry=procrastinate.RetryStrategy(max_attempts=ATTEMPTS, exponential_wait=2),
    pass_context=True,
)
async def deliver(context: procrastinate.JobContext, order_id: str) -> None:
    """Sends one order, and says so in its row."""
    orders: AsyncConnectionPool = context.additional_context["orders"]
    client: aiohttp.ClientSession = context.additional_context["client"]
    async with orders.connection() as connection:
        row = await (await connection.execute(_BODY, [uuid.UUID(order_id)])).fetchone()
    answer = await sending.send(client, row[0])
    async with orders.connection() as connection:
        await connection.execute(_DELIVERED, [answer, uuid.UUID(order_id)])
