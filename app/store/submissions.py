"""Submissions and their attempts: the outbox. The attempt's number is the fencing token."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.submission import Dispatch
from app.store.tables import attempts, submissions


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedSubmission:
    """A submission whose row is locked until the transaction ends."""

    location_id: str
    reference: UUID
    order_id: UUID
    number: int
    state: Dispatch
    due_at: datetime
    deadline_at: datetime
    attempt: int
    failures: int
    lease_until: datetime | None
    absent_through: int
    absent_looks: int
    absent_at: datetime | None
    overdue: bool
    held: bool
    last_error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubmission:
    """A further submission of an order: a resend."""

    location_id: str
    reference: UUID
    order_id: UUID
    number: int
    trigger: str
    deadline_at: datetime
    due_at: datetime
    attempt: int
    """The number that the order's last attempt had: numbers go on, so that each names one attempt of the order."""
    body: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptResult:
    """What an attempt brought, as it is stored. No secrets; texts of at most 16 KB."""

    outcome: str
    http_status: int | None = None
    error: str | None = None
    request: Mapping[str, Any] | None = None
    response: str | None = None


_LOCKED = tuple(submissions.c[name] for name in LockedSubmission.__dataclass_fields__)


def _key(location_id: str, reference: UUID) -> Any:
    return and_(submissions.c.location_id == location_id, submissions.c.reference == reference)


async def lock_submission(connection: AsyncConnection, location_id: str, reference: UUID) -> LockedSubmission:
    """The submission, locked. Lock its order first."""
    statement = select(*_LOCKED).where(_key(location_id, reference)).with_for_update()
    row = (await connection.execute(statement)).mappings().one()
    return LockedSubmission(**{**row, "state": Dispatch(row["state"])})


async def add_submission(connection: AsyncConnection, new: NewSubmission) -> None:
    """Stores a further submission, waiting."""
    values = {name: getattr(new, name) for name in NewSubmission.__dataclass_fields__}
    await connection.execute(submissions.insert().values(**values, state=Dispatch.WAITING))


async def save_submission(connection: AsyncConnection, submission: LockedSubmission, **changes: Any) -> None:
    """Writes what changed of a locked submission."""
    await connection.execute(
        submissions.update().where(_key(submission.location_id, submission.reference)).values(**changes)
    )


async def close_attempt(
    connection: AsyncConnection, location_id: str, reference: UUID, number: int, result: AttemptResult
) -> bool:
    """Stores what an attempt brought. False: it was stored before (a commit whose answer was lost)."""
    done = await connection.execute(
        attempts.update()
        .where(
            attempts.c.location_id == location_id,
            attempts.c.reference == reference,
            attempts.c.number == number,
            attempts.c.outcome.is_(None),
        )
        .values(
            ended_at=func.clock_timestamp(),
            outcome=result.outcome,
            http_status=result.http_status,
            error=result.error,
            request=result.request,
            response=result.response,
        )
    )
    return done.rowcount == 1


async def in_doubt_besides(connection: AsyncConnection, submission: LockedSubmission, number: int | None) -> bool:
    """Whether some attempt other than this one may have created the order: it sent, and either nobody reported on it
    or its outcome is in doubt, and its absence is not confirmed."""
    others = [] if number is None else [attempts.c.number != number]
    statement = select(
        select(attempts.c.number)
        .where(
            attempts.c.location_id == submission.location_id,
            attempts.c.reference == submission.reference,
            attempts.c.kind == "send",
            attempts.c.number > submission.absent_through,
            or_(attempts.c.outcome.is_(None), attempts.c.outcome == "in_doubt"),
            *others,
        )
        .exists()
    )
    return bool((await connection.execute(statement)).scalar_one())


async def last_send_ended(
    connection: AsyncConnection, submission: LockedSubmission, *, longest_s: float
) -> datetime | None:
    """When the last creating attempt was surely over: its end, or its start and the longest it can take."""
    over = func.coalesce(attempts.c.ended_at, attempts.c.started_at + func.make_interval(0, 0, 0, 0, 0, 0, longest_s))
    statement = select(func.max(over)).where(
        attempts.c.location_id == submission.location_id,
        attempts.c.reference == submission.reference,
        attempts.c.kind == "send",
    )
    found: datetime | None = (await connection.execute(statement)).scalar_one()
    return found


async def attempt_started(connection: AsyncConnection, location_id: str, reference: UUID, number: int) -> datetime:
    """When an attempt was claimed."""
    statement = select(attempts.c.started_at).where(
        attempts.c.location_id == location_id, attempts.c.reference == reference, attempts.c.number == number
    )
    found: datetime = (await connection.execute(statement)).scalar_one()
    return found


async def last_doubtful(connection: AsyncConnection, submission: LockedSubmission, before: int) -> Mapping[str, Any]:
    """The last creating attempt before this one that ended in doubt: ``http_status`` and ``error``; empty if none."""
    statement = (
        select(attempts.c.http_status, attempts.c.error)
        .where(
            attempts.c.location_id == submission.location_id,
            attempts.c.reference == submission.reference,
            attempts.c.kind == "send",
            attempts.c.number < before,
            attempts.c.outcome == "in_doubt",
        )
        .order_by(attempts.c.number.desc())
        .limit(1)
    )
    row = (await connection.execute(statement)).mappings().one_or_none()
    return dict(row) if row else {}
