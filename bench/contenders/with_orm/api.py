"""Takes orders and callbacks: a session per request."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.order import Order
from bench.contenders.model import EARLIER, STATUS, Accepted, Noted, Word
from bench.contenders.with_orm.models import Outbox, Session, StoredOrder

app = FastAPI()


async def session() -> AsyncIterator[AsyncSession]:
    """Of one request."""
    async with Session() as opened:
        yield opened


Db = Annotated[AsyncSession, Depends(session)]


@app.post("/v1/orders", status_code=202)
async def submit(order: Order, db: Db) -> Accepted:
    """Order and outbox row in one commit; an order that is known already is shown again."""
    body = order.model_dump(mode="json", exclude_unset=True)
    stored = StoredOrder(location=order.location, reference=order.reference, body=body)
    db.add(Outbox(order=stored))
    try:
        await db.commit()
    except IntegrityError:
        await db.rollback()
        stored = (await db.scalars(_named(order.location, order.reference))).one()
    return Accepted(id=str(stored.id), reference=stored.reference, status=stored.status)


@app.post("/callback")
async def callback(word: Word, db: Db) -> Noted:
    """The status goes forward only."""
    stored = (await db.scalars(_named(word.location, word.reference).with_for_update())).one_or_none()
    if stored is None:
        raise HTTPException(404, "no such order")
    if stored.status in EARLIER[STATUS[word.word]]:
        stored.status = STATUS[word.word]
    await db.commit()
    return Noted(status=stored.status)


def _named(location: str, reference: str) -> Select[StoredOrder]:
    return select(StoredOrder).where(StoredOrder.location == location, StoredOrder.reference == reference)
