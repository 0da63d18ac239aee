"""What attempts brought, recorded in one transaction: the attempts, their submissions, their orders, their lanes.

Lock order: orders, submissions, lanes, each sorted. A result that comes after its lease ended ("fenced") loses the
right to schedule, never its facts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.adapters.base import Found, Taken
from app.domain.errors import Misconfigured, OrderNotExpressible, PosError, Rejected
from app.domain.status import StatusEvent
from app.relay import no_result, stale_ids
from app.relay.arrival import found, taken
from app.relay.events import OrderCase
from app.relay.lane_words import settle_lanes
from app.relay.outcome import NotBegun, Outcome, Patience, Settling, as_stored
from app.store import submissions as store
from app.store.claim import Claimed
from app.store.submissions import LockedSubmission


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """An attempt that is over."""

    claimed: Claimed
    outcome: Outcome


async def settle(connection: AsyncConnection, ended: Sequence[Ended], patience: Patience) -> None:
    """Records the outcomes of attempts; a whole transaction that may run twice."""
    first, later = _one_of_each_order(ended)
    settlings = await _open(connection, first, patience)
    for settling in settlings:
        await _tell(settling)
    changed = [settling for settling in settlings if settling.changes]
    await store.save_submissions(connection, ((settling.submission, settling.changes) for settling in changed))
    for settling in changed:
        settling.case.touch()
    await OrderCase.save_all(connection, [settling.case for settling in settlings])
    await settle_lanes(connection, settlings)
    if later:  # must see what the first has done
        await settle(connection, later, patience)


def _one_of_each_order(ended: Sequence[Ended]) -> tuple[Sequence[Ended], Sequence[Ended]]:
    first: dict[UUID, Ended] = {}
    later = [one for one in ended if first.setdefault(one.claimed.order_id, one) is not one]
    return list(first.values()), later


async def _open(connection: AsyncConnection, ended: Sequence[Ended], patience: Patience) -> list[Settling]:
    """Locks what they are about. Without those that were recorded before, or whose order is gone."""
    cases = await OrderCase.open_all(
        connection,
        [(one.claimed.location_id, one.claimed.order_id) for one in ended],
        polled_systems=patience.polled_systems,
    )
    there = [one for one in ended if one.claimed.order_id in cases]
    locked = await store.lock_submissions(
        connection, [(one.claimed.location_id, one.claimed.reference) for one in there]
    )
    first = await store.close_attempts(connection, [as_stored(one.claimed, one.outcome) for one in there])
    return [
        Settling(
            claimed=one.claimed,
            outcome=one.outcome,
            patience=patience,
            connection=connection,
            case=cases[one.claimed.order_id],
            submission=locked[one.claimed.reference],
            doubt=await _doubt(connection, locked[one.claimed.reference], one.claimed.number),
        )
        for one in there
        if (one.claimed.reference, one.claimed.number) in first
    ]


async def _doubt(connection: AsyncConnection, submission: LockedSubmission, number: int) -> bool:
    only = number == submission.attempt == 1
    return not only and await store.in_doubt_besides(connection, submission, number)


async def _tell(settling: Settling) -> None:
    sending = settling.claimed.kind == "send"
    match settling.outcome.result:
        case Taken() as answer:
            taken(settling, answer)
        case Found(event=StatusEvent() as event):
            found(settling, event)
        case Found():
            await no_result.absent(settling)
        case OrderNotExpressible() as refused:
            no_result.untranslatable(settling, refused)
        case NotBegun():
            no_result.given_back(settling)
        case Rejected() | Misconfigured() as error if settling.sends_once_more:
            stale_ids.sends_once_more(settling, error)
        case Rejected() as error if sending:
            no_result.rejected(settling, error)
        case PosError() as error:
            no_result.no_result(settling, error)
