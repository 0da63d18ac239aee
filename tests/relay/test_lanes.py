"""The venue is the unit of failure: back-off, blocks, pauses and limits of one lane, and none of another's."""

from typing import Any
from uuid import UUID

from tests.relay.house import IIKO, IKENTOO, House, events, iiko_location, iiko_order, ikentoo_location, ikentoo_order


async def many(house: House, count: int, **changes: Any) -> list[UUID]:
    return [await house.submit(ikentoo_order(f"WEB-{number}", **changes)) for number in range(count)]


async def replace_ikentoo(house: House, **changes: Any) -> None:
    url = str(house.pos[IKENTOO].base_url).rstrip("/")
    document = ikentoo_location(url)
    pos = changes.pop("pos", {})
    await house.locations.put(IKENTOO, {**document, **changes, "pos": {**document["pos"], **pos}})


async def test_no_more_at_once_than_the_location_takes(house: House) -> None:
    await many(house, 7)
    assert [await house.send(), await house.send(), await house.send()] == [4, 3, 0]
    assert len(await house.at_pos(IKENTOO)) == 7


async def test_the_oldest_goes_first(house: House) -> None:
    await many(house, 6)
    await house.send()
    (first, *_) = await house.at_pos(IKENTOO)
    assert "WEB-0" in str(first)


async def test_no_more_per_second_than_the_location_takes(house: House) -> None:
    await replace_ikentoo(house, rate_per_s=2.0)
    await house.later(10)
    await many(house, 6)
    assert await house.send() == 2  # a burst is one second's worth, however long nothing was sent
    assert await house.send() == 0
    await house.later(1)
    assert await house.send() == 2


async def test_five_failures_in_a_row_hold_the_lane_and_one_probe_opens_it(house: House) -> None:
    await house.fault(IKENTOO, "status", status=503, match={"endpoint": "toGo"})
    orders = await many(house, 6)
    assert [await house.send(), await house.send()] == [4, 2]
    assert (await house.lane(IKENTOO))["failures"] == 6
    await house.later(8)
    assert await house.send() == 0  # the orders are due, the lane is not: attempts are not burned
    await house.later(60)
    assert await house.send() == 1
    await house.heal(IKENTOO)
    await house.later(60)
    assert await house.send() == 1
    lane = await house.lane(IKENTOO)
    assert (lane["failures"], lane["not_before"]) == (0, None)
    sent = [await house.send(), await house.send()]
    assert sum(sent) == 5, sent
    assert all([(await house.view(order))["status"] == "submitted" for order in orders])


async def test_a_callback_about_a_send_in_doubt_opens_the_lane(house: House) -> None:
    """Its answers get lost, and it takes orders all the same: the others need not wait for a probe."""
    await house.fault(IKENTOO, "drop_after", match={"endpoint": "toGo"})
    orders = await many(house, 8)
    assert [await house.send(), await house.send()] == [4, 4]
    assert (await house.lane(IKENTOO))["not_before"] is not None
    await house.say(orders[0], "SUCCESS")
    lane = await house.lane(IKENTOO)
    assert (lane["failures"], lane["not_before"]) == (0, None)
    assert await house.send() == 4
    assert (await house.lane(IKENTOO))["failures"] == 4
    await house.say(orders[0], "READY_FOR_PICKUP")
    assert (await house.lane(IKENTOO))["failures"] == 4, "says nothing about sends of now"


async def test_wrong_credentials_block_the_lane_and_reject_nothing(house: House) -> None:
    await house.fault(IKENTOO, "status", status=401, match={"endpoint": "toGo"})
    orders = await many(house, 3)
    await house.send()
    lane = await house.lane(IKENTOO)
    assert lane["blocked"] == "access_denied"
    views = [await house.view(order) for order in orders]
    assert {(view["status"], view["dispatch"]["state"]) for view in views} == {("received", "waiting")}
    assert await house.send() == 0
    shown = await house.locations.one(IKENTOO)
    assert shown["attention"]["code"] == "access_denied"
    await house.later(61)
    assert await house.send() == 1  # one probe a minute, a real attempt
    await house.heal(IKENTOO)
    await replace_ikentoo(house)  # somebody mends the settings: due at once
    assert sum([await house.send(), await house.send()]) == 3
    assert (await house.lane(IKENTOO))["blocked"] is None
    assert all([(await house.view(order))["status"] == "submitted" for order in orders])


async def test_a_wrong_address_blocks_too(house: House) -> None:
    await house.fault(IKENTOO, "status", status=404, match={"endpoint": "toGo"}, reason='{"status":404}')
    (order,) = await many(house, 1)
    await house.send()
    assert (await house.lane(IKENTOO))["blocked"] == "misconfigured"
    assert (await house.view(order))["status"] == "received"


async def test_a_setting_that_only_some_orders_need_parks_those_only(house: House) -> None:
    document = iiko_location(str(house.pos[IIKO].base_url).rstrip("/"))
    document["pos"]["order_types"]["pickup"] = "Kiosk"  # a name that no dictionary has
    await house.locations.put(IIKO, document)
    order = await house.submit(iiko_order())
    await house.send()
    view = await house.view(order)
    assert (view["dispatch"]["state"], view["attention"]["code"]) == ("parked", "parked")
    assert (await house.lane(IIKO))["blocked"] is None
    await house.locations.put(IIKO, iiko_location(str(house.pos[IIKO].base_url).rstrip("/")))
    await house.operate.retry(IIKO, order, actor="ops")
    await house.send()
    view = await house.view(order)
    assert view["status"] == "accepted"
    assert not view["needs_attention"]


async def test_a_lane_in_trouble_holds_no_other(house: House) -> None:
    await house.fault(IKENTOO, "status", status=503, match={"endpoint": "toGo"})
    await many(house, 6)
    await house.send()
    await house.send()
    order = await house.submit(iiko_order())
    assert await house.send() == 1
    assert (await house.view(order))["status"] == "accepted"


async def test_a_pause_holds_sending_and_stops_the_clock(house: House) -> None:
    await house.operate.pause(IKENTOO, actor="ops")
    (order,) = await many(house, 1)
    assert await house.send() == 0
    await house.later(10_000)
    await house.reconcile()
    assert (await house.view(order))["status"] == "received"
    await house.operate.resume(IKENTOO, actor="ops")
    await house.reconcile()
    assert await house.send() == 1
    assert (await house.view(order))["status"] == "submitted"


async def test_silence_after_being_taken_is_an_alarm_and_five_in_a_row_one_for_the_location(house: House) -> None:
    orders = await many(house, 5)
    await house.send()
    await house.send()
    await house.later(300 + 61)
    await house.reconcile()
    view = await house.view(orders[0])
    assert (view["status"], view["attention"]["code"]) == ("submitted", "no_verdict")
    assert "no_verdict" in events(view)
    assert (await house.locations.one(IKENTOO))["attention"]["code"] == "callbacks_silent"
    await house.later(10_000)
    assert await house.send() == 0  # never sent again by itself
    await house.say(orders[0], "SUCCESS")
    view = await house.view(orders[0])
    assert (view["status"], view["needs_attention"]) == ("accepted", False)
    assert (await house.locations.one(IKENTOO))["attention"] is None


async def test_callbacks_that_were_never_registered_block_the_lane_and_refuse_nobody(house: House) -> None:
    await replace_ikentoo(house, pos={"endpoint_id": "NOBODY"})
    (order,) = await many(house, 1)
    await house.send()
    assert (await house.view(order))["status"] == "received"
    shown = await house.locations.one(IKENTOO)
    assert shown["attention"]["code"] == "misconfigured"
    assert "endpoint_id" in shown["attention"]["message"]
    await replace_ikentoo(house)
    await house.send()
    assert (await house.view(order))["status"] == "submitted"
