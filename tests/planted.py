"""Rows put straight into the tables, for tests of what reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.domain.ids import new_id
from app.store.tables import attempts, callbacks, locations, orders, status_history, submissions

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)

BODY: dict[str, Any] = {
    "location": "geneva-1",
    "reference": "WEB-1",
    "service_type": "pickup",
    "items": [{"sku": "PIZZA", "quantity": 1}],
    "total": "12.50",
}


@dataclass(frozen=True, kw_only=True)
class Planted:
    """An order to plant; ``columns`` and ``submission`` overrule what is planted by itself."""

    location: str = "geneva-1"
    reference: str = "WEB-1"
    id: UUID = field(default_factory=new_id)
    current: UUID = field(default_factory=new_id)
    columns: Mapping[str, Any] = field(default_factory=dict)
    submission: Mapping[str, Any] = field(default_factory=dict)


async def plant_location(engine: AsyncEngine, slug: str = "geneva-1") -> None:
    row = {"location_id": slug, "settings": {}, "secrets": b"", "pos_system": "ikentoo", "callback_key": f"key-{slug}"}
    async with engine.begin() as connection:
        await connection.execute(insert(locations).values(row))


async def plant(engine: AsyncEngine, *planted: Planted) -> None:
    async with engine.begin() as connection:
        for order in planted:
            await _plant_one(connection, order)


async def _plant_one(connection: AsyncConnection, order: Planted) -> None:
    row: dict[str, Any] = {
        "location_id": order.location,
        "id": order.id,
        "reference": order.reference,
        "fingerprint": b"1",
        "status": "received",
        "service_type": "pickup",
        "currency": "CHF",
        "total": 12.5,
        "prepaid": False,
        "received_at": NOON,
        "current_reference": order.current,
        "pos_system": "ikentoo",
        "body": {**BODY, "location": order.location, "reference": order.reference},
    }
    await connection.execute(insert(orders).values({**row, **order.columns}))
    await plant_submission(connection, order, order.current, **order.submission)


async def plant_submission(connection: AsyncConnection, order: Planted, reference: UUID, **columns: Any) -> None:
    row = {
        "location_id": order.location,
        "reference": reference,
        "order_id": order.id,
        "state": "waiting",
        "due_at": NOON,
        "deadline_at": NOON + timedelta(minutes=5),
    }
    await connection.execute(insert(submissions).values({**row, **columns}))


async def plant_attempt(connection: AsyncConnection, order: Planted, reference: UUID, **columns: Any) -> None:
    row = {
        "location_id": order.location,
        "reference": reference,
        "number": 1,
        "kind": "send",
        "trigger": "intake",
        "started_at": NOON,
    }
    await connection.execute(insert(attempts).values({**row, **columns}))


async def plant_history(connection: AsyncConnection, order: Planted, **columns: Any) -> None:
    row = {
        "location_id": order.location,
        "order_id": order.id,
        "at": NOON,
        "status": "received",
        "source": "api",
        "event": "received",
    }
    await connection.execute(insert(status_history).values({**row, **columns}))


async def plant_callback(engine: AsyncEngine, location: str = "geneva-1", **columns: Any) -> UUID:
    row = {"location_id": location, "id": new_id(), "hash": new_id().bytes, "body": b"{}", "received_at": NOON}
    row |= columns
    async with engine.begin() as connection:
        await connection.execute(insert(callbacks).values(row))
    return UUID(str(row["id"]))
