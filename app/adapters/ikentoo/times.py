"""When the guest wants it, and how long the POS may try."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.adapters.base import PaymentSubmission, Submission
from app.domain.order import ServiceType

SAFELY_AHEAD = timedelta(seconds=90)
"""The guide demands times "in the future", by its own clock: a nearer one could be past on arrival (INFERRED)."""
LEAST_TIME_TO_LIVE = timedelta(seconds=60)
"""The smallest ``maxTimeToAttemptOrderDeliverToPos``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The times that are sent. None = left out."""

    scheduled: datetime | None = None
    """The POS's servers hold the order until then."""
    collection: datetime | None = None
    """When the guest comes for it, or it is to be delivered."""


def schedule(submission: Submission, lead_time_s: int | None) -> Schedule:
    """Both times as far as they are safely ahead. A local order is wanted when it is cooked: it has no lead time."""
    wanted, now = submission.order.requested_for, submission.now
    if wanted is None:
        return Schedule()
    if submission.order.service_type is ServiceType.DINE_IN:
        return Schedule(scheduled=_if_ahead(wanted, now))
    released = None if lead_time_s is None else _if_ahead(wanted - timedelta(seconds=lead_time_s), now)
    return Schedule(scheduled=released, collection=_if_ahead(wanted, now))


def _if_ahead(at: datetime, now: datetime) -> datetime | None:
    return at if at - now >= SAFELY_AHEAD else None


def written(at: datetime | None, zone: ZoneInfo) -> str | None:
    """ISO 8601 with the offset of the restaurant's own time zone."""
    return None if at is None else at.astimezone(zone).isoformat(timespec="seconds")


def time_to_live(submission: Submission) -> timedelta:
    """How long the POS may try, counted from now or from the scheduled time."""
    return max(LEAST_TIME_TO_LIVE, submission.deadline_at - submission.now)


def payment_time_to_live(submission: PaymentSubmission) -> timedelta:
    """How long the POS may try to bring a payment to the till."""
    return max(LEAST_TIME_TO_LIVE, submission.deadline_at - submission.now)
