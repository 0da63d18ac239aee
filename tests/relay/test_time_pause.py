"""A pause stops the clock of what waits: no deadline fires, and a resume gives the full time again."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.domain.errors import NotSent
from tests.relay.house import IIKO, IKENTOO, House, iiko_location, iiko_order, ikentoo_order
from tests.relay.test_time import report, take

FULL_S, DAY_S = 300, 86_400


async def pause(house: House, location: str = IKENTOO) -> None:
    await house.operate.pause(location, actor="ops")


async def resume(house: House, location: str = IKENTOO) -> None:
    await house.operate.resume(location, actor="ops")


async def stands(house: House, order_id: UUID) -> tuple[str, str]:
    """Its status and dispatch state after the clock was looked at."""
    await house.reconcile()
    view = await house.view(order_id)
    return view["status"], view["dispatch"]["state"]


async def has_its_full_time(house: House, order_id: UUID) -> bool:
    """Whether it lives for all of its time from now, and for no longer."""
    await house.later(FULL_S - 10)
    before = await stands(house, order_id)
    await house.later(20)
    return before == ("received", "waiting") and await stands(house, order_id) == ("failed", "done")


@pytest.mark.parametrize("waited", [0, 299])
@pytest.mark.parametrize("paused", [50, DAY_S])
async def test_a_resume_gives_the_full_time_again(house: House, waited: float, paused: float) -> None:
    order_id = await house.submit(ikentoo_order())
    await house.later(waited)
    await pause(house)
    await house.later(paused)
    assert await stands(house, order_id) == ("received", "waiting")
    await resume(house)
    assert await has_its_full_time(house, order_id)


async def test_a_deadline_that_nobody_had_acted_on_is_held_by_a_pause_too(house: House) -> None:
    order_id = await house.submit(ikentoo_order())
    await house.later(FULL_S + 1)
    await pause(house)
    assert await stands(house, order_id) == ("received", "waiting")
    await resume(house)
    await house.send()
    assert await stands(house, order_id) == ("submitted", "done")


async def test_what_failed_before_the_pause_stays_failed(house: House) -> None:
    order_id = await house.submit(ikentoo_order())
    await house.later(FULL_S + 1)
    assert await stands(house, order_id) == ("failed", "done")
    await pause(house)
    await house.later(DAY_S)
    await resume(house)
    assert await house.send() == 0
    assert await stands(house, order_id) == ("failed", "done")


async def test_what_comes_during_a_pause_has_its_full_time_after_it(house: House) -> None:
    await pause(house)
    order_id = await house.submit(ikentoo_order())
    await house.later(DAY_S)
    await resume(house)
    assert await has_its_full_time(house, order_id)


async def test_an_attempt_that_outlasts_the_pause_does_not_cost_the_order_its_time(house: House) -> None:
    """It was under way when the pause began, and still is at its end; then it turns out that nothing was sent."""
    order_id = await house.submit(ikentoo_order())
    await house.later(FULL_S - 10)
    (claimed,) = await take(house)
    await pause(house)
    await house.later(15)
    await resume(house)
    await report(house, claimed, NotSent("refused"))
    assert await has_its_full_time(house, order_id)


async def test_the_pos_is_told_the_full_time_after_a_resume(house: House) -> None:
    await house.submit(ikentoo_order())
    await house.later(250)
    await pause(house)
    await house.later(DAY_S)
    await resume(house)
    await house.send()
    (held,) = await house.at_pos(IKENTOO)
    assert 298_000 < held["body"]["maxTimeToAttemptOrderDeliverToPos"] <= 300_000


async def test_doubt_waits_through_a_pause_and_is_cleared_up_after_it(house: House) -> None:
    await house.fault(IIKO, "drop_after", times=1, match={"endpoint": "orders/add"})
    order_id = await house.submit(iiko_order())
    await house.send()
    await pause(house, IIKO)
    await house.later(DAY_S)
    assert await house.send() == 0, "asked while paused"
    assert await stands(house, order_id) == ("received", "in_doubt")
    assert not (await house.view(order_id))["needs_attention"], "no deadline fires while paused"
    await resume(house, IIKO)
    await house.send()
    assert await stands(house, order_id) == ("accepted", "done")


async def test_leases_end_during_a_pause_all_the_same(house: House) -> None:
    order_id = await house.submit(ikentoo_order())
    await take(house)
    await pause(house)
    await house.later(DAY_S)
    assert await stands(house, order_id) == ("received", "in_doubt")


async def test_a_parked_order_has_its_full_time_after_a_pause(house: House) -> None:
    document = iiko_location(str(house.pos[IIKO].base_url).rstrip("/"))
    document["pos"]["order_types"]["pickup"] = "Kiosk"  # a name that no dictionary has
    await house.locations.put(IIKO, document)
    order_id = await house.submit(iiko_order())
    await house.send()
    await house.later(200)
    await pause(house, IIKO)
    await house.later(DAY_S)
    await resume(house, IIKO)
    await house.later(FULL_S - 10)
    assert await stands(house, order_id) == ("received", "parked")
    await house.later(20)
    assert await stands(house, order_id) == ("failed", "done")


async def test_a_pause_does_not_hide_that_an_order_will_be_late(house: House) -> None:
    soon = datetime.now(UTC) + timedelta(hours=2)
    order_id = await house.submit(ikentoo_order(requested_for=soon.isoformat()))
    await pause(house)
    await house.later(DAY_S)
    assert await stands(house, order_id) == ("received", "waiting")
    assert (await house.view(order_id))["attention"]["code"] == "late"
    await resume(house)
    await house.send()
    view = await house.view(order_id)
    assert (view["status"], view["needs_attention"]) == ("submitted", False)


async def test_pressing_resume_twice_gives_no_more_time(house: House) -> None:
    order_id = await house.submit(ikentoo_order())
    for _ in range(3):
        await house.later(101)
        await resume(house)
    assert await stands(house, order_id) == ("failed", "done")
