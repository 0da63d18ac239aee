"""The waits between attempts, as they stand in the database: within the bounds of the schedule, failure by failure.

Measured from the moment at which the result was recorded, which the history tells; no clock of the test's own.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from app.domain.retry import JITTER, LANE_OPENS_AFTER, LANE_SCHEDULE_S, RETRY_AFTER_CAP_S, SCHEDULE_S
from tests.relay.house import IKENTOO, House, ikentoo_location, ikentoo_order

GIVE_UP_S = 86_400


async def patient(house: House) -> UUID:
    """An order that may fail for a day."""
    document = ikentoo_location(str(house.pos[IKENTOO].base_url).rstrip("/"))
    await house.locations.put(IKENTOO, {**document, "give_up_after_s": GIVE_UP_S})
    return await house.submit(ikentoo_order())


async def waits(house: House, order_id: UUID) -> tuple[float, float | None]:
    """Seconds that the order, and its lane, wait from the last result on."""
    view: dict[str, Any] = await house.view(order_id)
    recorded = datetime.fromisoformat(view["history"][-1]["at"])
    due = datetime.fromisoformat(view["dispatch"]["next_attempt_at"])
    held = (await house.lane(IKENTOO))["not_before"]
    return (due - recorded).total_seconds(), (held - recorded).total_seconds() if held else None


def around(seconds: float, share: float) -> tuple[float, float]:
    return seconds * (1 - share) - 0.001, seconds * (1 + share) + 0.001


@pytest.mark.parametrize("fault", ["drop_before", "error_500_html"])
async def test_the_order_and_its_lane_wait_within_their_bounds(house: House, fault: str) -> None:
    order_id = await patient(house)
    await house.fault(IKENTOO, fault, match={"endpoint": "toGo"})
    for failures in range(1, 12):
        assert await house.send() == 1
        order, lane = await waits(house, order_id)
        least, most = around(SCHEDULE_S[min(failures, len(SCHEDULE_S)) - 1], JITTER)
        assert least <= order <= most, failures
        over = failures - LANE_OPENS_AFTER
        if over < 0:
            assert lane is None, failures
        else:
            least, most = around(LANE_SCHEDULE_S[min(over, len(LANE_SCHEDULE_S) - 1)], JITTER / 2)
            assert lane is not None
            assert least <= lane <= most, failures
        assert await house.send() == 0, "not before its time"
        await house.later(max(order, lane or 0))
    assert (await house.lane(IKENTOO))["failures"] == 11


@pytest.mark.parametrize(("asked", "least"), [(1, 1), (45, 45), (299, 299), (10_000, RETRY_AFTER_CAP_S)])
async def test_the_pos_may_ask_for_time_but_not_for_ever(house: House, asked: int, least: float) -> None:
    order_id = await patient(house)
    await house.fault(IKENTOO, "rate_limited", retry_after=asked, times=1, match={"endpoint": "toGo"})
    await house.send()
    order, lane = await waits(house, order_id)
    assert lane == least
    assert max(least, 0.8) <= order <= max(least, 1.2)
    await house.later(max(order, lane))
    assert await house.send() == 1
    assert (await house.view(order_id))["status"] == "submitted"
