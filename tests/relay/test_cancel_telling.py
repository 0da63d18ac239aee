"""A cancel of an order that the POS has: the till is told in words, once, and a person acts there."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from app.adapters.base import Registry
from app.adapters.ikentoo.pos import Ikentoo
from app.domain.errors import StateConflict
from app.domain.status import Status
from app.relay.operate import Operate
from tests.relay.house import IIKO, IKENTOO, House, events, iiko_order, ikentoo_order
from tests.relay.till import shown


async def cancel(house: House, location: str, order_id: UUID, reason: str = "The guest called.") -> dict[str, Any]:
    await house.operate.cancel(location, order_id, reason=reason, actor="ops", only_if_surely_not_sent=False)
    return await house.view(order_id)


async def accepted(house: House, location: str) -> UUID:
    """An order that is on the till."""
    order_id = await house.submit(iiko_order() if location == IIKO else ikentoo_order())
    await house.send()
    if location == IKENTOO:
        await house.say(order_id, "SUCCESS")
    assert (await house.view(order_id))["status"] == "accepted"
    return order_id


@pytest.mark.parametrize("location", [IIKO, IKENTOO])
async def test_the_till_is_told_and_then_says_that_it_is_cancelled(house: House, location: str) -> None:
    order_id = await accepted(house, location)
    view = await cancel(house, location, order_id)
    assert (view["status"], view["cancellation"]["state"], view["needs_attention"]) == ("accepted", "requested", False)
    assert await house.send() == 1
    view = await house.view(order_id)
    assert (view["status"], view["cancellation"]["state"], view["needs_attention"]) == ("accepted", "pos_told", False)
    assert set(view["cancellation"]) == {"state", "at", "detail"}
    (text,) = await shown(house, location)
    assert text.startswith("CANCEL order ")
    assert "WEB-1" in text
    assert text.endswith(": The guest called.")
    await _voided_on_the_till(house, location, order_id)
    view = await house.view(order_id)
    assert (view["status"], view["cancellation"]["state"], view["needs_attention"]) == ("cancelled", "stopped", False)


async def test_a_second_cancel_does_not_tell_twice(house: House) -> None:
    order_id = await accepted(house, IKENTOO)
    await cancel(house, IKENTOO, order_id)
    assert (await cancel(house, IKENTOO, order_id, "Again."))["cancellation"]["state"] == "requested"
    await house.send()
    view = await cancel(house, IKENTOO, order_id, "And again.")
    assert view["cancellation"]["state"] == "pos_told"
    assert [line["detail"] for line in view["history"] if line["event"] == "cancel"][-1].startswith("And again.")
    assert await house.send() == 0
    assert len(await shown(house)) == 1


@pytest.mark.parametrize("fault", ["rate_limited", "drop_after"])
async def test_where_the_till_cannot_be_told_a_person_must_call(house: House, fault: str) -> None:
    order_id = await accepted(house, IKENTOO)
    await house.fault(IKENTOO, fault, match={"endpoint": "printMsg"})
    await cancel(house, IKENTOO, order_id)
    await house.send()
    assert (await house.view(order_id))["cancellation"]["state"] == "requested"
    await house.later(301)
    await house.reconcile()
    view = await house.view(order_id)
    assert (view["status"], view["cancellation"]["state"]) == ("accepted", "not_possible")
    assert view["attention"]["code"] == "cancel_not_possible"
    await house.heal(IKENTOO)  # a person may try once more
    assert (await cancel(house, IKENTOO, order_id))["cancellation"]["state"] == "requested"
    await house.send()
    assert (await house.view(order_id))["cancellation"]["state"] == "pos_told"


async def test_a_cancel_asked_for_while_it_was_sent_is_told_when_it_arrives(house: House) -> None:
    order_id = await house.submit(iiko_order())
    await house.fault(IIKO, "drop_after", match={"endpoint": "orders/add"}, times=1)
    await house.send()
    assert (await cancel(house, IIKO, order_id))["cancellation"]["state"] == "requested"
    await house.later(30)
    await house.send()  # it is looked up, and there
    await house.send()
    view = await house.view(order_id)
    assert (view["status"], view["cancellation"]["state"]) == ("accepted", "pos_told")
    assert len(await shown(house, IIKO)) == 1
    assert len(await house.at_pos(IIKO)) == 1


async def test_a_callback_brings_it_too_late_as_well(house: House) -> None:
    order_id = await house.submit(ikentoo_order())
    await house.fault(IKENTOO, "drop_after", match={"endpoint": "toGo"}, times=1)
    await house.send()
    await cancel(house, IKENTOO, order_id)
    await house.say(order_id, "SUCCESS")
    assert (await house.view(order_id))["cancellation"]["state"] == "requested"
    assert await house.send() == 1
    await house.say(order_id, "CHECK_WAS_UPDATED")  # no second telling
    assert await house.send() == 0
    assert (await house.view(order_id))["cancellation"]["state"] == "pos_told"


async def test_the_kitchen_goes_on_all_the_same(house: House) -> None:
    order_id = await accepted(house, IKENTOO)
    await cancel(house, IKENTOO, order_id)
    await house.send()
    await house.say(order_id, "READY_FOR_PICKUP")
    view = await house.view(order_id)
    assert (view["status"], view["cancellation"]["state"]) == ("ready", "not_possible")
    assert view["attention"]["code"] == "cancel_not_possible"


async def test_nobody_says_what_became_of_it(house: House) -> None:
    order_id = await accepted(house, IKENTOO)
    await cancel(house, IKENTOO, order_id)
    await house.send()
    await house.later(7 * 3600)
    await house.reconcile()
    view = await house.view(order_id)
    assert (view["status"], view["cancellation"]["state"]) == ("completed", "not_possible")
    assert view["attention"]["code"] == "cancel_not_possible"


async def test_a_resend_waits_for_the_telling(house: House) -> None:
    """Else the message would be about the new send."""
    order_id = await house.submit(ikentoo_order())
    await house.send()
    await cancel(house, IKENTOO, order_id)
    await house.say(order_id, "FAILURE", reason="no")
    view = await house.view(order_id)
    assert (view["status"], view["cancellation"]["state"]) == ("rejected", "stopped")
    with pytest.raises(StateConflict, match="till"):
        await house.operate.resend(IKENTOO, order_id, order=None, actor="ops")
    await house.send()
    await house.operate.resend(IKENTOO, order_id, order=None, actor="ops")
    assert (await house.view(order_id))["cancellation"] is None


async def test_a_person_says_that_it_is_on_the_till(house: House) -> None:
    order_id = await house.submit(ikentoo_order())
    await house.fault(IKENTOO, "drop_after", match={"endpoint": "toGo"}, times=1)
    await house.send()
    await cancel(house, IKENTOO, order_id)
    await house.operate.resolve(IKENTOO, order_id, note="seen", status=Status.ACCEPTED, actor="ops")
    await house.send()
    view = await house.view(order_id)
    assert (view["status"], view["cancellation"]["state"], view["needs_attention"]) == ("accepted", "pos_told", False)
    assert "message" in events(view)


class Mute:
    """iKentoo as it would be without messages."""

    system, settings_model, traits = "ikentoo", Ikentoo.settings_model, Ikentoo.traits

    def __init__(self) -> None:
        pos = Ikentoo()
        self.translate, self.open, self.time_to_live_s = pos.translate, pos.open, pos.time_to_live_s


async def test_a_pos_that_cannot_be_told(house: House) -> None:
    order_id = await accepted(house, IKENTOO)
    registry: Registry = {"ikentoo": Mute()}
    operate = Operate(
        house.engine,
        locations=house.locations,
        registry=registry,
        menus=house.menus,
        announce=lambda _location_id: None,
    )
    await operate.cancel(IKENTOO, order_id, reason="x", actor="ops", only_if_surely_not_sent=False)
    view = await house.view(order_id)
    assert (view["status"], view["cancellation"]["state"]) == ("accepted", "not_possible")
    assert view["attention"]["code"] == "cancel_not_possible"
    assert await house.send() == 0


async def test_all_at_once(house: House) -> None:
    """Callbacks, cancels and tellings of many orders side by side: each till is told once, and nothing is lost."""
    ids = [await house.submit(ikentoo_order(f"WEB-{number}")) for number in range(8)]
    while await house.send():
        pass
    asked = [cancel(house, IKENTOO, order_id, reason) for order_id in ids for reason in ("a", "b")]
    await asyncio.gather(*asked, *(house.say(order_id, "SUCCESS") for order_id in ids))
    again = [cancel(house, IKENTOO, order_id, "c") for order_id in ids]
    await asyncio.gather(_send_all(house), *again, *(house.say(order_id, "CHECK_WAS_UPDATED") for order_id in ids))
    await _send_all(house)
    assert len(await shown(house)) == len(ids)
    for order_id in ids:
        view = await house.view(order_id)
        assert (view["status"], view["cancellation"]["state"]) == ("accepted", "pos_told")
        assert [event for event in events(view) if event in ("message", "CHECK_WAS_UPDATED")].count("message") == 1


async def _send_all(house: House) -> None:
    while await house.send():
        pass


async def _voided_on_the_till(house: House, location: str, order_id: UUID) -> None:
    if location == IKENTOO:
        await house.say(order_id, "CANCELLED")
        return
    reference = (await house.view(order_id))["pos"]["reference"]
    await house.pos[IIKO].post(f"/_sim/orders/{reference}/status", json={"statusCode": "CANCELLED"})
    await house.later(21)
    await house.follower.round()
