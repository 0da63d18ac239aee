"""One order into each POS, and its state back."""

from tests.relay.house import IIKO, IKENTOO, House, events, iiko_order, ikentoo_order


async def test_iiko_takes_an_order_at_once_and_is_followed_to_its_end(house: House) -> None:
    order_id = await house.submit(iiko_order())
    assert (await house.view(order_id))["status"] == "received"
    assert await house.send() == 1
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"], view["pos"]["status"]) == ("accepted", "done", "NEW")
    assert view["milestones"]["submitted_at"]
    assert view["milestones"]["accepted_at"]
    assert view["pos"]["number"]
    for word, status in [("ON_WAY", "in_delivery"), ("DELIVERED", "completed")]:
        await house.pos[IIKO].post(f"/_sim/orders/{view['pos']['reference']}/status", json={"statusCode": word})
        await house.later(21)
        await house.follower.round()
        assert (await house.view(order_id))["status"] == status
    final = await house.view(order_id)
    assert final["final"]
    assert not final["needs_attention"]
    assert events(final) == ["received", "NEW", "ON_WAY", "DELIVERED"]
    assert [line["source"] for line in final["history"]] == ["api", "pos_response", "poll", "poll"]
    (held,) = await house.at_pos(IIKO)
    assert (held["created"], held["requests"]) == (1, 1)


async def test_ikentoo_takes_an_order_and_calls_back_until_it_is_done(house: House) -> None:
    order_id = await house.submit(ikentoo_order())
    await house.send()
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"]) == ("submitted", "done")
    await house.say(order_id, "SUCCESS")
    view = await house.view(order_id)
    assert view["status"] == "accepted"
    assert view["pos"]["account"]
    await house.say(order_id, "READY_FOR_PICKUP")
    assert (await house.view(order_id))["status"] == "ready"
    await house.say(order_id, "CLOSED")
    view = await house.view(order_id)
    assert (view["status"], view["final"]) == ("completed", True)
    assert view["milestones"]["closed_at"]
    (held,) = await house.at_pos(IKENTOO)
    assert held["creates"] == 1


async def test_a_failure_callback_rejects_with_the_pos_s_own_words(house: House) -> None:
    order_id = await house.submit(ikentoo_order())
    await house.send()
    await house.say(order_id, "FAILURE", reason="No such item id: 1, sku: 12, blId: 123")
    view = await house.view(order_id)
    assert view["status"] == "rejected"
    assert view["failure"]["code"] == "item_not_found"
    assert "No such item" in view["failure"]["pos_message"]
    assert view["attention"]["code"] == "rejected"


async def test_a_synchronous_no_rejects_and_is_not_repeated(house: House) -> None:
    order = iiko_order()
    order["items"][0]["product_id"] = "99999999-9999-4999-8999-999999999999"
    order_id = await house.submit(order)
    await house.send()
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"]) == ("rejected", "done")
    assert view["failure"]["code"] == "item_not_found"
    await house.later(3600)
    assert await house.send() == 0


async def test_what_was_sent_stands_in_the_attempt_without_secrets(house: House) -> None:
    order_id = await house.submit(iiko_order())
    await house.send()
    (attempt,) = (await house.view(order_id))["attempts"]
    assert attempt["request"]["path"] == "/api/0/orders/add"
    assert attempt["request"]["body"]["order"]["fullSum"] == "502.00"
    assert "access_token" not in str(attempt)
    assert (attempt["outcome"], attempt["http_status"], attempt["kind"]) == ("taken", 200, "send")
