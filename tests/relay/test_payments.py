"""Payments of open checks: the guarantees of orders, with a status of their own."""

import asyncio
from typing import Any

import pytest

from app.domain.errors import LocationUnknown, NotFound, NotSupportedByPos, OrderInvalid, OrderNotExpressible
from app.domain.payment import CheckPayment
from app.domain.status import Status
from app.relay.payments import PaymentConflict
from app.store.order_details import read_details
from app.store.order_list import OrderFilter, read_summaries
from tests.relay.house import IIKO, IKENTOO, House, events, ikentoo_order
from tests.relay.till import CHECK, DUE, at_demo, booked, paid, pay, payment


async def test_it_is_taken_and_the_callback_says_that_it_is_booked(house: House) -> None:
    await at_demo(house)
    payment_id = await pay(house)
    assert (await paid(house, payment_id))["status"] == "received"
    assert await house.send() == 1
    view = await paid(house, payment_id)
    assert (view["status"], view["dispatch"]["state"], view["final"]) == ("submitted", "done", False)
    await house.say_of(view["pos"]["reference"], "SUCCESS")
    view = await paid(house, payment_id)
    assert (view["status"], view["final"], view["needs_attention"]) == ("accepted", True, False)
    assert (view["check"], view["pos"]["account"], view["amount"], view["tip"]) == (CHECK, CHECK, "10.00", "1.00")
    assert events(view) == ["received", "ok", "SUCCESS"]
    (held,) = await booked(house)
    assert (held["creates"], held["state"], float(held["amount"]), float(held["tip"])) == (1, "accepted", 10.0, 1.0)


async def test_a_booked_payment_ends_there(house: House) -> None:
    await at_demo(house)
    payment_id = await pay(house)
    await house.send()
    reference = (await paid(house, payment_id))["pos"]["reference"]
    for word in ("SUCCESS", "READY_FOR_PICKUP", "CHECK_WAS_UPDATED", "CLOSED"):
        await house.say_of(reference, word)
    await house.later(7 * 3600)
    await house.reconcile()
    view = await paid(house, payment_id)
    assert (view["status"], view["final"], view["needs_attention"]) == ("accepted", True, False)
    assert set(events(view)) >= {"READY_FOR_PICKUP", "CHECK_WAS_UPDATED", "CLOSED"}
    await house.locations.delete(IKENTOO)  # nothing is open


async def test_the_pos_refuses_it_with_its_own_words(house: House) -> None:
    await at_demo(house)
    payment_id = await pay(house)
    await house.send()
    reference = (await paid(house, payment_id))["pos"]["reference"]
    await house.say_of(reference, "FAILURE", reason="the payment amount is greater than the amount due")
    view = await paid(house, payment_id)
    assert (view["status"], view["final"], view["attention"]["code"]) == ("rejected", True, "rejected")
    assert "greater than the amount due" in view["failure"]["pos_message"]
    assert "payment" in view["attention"]["message"]
    await house.say_of(reference, "SUCCESS")
    view = await paid(house, payment_id)
    assert (view["status"], view["attention"]["code"], view["failure"]) == ("accepted", "accepted_after_end", None)


async def test_a_table_s_one_check_is_found_once(house: House) -> None:
    await at_demo(house)
    table = {"check": None, "table": 1}
    refused = await pay(house, reference="TWO-CHECKS", **table)  # two are open there
    await house.send()
    assert (await paid(house, refused))["status"] == "rejected"
    assert await booked(house) == []
    await _pay_off(house)
    payment_id = await pay(house, reference="ONE-CHECK", **table)
    await house.fault(IKENTOO, "drop_before", match={"endpoint": "pay"}, times=1)
    await house.send()
    looked = await _looks(house)
    await house.later(2)
    await house.send()
    assert await _looks(house) == looked  # the repeat says the same as the first send
    view = await paid(house, payment_id)
    assert (view["status"], view["table"], view["check"]) == ("submitted", 1, None)
    asked = [row["asked_account"] for row in await booked(house) if row["reference"] == view["pos"]["reference"]]
    assert asked == ["46802258625135"]


@pytest.mark.parametrize("fault", ["drop_after", "reset_after", "garbage", "error_500_html", "drop_before"])
async def test_a_payment_in_doubt_is_repeated_under_the_same_reference(house: House, fault: str) -> None:
    await at_demo(house)
    payment_id = await pay(house)
    await house.fault(IKENTOO, fault, match={"endpoint": "pay"}, times=1)
    await house.send()
    view = await paid(house, payment_id)
    assert (view["status"], view["dispatch"]["state"]) == ("received", "in_doubt")
    await house.later(3)
    assert await house.send() == 1
    view = await paid(house, payment_id)
    assert (view["status"], view["dispatch"]["state"], view["needs_attention"]) == ("submitted", "done", False)
    assert [attempt["kind"] for attempt in view["attempts"]] == ["send", "send"]
    assert len(await booked(house)) == 1


async def test_what_stays_in_doubt_is_never_called_failed(house: House) -> None:
    await at_demo(house)
    payment_id = await pay(house)
    await house.fault(IKENTOO, "drop_after", match={"endpoint": "pay"})
    await house.send()
    await house.later(301)
    await house.reconcile()
    view = await paid(house, payment_id)
    assert (view["status"], view["dispatch"]["state"], view["attention"]["code"]) == (
        "received",
        "in_doubt",
        "in_doubt",
    )
    assert "check" in view["attention"]["action"]
    await house.operate.resolve(
        IKENTOO, payment_id, note="it is on the check", status=Status.ACCEPTED, actor="ops", kind="payment"
    )
    view = await paid(house, payment_id)
    assert (view["status"], view["final"], view["needs_attention"]) == ("accepted", True, False)


async def test_what_surely_was_not_sent_fails_and_can_be_retried(house: House) -> None:
    await at_demo(house)
    await house.fault(IKENTOO, "rate_limited", match={"endpoint": "pay"})
    payment_id = await pay(house)
    await house.send()
    await house.later(301)
    await house.reconcile()
    view = await paid(house, payment_id)
    assert (view["status"], view["final"], view["attention"]["code"]) == ("failed", True, "failed")
    await house.heal(IKENTOO)
    await house.operate.retry(IKENTOO, payment_id, actor="ops", kind="payment")
    await house.send()
    assert (await paid(house, payment_id))["status"] == "submitted"


async def test_silence_is_an_alarm(house: House) -> None:
    await at_demo(house)
    payment_id = await pay(house)
    await house.send()
    await house.later(500)
    await house.reconcile()
    view = await paid(house, payment_id)
    assert (view["status"], view["attention"]["code"]) == ("submitted", "no_verdict")
    await house.say_of(view["pos"]["reference"], "SUCCESS")
    assert not (await paid(house, payment_id))["needs_attention"]


async def test_the_same_payment_is_taken_once(house: House) -> None:
    await at_demo(house)
    wanted = [CheckPayment.model_validate(payment(amount=amount)) for amount in ("10", "10.0", "10.00")]
    taken = await asyncio.gather(*(house.payments.pay(each, actor="test") for each in [*wanted, *wanted]))
    assert len({payment_id for payment_id, _ in taken}) == 1
    assert sorted(known for _, known in taken) == [False, True, True, True, True, True]
    with pytest.raises(PaymentConflict, match="payment") as conflict:
        await pay(house, amount="10.01")
    assert conflict.value.order_id == taken[0][0]
    await house.send()
    assert len(await booked(house)) == 1


@pytest.mark.parametrize(
    ("changes", "error", "pointer"),
    [
        ({"location": IIKO}, NotSupportedByPos, None),
        ({"location": "nowhere"}, LocationUnknown, None),
        ({"currency": "EUR"}, OrderInvalid, "/currency"),
        ({"amount": "10.001"}, OrderInvalid, "/amount"),
        ({"tip": "0.001"}, OrderInvalid, "/tip"),
        ({"amount": "0.00"}, OrderInvalid, "/amount"),
        ({"method": "BARTER"}, OrderNotExpressible, "/method"),
        ({"check": "table 4"}, OrderNotExpressible, "/check"),
    ],
)
async def test_what_is_refused(
    house: House, changes: dict[str, Any], error: type[Exception], pointer: str | None
) -> None:
    with pytest.raises(error) as refused:
        await pay(house, **changes)
    if pointer is not None:
        assert [finding.pointer for finding in refused.value.findings] == [pointer]  # type: ignore[attr-defined]
    assert await house.count("orders") == 0


async def test_a_payment_is_no_order(house: House) -> None:
    await at_demo(house)
    payment_id = await pay(house, reference="WEB-1")
    order_id = await house.submit(ikentoo_order("WEB-1"))  # references of payments are apart
    async with house.engine.connect() as connection:
        assert await read_details(connection, payment_id) is None
        assert await read_details(connection, order_id, kind="payment") is None
        rows = await read_summaries(connection, OrderFilter(), limit=9)
    assert [row.id for row in rows] == [order_id]
    with pytest.raises(NotFound):
        await house.operate.retry(IKENTOO, payment_id, actor="ops")
    with pytest.raises(NotFound):
        await house.operate.cancel(IKENTOO, payment_id, reason="x", actor="ops", only_if_surely_not_sent=False)
    assert await house.send() == 2  # the lane sends both
    assert (await house.view(order_id))["status"] == "submitted"
    assert (await paid(house, payment_id))["status"] == "submitted"


async def test_words_about_the_payment_of_an_order_stay_in_its_history(house: House) -> None:
    order_id = await house.submit(ikentoo_order())
    await house.send()
    reference = (await house.view(order_id))["pos"]["reference"]
    body = {"status": "FAILURE", "type": "PAYMENT", "thirdPartyReference": reference, "reason": "no"}
    await house.say_of(reference, "FAILURE", body=body)
    view = await house.view(order_id)
    assert (view["status"], view["needs_attention"]) == ("submitted", False)
    assert events(view)[-1] == "FAILURE"


async def test_today_s_callbacks_name_the_type(house: House) -> None:
    await at_demo(house)
    payment_id = await pay(house)
    await house.send()
    reference = (await paid(house, payment_id))["pos"]["reference"]
    body = {"status": "SUCCESS", "type": "PAYMENT", "thirdPartyReference": reference}
    await house.say_of(reference, "SUCCESS", body=body)
    assert (await paid(house, payment_id))["status"] == "accepted"


async def test_a_callback_may_be_faster_than_the_answer(house: House) -> None:
    await at_demo(house)
    payment_id = await pay(house)
    await house.fault(IKENTOO, "drop_after", match={"endpoint": "pay"}, times=1)
    await house.send()
    reference = (await paid(house, payment_id))["pos"]["reference"]
    await house.say_of(reference, "SUCCESS")
    view = await paid(house, payment_id)
    assert (view["status"], view["dispatch"]["state"], view["final"]) == ("accepted", "done", True)
    await house.later(30)
    assert await house.send() == 0


async def _pay_off(house: House) -> None:
    payment_id = await pay(house, reference="ALL", amount=DUE, tip="0.00")
    await house.send()
    await house.say_of((await paid(house, payment_id))["pos"]["reference"], "SUCCESS")


async def _looks(house: House) -> int:
    rows = (await house.pos[IKENTOO].get("/_sim/requests")).json()
    return len([row for row in rows if row["endpoint"] == "getCheck"])
