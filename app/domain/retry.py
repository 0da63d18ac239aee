"""When to try again. Pure: failures so far and a random number in, seconds out."""

from collections.abc import Callable

SCHEDULE_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Waiting times of one submission; the last one repeats."""

JITTER = 0.2
"""Up to this share more or less, so that a thousand orders do not come back in the same instant."""

LANE_OPENS_AFTER = 5
"""Failures in a row after which the whole lane backs off and sends one probe at a time."""

LANE_SCHEDULE_S = (10.0, 20.0, 40.0, 60.0)
BLOCKED_PROBE_S = 60.0
"""A blocked lane (credentials, wrong URL) is probed this often."""

RETRY_AFTER_CAP_S = 300.0
"""The longest wait that a POS may ask of us."""


def submission_delay(failures: int, random: Callable[[], float]) -> float:
    """Seconds until the next attempt, after this many attempts without a result (at least 1)."""
    base = SCHEDULE_S[min(max(failures, 1), len(SCHEDULE_S)) - 1]
    return base * (1 + JITTER * (2 * random() - 1))


def lane_delay(failures: int, random: Callable[[], float]) -> float | None:
    """Seconds for which the lane holds still, or None while the orders' own schedules run."""
    over = failures - LANE_OPENS_AFTER
    if over < 0:
        return None
    base = LANE_SCHEDULE_S[min(over, len(LANE_SCHEDULE_S) - 1)]
    return base * (1 + JITTER / 2 * (2 * random() - 1))


def retry_after(asked_s: float | None) -> float:
    """What the POS asked us to wait, capped; a second where it said nothing."""
    return min(max(1.0, asked_s or 1.0), RETRY_AFTER_CAP_S)  # in this order, NaN is 1 s too
