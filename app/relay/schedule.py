"""When the silence of an order is worth a look, and how long a polled order is followed. Pure."""

from datetime import datetime, timedelta

from app.domain.status import ENDS, RANK, Status
from app.store.orders import LockedOrder

NOT_CONFIRMED_AFTER = timedelta(minutes=15)
"""An order that the restaurant must confirm by hand (Iiko UNCONFIRMED) is worth a look after this."""
SWEEP_AFTER = timedelta(hours=6)
"""After the wanted time: an order that was accepted and never spoken of again counts as completed."""
FOLLOW_FOR = timedelta(hours=24)
"""After the wanted time a polled order is not asked for any more; if it is not at an end by then, it is swept too."""
LAST_LOOK = timedelta(minutes=15)
"""Where nobody polled when that time came (an outage), it is asked for so much longer before it is swept."""

_LIVE = frozenset(RANK) - ENDS - {Status.RECEIVED, Status.SUBMITTED}

Looks = tuple[datetime | None, datetime | None]
"""When to look at it, and until when to ask the POS for it."""


def looks(before: LockedOrder, status: Status, *, at: Looks, verdict_due: datetime | None, polled: bool) -> Looks:
    """What holds now that the order has this status. ``at``: what held so far."""
    if before.kind != "order":
        return _of_others(before, status, at[0], verdict_due), None
    watch, follow = at
    wanted = max(before.requested_for or before.received_at, before.received_at)
    match status:
        case Status.RECEIVED:
            follow = None
        case Status.SUBMITTED if before.status is not Status.SUBMITTED:
            watch = verdict_due or before.now + NOT_CONFIRMED_AFTER
        case _ if status in _LIVE and (watch is None or status is not before.status):
            watch = follow or max(before.now, wanted) + (FOLLOW_FOR if polled else SWEEP_AFTER)
        case _ if status in ENDS:
            watch = follow = None
        case _:
            pass
    if polled and status in (Status.SUBMITTED, *_LIVE):
        follow = max(before.now, wanted) + FOLLOW_FOR if follow is None else follow
    return watch, follow


def _of_others(
    before: LockedOrder, status: Status, watch: datetime | None, verdict_due: datetime | None
) -> datetime | None:
    """A payment or a message is never cooked: once it is on the till, nothing more is waited for."""
    if status is not Status.SUBMITTED:
        return None
    return watch if before.status is Status.SUBMITTED else verdict_due or before.now + NOT_CONFIRMED_AFTER
