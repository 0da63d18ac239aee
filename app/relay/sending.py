"""One attempt, outside of any transaction: prepare, call. Every end of it is an Outcome; nothing escapes."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from app.adapters.base import Adapter, Found, Lookup, Messenger, Registry, Taken
from app.domain.errors import (
    ConfigurationError,
    InDoubt,
    LocationUnknown,
    Misconfigured,
    NotSent,
    OrderNotExpressible,
    PosError,
    Rejected,
    StorageUnavailable,
)
from app.domain.location import Location
from app.relay.outcome import NotBegun, Outcome
from app.relay.prepare import Kitchen, Menus, Prepared, Syncs
from app.store.claim import Claimed

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer", Taken, Found)

LATE = "the lease was nearly over before anything was sent"
ELSEWHERE = "An earlier attempt may have arrived at the POS that this location had before its settings were changed."
REPEATS_FOR = timedelta(hours=1)
"""So long after its deadline an order in doubt is found out about by sending it again, where the POS cannot be asked. A
guest whose order was made up later than that would no longer be there."""
STALE = "Whether the POS has it was not found out in time, and to send it again now would make an order of the past."
LEASE_MARGIN_S = 2.0
"""What must be left of the lease after the call, to record its result."""


class Locations(Protocol):
    """Where a location's present settings come from."""

    async def get(self, location_id: str) -> Location:
        """Raises LocationUnknown."""


class Adapters(Protocol):
    """The open adapters of this process."""

    def get(self, location: Location) -> Adapter:
        """The location's adapter, opened anew after its settings were changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What an attempt needs."""

    engine: AsyncEngine
    locations: Locations
    adapters: Adapters
    registry: Registry
    menus: Menus
    syncs: Syncs
    budget_s: float
    """One send, all in all."""


def boot_clock() -> float:
    """Seconds that go on while a virtual machine is suspended, where the system has such a clock."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


async def attempt(desk: Desk, claimed: Claimed, *, lease_ends: float, begin: Callable[[], None]) -> Outcome:
    """Sends (or asks for) one claimed submission.

    ``lease_ends`` is on the boot clock, taken before the claim: past it somebody else may hold the submission, so
    nothing is begun then. ``begin`` is called right before the first byte may leave.
    """
    if claimed.elsewhere:
        return Outcome(result=NotBegun(reason=ELSEWHERE, held=True))
    if claimed.was_in_doubt and claimed.kind == "send" and claimed.now > claimed.deadline_at + REPEATS_FOR:
        return Outcome(result=NotBegun(reason=STALE, held=True))
    try:
        location = await desk.locations.get(claimed.location_id)
        pos = desk.registry[location.pos.system]
        adapter = desk.adapters.get(location)
    except StorageUnavailable as error:  # the location's settings could not be read
        return Outcome(result=NotBegun(reason=str(error)))
    except PosError as error:
        return Outcome(result=error)
    except (LocationUnknown, ConfigurationError) as error:
        return Outcome(result=Misconfigured(str(error)))
    except Exception as error:  # nothing was sent yet; somebody must look
        log.exception("the send could not be prepared", location=claimed.location_id)
        return Outcome(result=Misconfigured(f"The send could not be prepared: {type(error).__name__}."))
    ends = min(boot_clock() + desk.budget_s, lease_ends - LEASE_MARGIN_S)
    if ends <= boot_clock():
        return Outcome(result=NotBegun(reason=LATE))
    if claimed.kind == "ask":
        begin()
        return await _ask(adapter, claimed, ends - boot_clock())
    kitchen = Kitchen(
        engine=desk.engine,
        menus=desk.menus,
        syncs=desk.syncs,
        pos=pos,
        location=location,
        adapter=adapter,
        claimed=claimed,
    )
    prepared = await _prepared(kitchen, ends)
    if isinstance(prepared, Outcome):
        return prepared
    begin()
    return await _send(kitchen, prepared, ends)


async def _prepared(kitchen: Kitchen, ends: float) -> Prepared | Outcome:
    """What to send; an Outcome where there is nothing to send."""
    try:
        async with asyncio.timeout(ends - boot_clock()):
            prepared = await kitchen.prepare()
    except (OrderNotExpressible, PosError) as error:
        return Outcome(result=error)
    except StorageUnavailable as error:
        return Outcome(result=NotBegun(reason=str(error)))
    except TimeoutError:
        return Outcome(result=NotSent("The POS did not answer in time what had to be known before sending."))
    except Exception as error:  # nothing was sent yet; somebody must look
        log.exception("the send could not be prepared", location=kitchen.location.id)
        return Outcome(result=Misconfigured(f"The send could not be prepared: {type(error).__name__}."))
    return prepared if ends > boot_clock() else Outcome(result=NotBegun(reason=LATE))


async def _send(kitchen: Kitchen, prepared: Prepared, ends: float) -> Outcome:
    request = prepared.translation.request
    adapter = kitchen.adapter
    call = adapter.tell if kitchen.claimed.carries == "message" and isinstance(adapter, Messenger) else adapter.create
    result = await _within(ends - boot_clock(), call(request))
    otherwise = False
    if isinstance(result, Rejected | Misconfigured):
        otherwise = await _sent_otherwise(kitchen, prepared, result, ends)
    return Outcome(
        result=result,
        translation=prepared.translation,
        verdict_within_s=prepared.verdict_within_s,
        stale_ids=otherwise,
    )


async def _sent_otherwise(kitchen: Kitchen, prepared: Prepared, error: PosError, ends: float) -> bool:
    """The POS has said no: was it to ids that have changed? Whatever goes wrong in finding out, the no stands."""
    try:
        async with asyncio.timeout(max(0.0, ends - boot_clock())):
            return await kitchen.sent_otherwise(prepared, error)
    except (TimeoutError, StorageUnavailable):
        return False
    except Exception:
        log.exception("the catalog could not be looked at", location=kitchen.location.id)
        return False


async def _ask(adapter: Adapter, claimed: Claimed, seconds: float) -> Outcome:
    if not isinstance(adapter, Lookup):
        return Outcome(result=NotBegun(reason="this POS cannot be asked"))
    found = await _within(seconds, adapter.find(claimed.reference))
    return Outcome(result=found, absence_counts_after_s=adapter.absence_counts_after_s)


async def _within(seconds: float, call: Coroutine[Any, Any, Answer]) -> Answer | PosError:
    try:
        async with asyncio.timeout(seconds):
            return await call
    except PosError as error:
        return error
    except TimeoutError:
        return InDoubt(f"No answer within {seconds:.0f} s; the send was given up.")
    except Exception as error:  # whatever it is, the order may have been created
        log.exception("unexpected error while sending")
        return InDoubt(f"Unexpected: {type(error).__name__}.")
