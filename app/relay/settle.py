"""What an attempt brought, recorded in one transaction: the attempt, the submission, the order, the lane.

Lock order: order, submission, lane. A result that comes after its lease ended ("fenced") loses the right to
schedule, never its facts.
"""

import random

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from app.adapters.base import Found, Taken
from app.domain.errors import AccessDenied, InDoubt, Misconfigured, NotSent, OrderNotExpressible, PosError, Rejected
from app.domain.retry import BLOCKED_PROBE_S, lane_delay, retry_after
from app.domain.status import StatusEvent
from app.relay import no_result, stale_ids
from app.relay.arrival import found, taken
from app.relay.events import OrderCase
from app.relay.outcome import NotBegun, Outcome, Patience, Settling, as_stored
from app.store import submissions as store
from app.store.claim import Claimed
from app.store.lanes import block_lane, hold_lane, lane_answered, lane_failed, lock_lane, make_due

log = structlog.get_logger(__name__)


async def settle(connection: AsyncConnection, claimed: Claimed, outcome: Outcome, patience: Patience) -> bool:
    """Records the outcome; a whole transaction that may run twice. True: the lane was held and is open again."""
    case = await OrderCase.open(
        connection, claimed.location_id, claimed.order_id, polled_systems=patience.polled_systems
    )
    if case is None:  # erased or purged meanwhile
        return False
    submission = await store.lock_submission(connection, claimed.location_id, claimed.reference)
    first = await store.close_attempt(
        connection, claimed.location_id, claimed.reference, claimed.number, as_stored(claimed, outcome)
    )
    if not first:
        return False
    settling = Settling(
        claimed=claimed,
        outcome=outcome,
        patience=patience,
        connection=connection,
        case=case,
        submission=submission,
        doubt=await store.in_doubt_besides(connection, submission, claimed.number),
    )
    await _tell(settling)
    if settling.changes:
        await store.save_submission(connection, submission, **settling.changes)
        case.touch()
    await case.save(connection)
    return await _lane(settling)


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
        case Rejected() | Misconfigured() as error if _once_more(settling):
            stale_ids.sends_once_more(settling, error)
        case Rejected() as error if sending:
            no_result.rejected(settling, error)
        case InDoubt() as error if sending and await no_result.said_twice(settling, error):
            no_result.rejected(settling, error)
        case PosError() as error:
            no_result.no_result(settling, error)


def _once_more(settling: Settling) -> bool:
    """It said no to ids that it does not have any more, and nothing was created."""
    return settling.outcome.stale_ids and not settling.fenced and not settling.doubt and not settling.superseded


async def _lane(settling: Settling) -> bool:
    """What the result says of the venue: nothing of ours, it answers, it is in trouble, or its settings are wrong."""
    connection, location_id = settling.connection, settling.claimed.location_id
    match settling.outcome.result:
        case NotBegun() | OrderNotExpressible():
            return False
        case AccessDenied() | Misconfigured() as error if not _once_more(settling):
            log.warning("the lane is blocked", location=location_id, code=error.outcome, error=error.message)
            await block_lane(
                connection, location_id, code=error.outcome, message=error.message, probe_s=BLOCKED_PROBE_S
            )
            return False
        case NotSent(http_status=int()) as error:  # it speaks (429), it only wants less
            await hold_lane(connection, location_id, retry_after(error.retry_after_s))
            return False
        case NotSent() | InDoubt() as error:
            lane = await lock_lane(connection, location_id)
            hold = lane_delay(lane.failures + 1, random.random)
            await lane_failed(connection, lane, error=error.message, hold_s=hold)
            return False
        case _:
            opened = await lane_answered(connection, location_id)
            if opened:
                await make_due(connection, location_id)
            return opened
