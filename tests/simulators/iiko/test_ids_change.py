"""Edits of the dictionaries: one entry, one kind, everything; and what orders with old ids get."""

from typing import Any

import pytest

from app.simulators.iiko import ids
from tests.simulators.iiko.orders import asabix_order, changed
from tests.simulators.iiko.pos import Pos
from tests.simulators.iiko.test_nomenclature import products_of

IN_AN_ORDER = [
    ("terminals", "Centre", ids.TERMINAL_CENTRE, "deliveryTerminalId", "DeliveryTerminalNotFound"),
    ("order_types", "Pickup", ids.ORDER_TYPE_PICKUP, "order.orderTypeId", "OrderTypeNotFound"),
    ("marketing_sources", "website", ids.MARKETING_WEBSITE, "order.marketingSourceId", "MarketingSourceNotFound"),
    ("payment_types", "CARD", ids.PAYMENT_CARD, "order.paymentItems.0.paymentType.id", "PaymentTypeNotFound"),
]


async def names(pos: Pos, path: str, wrapper: str, key: str) -> dict[str, str]:
    rows = (await pos.get(path, organization=ids.ORGANIZATION)).json()[wrapper]
    return {one["name"]: one[key] for one in rows}


@pytest.mark.parametrize(("kind", "entry", "old", "path", "reason"), IN_AN_ORDER)
async def test_one_entry_gets_another_id(pos: Pos, *, kind: str, entry: str, old: str, path: str, reason: str) -> None:
    rotated = await pos.control("rotate", kind=kind, entry=entry)
    assert rotated.keys() == {kind}
    assert rotated[kind].keys() == {old}
    stale = await pos.add(asabix_order())
    assert (stale.status_code, stale.headers["x-sim-reason"]) == (400, reason)
    assert (await pos.add(changed(asabix_order(), path, rotated[kind][old]))).status_code == 200


async def test_one_kind_gets_other_ids(pos: Pos) -> None:
    rotated = await pos.control("rotate", kind="order_types")
    assert rotated["order_types"].keys() == {ids.ORDER_TYPE_DELIVERY, ids.ORDER_TYPE_PICKUP}
    shown = await names(pos, "deliverySettings/getDeliveryTerminals", "deliveryTerminals", "deliveryTerminalId")
    assert shown["Centre"] == ids.TERMINAL_CENTRE


async def test_an_entry_can_be_renamed(pos: Pos) -> None:
    rotated = await pos.control("rotate", kind="terminals", entry="Riverside", rename="Harbour")
    shown = await names(pos, "deliverySettings/getDeliveryTerminals", "deliveryTerminals", "deliveryTerminalId")
    harbour = rotated["terminals"][ids.TERMINAL_RIVERSIDE]
    assert shown == {"Centre": ids.TERMINAL_CENTRE, "Harbour": harbour}
    products = await products_of(pos)
    assert products[ids.OYSTERS_NOT_AT_RIVERSIDE]["prohibitedToSaleOn"] == [harbour]
    assert products[ids.CHEESECAKE]["differentPricesOn"][0]["terminalId"] == harbour


async def test_an_entry_can_be_deleted(pos: Pos) -> None:
    assert (await pos.http.delete("/_sim/dictionaries/marketing_sources/phone")).status_code == 204
    assert (await names(pos, "rmsSettings/getMarketingSources", "marketingSources", "id")).keys() == {"website"}
    assert (await pos.http.delete("/_sim/dictionaries/marketing_sources/phone")).status_code == 400


@pytest.mark.parametrize(("policy", "status"), [("refuse", 400), ("stack_trace", 500), ("accept", 200)])
async def test_what_an_old_id_does_can_be_chosen(pos: Pos, policy: str, status: int) -> None:
    await pos.control("policy", stale_id=policy)
    await pos.control("rotate")
    await pos.control("rotate")
    answer = await pos.add(asabix_order())
    assert answer.status_code == status
    body: dict[str, Any] = answer.json()
    if status == 200:
        assert body["deliveryTerminal"]["restaurantName"] == "Centre"
    else:
        assert ("StackTrace" in body) is (status == 500)
