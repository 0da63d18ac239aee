"""What results say of their venues: nothing of ours, it answers, it is in trouble, or its settings are wrong."""

import random
from collections.abc import Iterable

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.errors import AccessDenied, InDoubt, Misconfigured, NotSent, OrderNotExpressible, PosError
from app.domain.retry import BLOCKED_PROBE_S, lane_delay, retry_after
from app.relay.outcome import NotBegun, Settling
from app.store.lanes import Lane, block_lane, hold_lane, lane_answered, lane_failed, lock_lanes, make_due

log = structlog.get_logger(__name__)


async def settle_lanes(connection: AsyncConnection, settlings: Iterable[Settling]) -> None:
    """After orders and submissions: the lock order. Of results that came together, an answer counts last: the venue
    speaks."""
    answered: set[str] = set()
    troubles: list[tuple[str, PosError]] = []
    for settling in settlings:
        match settling.outcome.result:
            case NotBegun() | OrderNotExpressible():
                pass
            case NotSent() | InDoubt() | AccessDenied() | Misconfigured() as error if not settling.sends_once_more:
                troubles.append((settling.claimed.location_id, error))
            case _:
                answered.add(settling.claimed.location_id)
    lanes = await lock_lanes(connection, {location_id for location_id, _ in troubles}, or_in_trouble=answered)
    for location_id, trouble in troubles:
        await _trouble(connection, lanes[location_id], trouble)
    for lane in lanes.values():
        if lane.location_id in answered and await lane_answered(connection, lane):
            await make_due(connection, lane.location_id)


async def _trouble(connection: AsyncConnection, lane: Lane, error: PosError) -> None:
    match error:
        case AccessDenied() | Misconfigured():
            log.warning("the lane is blocked", location=lane.location_id, code=error.outcome, error=error.message)
            await block_lane(
                connection, lane.location_id, code=error.outcome, message=error.message, probe_s=BLOCKED_PROBE_S
            )
        case NotSent(http_status=int()):  # it speaks (429), it only wants less
            await hold_lane(connection, lane.location_id, retry_after(error.retry_after_s))
        case _:
            lane.failures += 1
            await lane_failed(connection, lane, error=error.message, hold_s=lane_delay(lane.failures, random.random))
