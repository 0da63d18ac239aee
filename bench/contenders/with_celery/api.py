"""Takes orders and callbacks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI, Request

from app.domain.order import Order
from bench.contenders import sql
from bench.contenders.model import DATABASE_URL, POOL, Accepted, Noted, Word
from bench.contenders.with_celery.tasks import deliver


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """With a pool of connections."""
    async with asyncpg.create_pool(DATABASE_URL, min_size=POOL, max_size=POOL) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/v1/orders", status_code=202)
async def submit(order: Order, request: Request) -> Accepted:
    """The row is committed first: a task must find it. Sending the task blocks for a moment, as it usually does: a
    thread for it costs half as much again."""
    async with request.app.state.pool.acquire() as connection:
        order_id, new = await sql.store(connection, order)
    if new:
        deliver.delay(str(order_id))
    return Accepted(id=str(order_id), reference=order.reference, status="received")


@app.post("/callback")
async def callback(word: Word, request: Request) -> Noted:
    """One statement."""
    return Noted(status=await sql.note(request.app.state.pool, word))
