"""What follows a 200: the callbacks of an order's life, over real HTTP."""

from datetime import UTC, datetime, timedelta

from tests.simulators.ikentoo.conftest import Start
from tests.simulators.ikentoo.serving import Pos

CARD = {"paymentMethod": "CARD", "paymentAmount": "48.00"}


async def test_the_guides_to_go_order_is_taken_word_for_word_and_lives(pos: Pos) -> None:
    answer = await pos.to_go()
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json;charset=UTF-8")
    assert answer.text == '{\n  "status" : "ok"\n}'
    assert answer.headers["content-length"] == "21"
    assert await pos.receiver.words_until("CLOSED") == ["SUCCESS", "READY_FOR_PICKUP", "CLOSED"]
    body = pos.receiver.read[0]
    assert body["ikentooAccountIdentifier"].startswith("A1234.")
    assert set(body) == {"status", "thirdPartyReference", "ikentooAccountIdentifier"}
    order = await pos.order(state="settled")
    assert (order["state"], order["total"], order["creates"]) == ("closed", "48.00", 1)
    assert [each["answers"] for each in order["callbacks"]] == [[200], [200], [200]]


async def test_a_paid_order_is_closed_before_it_is_ready(pos: Pos) -> None:
    await pos.to_go(payment=CARD)
    assert await pos.receiver.words_until("READY_FOR_PICKUP") == ["SUCCESS", "CLOSED", "READY_FOR_PICKUP"]


async def test_a_tip_is_not_part_of_the_amount_due(pos: Pos) -> None:
    await pos.to_go(payment={"paymentMethod": "CARD", "paymentAmount": "50.00", "tipAmount": "2.00"})
    assert (await pos.receiver.words_until("CLOSED"))[:2] == ["SUCCESS", "CLOSED"]


async def test_too_little_paid_is_taken_and_stays_open(pos: Pos) -> None:
    await pos.to_go(payment={"paymentAmount": 10})
    assert await pos.receiver.words_until("CLOSED") == ["SUCCESS", "READY_FOR_PICKUP", "CLOSED"]


async def test_a_scheduled_order_is_held_until_its_time(start: Start) -> None:
    async with start(clock_factor=1.0) as pos:
        later = datetime.now(UTC) + timedelta(hours=2)
        await pos.to_go(scheduledTimeForOrderAsIso8601=later.isoformat())
        assert (await pos.order())["state"] == "held"
        await pos.client.post("/_sim/clock", json={"factor": 1_000_000})
        assert (await pos.order(state="closed"))["state"] == "closed"


async def test_devices_that_are_off_get_the_order_when_they_come_back(start: Start) -> None:
    async with start(clock_factor=1.0) as pos:
        await pos.client.post("/_sim/devices", json={"online": False, "location": 123})
        await pos.to_go(maxTimeToAttemptOrderDeliverToPos=60000)
        assert (await pos.order())["state"] == "queued"
        await pos.client.post("/_sim/devices", json={"online": True})
        await pos.client.post("/_sim/clock", json={"factor": 1000})
        assert (await pos.receiver.words_until("CLOSED"))[0] == "SUCCESS"


async def test_devices_that_stay_off_end_the_orders_validity(pos: Pos) -> None:
    await pos.plant("offline")
    await pos.to_go(maxTimeToAttemptOrderDeliverToPos=60000)
    await pos.receiver.words_until("FAILURE")
    assert pos.receiver.read == [
        {
            "status": "FAILURE",
            "reason": "Not processed before validity ended",
            "thirdPartyReference": "ORDER-REF-123",
        }
    ]


async def test_callbacks_are_repeated_until_a_2xx(pos: Pos) -> None:
    pos.receiver.answers = [503, 401]
    await pos.plant("stay_open")
    await pos.to_go()
    await pos.receiver.until(lambda receiver: len(receiver.bodies) == 3)
    order = await pos.order(state="accepted")
    assert order["callbacks"][0]["answers"][:2] == [503, 401]
    assert len(set(pos.receiver.bodies)) == 1


async def test_callbacks_that_nobody_takes_are_given_up(start: Start) -> None:
    async with start(callback_retries=1) as pos:
        await pos.register(url="http://127.0.0.1:9/nobody")
        await pos.to_go()
        order = await pos.order(state="settled")
        assert [each["answers"] for each in order["callbacks"]] == [["ConnectError"] * 2] * 3


async def test_basic_auth_is_sent_when_registered(pos: Pos) -> None:
    await pos.register(withBasicAuth=True, username="usr", password="pwd")
    await pos.to_go()
    await pos.receiver.words_until("CLOSED")
    assert set(pos.receiver.credentials) == {"usr:pwd"}


async def test_k_mode_says_more(start: Start) -> None:
    async with start(payload_mode="k", account_ids="v2") as pos:
        await pos.register(provideAccount=True, expandPayments=True)
        await pos.to_go(payment=CARD)
        await pos.receiver.words_until("CLOSED")
        body = pos.receiver.read[0]
        assert (body["type"], body["businessLocationId"]) == ("ORDER", 123)
        assert isinstance(body["ikentooAccountId"], int)
        assert body["account"]["paymentEntries"][0]["amountPaid"] == "48.00"
        assert "salesEntries" not in body["account"]


async def test_two_orders_on_one_check(pos: Pos) -> None:
    await pos.plant("stay_open")
    await pos.local()
    account = (await pos.order("REF1234", "accepted"))["account"]
    more = {"thirdPartyReference": "SECOND", "tableNumber": ..., "clientCount": ..., "accountIdentifier": account}
    await pos.local(**more)
    assert await pos.receiver.words_until("CHECK_WAS_UPDATED") == ["SUCCESS", "SUCCESS", "CHECK_WAS_UPDATED"]
    check = (await pos.client.get("/op/1/order/table/10/getCheck?businessLocationId=123")).json()
    assert (check["ikaccountId"], check["currentAmount"], len(check["salesEntries"])) == (account, "59.40", 2)


async def test_an_unknown_account_fails(pos: Pos) -> None:
    await pos.local(accountIdentifier="A1234.99", tableNumber=..., clientCount=...)
    await pos.receiver.words_until("FAILURE")
    assert pos.receiver.read[0]["reason"] == "Account not found"
