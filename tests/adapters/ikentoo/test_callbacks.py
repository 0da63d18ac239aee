"""iKentoo's calls to us: the guide's examples, what today's reference adds, and nonsense."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.base import CallbackReader, CallbackRequest
from app.domain.errors import CallbackUnauthenticated, CallbackUnreadable
from app.domain.status import FailureCode, StatusEvent, Word
from tests.adapters.ikentoo.setting import PASSWORD, POS, location


def read(**fields: Any) -> StatusEvent:
    return POS.read_callback(json.dumps(fields).encode())


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def enter(header: str | None, **pos: Any) -> None:
    headers = {} if header is None else {"authorization": header}
    POS.authenticate(location(pos=pos), CallbackRequest(headers=headers, body=b"{}"))


def test_it_is_a_callback_reader() -> None:
    assert isinstance(POS, CallbackReader)


@pytest.mark.parametrize("header", [basic("relay", PASSWORD), basic("relay", PASSWORD).replace("Basic", "bASIC")])
def test_the_right_credentials(header: str) -> None:
    enter(header)


def test_credentials_beyond_ascii() -> None:
    enter(basic("relais", "p\u00e4ss:w\u00f6rd"), callback_username="relais", callback_password="p\u00e4ss:w\u00f6rd")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic \u00e4",
        basic("relay", "wrong"),
        basic("other", PASSWORD),
        basic("relay", ""),
        basic("", ""),
        basic("relay", PASSWORD).replace("Basic", "Bearer"),
        basic("relay", PASSWORD + "\x00"),
    ],
)
def test_wrong_credentials(header: str | None) -> None:
    with pytest.raises(CallbackUnauthenticated) as caught:
        enter(header)
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize(
    "header", [None, "Basic ", "Basic AA==", basic("", ""), basic("None", "None"), basic("relay", "")]
)
@pytest.mark.parametrize("unset", ["callback_username", "callback_password"])
def test_nobody_is_let_in_without_both_settings(header: str | None, unset: str) -> None:
    with pytest.raises(CallbackUnauthenticated):
        enter(header, **{unset: None})


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("SUCCESS", Word.ACCEPTED),
        ("FAILURE", Word.REJECTED),
        ("READY_FOR_PICKUP", Word.READY),
        ("CLOSED", Word.CLOSED),
        ("CHECK_WAS_UPDATED", Word.CHECK_UPDATED),
        ("IN_DELIVERY", Word.IN_DELIVERY),
        ("CANCELLED", Word.CANCELLED),
        ("ABANDONED", Word.CANCELLED),
        ("success", Word.UNKNOWN),
        ("DELIVERED", Word.UNKNOWN),
        ("", Word.UNKNOWN),
        (None, Word.UNKNOWN),
        (7, Word.UNKNOWN),
        ({"is": "odd"}, Word.UNKNOWN),
    ],
)
def test_words(said: Any, word: Word) -> None:
    event = read(status=said, thirdPartyReference="r")
    assert event.word is word
    assert event.reference == "r"
    assert event.raw == (said if isinstance(said, str) else str(said) if isinstance(said, int) else "")


def test_the_guides_success() -> None:
    event = read(status="SUCCESS", thirdPartyReference="YourReference", ikentooAccountId=1234567)
    assert event == StatusEvent(
        word=Word.ACCEPTED, raw="SUCCESS", reference="YourReference", order_id="1234567", account="1234567"
    )


def test_the_guides_failure() -> None:
    event = read(status="FAILURE", reason="fail reason", thirdPartyReference="YourReference")
    assert event == StatusEvent(
        word=Word.REJECTED,
        raw="FAILURE",
        reference="YourReference",
        reason="fail reason",
        failure_code=FailureCode.POS_REJECTED,
    )


@pytest.mark.parametrize("name", ["ikentooAccountId", "iKentooAccountId"])
@pytest.mark.parametrize("value", [46802258625135, "46802258625135"])
def test_both_spellings_and_both_types(name: str, value: int | str) -> None:
    event = read(status="SUCCESS", ikentooAccountIdentifier="A1234.56", **{name: value})
    assert event.order_id == "46802258625135"
    assert event.account == "A1234.56"


def test_todays_payload_with_more_than_we_know() -> None:
    event = read(
        status="CLOSED",
        type="ORDER",
        thirdPartyReference=12345,
        businessLocationId=25769803788,
        completionMode="IMMEDIATE",
        account={"paidAmount": "12.00", "salesEntries": []},
    )
    assert (event.word, event.reference, event.about_payment) == (Word.CLOSED, "12345", False)


@pytest.mark.parametrize(
    ("said", "order_id", "account"),
    [
        ({"account": {"ikaccountId": "A78094.48"}}, None, "A78094.48"),
        ({"account": {"identifier": "A78094.48", "id": "12"}}, None, "A78094.48"),
        ({"account": {"ikaccountId": "A78094.48"}, "ikentooAccountIdentifier": "A1.2"}, None, "A1.2"),
        ({"account": {"ikaccountId": "A78094.48"}, "iKentooAccountId": 77}, "77", "A78094.48"),
        ({"account": {"ikaccountId": "A78094.48"}, "ikentooAccountId": 0}, None, "A78094.48"),
        ({"account": ["odd"], "ikentooAccountId": "0"}, None, None),
        ({"account": {"ikaccountId": None, "id": {}}}, None, None),
    ],
)
def test_the_snapshot_tells_the_account_where_the_ids_are_missing(
    said: dict[str, Any], order_id: str | None, account: str | None
) -> None:
    event = read(status="CHECK_WAS_UPDATED", type="ORDER", thirdPartyReference="r", **said)
    assert (event.word, event.order_id, event.account) == (Word.CHECK_UPDATED, order_id, account)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("ACCOUNT_NOT_FOUND", FailureCode.PAYMENT_MISMATCH),
        ("ACCOUNT_ALREADY_CLOSED", FailureCode.PAYMENT_MISMATCH),
        ("PAYMENT_METHOD_NOT_FOUND", FailureCode.PAYMENT_TYPE_INVALID),
        ("STAFF_NOT_FOUND", FailureCode.POS_REJECTED),
        ("UNKNOWN", FailureCode.POS_REJECTED),
    ],
)
def test_why_a_payment_was_refused(kind: str, code: FailureCode) -> None:
    event = read(status="FAILURE", type="PAYMENT", thirdPartyReference="r", errors={"account": {"type": kind}})
    assert (event.about_payment, event.reason, event.failure_code) == (True, kind, code)


def test_a_payment() -> None:
    event = read(status="FAILURE", type="PAYMENT", errors={"account": {"type": "OVERPAID"}})
    assert event.about_payment
    assert (event.reason, event.failure_code) == ("OVERPAID", FailureCode.PAYMENT_MISMATCH)
    late = read(status="FAILURE", type="PAYMENT", errors={"timeout": {"errorKey": "k.task_timeout"}})
    assert late.failure_code is FailureCode.POS_TIMEOUT
    assert read(status="SUCCESS", type="PAYMENT").word is Word.ACCEPTED


@pytest.mark.parametrize("kind", ["ITEM", "ORDER_API", "order", "NEW_THING"])
def test_what_is_not_about_an_order(kind: str) -> None:
    assert read(status="CLOSED", type=kind).word is Word.UNKNOWN


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b'"SUCCESS"', b"7", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 50_000, b"<xml/>"]
)
def test_unreadable(body: bytes) -> None:
    with pytest.raises(CallbackUnreadable):
        POS.read_callback(body)


def test_text_that_a_database_would_refuse() -> None:
    event = POS.read_callback(b'{"status":"FAILURE","reason":"a\\u0000b\\ud800","thirdPartyReference":"\\u0000"}')
    assert event.reason == "a\ufffdb\ufffd"
    assert event.reference == "\ufffd"


NAMES = [
    "status",
    "type",
    "reason",
    "thirdPartyReference",
    "ikentooAccountId",
    "ikentooAccountIdentifier",
    "errors",
    "account",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), JSON, max_size=8))
def test_any_object_is_read(fields: dict[str, Any]) -> None:
    event = read(**fields)
    assert len(event.raw) <= 64
    f"{event}".encode()  # no lone surrogates


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_unreadable(body: bytes) -> None:
    try:
        POS.read_callback(body)
    except CallbackUnreadable:
        return
