"""Paying an open check: what is refused at once, what the till decides, and what becomes of the check."""

from typing import Any

import pytest

from tests.simulators.ikentoo.conftest import Start
from tests.simulators.ikentoo.serving import DEADLINE_S, ENDPOINT, Pos, changed

# The example of the iKentoo API guide, Make Payment, but for the check and the location.
PAY: dict[str, Any] = {
    "paymentMethod": None,
    "paymentAmount": "12.34",
    "tipAmount": None,
    "thirdPartyPaymentReference": "3RDPARTYREF",
    "endpointId": ENDPOINT,
    "businessLocationId": 25769803788,
    "taskTtlInMs": 60000,
    "staffId": None,
    "deviceId": None,
    "ikaccountId": None,
    "ikaccountIdentifier": "A1232.23443",
    "min_TTL": 60000,
}
CHECK = "/op/1/order/table/1/getCheck?businessLocationId=25769803788"


async def pay(pos: Pos, **changes: Any) -> Any:
    return await pos.client.post("/op/1/pay", json=changed(PAY, changes))


async def verdict(pos: Pos, reference: str = "3RDPARTYREF") -> dict[str, Any]:
    answer = await pos.client.get(f"/_sim/payments/{reference}", params={"state": "settled", "wait": DEADLINE_S})
    view: dict[str, Any] = answer.json()
    return view


async def check(pos: Pos) -> dict[str, Any]:
    view: dict[str, Any] = (await pos.client.get(CHECK)).json()
    return view


async def open_table(pos: Pos) -> str:
    """Order at a table of location 123, and answer the account."""
    await pos.client.post("/_sim/switches", json={"tables_stay_open": True})
    await pos.local()
    await pos.receiver.words_until("READY_FOR_PICKUP")
    account: str = (await pos.order("REF1234"))["account"]
    return account


async def test_a_part_is_paid(pos: Pos) -> None:
    answer = await pay(pos, tipAmount="1.00", paymentMethod="CARD")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    paid = await verdict(pos)
    assert (paid["state"], paid["amount"], paid["tip"], paid["account"]) == ("accepted", "12.34", "1.00", "A1232.23443")
    assert pos.receiver.read == [
        {"status": "SUCCESS", "thirdPartyReference": "3RDPARTYREF", "ikentooAccountIdentifier": "A1232.23443"}
    ]
    after = await check(pos)
    assert (after["paidAmount"], after["currentAmount"]) == ("12.34", "87.10")
    (entry,) = after["paymentEntries"]
    assert (entry["paymentMethodCode"], entry["paymentMethodDescription"], entry["active"]) == ("CARD", "Card", True)


async def test_all_is_paid_and_the_next_check_of_the_table_is_shown(pos: Pos) -> None:
    await pay(pos, paymentAmount="87.10")
    assert (await verdict(pos))["state"] == "accepted"
    assert (await check(pos))["ikaccountId"] == "46802258625135"
    await pay(pos, thirdPartyPaymentReference="MORE")
    late = await verdict(pos, "MORE")
    assert (late["reason"], late["error"]) == ("Account already closed", "ACCOUNT_ALREADY_CLOSED")


@pytest.mark.parametrize("key", ["ikaccountIdentifier", "iKaccountIdentifier"])
async def test_an_order_hears_that_its_check_is_paid(pos: Pos, key: str) -> None:
    account = await open_table(pos)
    half = {"ikaccountIdentifier": ..., key: account, "businessLocationId": 123, "paymentAmount": 14.85}
    await pay(pos, **half)
    assert (await verdict(pos))["state"] == "accepted"
    assert (await pos.order("REF1234"))["state"] == "ready"
    await pay(pos, **half, thirdPartyPaymentReference="HALF-2")
    assert await pos.receiver.words_until("CLOSED") == ["SUCCESS", "READY_FOR_PICKUP", "SUCCESS", "SUCCESS", "CLOSED"]
    assert pos.receiver.read[-1]["thirdPartyReference"] == "REF1234"
    assert (await pos.order("REF1234", "settled"))["state"] == "closed"


@pytest.mark.parametrize("key", ["ikaccountId", "iKaccountId"])
async def test_a_check_is_found_by_its_old_number(pos: Pos, key: str) -> None:
    await pay(pos, **{"ikaccountIdentifier": ..., "ikaccountId": ..., key: 46802258625135})
    assert (await verdict(pos))["account"] == "46802258625135"
    await pay(pos, iKaccountId=0, thirdPartyPaymentReference="ZERO")
    assert (await verdict(pos, "ZERO"))["account"] == "A1232.23443"


async def test_a_used_reference(pos: Pos) -> None:
    await pay(pos)
    again = await pos.client.post("/o/op/1/pay", json=PAY)
    body = again.json()
    assert (again.status_code, body["error"], body["path"]) == (400, "Bad Request", "/o/op/1/pay")
    assert body["message"] == "reference has already been used 3RDPARTYREF"
    assert (await verdict(pos))["creates"] == 2
    assert (await check(pos))["paidAmount"] == "12.34"


INVALID: list[Any] = [
    ({"paymentAmount": None}, "NotNull"),
    ({"thirdPartyPaymentReference": None}, "NotNull"),
    ({"thirdPartyPaymentReference": "x" * 51}, "Size"),
    ({"thirdPartyPaymentReference": ""}, "Size"),
    ({"endpointId": None}, "NotNull"),
    ({"businessLocationId": None}, "NotNull"),
    ({"taskTtlInMs": 59999}, "Min"),
]


@pytest.mark.parametrize(("changes", "code"), INVALID)
async def test_what_is_refused_at_once(pos: Pos, changes: dict[str, Any], code: str) -> None:
    answer = await pay(pos, **changes)
    assert answer.status_code == 400
    assert [each["code"] for each in answer.json()["errors"]] == [code]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"ikaccountIdentifier": "table one"}, 400),
        ({"ikaccountId": "46802258625135"}, 400),
        ({"endpointId": "OTHER"}, 400),
        ({"businessLocationId": 7}, 403),
    ],
)
async def test_what_else_is_refused_at_once(pos: Pos, changes: dict[str, Any], status: int) -> None:
    assert (await pay(pos, **changes)).status_code == status
    assert (await pos.client.get("/_sim/payments")).json() == []


DECLINED: list[Any] = [
    ({"ikaccountIdentifier": "A1232.1"}, "ACCOUNT_NOT_FOUND", "Account not found"),
    ({"ikaccountIdentifier": None}, "ACCOUNT_NOT_FOUND", "Account not found"),
    ({"businessLocationId": 123}, "ACCOUNT_NOT_FOUND", "Account not found"),
    ({"paymentAmount": "87.11"}, "OVERPAID", "the payment amount is greater than the amount due"),
    ({"paymentMethod": "GOLD"}, "PAYMENT_METHOD_NOT_FOUND", "Payment method not found: GOLD"),
    ({"staffId": 7}, "STAFF_NOT_FOUND", "Staff not found"),
    ({"paymentAmount": 0}, "INVALID_TASK", "Invalid task"),
]


@pytest.mark.parametrize(("changes", "error", "reason"), DECLINED)
async def test_what_the_till_refuses(pos: Pos, changes: dict[str, Any], error: str, reason: str) -> None:
    assert (await pay(pos, **changes)).status_code == 200
    refused = await verdict(pos)
    assert (refused["state"], refused["error"], refused["reason"]) == ("failed", error, reason)
    (told,) = pos.receiver.read
    assert (told["status"], told["reason"], "errors" in told) == ("FAILURE", reason, False)
    assert (await check(pos))["paidAmount"] == "0.00"


async def test_a_till_that_stays_off(pos: Pos) -> None:
    await pos.client.post("/_sim/devices", json={"online": False, "location": 25769803788})
    await pay(pos)
    refused = await verdict(pos)
    assert (refused["reason"], refused["error"]) == ("Not processed before validity ended", "timeout")


async def test_one_till_can_be_meant(start: Start) -> None:
    async with start(clock_factor=1.0) as pos:
        off = await pos.client.post("/_sim/devices", json={"online": False, "device": 2725})
        assert off.json() == {"offline": [], "devices_offline": [2725]}
        await pay(pos, deviceId=2725)
        assert (await pos.client.get("/_sim/payments?state=queued")).json()[0]["pos_id"] is None
        await pos.client.post("/_sim/clock", json={"factor": 1000})
        await pos.client.post("/_sim/devices", json={"online": True})
        assert (await verdict(pos))["pos_id"] == 2725


async def test_k_mode_tells_payments_from_orders(start: Start) -> None:
    async with start(payload_mode="k") as pos:
        await pos.register(provideAccount=True, expandPayments=True)
        await pay(pos, paymentMethod="CARD")
        await verdict(pos)
        await pay(pos, thirdPartyPaymentReference="TOO-MUCH", paymentAmount="1000")
        await verdict(pos, "TOO-MUCH")
        paid, refused = pos.receiver.read
    assert (paid["type"], paid["businessLocationId"]) == ("PAYMENT", 25769803788)
    assert paid["account"]["paymentEntries"][0]["externalReference"] == "3RDPARTYREF"
    assert paid["account"]["paidAmount"] == "12.34"
    assert (refused["type"], refused["errors"]) == ("PAYMENT", {"account": {"type": "OVERPAID"}})


async def test_k_mode_tells_a_time_out_by_its_key(start: Start) -> None:
    async with start(payload_mode="k") as pos:
        await pos.plant("offline")
        await pos.plant("errors_only")
        await pay(pos)
        await verdict(pos)
        (told,) = pos.receiver.read
    assert "reason" not in told
    timeout = {"errorKey": "errors.payment.pos.task_timeout", "message": "Not processed before validity ended"}
    assert told["errors"] == {"timeout": timeout}


async def test_payments_have_faults_too(pos: Pos) -> None:
    await pos.plant("early", match={"endpoint": "pay"}, times=1)
    await pos.plant("duplicate", match={"reference": "3RDPARTYREF"}, count=3)
    await pay(pos)
    assert pos.receiver.words == ["SUCCESS"] * 3
    await pos.plant("fail", match={"reference": "F"}, reason="no paper", word="UPDATE_FAILED")
    await pay(pos, thirdPartyPaymentReference="F")
    refused = await verdict(pos, "F")
    assert (refused["reason"], refused["error"]) == ("no paper", "UPDATE_FAILED")
    await pos.plant("overpaid", match={"reference": "O"})
    await pay(pos, thirdPartyPaymentReference="O")
    assert (await verdict(pos, "O"))["error"] == "OVERPAID"
    await pos.plant("silence", match={"reference": "S"})
    await pay(pos, thirdPartyPaymentReference="S")
    queued = (await pos.client.get("/_sim/payments?state=queued")).json()
    assert [each["reference"] for each in queued] == ["S"]


async def test_a_payment_can_be_decided_by_hand(pos: Pos) -> None:
    await pos.client.post("/_sim/auto", json={"on": False})
    for reference, word in (("YES", "SUCCESS"), ("NO", "FAILURE")):
        await pay(pos, thirdPartyPaymentReference=reference)
        said = {"reference": reference, "word": word, "reason": "by hand"}
        await pos.client.post("/_sim/callbacks", json=said)
    assert pos.receiver.words == ["SUCCESS", "FAILURE"]
    assert (await check(pos))["paidAmount"] == "12.34"
    assert (await verdict(pos, "NO"))["reason"] == "by hand"
    missing = await pos.client.get("/_sim/payments/NEVER")
    assert (missing.status_code, missing.json()["creates"]) == (404, 0)


async def test_a_check_shows_what_was_ordered_and_paid(pos: Pos) -> None:
    burger = {"sku": "SKUBEE", "quantity": 2, "modifiers": [{"modifierId": "567"}], "discountCode": "10PCT"}
    burger["subItems"] = [{"sku": "CHEESE", "quantity": 1}]
    await pos.client.post("/_sim/switches", json={"tables_stay_open": True})
    await pos.local(items=[burger], payment={"paymentMethod": "CARD", "paymentAmount": "6.00", "tipAmount": "1.00"})
    await pos.receiver.words_until("SUCCESS")
    await pos.client.put("/_sim/products/SKUBEE", json={"name": "Renamed", "price": "99.00"})
    view = (await pos.client.get("/op/1/order/table/10/getCheck?businessLocationId=123")).json()
    (line,) = view["salesEntries"]
    assert (line["itemName"], line["unitAmount"], line["discountedAmount"]) == ("Beef Patty", "10.00", "2.00")
    assert (line["amountWithTax"], line["subLineItems"][0]["itemSku"]) == ("18.00", "CHEESE")
    assert (view["currentAmount"], view["paidAmount"]) == ("18.00", "5.00")
    assert view["paymentEntries"][0]["amountPaid"] == "5.00"
