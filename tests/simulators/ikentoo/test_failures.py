"""What is refused later, by a FAILURE callback, and everything else that can befall an order after its 200."""

import json
from typing import Any

import pytest

from tests.simulators.ikentoo.conftest import Start
from tests.simulators.ikentoo.serving import Pos


def item(sku: str = "12", **more: Any) -> dict[str, Any]:
    return {"items": [{"sku": sku, "quantity": 1, **more}]}


REFUSED: list[Any] = [
    (item("NOPE"), "No such item id: 0, sku: NOPE, blId: 123"),
    (item(subItems=[{"sku": "NOPE", "quantity": 1}]), "No such item id: 0, sku: NOPE, blId: 123"),
    (item("SKUBEE", modifiers=[{"modifierId": "999"}]), "Could not add item 999 (not found)"),
    (item("SOLDOUT"), "Could not add item Oysters (check sales restrictions)"),
    (item(customItemPrice="1.00"), "Could not add item Fondue moitie-moitie (price cannot be customized)"),
    (item(customItemName="Mine"), "Could not add item Fondue moitie-moitie (name cannot be customized)"),
    (item(discountCode="HALF"), "Discount not found: HALF"),
    ({"accountProfileCode": "DRIVE_IN"}, "Account profile not found: DRIVE_IN"),
    ({"payment": {"paymentMethod": "GOLD", "paymentAmount": "1.00"}}, "Payment method not found: GOLD"),
    ({"payment": {"paymentAmount": "48.01"}}, "the payment amount is greater than the amount due"),
]


@pytest.mark.parametrize(("changes", "reason"), REFUSED)
async def test_the_till_refuses(pos: Pos, changes: dict[str, Any], reason: str) -> None:
    assert (await pos.to_go(**changes)).status_code == 200
    await pos.receiver.words_until("FAILURE")
    failure = {"status": "FAILURE", "reason": reason, "thirdPartyReference": "ORDER-REF-123"}
    assert pos.receiver.read == [failure]
    assert (await pos.order(state="failed"))["reason"] == reason


async def test_one_address_belongs_to_one_customer_reference(pos: Pos) -> None:
    await pos.to_go()
    await pos.receiver.words_until("SUCCESS")
    await pos.local(customerInfo={"thirdPartyReference": "another"})
    await pos.receiver.words_until("FAILURE")
    reason = (await pos.order("REF1234"))["reason"]
    assert reason == "A consumer already exists for this email address with a different external reference."


async def test_prices_are_those_of_the_menu(pos: Pos) -> None:
    burger = {"sku": "SKUBEE", "quantity": 2, "modifiers": [{"modifierId": "567"}], "discountCode": "STAFF"}
    burger["subItems"] = [{"sku": "CHEESE", "quantity": 1}]
    fee = {"sku": "FEE", "quantity": 1, "customItemPrice": "4.90", "customItemName": "Delivery"}
    less = {"sku": "DISCOUNT", "quantity": 1, "customItemPrice": 3}
    await pos.to_go(items=[burger, fee, less])
    assert (await pos.order(state="closed"))["total"] == "18.90"


REASONS = {
    "validity_ended": "Not processed before validity ended",
    "no_devices": "No devices available to handle the task, the task has been rejected.",
    "not_accepting": "The specified business location doesn't accept online orders at the moment.",
    "reload_error": "reload error: NF",
    "update_error": "update error:  An error occurred while connecting to iPad-1 (8271)",
    "could_not_add": "Could not add item 12 (not found)",
    "no_such_item": "No such item id: 12, sku: 12, blId: 123",
    "sales_restriction": "Could not add item Fondue moitie-moitie (check sales restrictions)",
    "overpaid": "the payment amount is greater than the amount due",
    "consumer_conflict": "A consumer already exists for this email address with a different external reference.",
    "account_not_found": "Account not found",
}


@pytest.mark.parametrize(("name", "reason"), REASONS.items())
async def test_every_known_reason_can_be_asked_for_by_a_mark(pos: Pos, name: str, reason: str) -> None:
    await pos.to_go(orderNote=f"Ring twice [sim:{name}]")
    await pos.receiver.words_until("FAILURE")
    assert pos.receiver.read[0]["reason"] == reason


async def test_any_reason_can_be_asked_for(pos: Pos) -> None:
    await pos.plant("fail", reason="the oven is on fire")
    await pos.to_go()
    await pos.receiver.words_until("FAILURE")
    assert pos.receiver.read[0]["reason"] == "the oven is on fire"


async def test_silence_is_silent(pos: Pos) -> None:
    await pos.to_go(orderNote="[sim:silence]")
    await pos.local()
    await pos.receiver.words_until("CLOSED")
    assert {body["thirdPartyReference"] for body in pos.receiver.read} == {"REF1234"}
    assert (await pos.order())["state"] == "queued"


async def test_duplicates(pos: Pos) -> None:
    await pos.to_go(orderNote="[sim:duplicate count=3] [sim:stay_open]")
    await pos.receiver.until(lambda receiver: len(receiver.bodies) == 3)
    assert pos.receiver.bodies[0] == pos.receiver.bodies[1] == pos.receiver.bodies[2]


async def test_an_early_callback_is_there_before_the_answer(pos: Pos) -> None:
    await pos.plant("early")
    await pos.to_go()
    assert pos.receiver.words[0] == "SUCCESS"


async def test_an_early_callback_of_an_answer_that_never_comes(pos: Pos) -> None:
    await pos.plant("early")
    await pos.plant("status", status=503, created=True)
    assert (await pos.to_go()).status_code == 503
    assert pos.receiver.words[0] == "SUCCESS"


SEQUENCES = {
    "out_of_order": ["READY_FOR_PICKUP", "CLOSED", "SUCCESS"],
    "cancelled": ["SUCCESS", "CANCELLED"],
    "abandoned": ["SUCCESS", "ABANDONED"],
    "failure_after_success": ["SUCCESS", "FAILURE"],
    "check_updated": ["SUCCESS", "CHECK_WAS_UPDATED", "READY_FOR_PICKUP", "CLOSED"],
    "in_delivery": ["SUCCESS", "READY_FOR_PICKUP", "IN_DELIVERY", "CLOSED"],
    "unknown_word word=EATEN": ["SUCCESS", "EATEN", "READY_FOR_PICKUP", "CLOSED"],
}


@pytest.mark.parametrize(("mark", "words"), SEQUENCES.items())
async def test_words_in_odd_sequences(pos: Pos, mark: str, words: list[str]) -> None:
    await pos.to_go(orderNote=f"[sim:{mark}]")
    await pos.receiver.until(lambda receiver: len(receiver.words) == len(words))
    assert pos.receiver.words == words


async def test_a_malformed_callback_is_not_json(pos: Pos) -> None:
    await pos.to_go(orderNote="[sim:malformed]")
    await pos.receiver.until(lambda receiver: bool(receiver.bodies))
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        json.loads(pos.receiver.bodies[0])


@pytest.mark.parametrize(("mark", "kind"), [("string_account_id", str), ("int_account_id", int)])
async def test_the_account_id_as_text_and_as_number(start: Start, mark: str, kind: type) -> None:
    async with start() as pos:
        await pos.to_go(orderNote=f"[sim:{mark}]")
        await pos.receiver.words_until("SUCCESS")
        assert type(pos.receiver.read[0]["ikentooAccountId"]) is kind


async def test_a_mark_works_once_per_reference(pos: Pos) -> None:
    note = {"orderNote": "[sim:status status=503] [sim:silence]"}
    assert (await pos.to_go(**note)).status_code == 503
    assert (await pos.to_go(**note)).status_code == 200
    assert (await pos.to_go(**note)).status_code == 409
    assert (await pos.to_go(**note, thirdPartyReference="OTHER", collectionCode="X")).status_code == 503
