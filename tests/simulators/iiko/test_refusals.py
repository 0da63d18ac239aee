"""One wrong thing each, and the shape of the answer. Nothing is ever created."""

from typing import Any

import pytest

from app.simulators.iiko import ids
from tests.simulators.iiko.orders import asabix_order, changed, delivery_order, with_item
from tests.simulators.iiko.pos import Pos

STRANGER = "99999999-0000-4000-8000-000000000001"
SAUCE = {"id": ids.BBQ_SAUCE, "name": "BBQ", "amount": 1}
BURGER = {"id": ids.BURGER, "name": "Burger", "amount": 1, "code": "00032", "sum": 111}


def crust(amount: int = 1, modifier_id: str = ids.THIN_CRUST, **group: str) -> dict[str, Any]:
    group = group or {"groupId": ids.GROUP_CRUST, "groupName": "Crust"}
    return {"id": modifier_id, "name": "Crust", "amount": amount, **group}


def dip(amount: int) -> dict[str, Any]:
    return {"id": ids.HOT_DIP, "name": "Hot", "amount": amount, "groupId": ids.GROUP_DIPS, "groupName": "Dips"}


BY_FIELD = [
    ("organization", ..., 400, "FieldRequired"),
    ("organization", "", 400, "InvalidGuid"),
    ("organization", STRANGER, 403, "OrganizationNotFound"),
    ("deliveryTerminalId", STRANGER, 400, "DeliveryTerminalNotFound"),
    ("deliveryTerminalId", "Centre", 400, "InvalidGuid"),
    ("customer", ..., 400, "FieldRequired"),
    ("customer", "Asabix", 500, "StackTrace"),
    ("customer.id", "", 400, "InvalidGuid"),
    ("customer.name", ..., 400, "FieldRequired"),
    ("customer.name", "x" * 61, 400, "FieldTooLong"),
    ("customer.phone", ..., 400, "FieldRequired"),
    ("customer.phone", "+44 7911 123456", 400, "InvalidPhone"),
    ("customer.email", "x" * 61, 400, "FieldTooLong"),
    ("order", ..., 400, "FieldRequired"),
    ("order.id", "WEB-1", 400, "InvalidGuid"),
    ("order.id", 7, 500, "StackTrace"),
    ("order.date", "2026-11-22T19:30:00+01:00", 400, "ModelState"),
    ("order.date", "2020-01-01 12:00:00", 400, "TooSmallDeliveryDate"),
    ("order.phone", None, 400, "FieldRequired"),
    ("order.phone", "12345", 400, "InvalidPhone"),
    ("order.isSelfService", ..., 400, "FieldRequired"),
    ("order.isSelfService", 1, 500, "StackTrace"),
    ("order.isSelfService", "yes", 500, "StackTrace"),
    ("order.fullSum", True, 500, "StackTrace"),
    ("order.fullSum", "much", 500, "StackTrace"),
    ("order.fullSum", -1, 400, "NegativeSum"),
    ("order.personsCount", 2**31, 500, "StackTrace"),
    ("order.comment", "x" * 501, 400, "FieldTooLong"),
    ("order.orderTypeId", STRANGER, 400, "OrderTypeNotFound"),
    ("order.orderTypeId", ids.ORDER_TYPE_DELIVERY, 400, "OrderServiceTypeDoesNotMatchSelfServiceMode"),
    ("order.marketingSourceId", STRANGER, 400, "MarketingSourceNotFound"),
    ("order.items", ..., 400, "OrderItemsNotExists"),
    ("order.items", [], 400, "OrderItemsNotExists"),
    ("order.items", {}, 500, "StackTrace"),
    ("order.items.0.id", ..., 400, "FieldRequired"),
    ("order.items.0.id", STRANGER, 400, "ProductNotFound"),
    ("order.items.0.id", ids.BACON, 400, "ProductIsModifier"),
    ("order.items.0.id", ids.PUMPKIN_SOUP_OFF_MENU, 400, "ProductExcluded"),
    ("order.items.0.amount", 1000, 400, "InvalidAmount"),
    ("order.items.0.amount", 0, 400, "InvalidAmount"),
    ("order.items.0.amount", 1e40, 500, "StackTrace"),
    ("order.items.0.comment", "x" * 256, 400, "FieldTooLong"),
    ("order.items.1.modifiers", ..., 400, "RequiredModifierMissing"),
    ("order.items.1.modifiers.0.amount", 3, 400, "ModifierAmount"),
    ("order.items.1.modifiers.0.amount", 2**31, 500, "StackTrace"),
    ("order.items.1.modifiers.0.name", ..., 400, "FieldRequired"),
    ("order.items.1.modifiers.0.id", STRANGER, 400, "ModifierNotFound"),
    ("order.items.1.modifiers.1.id", ids.BACON, 400, "ModifierNotOfProduct"),
    ("order.items.1.modifiers.1.id", ids.BBQ_SAUCE, 400, "ModifierDuplicated"),
    ("order.paymentItems.0.sum", ..., 400, "FieldRequired"),
    ("order.paymentItems.0.sum", 613.01, 400, "PaymentSumTooLarge"),
    ("order.paymentItems.0.sum", 0, 400, "PaymentSumShouldBePositive"),
    ("order.paymentItems.0.paymentType", ..., 400, "FieldRequired"),
    ("order.paymentItems.0.paymentType", {}, 400, "FieldRequired"),
    ("order.paymentItems.0.paymentType", {"id": STRANGER}, 400, "PaymentTypeNotFound"),
    ("order.paymentItems.0.paymentType", {"code": "BARTER"}, 400, "PaymentTypeNotFound"),
    ("order.paymentItems.0.paymentType", {"code": "VOUCHER"}, 400, "PaymentTypeDeleted"),
    ("order.paymentItems.0.isProcessedExternally", ..., 400, "FieldRequired"),
    ("order.paymentItems.0.isProcessedExternally", 0, 500, "StackTrace"),
]
OF_A_DELIVERY = [
    ("order.address", ..., 400, "FieldRequired"),
    ("order.address.city", None, 400, "FieldRequired"),
    ("order.address.street", " ", 400, "FieldRequired"),
    ("order.address.home", "9v, second entrance", 400, "FieldTooLong"),
    ("order.address.apartment", "12345678901", 400, "FieldTooLong"),
    ("order.address.comment", "x" * 501, 400, "FieldTooLong"),
    ("order.orderTypeId", ids.ORDER_TYPE_PICKUP, 400, "OrderServiceTypeDoesNotMatchSelfServiceMode"),
]
OF_GROUPS: list[tuple[list[dict[str, Any]], str]] = [
    ([], "GroupModifierAmount"),
    ([crust(2)], "GroupModifierAmount"),
    ([crust(groupName="Crust")], "FieldRequired"),
    ([crust(groupId=ids.GROUP_CRUST)], "FieldRequired"),
    ([crust(modifier_id=ids.BACON)], "ModifierNotOfProduct"),
    ([crust(groupId=ids.GROUP_MILK, groupName="Milk")], "ModifierNotOfProduct"),
    ([crust(), SAUCE], "ModifierNotOfProduct"),
]


async def expect(pos: Pos, body: dict[str, Any], status: int, reason: str) -> dict[str, Any]:
    answer = await pos.add(body)
    assert (answer.status_code, answer.headers.get("x-sim-reason")) == (status, reason), answer.text
    rows = (await pos.http.get("/_sim/orders")).json()
    assert sum(row["created"] for row in rows) == 0
    error: dict[str, Any] = answer.json()
    return error


def check_shape(error: dict[str, Any], status: int, reason: str) -> None:
    if reason == "StackTrace":
        assert error.keys() == {"Message", "ExceptionMessage", "ExceptionType", "StackTrace"}
    elif reason == "ModelState":
        assert error.keys() == {"Message", "ModelState"}
    else:
        assert error["httpStatusCode"] == status
        assert error["code"] == ("217" if reason == "InvalidGuid" else "0")
        assert error["message"]


@pytest.mark.parametrize(("path", "value", "status", "reason"), BY_FIELD)
async def test_a_wrong_field(pos: Pos, path: str, value: Any, status: int, reason: str) -> None:
    check_shape(await expect(pos, changed(asabix_order(), path, value), status, reason), status, reason)


@pytest.mark.parametrize(("path", "value", "status", "reason"), OF_A_DELIVERY)
async def test_a_wrong_field_of_a_delivery(pos: Pos, path: str, value: Any, status: int, reason: str) -> None:
    check_shape(await expect(pos, changed(delivery_order(), path, value), status, reason), status, reason)


@pytest.mark.parametrize(("modifiers", "reason"), OF_GROUPS)
async def test_group_modifier_rules(pos: Pos, modifiers: list[dict[str, Any]], reason: str) -> None:
    item = {"id": ids.MARGHERITA, "name": "Margherita", "amount": 1, "sum": 613, "modifiers": modifiers}
    await expect(pos, with_item(asabix_order(), item), 400, reason)


async def test_children_of_a_group_may_have_their_own_limits(pos: Pos) -> None:
    item = {"id": ids.CHICKEN_WINGS, "name": "Wings", "amount": 1, "sum": 168, "modifiers": [dip(2)]}
    await expect(pos, with_item(asabix_order(), item), 400, "ModifierAmount")


async def test_a_product_may_be_prohibited_at_one_terminal(pos: Pos) -> None:
    item = {"id": ids.OYSTERS_NOT_AT_RIVERSIDE, "name": "Oysters", "amount": 1, "sum": 390}
    body = changed(with_item(asabix_order(), item), "deliveryTerminalId", ids.TERMINAL_RIVERSIDE)
    await expect(pos, body, 400, "ProductExcluded")


async def test_the_flat_payment_of_the_printed_sample_is_refused(pos: Pos) -> None:
    flat = {"id": ids.PAYMENT_CARD, "code": "CARD", "name": "", "comment": "full", "isProcessedExternally": False}
    await expect(pos, changed(asabix_order(), "order.paymentItems", [flat]), 400, "FieldRequired")


async def test_without_a_terminal_small_deliveries_are_refused(pos: Pos) -> None:
    body = changed(changed(delivery_order(), "deliveryTerminalId", ...), "order.fullSum", 50)
    await expect(pos, changed(body, "order.paymentItems", []), 400, "DeliveryPointNotFound")


@pytest.mark.parametrize(("content", "status"), [(b"", 400), (b"{", 400), (b"\xff", 400), (b"[]", 500), (b"null", 500)])
async def test_bodies_that_are_no_order(pos: Pos, content: bytes, status: int) -> None:
    query, headers = {"access_token": pos.token}, {"content-type": "application/json"}
    answer = await pos.http.post("/api/0/orders/add", params=query, headers=headers, content=content)
    assert answer.status_code == status
    assert ("ModelState" in answer.json()) is (status == 400)


async def test_a_body_must_be_declared_as_json(pos: Pos) -> None:
    query = {"access_token": pos.token}
    assert (await pos.http.post("/api/0/orders/add", params=query, content=b"{}")).status_code == 415
