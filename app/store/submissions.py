"""Submissions and their attempts: the outbox. The attempt's number is the fencing token."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Update, and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.submission import Dispatch
from app.store.database import to_json
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


_COLUMNS = ", ".join(f"s.{name}" for name in LockedSubmission.__dataclass_fields__)
_LOCK = f"""
SELECT {_COLUMNS}
FROM submissions s JOIN unnest($1::text[], $2::uuid[]) AS wanted(location_id, reference)
    ON s.location_id = wanted.location_id AND s.reference = wanted.reference
ORDER BY s.location_id, s.reference
FOR UPDATE OF s
"""  # noqa: S608 - names of our own columns


def _key(location_id: Any, reference: Any) -> Any:
    return and_(submissions.c.location_id == location_id, submissions.c.reference == reference)


async def lock_submission(connection: AsyncConnection, location_id: str, reference: UUID) -> LockedSubmission:
    """The submission, locked. Lock its order first."""
    return (await lock_submissions(connection, [(location_id, reference)]))[reference]


async def lock_submissions(
    connection: AsyncConnection, keys: Collection[tuple[str, UUID]]
) -> dict[UUID, LockedSubmission]:
    """The submissions of these locations and references, locked, by reference. Lock their orders first."""
    arguments = ([location_id for location_id, _ in keys], [reference for _, reference in keys])
    rows = (await connection.exec_driver_sql(_LOCK, arguments)).mappings()
    return {row["reference"]: LockedSubmission(**{**row, "state": Dispatch(row["state"])}) for row in rows}


async def add_submission(connection: AsyncConnection, new: NewSubmission) -> None:
    """Stores a further submission, waiting."""
    values = {name: getattr(new, name) for name in NewSubmission.__dataclass_fields__}
    await connection.execute(submissions.insert().values(**values, state=Dispatch.WAITING))


async def save_submission(connection: AsyncConnection, submission: LockedSubmission, **changes: Any) -> None:
    """Writes what changed of a locked submission."""
    await save_submissions(connection, [(submission, changes)])


async def save_submissions(
    connection: AsyncConnection, changed: Iterable[tuple[LockedSubmission, Mapping[str, Any]]]
) -> None:
    """Writes what changed of locked submissions."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for submission, changes in changed:
        key = {"of_location": submission.location_id, "of_reference": submission.reference}
        if changes:
            alike[tuple(sorted(changes))].append({**changes, **key})
    for names, rows in alike.items():
        await connection.execute(_update(names), rows)


@cache
def _update(names: tuple[str, ...]) -> Update:
    return (
        submissions.update()
        .where(_key(bindparam("of_location"), bindparam("of_reference")))
        .values({name: bindparam(name) for name in names})
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedAttempt:
    """An attempt that is over."""

    location_id: str
    reference: UUID
    number: int
    result: AttemptResult


_CLOSE = """
UPDATE attempts a SET
    ended_at = clock_timestamp(), outcome = e.outcome, http_status = e.http_status, error = e.error,
    request = e.request::jsonb, response = e.response
FROM unnest(
    $1::text[], $2::uuid[], $3::integer[], $4::text[], $5::integer[], $6::text[], $7::text[], $8::text[]
) AS e(location_id, reference, number, outcome, http_status, error, request, response)
WHERE a.location_id = e.location_id AND a.reference = e.reference AND a.number = e.number AND a.outcome IS NULL
RETURNING a.reference, a.number
"""


async def close_attempts(connection: AsyncConnection, ended: Sequence[EndedAttempt]) -> set[tuple[UUID, int]]:
    """Stores what attempts brought: references and numbers of those that were open. The others were stored before (a
    commit whose answer was lost)."""
    results = [one.result for one in ended]
    arguments = (
        [one.location_id for one in ended],
        [one.reference for one in ended],
        [one.number for one in ended],
        [result.outcome for result in results],
        [result.http_status for result in results],
        [result.error for result in results],
        [None if result.request is None else to_json(result.request) for result in results],
        [result.response for result in results],
    )
    return {(row.reference, row.number) for row in await connection.exec_driver_sql(_CLOSE, arguments)}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulSend:
    """A creating attempt that ended in doubt."""

    number: int
    http_status: int | None
    error: str | None


async def last_doubtful_sends(
    connection: AsyncConnection, submission: LockedSubmission, *, limit: int = 2
) -> list[DoubtfulSend]:
    """The last creating attempts, as far as they ended in doubt; the last one first."""
    statement = (
        select(attempts.c.number, attempts.c.http_status, attempts.c.error)
        .where(
            attempts.c.location_id == submission.location_id,
            attempts.c.reference == submission.reference,
            attempts.c.kind == "send",
            attempts.c.outcome == "in_doubt",
        )
        .order_by(attempts.c.number.desc())
        .limit(limit)
    )
    return [DoubtfulSend(**row) for row in (await connection.execute(statement)).mappings()]
