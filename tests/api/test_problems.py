"""Whatever is wrong with a request, the answer is a problem document that names the place. Never a 500."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.api.conftest import IKENTOO, Api

ORDER: dict[str, Any] = {
    "location": "geneva-1",
    "reference": "WEB-1",
    "service_type": "pickup",
    "items": [{"sku": "PIZZA", "quantity": 1}],
    "total": "12.50",
}
JSON = {"Content-Type": "application/json"}


@pytest_asyncio.fixture
async def shop(api: Api) -> AsyncIterator[Api]:
    assert (await api.put("geneva-1", IKENTOO)).status_code == 201
    yield api


async def post(api: Api, body: bytes | dict[str, Any], **headers: str) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await api.call("POST", "/v1/orders/preview", "orders:write", content=content, headers={**JSON, **headers})


def is_problem(answer: Any, slug: str, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["type"] == f"/problems/{slug}"
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    return document


async def test_unknown_addresses_and_wrong_methods(api: Api) -> None:
    for path in ("/", "/v1", "/v1/nothing", "/v1/locations/", "/v1/orders/%00/x", "/%ff"):
        is_problem(await api.call("GET", path, "ops"), "not-found", 404)
    wrong = await api.call("POST", "/v1/locations/geneva-1", "admin")
    is_problem(wrong, "method-not-allowed", 405)
    assert wrong.headers["allow"] == "DELETE, GET, PUT"
    is_problem(await api.call("PATCH", "/v1/locations"), "method-not-allowed", 405)
    assert (await api.call("OPTIONS", "/v1/orders/preview")).headers["allow"] == "POST"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"total": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1,}',
        b"\xff\xfe{\x00}\x00",
        b'{"reference": "\xff"}',
        b'{"reference": "\xed\xa0\x80"}',
        b'{"reference": "\\ud800"}',
        b'{"reference": "\\udc00\\ud800"}',
        b'{"reference": "tab\tinside"}',
        b'{"a": 01}',
        b'{"a": 1} {"b": 2}',
        b"[" * 100_000,
        b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
        b'{"guests": ' + b"9" * 10_000 + b"}",
    ],
    ids=lambda body: repr(body[:24]),
)
async def test_what_is_no_json_is_400(api: Api, body: bytes) -> None:
    is_problem(await post(api, body), "malformed-json", 400)


@pytest.mark.parametrize("body", [b"[]", b"1", b'"order"', b"null", b"true", b"1e400"])
async def test_json_that_is_no_object_is_422(api: Api, body: bytes) -> None:
    if body == b"1e400":
        assert (await post(api, body)).status_code in (400, 422)
        return
    document = is_problem(await post(api, body), "validation-failed", 422)
    assert document["errors"] == [{"pointer": "", "code": "wrong_type", "message": "must be an object"}]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": "application/json; charset=latin-1"}, 415),
        ({"Content-Type": ""}, 415),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, 415),
        ({"Content-Type": "application/json; charset=utf-8"}, 200),
        ({"Content-Type": 'APPLICATION/JSON;charset="UTF-8"'}, 200),
    ],
)
async def test_the_type_of_the_body(shop: Api, headers: dict[str, str], status: int) -> None:
    answer = await post(shop, ORDER, **headers)
    assert answer.status_code == status, answer.text
    if status == 415:
        is_problem(answer, "unsupported-media-type", 415)


async def test_a_body_without_a_type_is_415(api: Api) -> None:
    body = json.dumps(ORDER).encode()
    is_problem(await api.call("POST", "/v1/orders", "orders:write", content=body), "unsupported-media-type", 415)


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"total": None}, "/total", "missing"),
        ({"a/b~c": 1}, "/a~1b~0c", "unknown"),
        ({"items": []}, "/items", "too_short"),
        ({"items": [{"sku": "A"}]}, "/items/0/quantity", "missing"),
        ({"items": [{"sku": "A", "quantity": 1, "x": 1}]}, "/items/0/x", "unknown"),
        ({"items": {"sku": "A"}}, "/items", "wrong_type"),
        ({"items": [7]}, "/items/0", "wrong_type"),
        ({"total": 12.5}, "/total", "invalid"),
        ({"service_type": "drive_in"}, "/service_type", "not_one_of"),
        ({"guests": "2"}, "/guests", "wrong_type"),
        ({"guests": 0}, "/guests", "out_of_range"),
        ({"customer": {"email": "no-at-sign"}}, "/customer/email", "invalid"),
        ({"reference": "x" * 49}, "/reference", "too_long"),
        ({"requested_for": "tomorrow"}, "/requested_for", "invalid"),
        ({"metadata": {"k": 1}}, "/metadata/k", "wrong_type"),
        ({"metadata": {"": "v"}}, "/metadata/", "too_short"),
        ({"metadata": {"x" * 65: "v"}}, f"/metadata/{'x' * 65}", "too_long"),
        ({"currency": "EURO"}, "/currency", "invalid"),
        ({"reference": "nul\0"}, "/reference", "invalid"),
    ],
)
async def test_the_pointer_is_that_of_the_member_itself(
    shop: Api, changes: dict[str, Any], pointer: str, code: str
) -> None:
    document = is_problem(await post(shop, {**ORDER, **changes}), "validation-failed", 422)
    (error,) = document["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)
    assert "Value error" not in error["message"]


async def test_messages_never_repeat_what_was_sent(api: Api) -> None:
    planted = "SECRET-OF-THE-GUEST"
    order = {
        **ORDER,
        "reference": planted * 5,
        "total": planted,
        "currency": planted,
        "requested_for": planted,
        "service_type": planted,
        "guests": planted,
        "customer": {"email": f"{planted}@@", "phone": planted},
        "items": [{"sku": planted * 9, "quantity": planted, "unit_price": planted}],
    }
    answer = await post(api, order)
    assert len(is_problem(answer, "validation-failed", 422)["errors"]) == 11
    assert planted not in answer.text


async def test_thousands_of_errors_are_told_shortly(api: Api) -> None:
    order = {**ORDER, "items": [{}] * 10_000}
    answer = await post(api, order)
    document = is_problem(answer, "validation-failed", 422)
    assert len(document["errors"]) == 50
    assert document["detail"].endswith("(and many more)")


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "/query/limit"),
        ("limit=201", "/query/limit"),
        ("limit=many", "/query/limit"),
        ("cursor=Not%20A%20Slug", "/query/cursor"),
        ("cursor=%00", "/query/cursor"),
        ("colour=red", "/query/colour"),
        ("colour=%00&limit=1", "/query/colour"),
    ],
)
async def test_unknown_and_wrong_query_parameters_are_422(api: Api, query: str, pointer: str) -> None:
    document = is_problem(await api.call("GET", f"/v1/locations?{query}", "ops"), "validation-failed", 422)
    assert [error["pointer"] for error in document["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/v1/locations?limit=1&limit=2", ["limit"]),
        ("/v1/callbacks?location=a&location=a&state=parked&state=handled", ["location"]),
        ("/v1/orders?location=a&limit=1&location=b&limit=1&status=accepted&status=ready", ["location", "limit"]),
    ],
)
async def test_a_single_parameter_that_comes_twice_is_422(api: Api, path: str, names: list[str]) -> None:
    document = is_problem(await api.call("GET", path, "ops", "orders:read"), "validation-failed", 422)
    found = [(error["pointer"], error["code"]) for error in document["errors"]]
    assert found == [(f"/query/{name}", "repeated") for name in names]


async def test_conflicts_name_what_they_conflict_with(shop: Api) -> None:
    first = await shop.call("POST", "/v1/orders", "orders:write", json=ORDER)
    assert first.status_code == 202
    other = await shop.call("POST", "/v1/orders", "orders:write", json={**ORDER, "total": "13.00"})
    document = is_problem(other, "reference-conflict", 409)
    assert document["order_id"] == first.json()["id"]
    deleted = await shop.call("DELETE", "/v1/locations/geneva-1", "admin")
    assert is_problem(deleted, "state-conflict", 409)["state"] == "open_orders"


async def test_every_answer_says_how_it_may_be_used(api: Api) -> None:
    for answer in (await api.call("GET", "/health/live"), await api.call("GET", "/nothing")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


async def test_the_documentation_is_complete(api: Api) -> None:
    document = (await api.call("GET", "/openapi.json")).json()
    text = json.dumps(document)
    assert "HTTPValidationError" not in text
    assert "$defs" not in text
    refs = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert refs <= set(document["components"]["schemas"])
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if path.startswith("/webhooks/"):
                assert operation["security"] == [{"callback": []}]
            if path.startswith("/v1/"):
                assert operation["security"] == [{"key": []}], (method, path)
                assert "Scope: " in operation["description"], (method, path)
                assert {"401", "403", "503"} <= set(operation["responses"]), (method, path)
    put = document["paths"]["/v1/locations/{location}"]["put"]["requestBody"]["content"]["application/json"]
    assert set(put["schema"]["properties"]["pos"]["discriminator"]["mapping"]) == {"iiko", "ikentoo"}
    assert (await api.call("GET", "/docs")).status_code == 200
