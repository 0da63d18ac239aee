"""What each answer to an order means."""

import json
from typing import Any

import pytest

from app.adapters.base import Taken
from app.adapters.ikentoo.answers import taken
from app.adapters.transport import MAX_BODY, Answer
from app.domain.errors import AccessDenied, InDoubt, Misconfigured, NotSent, PosError, Rejected
from app.domain.status import Word

SECRET = "t0ken"
SPRING = {
    "timestamp": "2023-11-07T19:15:05.043+0000",
    "status": 400,
    "error": "Bad Request",
    "message": "Validation failed for object='toGoOrder'. Error count: 2",
    "errors": [
        {"codes": ["NotNull"], "defaultMessage": "must not be null", "field": "thirdPartyReference", "code": "NotNull"},
        {"defaultMessage": "must not be blank", "field": "items[0].sku"},
    ],
    "path": "/o/op/1/order/toGo",
}
USED = {"status": "fail", "msg": "reference has already been used 019a"}
SUB_EXCEPTIONS: dict[str, Any] = {
    "status": "503",
    "message": "menu service away",
    "apiSubExceptions": [{"field": "menu", "rejectedValue": 7, "message": "could not be loaded"}],
}


def answer(status: int, body: Any = b"", *, truncated: bool = False) -> Answer:
    given = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status=status, headers={}, body=given, truncated=truncated, mask=(SECRET,))


@pytest.mark.parametrize(
    "body", [b"", b" \r\n", b'{"status":"ok"}', b'{\n  "status" : "ok"\n}', {"status": "ok", "x": 1}]
)
def test_taken(body: Any) -> None:
    result = taken(answer(200, body), "r")
    assert (result.event.word, result.event.reference, result.duplicate) == (Word.SUBMITTED, "r", False)
    assert result.http_status == 200


@pytest.mark.parametrize(
    "given", [answer(409, USED), answer(409), answer(400, USED), answer(400, {"message": USED["msg"]})]
)
def test_a_used_reference_confirms(given: Answer) -> None:
    result = taken(given, "r")
    assert isinstance(result, Taken)
    assert result.duplicate
    assert result.event.word is Word.SUBMITTED
    assert result.http_status == given.status


ERRORS: list[tuple[Answer, type[PosError]]] = [
    (answer(200, b"<html>Welcome</html>"), InDoubt),
    (answer(200, {"status": "fail"}), InDoubt),
    (answer(200, {"status": "OK"}), InDoubt),
    (answer(200, b'"ok"'), InDoubt),
    (answer(200, b"[]"), InDoubt),
    (answer(200, b" " * MAX_BODY, truncated=True), InDoubt),
    (answer(201, {"status": "ok"}), InDoubt),
    (answer(204), InDoubt),
    (answer(302), Misconfigured),
    (answer(400, SPRING), Rejected),
    (answer(422, SPRING), Rejected),
    (answer(400, b"<html>Bad Request</html>"), Misconfigured),
    (answer(401, {"error": "invalid_token", "error_description": "expired"}), AccessDenied),
    (answer(401), AccessDenied),
    (answer(403, {"error": "access_denied"}), AccessDenied),
    (answer(404, {**SPRING, "status": 404}), Misconfigured),
    (answer(404, b"not found"), Misconfigured),
    (answer(405, {"error": "Method Not Allowed"}), Misconfigured),
    (answer(408), InDoubt),
    (answer(429), NotSent),
    (answer(500, b"<html>oops</html>"), InDoubt),
    (answer(502), InDoubt),
    (answer(503, SUB_EXCEPTIONS), InDoubt),
]


@pytest.mark.parametrize(("given", "kind"), ERRORS, ids=lambda value: getattr(value, "status", None))
def test_errors(given: Answer, kind: type[PosError]) -> None:
    with pytest.raises(PosError) as caught:
        taken(given, "r")
    assert type(caught.value) is kind
    assert caught.value.http_status == given.status


def test_a_rejection_says_which_field() -> None:
    with pytest.raises(Rejected) as caught:
        taken(answer(400, SPRING), "r")
    assert "thirdPartyReference must not be null; items[0].sku must not be blank" in caught.value.message
    assert str(caught.value) == caught.value.message
    assert caught.value.code == "pos_rejected"
    assert caught.value.pos_message == "thirdPartyReference must not be null; items[0].sku must not be blank"
    assert caught.value.answer == json.dumps(SPRING)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"message": "Required request parameter is not present", "status": 400}, "Required request parameter"),
        ({"status": "fail", "msg": "no such luck"}, "no such luck"),
        ({**SUB_EXCEPTIONS, "status": "400"}, "menu could not be loaded"),
        ({"error": "Bad Request", "errors": [7, None], "message": 9}, "Bad Request"),
        ({"error": "Bad Request", "errors": {"odd": 1}}, "Bad Request"),
    ],
)
def test_three_envelopes(body: dict[str, Any], words: str) -> None:
    with pytest.raises(Rejected) as caught:
        taken(answer(400, body), "r")
    assert words in caught.value.message


def test_an_echoed_secret_is_masked() -> None:
    with pytest.raises(Rejected) as caught:
        taken(answer(400, {"message": f"token {SECRET} is odd"}), "r")
    error = caught.value
    assert SECRET not in f"{error} {error.answer} {error.pos_message} {error.message}"


def spring(*fields: str) -> dict[str, Any]:
    return {**SPRING, "errors": [{"field": field, "defaultMessage": "is not known"} for field in fields]}


ABOUT_SETTINGS: list[tuple[dict[str, Any], str]] = [
    ({"message": "endpoint ID not found for ENDPOINT", "status": 400}, "endpoint_id"),
    ({"status": "fail", "msg": "no such endpoint"}, "endpoint_id"),
    ({"message": "Webhook endpoint 'X-1' does not exist"}, "endpoint_id"),
    ({"message": "Unknown endpointId: X"}, "endpoint_id"),
    (spring("endpointId"), "endpoint_id"),
    (spring("items[0].sku", "businessLocationId"), "business_location_id"),
    ({"message": "Business location 123 not found"}, "business_location_id"),
    ({"message": "Invalid businessLocationId"}, "business_location_id"),
    (spring("staffId"), "staff_id"),
    ({"message": "STAFF_NOT_FOUND"}, "staff_id"),
    ({"apiSubExceptions": [{"field": "staffId", "message": "unknown"}]}, "staff_id"),
]


@pytest.mark.parametrize(("body", "setting"), ABOUT_SETTINGS)
def test_a_wrong_setting_blocks_the_venue_and_rejects_no_order(body: dict[str, Any], setting: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        taken(answer(400, body), "r")
    error = caught.value
    assert f"the location's {setting} (400)" in error.message
    assert ("register the callbacks first" in error.message) is (setting == "endpoint_id")
    assert error.pos_message
    assert error.pos_message in error.message
    assert error.answer == json.dumps(body)


@pytest.mark.parametrize(
    "body",
    [
        spring("items[0].sku"),
        spring("accountProfileCode"),
        spring("payment.paymentMethod"),
        spring("customerInfo.staffIdOfGuest"),
        {"message": "item STAFF-1 not found for businessLocationId 123"},
        {"message": "Business location doesn't accept online orders"},
        {"message": "Business location does not accept online orders"},
        {"message": "Unknown staff meal discount"},
        {"message": "Staff meal not found"},
        {"message": "Validation failed for object='localOrder'", "errors": [{"field": "orderNote"}]},
        {"message": "reload error: endpoint not found"},
    ],
)
def test_a_refusal_of_the_order_stays_one(body: dict[str, Any]) -> None:
    with pytest.raises(Rejected):
        taken(answer(400, body), "r")


PAGE = b"<html>\n<head><title>502 Bad Gateway</title></head>\n<body><hr>nginx</body></html>"
TRACE = "com.ikentoo.Oops: no till\n\tat com.ikentoo.Api.order(Api.java:7)\n\tat java.lang.Thread.run"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (USED, USED["msg"]),
        (SUB_EXCEPTIONS, "menu could not be loaded"),
        ({"message": TRACE, "trace": TRACE}, "com.ikentoo.Oops: no till"),
        (TRACE.encode(), "com.ikentoo.Oops: no till"),
        (PAGE, "502 Bad Gateway"),
        (b'"only a string"', "only a string"),
        ({"odd": {"deep": 1}}, None),
        (b"[1]", None),
        (b"", None),
    ],
)
def test_the_words_are_for_people(body: Any, words: str | None) -> None:
    given = answer(500, body)
    with pytest.raises(InDoubt) as caught:
        taken(given, "r")
    assert caught.value.pos_message == words
    assert caught.value.answer == given.body.decode()
