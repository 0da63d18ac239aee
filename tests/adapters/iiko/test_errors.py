"""What Iiko's refusals mean, whatever their shape."""

import json
from typing import Any

import pytest

from app.adapters.iiko.errors import complaint, is_duplicate, pos_error
from app.adapters.iiko.failure_codes import failure_code
from app.adapters.transport import Answer
from app.domain.errors import AccessDenied, InDoubt, Misconfigured, NotSent, PosError, Rejected

TRACE = "System.InvalidCastException: no boolean\r\n   at Iiko.Delivery.Web.OrdersController.Add(OrderRequest request)"
STACK = {"Message": "An error has occurred.", "ExceptionMessage": "no boolean", "StackTrace": "   at Iiko.Add()"}
STATE = {"Message": "The request is invalid.", "ModelState": {"order": ["The value 'x' is not valid for Guid."]}}
HTML = "<html><head><style>b{}</style><title>Bad gateway</title></head><body><h1>502</h1></body></html>"


def answer(status: int, body: Any, *, mask: tuple[str, ...] = ()) -> Answer:
    raw = body if isinstance(body, str) else json.dumps(body)
    return Answer(status=status, headers={}, body=raw.encode(), mask=mask)


def shape_1(code: Any, message: str, status: int = 400) -> dict[str, Any]:
    return {"code": code, "message": message, "description": None, "httpStatusCode": status, "uiMessage": None}


TABLE: list[tuple[int, Any, type[PosError], str | None, str | None]] = [
    (400, shape_1("217", "Invalid format for GUID:''"), Rejected, "pos_rejected", "Invalid format for GUID:''"),
    (400, shape_1(0, "Product 'x' is not found in nomenclature"), Rejected, "item_not_found", None),
    (409, shape_1("9", "Payment type 'CASH' is deleted"), Rejected, "payment_type_invalid", None),
    (422, shape_1(None, "something new"), Rejected, "pos_rejected", "something new"),
    (400, STATE, Rejected, "pos_rejected", "The request is invalid.; order: The value 'x' is not valid for Guid."),
    (400, "<h1>Bad Request</h1>", Misconfigured, None, "Bad Request"),
    (401, shape_1("5", "Wrong access token"), AccessDenied, None, None),
    (403, shape_1("5", "not visible with this login"), AccessDenied, None, None),
    (404, STATE, Misconfigured, None, None),
    (404, shape_1("110", "no"), Misconfigured, None, None),
    (405, "", Misconfigured, None, None),
    (302, "", Misconfigured, None, None),
    (408, shape_1("0", "Request timed out", 408), InDoubt, "pos_timeout", "Request timed out"),
    (408, "", InDoubt, "pos_timeout", None),
    (429, "slow down", NotSent, None, None),
    (500, STACK, InDoubt, None, "no boolean"),
    (500, TRACE, InDoubt, None, "System.InvalidCastException: no boolean"),
    (500, json.dumps(TRACE), InDoubt, None, "System.InvalidCastException: no boolean"),
    (500, f"<h1>Oops</h1><pre>{TRACE}</pre>", InDoubt, None, "Oops"),
    (500, {"Message": "An error has occurred.", "ExceptionMessage": TRACE}, InDoubt, None, TRACE.splitlines()[0]),
    (500, [{"raw": 1}], InDoubt, None, None),
    (500, json.dumps("only a string"), InDoubt, None, "only a string"),
    (500, shape_1("110", "order not found", 500), InDoubt, None, "order not found"),
    (500, shape_1("701", "RabbitMq queue is not found", 500), InDoubt, "pos_offline", "RabbitMq queue is not found"),
    (400, shape_1(701, "RabbitMq queue is not found"), InDoubt, "pos_offline", None),
    (502, HTML, InDoubt, None, "Bad gateway 502"),
    (503, "", InDoubt, None, None),
    (418, {"tea": True}, InDoubt, None, None),
]


@pytest.mark.parametrize(("status", "body", "kind", "code", "words"), TABLE)
def test_class_code_and_words(
    status: int, body: Any, kind: type[PosError], code: str | None, words: str | None
) -> None:
    error = pos_error(answer(status, body))
    assert type(error) is kind
    assert error.http_status == status
    assert error.code == code
    assert words is None or error.pos_message == words
    assert not (error.pos_message or "").startswith(("{", "[", "<"))
    assert error.answer == (body if isinstance(body, str) else json.dumps(body))
    assert error.message.endswith((".", "?"))


def test_success_is_no_error() -> None:
    assert pos_error(answer(200, {"orderId": "1"})) is None


def test_the_same_500_has_the_same_words() -> None:
    first, second = pos_error(answer(500, STACK)), pos_error(answer(500, STACK))
    assert first is not None
    assert second is not None
    assert first.pos_message == second.pos_message
    assert first.answer == json.dumps(STACK)


@pytest.mark.parametrize("body", [shape_1("5", "token abc"), {"Message": "token abc"}, "token abc", "<i>token abc</i>"])
def test_words_are_masked(body: Any) -> None:
    error = pos_error(answer(500, body, mask=("abc",)))
    assert error is not None
    assert error.pos_message == "token ***"
    assert "abc" not in str(error.answer)


@pytest.mark.parametrize(
    ("body", "duplicate"),
    [
        (shape_1("192", "Order already exists"), True),
        (shape_1(192, ""), True),
        (shape_1("0", "DuplicatedOrderId"), True),
        (shape_1("192", "Order with the same externalId exists"), False),
        (shape_1("217", "Invalid format for GUID"), False),
        ("192", False),
    ],
)
def test_duplicate(body: Any, duplicate: bool) -> None:
    assert is_duplicate(complaint(answer(400, body))) is duplicate


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("ProductNotFound", "item_not_found"),
        ("Product 'Soup' is excluded from menu", "item_unavailable"),
        ("Product 'X' has invalid group amount: min = 1, max = 2, actual = 3", "modifier_invalid"),
        ("Required modifier 'y' of 'X' is missing", "modifier_invalid"),
        ("RequestProductPriceIsNotEqualToFrontPrice", "price_mismatch"),
        ("PaymentTypeNotFound", "payment_type_invalid"),
        ("Payment item can not be externally processed", "payment_type_invalid"),
        ("Sum of payments 700 is greater than order sum 613", "payment_mismatch"),
        ("Field 'paymentItems[0].sum' should be positive", "payment_mismatch"),
        ("AddressNotFound", "address_invalid"),
        ("OutOfTerminalZone", "outside_delivery_zone"),
        ("SumIsLessThenMinimum", "below_minimum"),
        ("Order has too small delivery date", "location_closed"),
        ("Creation timeout expired", "pos_timeout"),
        ("The externalId is used", "duplicate_reference"),
        ("", "pos_rejected"),
    ],
)
def test_failure_code(words: str, code: str) -> None:
    assert failure_code(words) == code
