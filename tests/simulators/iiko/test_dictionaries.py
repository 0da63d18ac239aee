"""Organizations, dictionaries, nomenclature, and their changing ids."""

import pytest

from app.simulators.iiko import ids
from tests.simulators.iiko.orders import asabix_order, delivery_order
from tests.simulators.iiko.pos import Pos

DICTIONARIES = [
    ("rmsSettings/getPaymentTypes", "paymentTypes", "code", {"CASH", "CARD", "VOUCHER"}),
    ("rmsSettings/getOrderTypes", "items", "orderServiceType", {"DELIVERY_BY_COURIER", "DELIVERY_PICKUP"}),
    ("rmsSettings/getMarketingSources", "marketingSources", "name", {"website", "phone"}),
    ("deliverySettings/getDeliveryTerminals", "deliveryTerminals", "name", {"Centre", "Riverside"}),
]


async def test_the_organization_is_listed(pos: Pos) -> None:
    (one,) = (await pos.get("organization/list")).json()
    assert one["id"] == ids.ORGANIZATION
    assert one["phone"] is None


@pytest.mark.parametrize(("path", "wrapper", "key", "values"), DICTIONARIES)
async def test_each_dictionary(pos: Pos, path: str, wrapper: str, key: str, values: set[str]) -> None:
    query = {"access_token": pos.token, "organization": ids.ORGANIZATION}
    for prefix in ("/api/0", "/api0"):
        answer = await pos.http.get(f"{prefix}/{path}", params=query)
        assert {one[key] for one in answer.json()[wrapper]} == values


@pytest.mark.parametrize(
    ("organization", "status", "code"),
    [("", 400, "217"), ("x", 400, "217"), ("99999999-0000-4000-8000-000000000001", 403, "0")],
)
async def test_the_organization_is_checked(pos: Pos, organization: str, status: int, code: str) -> None:
    answer = await pos.get("rmsSettings/getOrderTypes", organization=organization)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_missing_organization_is_a_binding_error(pos: Pos) -> None:
    answer = await pos.get("rmsSettings/getOrderTypes")
    assert answer.status_code == 400
    assert "organization" in answer.json()["ModelState"]


async def test_marketing_sources_can_be_a_bare_list(pos: Pos) -> None:
    await pos.control("policy", marketing_sources="bare")
    answer = await pos.get("rmsSettings/getMarketingSources", organization=ids.ORGANIZATION)
    assert {one["name"] for one in answer.json()} == {"website", "phone"}


async def test_nomenclature(pos: Pos) -> None:
    tree = (await pos.get(f"nomenclature/{ids.ORGANIZATION}")).json()
    products = {one["id"]: one for one in tree["products"]}
    assert products[ids.BURGER]["modifiers"][0]["required"] is True
    assert products[ids.MARGHERITA]["groupModifiers"][0]["modifierId"] == ids.GROUP_CRUST
    assert products[ids.THIN_CRUST]["groupId"] == ids.GROUP_CRUST
    assert products[ids.OYSTERS_NOT_AT_RIVERSIDE]["prohibitedToSaleOn"] == [ids.TERMINAL_RIVERSIDE]
    assert ids.GROUP_CRUST in {one["id"] for one in tree["groups"]}
    again = await pos.get(f"nomenclature/{ids.ORGANIZATION}", revision=str(tree["revision"]))
    assert again.json() is None


async def test_rotation_makes_old_ids_stale(pos: Pos) -> None:
    new = await pos.control("rotate")
    stale = await pos.add(asabix_order())
    assert (stale.status_code, stale.headers["x-sim-reason"]) == (400, "DeliveryTerminalNotFound")
    body = delivery_order()
    body["deliveryTerminalId"] = new["terminals"][ids.TERMINAL_CENTRE]
    body["order"]["orderTypeId"] = new["order_types"][ids.ORDER_TYPE_DELIVERY]
    body["order"]["marketingSourceId"] = new["marketing_sources"][ids.MARKETING_WEBSITE]
    body["order"]["paymentItems"][0]["paymentType"] = {"code": "CARD"}
    assert (await pos.add(body)).status_code == 200
