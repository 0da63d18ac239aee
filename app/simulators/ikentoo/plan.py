"""The words that follow once the till has taken an order, and when.

Life of an order: INFERRED from the API guide and field reports, nobody documents it.
"""

from collections.abc import Container
from dataclasses import dataclass

from app.simulators.ikentoo.config import Timing
from app.simulators.ikentoo.verdict import REASONS

# Faults that only iKentoo has; each is a thing that can happen to one order. See docs/simulators.md.
LIFE_FAULTS = (
    frozenset(
        {
            "silence",
            "offline",
            "fail",
            "duplicate",
            "early",
            "out_of_order",
            "unknown_word",
            "malformed",
            "string_account_id",
            "int_account_id",
            "failure_after_success",
            "cancelled",
            "abandoned",
            "in_delivery",
            "check_updated",
            "stay_open",
            "errors_only",
        }
    )
    | REASONS.keys()
)
# Not about an order: menu/load answers the 503 of its own.
BACKEND_DOWN = "backend_down"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One word, `at` so many milliseconds after the order came to the till."""

    at: int
    word: str


def plan(
    knobs: Container[str], timing: Timing, *, prepaid: bool, update: bool, unknown_word: str, waits: bool = False
) -> list[Step]:
    """Plan an accepted order's words. A prepaid order is closed before it is ready (field report).

    One that `waits` is not closed by the clock: somebody has to pay.
    """
    success = Step(at=timing.success, word="SUCCESS")
    if "out_of_order" in knobs:
        return [Step(at=timing.success, word=word) for word in ("READY_FOR_PICKUP", "CLOSED", "SUCCESS")]
    steps = [success]
    if update or "check_updated" in knobs:
        steps.append(Step(at=timing.success, word="CHECK_WAS_UPDATED"))
    if "unknown_word" in knobs:
        steps.append(Step(at=timing.success, word=unknown_word))
    ending = _ending(knobs, timing, prepaid=prepaid)
    return steps + [step for step in ending if step.word != "CLOSED" or prepaid or not waits]


def _ending(knobs: Container[str], timing: Timing, *, prepaid: bool) -> list[Step]:
    if "stay_open" in knobs:
        return []
    for knob, word in (("failure_after_success", "FAILURE"), ("cancelled", "CANCELLED"), ("abandoned", "ABANDONED")):
        if knob in knobs:
            return [Step(at=timing.ready, word=word)]
    steps = [
        Step(at=timing.ready, word="READY_FOR_PICKUP"),
        Step(at=timing.prepaid_close if prepaid else timing.close, word="CLOSED"),
    ]
    if "in_delivery" in knobs:
        steps.append(Step(at=timing.ready, word="IN_DELIVERY"))
    return sorted(steps, key=lambda step: step.at)
