"""What those with asyncpg say to their `orders` table."""

import uuid

import asyncpg

from app.domain.order import Order
from bench.contenders.model import EARLIER, STATUS, Word, content

_INSERT = """
INSERT INTO orders (id, location, reference, body) VALUES ($1, $2, $3, $4)
ON CONFLICT (location, reference) DO NOTHING
"""
_KNOWN = "SELECT id FROM orders WHERE location = $1 AND reference = $2"
_BODY = "SELECT body FROM orders WHERE id = $1"
_DELIVERED = "UPDATE orders SET delivered_at = now(), answer = $2 WHERE id = $1"
_WORD = "UPDATE orders SET status = $3 WHERE location = $1 AND reference = $2 AND status = ANY($4)"


async def store(connection: asyncpg.Connection, order: Order) -> tuple[uuid.UUID, bool]:
    """Its id, and whether it is new."""
    new = uuid.uuid4()
    done = await connection.execute(_INSERT, new, order.location, order.reference, content(order))
    if done == "INSERT 0 1":
        return new, True
    return await connection.fetchval(_KNOWN, order.location, order.reference), False


async def body(pool: asyncpg.Pool, order_id: uuid.UUID) -> str:
    """The JSON to send."""
    return str(await pool.fetchval(_BODY, order_id))


async def delivered(pool: asyncpg.Pool, order_id: uuid.UUID, answer: int) -> None:
    """It is at the receiver."""
    await pool.execute(_DELIVERED, order_id, answer)


async def note(pool: asyncpg.Pool, word: Word) -> str:
    """The status goes forward only. What the order is now, as far as this word tells."""
    status = STATUS[word.word]
    await pool.execute(_WORD, word.location, word.reference, status, EARLIER[status])
    return status
