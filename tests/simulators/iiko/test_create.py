"""`orders/add` with orders that are fine, and the OrderInfo it answers."""

import uuid

from app.simulators.iiko import default_config, ids
from tests.simulators.iiko.orders import asabix_order, changed, delivery_order
from tests.simulators.iiko.pos import Pos, running

ORDER_INFO_KEYS = set(
    """
    orderId customerId customer movedDeliveryId customerName customerPhone address restaurantId organization sum
    discount number status statusCode deliveryCancelCause deliveryCancelComment courierInfo orderLocationInfo
    deliveryDate actualTime billTime cancelTime closeTime confirmTime createdTime printTime sendTime comment problem
    operator conception marketingSource durationInMinutes personsCount splitBetweenPersons items guests payments
    orderType deliveryTerminal discounts iikoCard5Coupon customData opinion referrerId
    """.split()
)


async def test_the_order_of_the_tips(pos: Pos) -> None:
    body = asabix_order()
    answer = await pos.add(body)
    assert answer.status_code == 200, answer.text
    order = answer.json()
    assert order.keys() == ORDER_INFO_KEYS
    assert order["orderId"] == body["order"]["id"]
    assert (order["statusCode"], order["status"]) == ("NEW", "Новая")
    assert [one["sum"] for one in order["items"]] == [502, 111]
    assert order["payments"][0]["paymentType"]["code"] == "CARD"
    assert order["deliveryTerminal"]["deliveryTerminalId"] == ids.TERMINAL_CENTRE
    assert order["address"] is None  # a pickup's address is ignored


async def test_money_is_printed_with_many_decimals_and_absent_values_as_null(pos: Pos) -> None:
    answer = await pos.add(asabix_order())
    assert '"sum":613.000000000' in answer.text
    assert '"cancelTime":null' in answer.text


async def test_a_delivery_keeps_its_address(pos: Pos) -> None:
    order = (await pos.add(delivery_order())).json()
    assert (order["address"]["street"], order["address"]["floor"]) == ("Vitruka", None)
    assert order["orderType"]["orderServiceType"] == "DELIVERY_BY_COURIER"


async def test_strings_for_numbers_and_booleans_are_accepted(pos: Pos) -> None:
    body = changed(asabix_order(), "order.isSelfService", "true")
    body = changed(body, "order.paymentItems.0.isProcessedExternally", "False")
    body = changed(body, "order.items.0.amount", "1.5")
    assert (await pos.add(body)).status_code == 200


async def test_without_an_order_id_each_request_makes_an_order(pos: Pos) -> None:
    body = changed(asabix_order(), "order.id", ...)
    first, second = (await pos.add(body)).json(), (await pos.add(body)).json()
    assert first["orderId"] != second["orderId"]
    row = await pos.ledger(second["orderId"])
    assert row["createdWithExternalId"] == 2
    assert row["notes"] == [f"externalId repeated, first used by {first['orderId']}"]


async def test_upper_case_guids_are_the_same(pos: Pos) -> None:
    body = asabix_order(str(uuid.uuid4()).upper())
    order_id = (await pos.add(body)).json()["orderId"]
    assert order_id == body["order"]["id"].lower()
    assert (await pos.info(body["order"]["id"])).status_code == 200
    assert (await pos.ledger(order_id))["requests"] == 1


async def test_ids_that_may_be_left_out(pos: Pos) -> None:
    body = asabix_order()
    for path in (
        "deliveryTerminalId",
        "order.orderTypeId",
        "order.marketingSourceId",
        "order.fullSum",
        "order.address",
    ):
        body = changed(body, path, ...)
    order = (await pos.add(body)).json()
    assert order["orderType"]["id"] == ids.ORDER_TYPE_PICKUP
    assert (await pos.ledger(order["orderId"]))["notes"] == ["no fullSum"]


async def test_group_modifiers(pos: Pos) -> None:
    modifiers = [
        {"id": ids.THIN_CRUST, "name": "Thin", "amount": 1, "groupId": ids.GROUP_CRUST, "groupName": "Crust"},
        {"id": ids.BACON, "name": "Bacon", "amount": 2, "groupId": ids.GROUP_EXTRAS, "groupName": "Extras"},
    ]
    item = {
        "id": ids.MARGHERITA,
        "name": "Margherita",
        "code": "00033",
        "amount": 2,
        "sum": 613,
        "modifiers": modifiers,
    }
    order = (await pos.add(changed(asabix_order(), "order.items", [item]))).json()
    assert order["items"][0]["modifiers"][1]["groupName"] == "Extras"


async def test_a_strange_address_is_noted_or_refused(pos: Pos) -> None:
    body = changed(delivery_order(), "order.address.street", "вул. Вітрука")
    order = (await pos.add(body)).json()
    assert "not in the address book" in (await pos.ledger(order["orderId"]))["notes"][0]
    await pos.control("policy", address="reject")
    refused = await pos.add(changed(body, "order.id", str(uuid.uuid4())))
    assert refused.headers["x-sim-reason"] == "AddressNotFound"


async def test_status_texts_follow_the_language() -> None:
    async with running(default_config(), auto=False, language="en") as english:
        assert (await english.add(asabix_order())).json()["status"] == "New"
