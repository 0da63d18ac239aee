"""Orders for a time to come: a week ahead, missed while they wait, and in doubt when their time has come."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.relay.house import IIKO, IKENTOO, House, events, iiko_order, ikentoo_order

WEEK_S = 7 * 86_400


def ahead(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="seconds")


@pytest.mark.parametrize("location", [IIKO, IKENTOO])
async def test_an_order_for_next_week_is_sent_now_and_stays_open_until_then(house: House, location: str) -> None:
    order = iiko_order if location == IIKO else ikentoo_order
    order_id = await house.submit(order(requested_for=ahead(WEEK_S)))
    await house.send()
    if location == IKENTOO:
        await house.say(order_id, "SUCCESS")
    for _ in range(7):
        await house.later(86_400)
        await house.reconcile()
        assert await house.follower.round() == (location == IIKO), "the whole week"
        view = await house.view(order_id)
        assert (view["status"], view["needs_attention"]) == ("accepted", False)
    for seconds in (86_400, 1_000):  # here Iiko is polled once a day, so it is asked once more
        await house.later(seconds)
        await house.reconcile()
        await house.follower.round()
    assert (await house.view(order_id))["status"] == "completed"


async def test_ikentoo_that_holds_an_order_for_a_week_is_waited_for(house: House) -> None:
    """It speaks when it has tried the till: no verdict is missing before."""
    table: dict[str, Any] = {"service_type": "dine_in", "table": {"number": 1}}
    order_id = await house.submit(ikentoo_order(requested_for=ahead(WEEK_S), **table))
    await house.send()
    await house.later(WEEK_S)
    await house.reconcile()
    view = await house.view(order_id)
    assert (view["status"], view["needs_attention"]) == ("submitted", False)
    await house.later(300 + 61)
    await house.reconcile()
    assert (await house.view(order_id))["attention"]["code"] == "no_verdict"


async def test_an_order_in_doubt_is_not_called_absent_when_its_time_comes(house: House) -> None:
    """ "Not in the POS" would make somebody key it in, though it may be there already."""
    await house.fault(IKENTOO, "drop_after", match={"endpoint": "toGo"})
    order_id = await house.submit(ikentoo_order(requested_for=ahead(100)))
    await house.send()
    await house.later(101)
    await house.reconcile()
    view = await house.view(order_id)
    assert (view["dispatch"]["state"], view["attention"]["code"], events(view)[-1]) == ("in_doubt", "in_doubt", "late")
    assert "not known" in view["history"][-1]["detail"]


async def test_iiko_is_not_told_a_time_that_has_passed_while_the_order_waited(house: House) -> None:
    """It would refuse a paid order ("Order has too small delivery date"); told in words, it is cooked late."""
    order_id = await house.submit(iiko_order(requested_for=ahead(60)))
    async with house.engine.begin() as connection:  # a minute and a half of the POS being away
        await connection.exec_driver_sql(
            "UPDATE orders SET body = jsonb_set(body, '{requested_for}', to_jsonb($1::text))", (ahead(-90),)
        )
    await house.send()
    view = await house.view(order_id)
    assert (view["status"], view["pos"]["folded"]) == ("accepted", ["/requested_for"])
