"""One attempt, outside of any transaction: load, translate, call. Every end of it is an Outcome; nothing escapes."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import structlog
from pydantic import ValidationError

from app.adapters.base import Adapter, Found, Lookup, Pos, Registry, Submission, Taken, Translation
from app.domain.errors import (
    ConfigurationError,
    Finding,
    InDoubt,
    LocationUnknown,
    Misconfigured,
    OrderNotExpressible,
    PosError,
    StorageUnavailable,
)
from app.domain.location import Location
from app.domain.order import Order
from app.relay.outcome import NotBegun, Outcome
from app.store.claim import Claimed

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer", Taken, Found)

ELSEWHERE = "An earlier attempt may have arrived at the POS that this location had before its settings were changed."
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

    locations: Locations
    adapters: Adapters
    registry: Registry
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
        return Outcome(result=NotBegun(reason=ELSEWHERE))
    try:
        location = await desk.locations.get(claimed.location_id)
        pos = desk.registry[location.pos.system]
        sending = _translated(pos, location, claimed) if claimed.kind == "send" else None
        verdict_within_s = _verdict_within(pos, location, sending)
        adapter = desk.adapters.get(location)
    except OrderNotExpressible as refused:
        return Outcome(result=refused)
    except StorageUnavailable as error:  # the location's settings could not be read
        return Outcome(result=NotBegun(reason=str(error)))
    except PosError as error:
        return Outcome(result=error)
    except (LocationUnknown, ConfigurationError) as error:
        return Outcome(result=Misconfigured(str(error)))
    except Exception as error:  # nothing was sent yet; somebody must look
        log.exception("the send could not be prepared", location=claimed.location_id)
        return Outcome(result=Misconfigured(f"The send could not be prepared: {type(error).__name__}."))
    seconds = min(desk.budget_s, lease_ends - LEASE_MARGIN_S - boot_clock())
    if seconds <= 0:
        return Outcome(result=NotBegun(reason="the lease was nearly over before anything was sent"))
    begin()
    if sending is None:
        return await _ask(adapter, claimed, seconds)
    result = await _within(seconds, adapter.create(sending.translation.request))
    return Outcome(result=result, translation=sending.translation, verdict_within_s=verdict_within_s)


def _verdict_within(pos: Pos, location: Location, sending: "_Sending | None") -> float | None:
    if sending is None or not pos.traits.verdict_by_callback:
        return None
    return pos.time_to_live_s(location, sending.submission)


async def _ask(adapter: Adapter, claimed: Claimed, seconds: float) -> Outcome:
    if not isinstance(adapter, Lookup):
        return Outcome(result=NotBegun(reason="this POS cannot be asked"))
    found = await _within(seconds, adapter.find(claimed.reference))
    return Outcome(result=found, absence_counts_after_s=adapter.absence_counts_after_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sending:
    submission: Submission
    translation: Translation


def _translated(pos: Pos, location: Location, claimed: Claimed) -> _Sending:
    try:
        submission = Submission(
            order=Order.model_validate(claimed.body),
            reference=claimed.reference,
            now=claimed.now,
            deadline_at=claimed.deadline_at,
        )
        return _Sending(submission=submission, translation=pos.translate(location, submission))
    except OrderNotExpressible:
        raise
    except Misconfigured as error:
        # A setting that only some orders need (a name of an order type): those are parked, the others flow.
        raise OrderNotExpressible([Finding("", "misconfigured", error.message)]) from error
    except ValidationError as error:
        finding = Finding("", "not_readable", f"The stored order cannot be read: {error.error_count()} findings.")
        raise OrderNotExpressible([finding]) from error
    except Exception as error:  # a defect of a translation: nothing was sent, a person must act
        log.exception("translation failed", location=location.id)
        finding = Finding("", "not_translatable", f"Translating failed: {type(error).__name__}.")
        raise OrderNotExpressible([finding]) from error


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
