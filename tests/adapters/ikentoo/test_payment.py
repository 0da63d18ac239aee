"""Payments of open checks: their translation, which check is meant, and what the POS says."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.adapters.base import PaymentSubmission, Preparing, TakesPayments, WireRequest
from app.domain.errors import Misconfigured, NotSent, OrderNotExpressible, PosError, Rejected
from app.domain.payment import CheckPayment
from app.domain.status import Word
from tests.adapters.ikentoo.guide_examples import example
from tests.adapters.ikentoo.setting import NOW, POS, REFERENCE, location, submission
from tests.adapters.ikentoo.test_fields import LOCAL
from tests.adapters.ikentoo.till import DEMO, Till, adapter, canned
from tests.simulators.ikentoo.serving import Receivers, serve

ALL = "/op/1/order/table/getCheck"
OF_TABLE = "/op/1/order/table/1/getCheck"


def payment(facts: dict[str, str] | None = None, **more: Any) -> PaymentSubmission:
    given = {"location": "geneva-1", "reference": "PAY-1", "amount": "12.34", "method": "CARD", **more}
    if "table" not in given:
        given = {"check": "A1234.56", **given}
    return PaymentSubmission(
        payment=CheckPayment.model_validate(given),
        reference=REFERENCE,
        now=NOW,
        deadline_at=NOW + timedelta(seconds=60),
        facts=facts or {},
    )


def request(given: PaymentSubmission, **pos: Any) -> WireRequest:
    return POS.translate_payment(location(pos=pos), given).request


def test_the_guides_example() -> None:
    assert isinstance(POS, TakesPayments)
    sent = request(payment(), business_location_id=676, endpoint_id="ENDPOINTID")
    assert (sent.method, sent.path, dict(sent.params)) == ("POST", "/op/1/pay", {})
    theirs = {name: value for name, value in example("pay").items() if value is not None and name != "min_TTL"}
    # Ours: the reference is made before the first send, and the method is that of the settings.
    assert sent.body == theirs | {"thirdPartyPaymentReference": str(REFERENCE), "paymentMethod": "CARD-1"}


def test_the_amount_is_without_the_tip() -> None:
    body = request(payment(amount="10", tip="1.50"), staff_id=942).body
    assert (body["paymentAmount"], body["tipAmount"], body["staffId"]) == ("10.00", "1.50", 942)


@pytest.mark.parametrize(
    ("check", "key", "name", "value"),
    [
        ("A1234.56", "guide", "ikaccountIdentifier", "A1234.56"),
        ("46802258625135", "guide", "ikaccountId", 46802258625135),
        ("A1234.56", "k_series", "iKaccountIdentifier", "A1234.56"),
        ("46802258625135", "k_series", "iKaccountId", 46802258625135),
    ],
)
def test_the_account_by_its_shape_and_its_key_by_setting(check: str, key: str, name: str, value: object) -> None:
    body = request(payment(check=check), payment_account_key=key).body
    assert body[name] == value
    assert len([each for each in body if "account" in each]) == 1


def test_what_cannot_be_told() -> None:
    with pytest.raises(OrderNotExpressible) as caught:
        request(payment(check="table by the window", method="COINS"))
    assert [each.pointer for each in caught.value.findings] == ["/check", "/method"]


def test_time_to_live() -> None:
    brief = payment()
    longer = replace(brief, deadline_at=NOW + timedelta(seconds=300))
    spent = replace(brief, deadline_at=NOW - timedelta(seconds=1))
    assert [request(each).body["taskTtlInMs"] for each in (brief, longer, spent)] == [60_000, 300_000, 60_000]
    assert POS.payment_time_to_live_s(location(), longer) == 300.0


async def test_a_table_needs_to_be_prepared() -> None:
    by_table = payment(table=1)
    async with adapter("http://127.0.0.1:9") as opened:
        assert isinstance(opened, Preparing)
        assert await opened.prepare(payment()) == {}
        assert await opened.prepare(submission(LOCAL)) == {}
        with pytest.raises(NotSent):  # never without an account
            await opened.create(request(by_table))
    assert request(replace(by_table, facts={"account": "A1.2"})).body["ikaccountIdentifier"] == "A1.2"


def check(account: str | None, table: int = 1, outstanding: str = "10.00") -> dict[str, Any]:
    return {"ikaccountId": account, "tableNumber": table, "currentAmount": outstanding, "name": f"Order {account}"}


@pytest.mark.parametrize(
    ("checks", "found"),
    [
        ([check("A1.1")], "A1.1"),
        ([check("A1.1"), check("A1.2", table=2)], "A1.1"),
        ([check("A1.1", outstanding="0.00"), check("A1.2")], "A1.2"),
        ([check("A1.1", outstanding="0.00")], None),
        ([check(None)], None),
        ([check("A1.1"), check("77", outstanding="3.50")], None),
    ],
)
async def test_the_one_check_of_a_table(checks: list[dict[str, Any]], found: str | None) -> None:
    async with canned({OF_TABLE: (200, checks[0]), ALL: (200, checks)}) as url, adapter(url) as opened:
        if found is not None:
            assert await opened.prepare(payment(table=1)) == {"account": found}
            return
        with pytest.raises(Rejected) as caught:
            await opened.prepare(payment(table=1))
    assert caught.value.code == "payment_mismatch"
    assert "Table 1" in caught.value.message
    if len(checks) == 2:
        assert "A1.1 (Order A1.1, 10.00 to pay); 77 (Order 77, 3.50 to pay)" in caught.value.message


async def test_a_table_of_the_simulator(till: Till) -> None:
    async with adapter(till.url, business_location_id=DEMO) as opened:
        for table, said in ((1, "2 open checks"), (2, "no open check")):
            with pytest.raises(Rejected) as caught:
                await opened.prepare(payment(table=table))
            assert said in caught.value.message
    async with canned({}) as url, adapter(url) as opened:
        with pytest.raises(Misconfigured):
            await opened.prepare(payment(table=1))


async def test_paying(till: Till) -> None:
    where = {"business_location_id": DEMO, "payment_methods": {"CARD": "CARD"}}
    sent = request(payment(check="46802258625135", amount="5.00"), **where)
    async with adapter(till.url, **where) as opened:
        await opened.register_callbacks("http://127.0.0.1:9/key")
        taken = await opened.create(sent)
        again = await opened.create(sent)
    assert (taken.event.word, taken.event.reference, taken.duplicate) == (Word.SUBMITTED, str(REFERENCE), False)
    assert (again.event.word, again.event.reference, again.duplicate) == (Word.SUBMITTED, str(REFERENCE), True)


@pytest.mark.parametrize("mode", ["seed", "k"])
@pytest.mark.parametrize("key", ["guide", "k_series"])
@pytest.mark.parametrize(("amount", "word"), [("5.00", Word.ACCEPTED), ("5000.00", Word.REJECTED)])
async def test_the_verdict_comes_back(till: Till, mode: str, key: str, amount: str, word: Word) -> None:
    where = {"business_location_id": DEMO, "payment_methods": {"CARD": "CARD"}, "payment_account_key": key}
    receivers = Receivers()
    (await till.control.post("/_sim/switches", json={"payload_mode": mode})).raise_for_status()
    async with serve(receivers.app()) as receivers.url, adapter(till.url, **where) as opened:
        receiver, url = receivers.new()
        await opened.register_callbacks(url)
        await till.control.post("/_sim/clock", json={"factor": 1000.0})
        await opened.create(request(payment(check="A1232.23443", amount=amount), **where))
        await receiver.until(lambda each: bool(each.bodies))
        (paid,) = (each.paid for each in await opened.open_checks(1) if each.check == "A1232.23443")
    event = POS.read_callback(receiver.bodies[0].encode())
    assert (event.word, event.reference, event.about_payment) == (word, str(REFERENCE), mode == "k")
    refused = word is Word.REJECTED
    assert (event.failure_code == "payment_mismatch") == refused
    assert paid == Decimal(0 if refused else amount)


@pytest.mark.parametrize(
    ("status", "message", "kind", "code"),
    [
        (404, "account not found for BL 123", Rejected, "payment_mismatch"),
        (400, "Invalid account identifier", Rejected, "payment_mismatch"),
        (400, "Payment method not found", Rejected, "payment_type_invalid"),
        (400, "endpoint ID not found for ENDPOINT", Misconfigured, None),
        (404, "No message available", Misconfigured, None),
    ],
)
async def test_no(status: int, message: str, kind: type[PosError], code: str | None) -> None:
    envelope = {
        "timestamp": "2023-11-07T23:00:20.075+0000",
        "status": status,
        "message": message,
        "path": "/o/op/1/pay",
    }
    async with canned({"/op/1/pay": (status, envelope)}) as url, adapter(url) as opened:
        with pytest.raises(kind) as caught:
            await opened.create(request(payment()))
    assert (caught.value.code, caught.value.pos_message, caught.value.http_status) == (code, message, status)


async def test_an_order_for_a_check_that_is_gone_is_refused_alone() -> None:
    wire = POS.translate(location(), submission(LOCAL)).request
    body = {"status": 404, "message": "account not found for BL 123"}
    async with canned({"/op/1/order/local": (404, body)}) as url, adapter(url) as opened:
        with pytest.raises(Rejected) as caught:
            await opened.create(wire)
    assert caught.value.code == "pos_rejected"
