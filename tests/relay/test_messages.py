"""Messages to the till: sent until they are taken, given up in time, and told in the history of their order."""

from dataclasses import replace
from uuid import uuid4

import pytest

from app.domain.errors import LocationUnknown, NotSupportedByPos, OrderInvalid
from app.domain.ids import new_id
from app.store.messages import NewMessage, store_message
from tests.relay.house import IIKO, IKENTOO, House, events, iiko_order, ikentoo_order
from tests.relay.till import shown, tell, told


async def test_ikentoo_shows_it(house: House) -> None:
    message_id = await tell(house, "The courier is late.")
    assert (await told(house, message_id))["status"] == "received"
    assert await house.send() == 1
    view = await told(house, message_id)
    assert (view["status"], view["final"], view["dispatch"]["state"]) == ("accepted", True, "done")
    assert await shown(house) == ["The courier is late."]
    await house.later(7 * 3600)
    await house.reconcile()
    assert (await told(house, message_id))["status"] == "accepted"
    await house.locations.delete(IKENTOO)


@pytest.mark.parametrize("location", [IIKO, IKENTOO])
async def test_one_about_an_order_stands_in_its_history(house: House, location: str) -> None:
    order_id = await house.submit(iiko_order() if location == IIKO else ikentoo_order())
    await house.send()
    before = await house.view(order_id)
    message_id = await tell(house, "No onions, please.", location, about=order_id)
    await house.send()
    assert await shown(house, location) == ["No onions, please."]
    view = await house.view(order_id)
    assert (view["status"], view["needs_attention"]) == (before["status"], False)
    assert view["version"] > before["version"]
    assert events(view)[-1] == "message"
    assert "No onions" in view["history"][-1]["detail"]
    assert (await told(house, message_id))["order_id"] == str(order_id)


async def test_iiko_takes_them_about_orders_only(house: House) -> None:
    with pytest.raises(NotSupportedByPos):
        await tell(house, "Hello", IIKO)
    assert await house.count("orders") == 0


async def test_an_order_that_is_not_of_this_location_is_no_order(house: House) -> None:
    order_id = await house.submit(iiko_order())
    for unknown in (order_id, uuid4(), await tell(house, "Hello")):
        with pytest.raises(OrderInvalid) as refused:
            await tell(house, "Hello", IKENTOO, about=unknown)
        assert [finding.pointer for finding in refused.value.findings] == ["/order_id"]
    with pytest.raises(LocationUnknown):
        await tell(house, "Hello", "nowhere")


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "rate_limited"])
async def test_it_is_repeated_until_it_is_taken(house: House, fault: str) -> None:
    message_id = await tell(house, "Hello")
    await house.fault(IKENTOO, fault, match={"endpoint": "printMsg"}, times=1)
    await house.send()
    assert (await told(house, message_id))["status"] == "received"
    await house.later(5)
    assert await house.send() == 1
    assert (await told(house, message_id))["status"] == "accepted"


@pytest.mark.parametrize(("fault", "words"), [("drop_after", "perhaps shown"), ("rate_limited", "not shown")])
async def test_in_the_end_it_is_given_up_and_nobody_must_look(house: House, fault: str, words: str) -> None:
    order_id = await house.submit(ikentoo_order())
    await house.send()
    message_id = await tell(house, "Hello", about=order_id)
    await house.fault(IKENTOO, fault, match={"endpoint": "printMsg"})
    await house.send()
    await house.later(301)
    await house.reconcile()
    view = await told(house, message_id)
    assert (view["status"], view["final"], view["dispatch"]["state"]) == ("failed", True, "done")
    assert words in view["failure"]["message"]
    order = await house.view(order_id)
    assert (order["status"], order["needs_attention"]) == ("submitted", False)
    assert "not shown" in order["history"][-1]["detail"]
    await house.later(100)
    assert await house.send() == 0


async def test_iiko_does_not_have_the_order(house: House) -> None:
    await house.operate.pause(IIKO, actor="test")
    order_id = await house.submit(iiko_order())
    message_id = await tell(house, "Hello", IIKO, about=order_id)
    await house.operate.cancel(IIKO, order_id, reason="x", actor="test", only_if_surely_not_sent=True)
    await house.operate.resume(IIKO, actor="test")
    await house.send()
    view = await told(house, message_id)
    assert (view["status"], view["final"]) == ("rejected", True)
    assert not (await house.view(order_id))["needs_attention"]


async def test_what_the_pos_cannot_be_told_ends_at_once(house: House) -> None:
    message = NewMessage(
        location_id=IIKO,
        id=new_id(),
        submission=new_id(),
        about_id=None,
        body={"message": "Hello", "also_to_printer": True},
        source="api",
        detail="stored before the location had this POS",
    )
    async with house.engine.begin() as connection:
        assert await store_message(connection, message)
        assert await store_message(connection, message)  # a run whose answer was lost
        assert not await store_message(connection, replace(message, id=new_id(), location_id="nowhere"))
    await house.send()
    view = await told(house, message.id)
    assert (view["status"], view["final"], view["dispatch"]["state"]) == ("failed", True, "done")
    assert (await house.lane(IIKO))["blocked"] is None


async def test_messages_are_no_orders(house: House) -> None:
    message_id = await tell(house, "Hello")
    with pytest.raises(AssertionError):
        await house.view(message_id)
    assert (await house.lane(IKENTOO))["failures"] == 0
    await house.operate.pause(IKENTOO, actor="test")
    assert await house.send() == 0  # held, like everything that is sent
    await house.operate.resume(IKENTOO, actor="test")
    assert await house.send() == 1
