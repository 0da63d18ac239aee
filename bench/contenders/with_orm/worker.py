"""Polls the outbox: takes a batch with SKIP LOCKED, sends it, and commits what came out."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import httpx
import uvloop
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from bench.contenders.model import DELIVER_TO, DELIVERIES, TIMEOUT_S
from bench.contenders.with_orm.models import Outbox, Session

POLL_S = 0.1


async def main() -> None:
    """Until it is ended."""
    limits = httpx.Limits(max_connections=DELIVERIES, max_keepalive_connections=DELIVERIES)
    async with httpx.AsyncClient(limits=limits, timeout=TIMEOUT_S, trust_env=False) as client:
        print("the worker is ready", flush=True)
        while True:
            if not await _batch(client):
                await asyncio.sleep(POLL_S)


async def _batch(client: httpx.AsyncClient) -> int:
    """The rows stay locked while they are sent: a crash frees them."""
    waiting = (
        select(Outbox)
        .where(Outbox.sent_at.is_(None))
        .order_by(Outbox.id)
        .limit(DELIVERIES)
        .with_for_update(skip_locked=True, of=Outbox)
        .options(joinedload(Outbox.order))
    )
    async with Session() as session:
        rows: Sequence[Outbox] = (await session.scalars(waiting)).all()
        await asyncio.gather(*(_send(client, row) for row in rows))
        await session.commit()
    return len(rows)


async def _send(client: httpx.AsyncClient, row: Outbox) -> None:
    """An order that a callback has moved meanwhile keeps its status: only what was loaded as received is changed."""
    row.attempts += 1
    try:
        answer = await client.post(DELIVER_TO, json=row.order.body)
    except httpx.HTTPError:
        return
    row.order.answer = answer.status_code
    if answer.is_success:
        row.sent_at = row.order.delivered_at = datetime.now(UTC)


if __name__ == "__main__":
    uvloop.run(main())
