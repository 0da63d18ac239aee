"""The present-day variants of callbacks, thrown by switches while the simulator runs."""

from typing import Any

import pytest

from tests.simulators.ikentoo.serving import Pos


async def switch(pos: Pos, **switches: Any) -> None:
    answer = await pos.client.post("/_sim/switches", json=switches)
    assert answer.status_code == 200, answer.text


async def say(pos: Pos, word: str, reference: str = "ORDER-REF-123", **more: Any) -> dict[str, Any]:
    answer = await pos.client.post("/_sim/callbacks", json={"reference": reference, "word": word, **more})
    assert answer.json() == {"answers": [200]}
    return pos.receiver.read[-1]


@pytest.fixture
async def taken(pos: Pos) -> Pos:
    """One order, with nothing happening to it by itself."""
    await pos.client.post("/_sim/auto", json={"on": False})
    await pos.to_go()
    return pos


async def test_the_account_in_every_shape(taken: Pos) -> None:
    first = await say(taken, "SUCCESS")
    assert set(first) == {"status", "thirdPartyReference", "ikentooAccountIdentifier"}
    await switch(taken, account_ids="both", account_id_key="iKentooAccountId", account_id_type="string")
    both = await say(taken, "SUCCESS")
    assert both["ikentooAccountIdentifier"] == first["ikentooAccountIdentifier"]
    assert both["iKentooAccountId"].isdecimal()
    number = (await say(taken, "SUCCESS", switches={"account_id_type": "number"}))["iKentooAccountId"]
    assert isinstance(number, int)
    assert (await taken.client.get("/_sim/switches")).json()["account_id_type"] == "string"


@pytest.mark.parametrize("word", ["IN_DELIVERY", "CANCELLED", "ABANDONED", "CHECK_WAS_UPDATED", "CLOSED"])
async def test_todays_words_with_a_snapshot(taken: Pos, word: str) -> None:
    await switch(taken, payload_mode="k", account_snapshot=True)
    await say(taken, "SUCCESS")
    body = await say(taken, word, reason="why")
    assert (body["status"], body["type"], body["businessLocationId"]) == (word, "ORDER", 123)
    assert ("reason" in body) == (word in ("CANCELLED", "ABANDONED"))
    account = body["account"]
    assert ("closeDate" in account) == (word == "CLOSED")
    assert (account["currentAmount"], account["serviceCharge"]) == ("48.00", "0.00")
    assert {"uuid", "timeOfTransactionUtc", "modifiers"} <= set(account["salesEntries"][0])


async def test_an_order_and_a_payment_of_one_reference(taken: Pos) -> None:
    payment = {
        "thirdPartyPaymentReference": "ORDER-REF-123",
        "paymentAmount": "1.00",
        "businessLocationId": 123,
        "endpointId": "ENDPOINT",
    }
    assert (await taken.client.post("/op/1/pay", json=payment)).status_code == 200
    await switch(taken, payload_mode="k")
    assert (await say(taken, "SUCCESS"))["type"] == "ORDER"
    assert (await say(taken, "FAILURE", kind="payment"))["type"] == "PAYMENT"
    stranger = await say(taken, "SUCCESS", "NEVER", kind="payment", endpoint_id="ENDPOINT", location=123)
    assert (stranger["type"], stranger["businessLocationId"]) == ("PAYMENT", 123)


async def test_switches_go_back_with_a_reset(pos: Pos) -> None:
    before = (await pos.client.get("/_sim/switches")).json()
    await switch(pos, payload_mode="k", tables_stay_open=True)
    await pos.client.post("/_sim/reset")
    assert (await pos.client.get("/_sim/switches")).json() == before


async def test_switches_that_do_not_exist(pos: Pos) -> None:
    for switches in ({"mode": "k"}, {"payload_mode": "x"}, {"tables_stay_open": "yes"}):
        assert (await pos.client.post("/_sim/switches", json=switches)).status_code == 400
    assert (await pos.client.post("/_sim/callbacks", json={"kind": "x"})).status_code == 400
