"""Outcomes that are not clear: the order may be at the POS. Found out, never doubled, never called failed."""

import pytest

from tests.relay.house import IIKO, IKENTOO, House, events, iiko_order, ikentoo_location, ikentoo_order


@pytest.mark.parametrize("kind", ["drop_after", "reset_after", "garbage", "cut_body", "hang"])
async def test_iiko_created_but_did_not_say_so(house: House, kind: str) -> None:
    await house.fault(IIKO, kind, times=1, match={"endpoint": "orders/add"})
    order_id = await house.submit(iiko_order())
    await house.send()
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"]) == ("received", "in_doubt")
    await house.later(2)
    await house.send()
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"]) == ("accepted", "done")
    assert [attempt["kind"] for attempt in view["attempts"]] == ["send", "ask"]
    (held,) = await house.at_pos(IIKO)
    assert (held["created"], held["requests"]) == (1, 1)


async def test_iiko_never_got_it_asked_twice_late_enough_then_sent_again(house: House) -> None:
    await house.fault(IIKO, "drop_before", times=1, match={"endpoint": "orders/add"})
    order_id = await house.submit(iiko_order())
    await house.send()
    for early in range(2):  # "absent" is not believed while the POS may still be working on it
        await house.later(5)
        assert await house.send() == 1, early
        assert (await house.view(order_id))["dispatch"]["state"] == "in_doubt"
    await house.later(16)
    await house.send()
    assert "absent" in events(await house.view(order_id))
    assert await house.send() == 0
    await house.later(10.5)
    await house.send()
    assert "confirmed_absent" in events(await house.view(order_id))
    await house.send()
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"]) == ("accepted", "done")
    (held,) = await house.at_pos(IIKO)
    assert (held["created"], held["requests"]) == (1, 2)


@pytest.mark.parametrize("kind", ["drop_after", "garbage", "error_500_html", "hang"])
async def test_ikentoo_is_sent_again_under_the_same_reference(house: House, kind: str) -> None:
    await house.fault(IKENTOO, kind, times=1, match={"endpoint": "toGo"}, created=True)
    order_id = await house.submit(ikentoo_order())
    await house.send()
    assert (await house.view(order_id))["dispatch"]["state"] == "in_doubt"
    await house.later(2)
    await house.send()
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"]) == ("submitted", "done")
    assert [attempt["outcome"] for attempt in view["attempts"]] == ["in_doubt", "duplicate"]
    assert view["warnings"] == []
    (held,) = await house.at_pos(IKENTOO)
    assert held["creates"] == 2


async def test_a_duplicate_answer_to_a_first_attempt_is_taken_with_a_warning(house: House) -> None:
    body = '{"status":"fail","msg":"reference has already been used"}'
    await house.fault(IKENTOO, "status", status=409, times=1, match={"endpoint": "toGo"}, reason=body)
    order_id = await house.submit(ikentoo_order())
    await house.send()
    view = await house.view(order_id)
    assert view["status"] == "submitted"
    assert view["warnings"][0]["code"] == "duplicate_reference"


async def test_a_no_to_a_repeat_says_nothing_about_the_first(house: House) -> None:
    await house.fault(IKENTOO, "error_500_html", times=1, match={"endpoint": "toGo"})
    order_id = await house.submit(ikentoo_order())
    await house.send()
    await house.fault(IKENTOO, "status", status=400, times=1, match={"endpoint": "toGo"}, reason='{"status":400}')
    await house.later(2)
    await house.send()
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"]) == ("received", "in_doubt")
    assert view["attention"]["code"] == "in_doubt"
    await house.later(5)
    await house.send()
    assert (await house.view(order_id))["status"] == "submitted"
    assert not (await house.view(order_id))["needs_attention"]


async def test_the_deadline_never_fails_what_may_be_at_the_pos(house: House) -> None:
    await house.fault(IKENTOO, "drop_after", match={"endpoint": "toGo"})
    order_id = await house.submit(ikentoo_order())
    await house.send()
    await house.later(400)
    await house.reconcile()
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"]) == ("received", "in_doubt")
    assert view["attention"]["code"] == "in_doubt"
    version = view["version"]
    await house.reconcile()  # said once
    assert (await house.view(order_id))["version"] == version
    await house.heal(IKENTOO)
    await house.later(60)
    await house.send()
    view = await house.view(order_id)
    assert view["status"] == "submitted"
    assert not view["needs_attention"]


async def test_a_callback_ends_the_doubt(house: House) -> None:
    await house.fault(IKENTOO, "drop_after", times=1, match={"endpoint": "toGo"})
    order_id = await house.submit(ikentoo_order())
    await house.send()
    await house.say(order_id, "SUCCESS")
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"]) == ("accepted", "done")
    await house.later(60)
    assert await house.send() == 0


async def test_iiko_cannot_read_it_twice_with_absence_between_is_a_no(house: House) -> None:
    await house.fault(IIKO, "stack_trace_500", times=2, match={"endpoint": "orders/add"})
    order_id = await house.submit(iiko_order())
    await send_and_find_out(house)
    await house.send()
    assert (await house.view(order_id))["dispatch"]["state"] == "in_doubt", "the second one may have created it"
    await send_and_find_out(house)
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"]) == ("rejected", "done")
    assert [attempt["kind"] for attempt in view["attempts"]].count("send") == 2
    assert view["failure"]["message"].startswith("The POS cannot read this order")
    assert await house.at_pos(IIKO) == [] or (await house.at_pos(IIKO))[0]["created"] == 0


async def test_the_second_server_error_may_have_created_it(house: House) -> None:
    for kind in ("stack_trace_500", "stack_trace_500_after"):
        await house.fault(IIKO, kind, times=1, match={"endpoint": "orders/add"})
    order_id = await house.submit(iiko_order())
    await send_and_find_out(house)
    await send_and_find_out(house)
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"]) == ("accepted", "done")
    assert (await house.at_pos(IIKO))[0]["created"] == 1


async def test_two_different_server_errors_are_no_no(house: House) -> None:
    for kind in ("error_500_html", "stack_trace_500"):
        await house.fault(IIKO, kind, times=1, match={"endpoint": "orders/add"})
    order_id = await house.submit(iiko_order())
    for _ in range(3):
        await send_and_find_out(house)
    assert (await house.view(order_id))["status"] == "accepted"


async def send_and_find_out(house: House) -> None:
    """A send, and the two looks that make an absence certain; what comes of them is sent at once."""
    await house.send()
    for _ in range(2):
        await house.later(30)
        await house.send()


async def test_an_unreachable_pos_is_not_doubt(house: House) -> None:
    await house.fault(IKENTOO, "rate_limited", times=1, retry_after=7, match={"endpoint": "toGo"})
    order_id = await house.submit(ikentoo_order())
    await house.send()
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"]) == ("received", "waiting")
    assert view["attempts"][0]["outcome"] == "not_sent"
    await house.later(6)
    assert await house.send() == 0  # the lane holds as long as the POS asked
    await house.later(4)
    await house.send()
    assert (await house.view(order_id))["status"] == "submitted"


async def test_another_venue_is_neither_asked_nor_sent_what_the_first_may_have(house: House) -> None:
    await house.fault(IKENTOO, "drop_after", times=1, match={"endpoint": "toGo"})
    order_id = await house.submit(ikentoo_order())
    await house.send()
    document = ikentoo_location(str(house.pos[IKENTOO].base_url).rstrip("/"))
    moved = {**document, "pos": {**document["pos"], "business_location_id": 25769803788}}
    await house.locations.put(IKENTOO, moved)
    await house.send()
    view = await house.view(order_id)
    assert (view["dispatch"]["state"], view["attention"]["code"]) == ("in_doubt", "in_doubt")
    assert "before its settings were changed" in view["attention"]["message"]
    (held,) = await house.at_pos(IKENTOO)
    assert held["creates"] == 1
    await house.locations.put(IKENTOO, document)
    await house.operate.retry(IKENTOO, order_id, actor="ops")
    await house.send()
    assert (await house.view(order_id))["status"] == "submitted"


async def test_an_outage_of_a_gateway_is_never_a_no(house: House) -> None:
    await house.fault(IIKO, "status", status=503, times=2, match={"endpoint": "orders/add"})
    order_id = await house.submit(iiko_order())
    await house.send()
    for _ in range(2):
        await house.later(30)
        await house.send()
    await house.send()
    view = await house.view(order_id)
    assert [attempt["http_status"] for attempt in view["attempts"] if attempt["kind"] == "send"] == [503, 503]
    assert (view["status"], view["dispatch"]["state"]) == ("received", "in_doubt")
