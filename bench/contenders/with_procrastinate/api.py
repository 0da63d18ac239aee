"""Takes orders and callbacks."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from psycopg_pool import AsyncConnectionPool

from app.domain.order import Order
from bench.contenders.model import EARLIER, STATUS, Accepted, Noted, Word, content
from bench.contenders.with_procrastinate import jobs

_INSERT = """
INSERT INTO orders (id, location, reference, body) VALUES (%s, %s, %s, %s)
ON CONFLICT (location, reference) DO NOTHING
"""
_KNOWN = "SELECT id FROM orders WHERE location = %s AND reference = %s"
_WORD = "UPDATE orders SET status = %s WHERE location = %s AND reference = %s AND status = ANY(%s)"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """With a pool of connections; the jobs travel on the same ones."""
    async with jobs.pool() as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/v1/orders", status_code=202)
async def submit(order: Order, request: Request) -> Accepted:
    """Order and job in one commit."""
    pool: AsyncConnectionPool = request.app.state.pool
    order_id = uuid.uuid4()
    async with pool.connection() as connection, connection.transaction():
        stored = await connection.execute(_INSERT, [order_id, order.location, order.reference, content(order)])
        if stored.rowcount:
            await jobs.deliver.configure(connection=connection).defer_async(order_id=str(order_id))
        else:
            known = await connection.execute(_KNOWN, [order.location, order.reference])
            order_id = (await known.fetchone())[0]
    return Accepted(id=str(order_id), reference=order.reference, status="received")


@app.post("/callback")
async def callback(word: Word, request: Request) -> Noted:
    """One statement. The status goes forward only."""
    status = STATUS[word.word]
    async with request.app.state.pool.connection() as connection:
        await connection.execute(_WORD, [status, word.location, word.reference, EARLIER[status]])
    return Noted(status=status)
