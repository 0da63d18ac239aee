"""Lanes: the limits, pauses, blocks and back-off of one location."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Text, and_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.retry import LANE_OPENS_AFTER
from app.store.tables import lanes, submissions


@dataclass(slots=True, kw_only=True)
class Lane:
    """A lane whose row is locked until the transaction ends."""

    location_id: str
    blocked: str | None
    failures: int
    """In a row."""


_TROUBLED = (lanes.c.failures > 0) | lanes.c.blocked.isnot(None)
_LOCK = (
    select(lanes.c.location_id, lanes.c.blocked, lanes.c.failures)
    .where(
        (lanes.c.location_id == func.any(bindparam("these", type_=ARRAY(Text))))
        | ((lanes.c.location_id == func.any(bindparam("those", type_=ARRAY(Text)))) & _TROUBLED)
    )
    .order_by(lanes.c.location_id)
    .with_for_update()
)


async def lock_lanes(
    connection: AsyncConnection, location_ids: Collection[str], *, or_in_trouble: Collection[str] = ()
) -> dict[str, Lane]:
    """The lanes, and those of the others that are in trouble, locked. Lock orders and submissions first."""
    if not location_ids and not or_in_trouble:
        return {}
    rows = await connection.execute(_LOCK, {"these": list(location_ids), "those": list(or_in_trouble)})
    return {row["location_id"]: Lane(**row) for row in rows.mappings()}


async def lane_failed(connection: AsyncConnection, lane: Lane, *, error: str, hold_s: float | None) -> None:
    """So many failures in a row by now; the lane holds still for that long, if at all."""
    values = {
        "failures": lane.failures,
        "failing_since": func.coalesce(lanes.c.failing_since, func.now()),
        "last_error": error,
    }
    if hold_s is not None:  # a longer hold that the POS asked for stands
        until = func.now() + timedelta(seconds=hold_s)
        values["not_before"] = func.greatest(func.coalesce(lanes.c.not_before, until), until)
    await connection.execute(lanes.update().where(lanes.c.location_id == lane.location_id).values(values))


async def hold_lane(connection: AsyncConnection, location_id: str, seconds: float) -> None:
    """Nothing is sent to this location for so long (429 with Retry-After)."""
    until = func.now() + timedelta(seconds=seconds)
    later = func.greatest(func.coalesce(lanes.c.not_before, until), until)
    await connection.execute(lanes.update().where(lanes.c.location_id == location_id).values(not_before=later))


async def block_lane(connection: AsyncConnection, location_id: str, *, code: str, message: str, probe_s: float) -> None:
    """Credentials or settings are wrong: nothing is sent but one probe every so often."""
    await connection.execute(
        lanes.update()
        .where(lanes.c.location_id == location_id)
        .values(
            blocked=code,
            blocked_message=message,
            blocked_at=func.coalesce(lanes.c.blocked_at, func.now()),
            last_error=message,
            not_before=func.now() + timedelta(seconds=probe_s),
        )
    )


async def lane_answered(connection: AsyncConnection, lane: Lane) -> bool:
    """The POS answered sensibly: the lane is open again. True: it had been held, and its orders are due now."""
    await connection.execute(
        lanes.update()
        .where(lanes.c.location_id == lane.location_id)
        .values(failures=0, failing_since=None, not_before=None, blocked=None, blocked_message=None, blocked_at=None)
    )
    return lane.blocked is not None or lane.failures >= LANE_OPENS_AFTER


async def open_lanes(connection: AsyncConnection, location_ids: Collection[str]) -> None:
    """The POSs took something: lanes that were held after failures are open again, and their orders due. Wrong settings
    are another matter."""
    for lane in (await lock_lanes(connection, (), or_in_trouble=location_ids)).values():
        if lane.blocked is None and await lane_answered(connection, lane):
            await make_due(connection, lane.location_id)


async def make_due(connection: AsyncConnection, location_id: str) -> None:
    """What waits at this location is due now. Rows that somebody else holds are left alone: their holder decides."""
    live = submissions.c.state.in_(("waiting", "in_doubt"))
    later = (
        select(submissions.c.reference)
        .where(submissions.c.location_id == location_id, live, submissions.c.due_at > func.now())
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    await connection.execute(
        submissions.update()
        .where(and_(submissions.c.location_id == location_id, submissions.c.reference.in_(later)))
        .values(due_at=func.now())
    )


async def pause_lane(connection: AsyncConnection, location_id: str) -> bool:
    """Holds sending. False: it was paused already, or there is no such lane."""
    done = await connection.execute(
        lanes.update()
        .where(lanes.c.location_id == location_id, lanes.c.paused.is_(False))
        .values(paused=True, paused_at=func.now())
    )
    return done.rowcount == 1


async def resume_lane(connection: AsyncConnection, location_id: str, *, give_up_after_s: int) -> bool:
    """Sends again; orders that wait, or whose attempt has outlasted the pause, get their full time again. False: it
    was not paused."""
    paused = select(lanes.c.location_id).where(lanes.c.location_id == location_id, lanes.c.paused.is_(True)).exists()
    await connection.execute(  # first, for the lock order is submission, lane
        submissions.update()
        .where(
            paused,
            submissions.c.location_id == location_id,
            submissions.c.state != "done",
            submissions.c.overdue.is_(False),
        )
        .values(deadline_at=func.now() + timedelta(seconds=give_up_after_s), due_at=func.now())
    )
    done = await connection.execute(
        lanes.update()
        .where(lanes.c.location_id == location_id, lanes.c.paused.is_(True))
        .values(paused=False, paused_at=None)
    )
    return done.rowcount == 1


async def probe_now(connection: AsyncConnection, location_id: str) -> None:
    """A person wants to know: a lane that backs off or is blocked tries once, now."""
    await connection.execute(lanes.update().where(lanes.c.location_id == location_id).values(not_before=None))


async def last_trouble(connection: AsyncConnection, location_id: str) -> str | None:
    """What the lane's last failure was, while it has not answered since."""
    found: str | None = await connection.scalar(
        select(lanes.c.last_error).where(lanes.c.location_id == location_id, _TROUBLED)
    )
    return found


async def is_paused(connection: AsyncConnection, location_id: str) -> bool:
    """Whether sending is held, without locking the lane."""
    return bool((await connection.execute(select(lanes.c.paused).where(lanes.c.location_id == location_id))).scalar())


async def next_poll(connection: AsyncConnection, location_id: str) -> datetime:
    """When a polled location is, or was, due to be asked for its orders: an interval after the last time."""
    found: datetime = await connection.scalar(
        select(func.coalesce(lanes.c.poll_at, func.now())).where(lanes.c.location_id == location_id)
    )
    return found


async def count_silence(connection: AsyncConnection, location_id: str) -> None:
    """One more order in a row of which the POS never spoke again."""
    await connection.execute(lanes.update().where(lanes.c.location_id == location_id).values(silent=lanes.c.silent + 1))


async def callbacks_came(connection: AsyncConnection, location_ids: Sequence[str]) -> None:
    """The POSs speak. Written at most once a second, or callbacks of one location would queue for this row."""
    quiet = lanes.c.last_callback_at.is_(None) | (lanes.c.last_callback_at < func.now() - timedelta(seconds=1))
    theirs = (
        select(lanes.c.location_id)
        .where(lanes.c.location_id == func.any(bindparam("those", type_=ARRAY(Text))), quiet | (lanes.c.silent > 0))
        .order_by(lanes.c.location_id)
        .with_for_update()
    )
    spoke = [row.location_id for row in await connection.execute(theirs, {"those": list(location_ids)})]
    if spoke:
        await connection.execute(
            lanes.update().where(lanes.c.location_id.in_(spoke)).values(last_callback_at=func.now(), silent=0)
        )
