"""What the clock has made due. Looks only: whoever acts on a row locks it first and looks again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.tables import lanes, locations, orders, submissions


@dataclass(frozen=True, slots=True)
class DueSubmission:
    location_id: str
    order_id: UUID
    reference: UUID


@dataclass(frozen=True, slots=True)
class DueOrder:
    location_id: str
    order_id: UUID


async def ended_leases(connection: AsyncConnection, *, limit: int) -> list[DueSubmission]:
    """Sends that nobody reported on in time."""
    statement = (
        select(submissions.c.location_id, submissions.c.order_id, submissions.c.reference)
        .where(submissions.c.state == "sending", submissions.c.lease_until < func.now())
        .limit(limit)
    )
    return [DueSubmission(*row) for row in await connection.execute(statement)]


async def passed_deadlines(connection: AsyncConnection, *, limit: int) -> list[DueSubmission]:
    """Submissions whose time is over, at locations that are not paused."""
    statement = (
        select(submissions.c.location_id, submissions.c.order_id, submissions.c.reference)
        .join(lanes, lanes.c.location_id == submissions.c.location_id)
        .where(
            submissions.c.state.in_(("waiting", "in_doubt", "parked")),
            submissions.c.overdue.is_(False),
            submissions.c.deadline_at <= func.now(),
            lanes.c.paused.is_(False),
        )
        .order_by(submissions.c.deadline_at)
        .limit(limit)
    )
    return [DueSubmission(*row) for row in await connection.execute(statement)]


async def watched_orders(connection: AsyncConnection, *, limit: int) -> list[DueOrder]:
    """Orders whose lateness or silence is worth a look."""
    statement = (
        select(orders.c.location_id, orders.c.id)
        .where(orders.c.watch_at <= func.now())
        .order_by(orders.c.watch_at)
        .limit(limit)
    )
    return [DueOrder(*row) for row in await connection.execute(statement)]


async def claim_polls(connection: AsyncConnection, *, systems: list[str], interval_s: float, limit: int) -> list[str]:
    """Locations to poll now, each given to one caller per interval: those with orders that are still followed."""
    followed = (
        select(orders.c.location_id)
        .where(orders.c.location_id == lanes.c.location_id, orders.c.follow_until > func.now())
        .exists()
    )
    picked = (
        select(lanes.c.location_id)
        .join(locations, locations.c.location_id == lanes.c.location_id)
        .where(
            locations.c.pos_system.in_(systems),
            locations.c.deleted_at.is_(None),
            func.coalesce(lanes.c.poll_at, func.now()) <= func.now(),
            followed,
        )
        .limit(limit)
        .with_for_update(of=lanes, skip_locked=True)
        .scalar_subquery()
    )
    statement = (
        lanes.update()
        .where(lanes.c.location_id.in_(picked))
        .values(poll_at=func.now() + func.make_interval(0, 0, 0, 0, 0, 0, interval_s))
        .returning(lanes.c.location_id)
    )
    return [row.location_id for row in await connection.execute(statement)]


async def poll_later(connection: AsyncConnection, location_id: str, seconds: float) -> None:
    """The POS asked us to slow down."""
    until = func.now() + func.make_interval(0, 0, 0, 0, 0, 0, seconds)
    await connection.execute(lanes.update().where(lanes.c.location_id == location_id).values(poll_at=until))


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """An order that is followed by polling."""

    order_id: UUID
    reference: UUID
    pos_status: str | None
    wanted_at: datetime


async def followed_orders(connection: AsyncConnection, location_id: str) -> list[Followed]:
    """What is still followed at a location."""
    wanted = func.greatest(orders.c.received_at, func.coalesce(orders.c.requested_for, orders.c.received_at))
    statement = select(
        orders.c.id.label("order_id"),
        orders.c.current_reference.label("reference"),
        orders.c.pos_status,
        wanted.label("wanted_at"),
    ).where(orders.c.location_id == location_id, orders.c.follow_until > func.now())
    return [Followed(**row) for row in (await connection.execute(statement)).mappings()]
