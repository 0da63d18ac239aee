"""Why an order waits: its location is paused, blocked or backed off, or its own time has not come."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.domain.retry import LANE_OPENS_AFTER
from app.domain.submission import Dispatch
from app.store.database import run
from app.store.order_details import OrderDetails
from app.store.tables import lanes, submissions

_WAITING = (Dispatch.WAITING, Dispatch.IN_DOUBT)
_FIX = {
    "access_denied": "the POS refuses its credentials or rights",
    "misconfigured": "an address, id or name of its settings is not the POS's",
}


_OF_LANE = ("paused", "restored_at", "blocked", "blocked_message", "failures", "last_error", "not_before")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lane:
    paused: bool
    restored_at: datetime | None
    blocked: str | None
    blocked_message: str | None
    failures: int
    last_error: str | None
    not_before: datetime | None
    held: bool
    """Of the submission: in doubt, and only a person decides."""
    now: datetime
    """The database's clock, which all the others are compared with."""


async def why_it_waits(engine: AsyncEngine, details: OrderDetails) -> str | None:
    """One line for people; None for an order that waits for nothing of ours. Reads only."""
    order = details.order
    if order.state not in _WAITING:
        return None
    wanted = (
        select(*(lanes.c[name] for name in _OF_LANE), submissions.c.held, func.now().label("now"))
        .join_from(lanes, submissions, submissions.c.location_id == lanes.c.location_id)
        .where(lanes.c.location_id == order.location_id, submissions.c.reference == order.current_reference)
    )

    async def read(connection: AsyncConnection) -> _Lane | None:
        row = (await connection.execute(wanted)).mappings().one_or_none()
        return _Lane(**row) if row else None

    lane = await run(engine, read)
    return _in_words(details, lane) if lane else None


def _in_words(details: OrderDetails, lane: _Lane) -> str:
    order = details.order
    until = lane.not_before if lane.not_before and lane.not_before > lane.now else None
    after = f"the next try is not before {_clock(until)}" if until else "the next try is due"
    if lane.held:
        return "Waits: only a person can tell now; look on the till, then order-relay orders resolve"
    if lane.paused and lane.restored_at:
        return f"Waits: location {order.location_id} is held since a restore from a backup; order-relay restored"
    if lane.paused:
        return f"Waits: location {order.location_id} is paused; order-relay locations resume {order.location_id}"
    if lane.blocked:
        why = lane.blocked_message or _FIX.get(lane.blocked, "")
        return f"Waits: location {order.location_id} is blocked, {lane.blocked}: {_unended(why)}; {after}"
    if lane.failures >= LANE_OPENS_AFTER:
        last = f": {_unended(lane.last_error)}" if lane.last_error else ""
        return f"Waits: pos_down, {lane.failures} failures in a row at location {order.location_id}{last}; {after}"
    if until:
        return f"Waits: location {order.location_id} is backed off; {after}"
    if order.due_at > lane.now:
        return f"Waits: the next try is at {_clock(order.due_at)}"
    return "Waits: it is due; a worker takes it as soon as one is free"


def _unended(words: str) -> str:
    return " ".join(words.split()).rstrip(".;")


def _clock(value: datetime) -> str:
    return f"{value.astimezone():%Y-%m-%d %H:%M:%S}"
