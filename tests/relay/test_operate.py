"""What a person can do with an order, and what the tables of dispatch and status allow."""

from typing import Any

import pytest

from app.domain.errors import OrderInvalid, OrderNotExpressible, StateConflict
from app.domain.order import Order
from app.domain.status import Status
from tests.relay.house import IIKO, IKENTOO, House, events, iiko_order, ikentoo_order


async def rejected(house: House) -> Any:
    order_id = await house.submit(ikentoo_order())
    await house.send()
    await house.say(order_id, "FAILURE", reason="No such item id: 1, sku: 12, blId: 123")
    return order_id


async def test_a_resend_is_a_new_submission_under_a_new_reference(house: House) -> None:
    order_id = await rejected(house)
    first = (await house.view(order_id))["pos"]["reference"]
    await house.operate.resend(IKENTOO, order_id, order=None, actor="ops")
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"], view["failure"]) == ("received", "waiting", None)
    assert view["pos"]["reference"] != first
    assert not view["needs_attention"]
    await house.send()
    assert (await house.view(order_id))["status"] == "submitted"
    assert len(await house.at_pos(IKENTOO)) == 2


async def test_a_corrected_resend_shows_the_correction_and_keeps_the_old_one(house: House) -> None:
    order_id = await rejected(house)
    corrected = Order.model_validate(ikentoo_order(items=[{"sku": "11", "quantity": 1}], total="12.50"))
    await house.operate.resend(IKENTOO, order_id, order=corrected, actor="Ann")
    view = await house.view(order_id)
    assert (view["order"]["items"][0]["sku"], view["total"]) == ("11", "12.50")
    said = view["history"][-1]["detail"]
    assert '/items/0/sku "12" -> "11"' in said
    assert "Ann" in said
    await house.send()
    assert [attempt["number"] for attempt in (await house.view(order_id))["attempts"]] == [1, 2]
    async with house.engine.connect() as connection:
        raw = (await connection.exec_driver_sql("SELECT raw FROM status_history WHERE raw IS NOT NULL")).scalar_one()
    assert raw["replaced"]["items"][0]["sku"] == "12"
    replay = await house.intake.submit(Order.model_validate(ikentoo_order()), actor="web")
    assert replay.replayed


async def test_good_words_on_a_replaced_send_mean_a_double(house: House) -> None:
    order_id = await rejected(house)
    first = (await house.view(order_id))["pos"]["reference"]
    await house.operate.resend(IKENTOO, order_id, order=None, actor="ops")
    await house.send()
    await house.say_of(first, "FAILURE", reason="again")  # bad words on it change nothing
    assert not (await house.view(order_id))["needs_attention"]
    await house.say_of(first, "SUCCESS")
    view = await house.view(order_id)
    assert (view["status"], view["attention"]["code"]) == ("submitted", "double_in_pos")
    assert first in view["attention"]["message"]
    assert view["pos"]["reference"] in view["attention"]["message"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [({"location": IIKO}, "/location"), ({"reference": "WEB-2"}, "/reference"), ({"total": "1.001"}, "/total")],
)
async def test_a_correction_keeps_location_and_reference(house: House, changes: dict[str, str], pointer: str) -> None:
    order_id = await rejected(house)
    with pytest.raises(OrderInvalid) as refused:
        await house.operate.resend(IKENTOO, order_id, order=Order.model_validate(ikentoo_order(**changes)), actor="ops")
    assert pointer in [finding.pointer for finding in refused.value.findings]


async def test_a_correction_must_be_expressible(house: House) -> None:
    order_id = await rejected(house)
    order = Order.model_validate(ikentoo_order(items=[{"sku": "12", "quantity": "0.5"}]))
    with pytest.raises(OrderNotExpressible):
        await house.operate.resend(IKENTOO, order_id, order=order, actor="ops")
    assert (await house.view(order_id))["status"] == "rejected"


async def test_what_is_at_the_pos_is_not_resent(house: House) -> None:
    order_id = await house.submit(ikentoo_order())
    with pytest.raises(StateConflict):
        await house.operate.resend(IKENTOO, order_id, order=None, actor="ops")
    await house.send()
    with pytest.raises(StateConflict):
        await house.operate.resend(IKENTOO, order_id, order=None, actor="ops")
    with pytest.raises(StateConflict):
        await house.operate.retry(IKENTOO, order_id, actor="ops")


async def test_doubt_is_resolved_before_it_is_resent(house: House) -> None:
    await house.fault(IKENTOO, "drop_before", match={"endpoint": "toGo"})
    order_id = await house.submit(ikentoo_order())
    await house.send()
    with pytest.raises(StateConflict):
        await house.operate.resend(IKENTOO, order_id, order=None, actor="ops")
    await house.operate.resolve(IKENTOO, order_id, note="not on the till", status=Status.REJECTED, actor="ops")
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"], view["needs_attention"]) == ("rejected", "done", False)
    await house.heal(IKENTOO)
    await house.operate.resend(IKENTOO, order_id, order=None, actor="ops")
    await house.later(60)
    await house.send()
    assert (await house.view(order_id))["status"] == "submitted"


async def test_a_retry_asks_now(house: House) -> None:
    await house.fault(IIKO, "drop_after", times=1, match={"endpoint": "orders/add"})
    order_id = await house.submit(iiko_order())
    await house.send()
    assert await house.send() == 0
    await house.operate.retry(IIKO, order_id, actor="ops")
    assert await house.send() == 1
    assert (await house.view(order_id))["status"] == "accepted"


async def test_a_failed_order_is_tried_again_under_its_reference(house: House) -> None:
    await house.fault(IKENTOO, "rate_limited", match={"endpoint": "toGo"})
    order_id = await house.submit(ikentoo_order())
    await house.send()
    await house.later(400)
    await house.reconcile()
    view = await house.view(order_id)
    assert (view["status"], view["failure"]["code"], view["attention"]["code"]) == ("failed", "expired", "failed")
    assert view["final"]
    await house.heal(IKENTOO)
    await house.operate.retry(IKENTOO, order_id, actor="ops")
    await house.send()
    again = await house.view(order_id)
    assert (again["status"], again["needs_attention"]) == ("submitted", False)
    assert again["pos"]["reference"] == view["pos"]["reference"]


async def test_a_cancel_before_anything_was_sent(house: House) -> None:
    order_id = await house.submit(ikentoo_order())
    await house.operate.cancel(IKENTOO, order_id, reason="changed mind", actor="web", only_if_surely_not_sent=True)
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"], view["cancellation"]["state"]) == (
        "cancelled",
        "done",
        "stopped",
    )
    assert await house.send() == 0
    with pytest.raises(StateConflict):
        await house.operate.cancel(IKENTOO, order_id, reason="again", actor="web", only_if_surely_not_sent=True)


async def test_the_website_may_not_cancel_what_may_be_at_the_pos(house: House) -> None:
    await house.fault(IKENTOO, "drop_after", match={"endpoint": "toGo"})
    order_id = await house.submit(ikentoo_order())
    await house.send()
    with pytest.raises(StateConflict):
        await house.operate.cancel(IKENTOO, order_id, reason="x", actor="web", only_if_surely_not_sent=True)
    assert (await house.view(order_id))["cancellation"] is None


async def test_a_cancel_in_doubt_takes_effect_when_the_pos_surely_has_nothing(house: House) -> None:
    await house.fault(IIKO, "drop_before", times=1, match={"endpoint": "orders/add"})
    order_id = await house.submit(iiko_order())
    await house.send()
    await house.operate.cancel(IIKO, order_id, reason="x", actor="ops", only_if_surely_not_sent=False)
    assert (await house.view(order_id))["cancellation"]["state"] == "requested"
    for _ in range(2):
        await house.later(30)
        await house.send()
    view = await house.view(order_id)
    assert (view["status"], view["cancellation"]["state"]) == ("cancelled", "stopped")
    assert await house.send() == 0
    assert "confirmed_absent" in events(view)


async def test_a_cancel_in_doubt_is_not_found_out_by_sending_it(house: House) -> None:
    await house.fault(IKENTOO, "drop_before", times=1, match={"endpoint": "toGo"})
    order_id = await house.submit(ikentoo_order())
    await house.send()
    await house.operate.cancel(IKENTOO, order_id, reason="x", actor="ops", only_if_surely_not_sent=False)
    await house.operate.pause(IKENTOO, actor="ops")
    await house.operate.resume(IKENTOO, actor="ops")
    with pytest.raises(StateConflict):
        await house.operate.retry(IKENTOO, order_id, actor="ops")
    await house.later(100_000)
    await house.reconcile()
    assert await house.send() == 0
    view = await house.view(order_id)
    assert (view["attention"]["code"], view["dispatch"]["next_attempt_at"]) == ("in_doubt", None)
    await house.operate.resolve(IKENTOO, order_id, note="not there", status=Status.REJECTED, actor="ops")
    assert (await house.view(order_id))["cancellation"]["state"] == "stopped"


async def test_resolve_clears_attention_and_a_good_word_after_an_end_raises_it(house: House) -> None:
    order_id = await rejected(house)
    await house.operate.resolve(IKENTOO, order_id, note="refunded", status=None, actor="ops")
    assert not (await house.view(order_id))["needs_attention"]
    await house.say(order_id, "SUCCESS")
    view = await house.view(order_id)
    assert (view["status"], view["attention"]["code"], view["failure"]) == ("accepted", "accepted_after_end", None)


async def test_resolve_as_accepted(house: House) -> None:
    await house.fault(IKENTOO, "drop_after", match={"endpoint": "toGo"})
    order_id = await house.submit(ikentoo_order())
    with pytest.raises(StateConflict):
        await house.operate.resolve(IKENTOO, order_id, note="x", status=None, actor="ops")
    await house.send()
    await house.operate.resolve(IKENTOO, order_id, note="seen it", status=Status.ACCEPTED, actor="ops")
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"], view["history"][-1]["source"]) == (
        "accepted",
        "done",
        "operator",
    )
    await house.later(3600)
    assert await house.send() == 0
