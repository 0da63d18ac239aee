"""The constraints of the two order routes: what is refused at once, and how the refusal looks."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.simulators.ikentoo.conftest import Start
from tests.simulators.ikentoo.serving import TO_GO, Pos


def ahead(**distance: float) -> str:
    return (datetime.now(UTC) + timedelta(**distance)).isoformat()


ITEM = {"sku": "12", "quantity": 1}
# changes, field, code
BOTH: list[Any] = [
    ({"businessLocationId": ...}, "businessLocationId", "NotNull"),
    ({"businessLocationId": None}, "businessLocationId", "NotNull"),
    ({"thirdPartyReference": ...}, "thirdPartyReference", "NotNull"),
    ({"thirdPartyReference": ""}, "thirdPartyReference", "Size"),
    ({"thirdPartyReference": "x" * 49}, "thirdPartyReference", "Size"),
    ({"endpointId": ...}, "endpointId", "NotNull"),
    ({"customerInfo": {"firstName": ...}}, "customerInfo.firstName", "NotNull"),
    ({"customerInfo": {"firstName": ""}}, "customerInfo.firstName", "Size"),
    ({"customerInfo": {"firstName": "x" * 129}}, "customerInfo.firstName", "Size"),
    ({"customerInfo": {"email": "not an address"}}, "customerInfo.email", "Email"),
    ({"customerInfo": {"email": ""}}, "customerInfo.thirdPartyReference", "Null"),
    ({"customerInfo": {"email": ...}}, "customerInfo.thirdPartyReference", "Null"),
    ({"customerInfo": {"contactNumberAsE164": "022 123 45 67"}}, "customerInfo.contactNumberAsE164", "Pattern"),
    ({"maxTimeToAttemptOrderDeliverToPos": 59999}, "maxTimeToAttemptOrderDeliverToPos", "Min"),
    ({"scheduledTimeForOrderAsIso8601": ahead(seconds=-1)}, "scheduledTimeForOrderAsIso8601", "Future"),
    ({"scheduledTimeForOrderAsIso8601": "tonight"}, "scheduledTimeForOrderAsIso8601", "DateTimeFormat"),
    ({"scheduledTimeForOrderAsIso8601": "2099-01-01T10:00:00"}, "scheduledTimeForOrderAsIso8601", "DateTimeFormat"),
    ({"items": [{"quantity": 1}]}, "items[0].sku", "NotNull"),
    ({"items": [ITEM, {**ITEM, "sku": "x" * 26}]}, "items[1].sku", "Size"),
    ({"items": [{"sku": "12"}]}, "items[0].quantity", "NotNull"),
    ({"items": [{"sku": "12", "quantity": 0}]}, "items[0].quantity", "Min"),
    ({"items": [{**ITEM, "subItems": [{"quantity": 1}]}]}, "items[0].subItems[0].sku", "NotNull"),
    ({"payment": {"paymentMethod": "CARD"}}, "payment.paymentAmount", "NotNull"),
]
LOCAL_ONLY: list[Any] = [
    ({"tableNumber": "123456"}, "tableNumber", "Digits"),
    ({"tableNumber": "10.5"}, "tableNumber", "Digits"),
    ({"tableNumber": "terrace"}, "tableNumber", "Digits"),
    ({"clientCount": 1000}, "clientCount", "Digits"),
    ({"accountId": "12345678", "accountIdentifier": "A1234.56"}, "accountIdentifier", "Null"),
    ({"accountId": "A1234.56"}, "accountId", "Pattern"),
    ({"items": [{**ITEM, "course": -1}]}, "items[0].course", "Min"),
]
TO_GO_ONLY: list[Any] = [
    ({"collectionCode": "ABCDEFGHI"}, "collectionCode", "Size"),
    ({"orderCollectionTimeAsIso8601": ahead(seconds=-1)}, "orderCollectionTimeAsIso8601", "Future"),
]
TYPES: list[Any] = [
    {"businessLocationId": "abc"},
    {"businessLocationId": 1.5},
    {"businessLocationId": True},
    {"thirdPartyReference": 7},
    {"customerInfo": "Hike"},
    {"items": {"sku": "12"}},
    {"items": ["12"]},
    {"items": [{"sku": 12, "quantity": 1}]},
    {"items": [{"sku": "12", "quantity": "1"}]},
    {"items": [{**ITEM, "modifiers": [{"modifierId": 567}]}]},
    {"items": [{**ITEM, "customItemPrice": "cheap"}]},
    {"payment": {"paymentAmount": "NaN"}},
    {"takeAway": "false"},
    {"deliveryAddress": "Route des Jeunes 5"},
    {"maxTimeToAttemptOrderDeliverToPos": "60000"},
    [],
    "order",
]


def violated(body: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["field"], each["code"]) for each in body["errors"]]


@pytest.mark.parametrize(("changes", "field", "code"), BOTH + TO_GO_ONLY)
async def test_a_to_go_order_must_obey(pos: Pos, changes: dict[str, Any], field: str, code: str) -> None:
    answer = await pos.to_go(**changes)
    assert answer.status_code == 400
    assert (field, code) in violated(answer.json())
    assert await pos.held() == []


@pytest.mark.parametrize(("changes", "field", "code"), BOTH + LOCAL_ONLY)
async def test_a_local_order_must_obey(pos: Pos, changes: dict[str, Any], field: str, code: str) -> None:
    answer = await pos.local(**changes)
    assert answer.status_code == 400
    assert (field, code) in violated(answer.json())
    assert await pos.held() == []


@pytest.mark.parametrize("changes", TYPES)
async def test_a_wrong_type_is_refused_before_validation(pos: Pos, changes: Any) -> None:
    body = {**TO_GO, **changes} if isinstance(changes, dict) else changes
    answer = await pos.client.post("/op/1/order/toGo", json=body)
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("JSON parse error")
    assert "errors" not in answer.json()


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
async def test_what_is_not_json_is_refused(pos: Pos, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await pos.client.post("/op/1/order/toGo", content=content, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "Bad Request")


async def test_a_refusal_is_springs(pos: Pos) -> None:
    answer = await pos.client.post("/o/op/1/order/toGo", json={**TO_GO, "thirdPartyReference": None})
    body = answer.json()
    assert body["timestamp"].endswith("+0000")
    del body["timestamp"]
    assert body == {
        "status": 400,
        "error": "Bad Request",
        "message": "Validation failed for object='toGoOrder'. Error count: 1",
        "errors": [
            {
                "codes": [
                    "NotNull.toGoOrder.thirdPartyReference",
                    "NotNull.thirdPartyReference",
                    "NotNull.java.lang.String",
                    "NotNull",
                ],
                "arguments": [
                    {
                        "codes": ["toGoOrder.thirdPartyReference", "thirdPartyReference"],
                        "defaultMessage": "thirdPartyReference",
                        "code": "thirdPartyReference",
                    }
                ],
                "defaultMessage": "must not be null",
                "objectName": "toGoOrder",
                "field": "thirdPartyReference",
                "rejectedValue": None,
                "bindingFailure": False,
                "code": "NotNull",
            }
        ],
        "path": "/o/op/1/order/toGo",
    }


async def test_all_violations_come_at_once(pos: Pos) -> None:
    answer = await pos.local(thirdPartyReference=..., endpointId=..., items=[{}])
    assert answer.json()["message"] == "Validation failed for object='localOrder'. Error count: 4"


async def test_an_unknown_endpoint_id_is_refused_also_in_other_case(pos: Pos) -> None:
    answer = await pos.to_go(endpointId="endpoint")
    assert (answer.status_code, answer.json()["message"]) == (400, "endpoint ID not found for endpoint")


async def test_a_bad_account_identifier_is_refused(pos: Pos) -> None:
    answer = await pos.local(accountIdentifier="the big one")
    assert (answer.status_code, answer.json()["message"]) == (400, "Invalid account identifier")


async def test_a_foreign_location_is_forbidden(pos: Pos) -> None:
    assert (await pos.to_go(businessLocationId=999)).status_code == 403


async def test_a_used_reference_is_a_conflict_with_its_own_envelope(pos: Pos) -> None:
    assert (await pos.to_go()).status_code == 200
    answer = await pos.local(thirdPartyReference="ORDER-REF-123")
    assert answer.status_code == 409
    assert answer.json() == {"status": "fail", "msg": "reference has already been used ORDER-REF-123"}
    assert (await pos.order())["creates"] == 2


async def test_table_and_guests_of_an_open_check_cannot_be_changed(pos: Pos) -> None:
    account = {"businessLocationId": 25769803788, "accountIdentifier": "A1232.23443"}
    answer = await pos.local(**account, tableNumber="10", clientCount=3)
    assert violated(answer.json()) == [("tableNumber", "Null"), ("clientCount", "Null")]
    assert (await pos.local(**account, tableNumber="1", clientCount=...)).status_code == 200


async def test_a_collection_code_is_unique_while_its_order_is_open(pos: Pos) -> None:
    await pos.plant("stay_open")
    await pos.to_go()
    answer = await pos.to_go(thirdPartyReference="OTHER")
    assert (answer.status_code, answer.json()["message"]) == (400, "collection code has already been used ABC")
    assert (await pos.to_go(thirdPartyReference="OTHER", collectionCode="ABD")).status_code == 200


async def test_what_the_guide_leaves_open_is_taken_and_noted(pos: Pos) -> None:
    answer = await pos.local(tableNumber=..., customerInfo=..., items=..., colour="red", businessLocationId="123")
    assert answer.status_code == 200
    notes = (await pos.requests())[-1]["notes"]
    assert "unknown field ignored: colour" in notes
    assert "neither tableNumber nor account given" in notes


async def test_times_are_checked_on_the_restaurants_clock(pos: Pos) -> None:
    soon = ahead(minutes=30)
    await pos.client.post("/_sim/clock", json={"skew_s": 3600})
    answer = await pos.to_go(orderCollectionTimeAsIso8601=soon)
    assert violated(answer.json()) == [("orderCollectionTimeAsIso8601", "Future")]


async def test_a_token_can_be_wanted(start: Start) -> None:
    async with start(token="s3cret") as pos:
        answer = await pos.to_go()
        assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized")
        pos.client.headers["Authorization"] = "Bearer other"
        answer = await pos.to_go()
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
        pos.client.headers["Authorization"] = "Bearer s3cret"
        await pos.register()
        assert (await pos.to_go()).status_code == 200
