"""Iiko gives new ids with every edit: settings name things, and an order that met old ids is sent once more."""

from typing import Any

import pytest

from app.simulators.iiko import ids
from app.store.tables import dictionaries
from tests.relay.house import IIKO, House, events, iiko_location, iiko_order

NAMES: dict[str, Any] = {
    "delivery_terminal": "Centre",
    "order_types": {"pickup": "Pickup", "delivery": "Delivery by courier"},
    "payment_types": {"CARD": "Bank card"},
    "marketing_source": "website",
}

FAULTS = [{"kind": "status", "status": 500}, {"kind": "garbage"}, {"kind": "drop_after"}]


async def named(house: House, **changes: Any) -> None:
    """The location's settings name things instead of holding their ids."""
    document = iiko_location(str(house.pos[IIKO].base_url))
    document["pos"] |= NAMES | changes
    await house.locations.put(IIKO, document)


async def edit(house: House, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """The restaurant's back office changes something."""
    answer = await house.pos[IIKO].request(method, f"/_sim/{path}", json=body)
    assert answer.is_success, answer.text
    return answer.json()


async def created(house: House) -> list[int]:
    """How many requests each order at the POS took."""
    held = await house.at_pos(IIKO)
    assert all(order["created"] == 1 for order in held if order["requests"])
    return [order["requests"] for order in held]


@pytest.mark.parametrize("kind", ["order_types", "terminals", "marketing_sources", "payment_types", None])
async def test_old_ids_are_found_anew_and_the_order_arrives_once(house: House, kind: str | None) -> None:
    await named(house)
    await house.sync.now(IIKO)
    order_id = await house.submit(iiko_order())
    await edit(house, "POST", "rotate", {} if kind is None else {"kind": kind})
    assert await house.send() == 1
    between = await house.view(order_id)
    assert (between["status"], between["dispatch"]["state"]) == ("received", "waiting")
    assert not between["needs_attention"]
    assert await house.send() == 1
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"]) == ("accepted", "done"), view
    assert events(view) == ["received", "new_ids", "NEW"]
    # A terminal is wrong in every order, and would have blocked the lane.
    no = "misconfigured" if kind in ("terminals", None) else "rejected"
    assert [attempt["outcome"] for attempt in view["attempts"]] == [no, "taken"]
    assert (await house.lane(IIKO))["blocked"] is None
    assert not view["needs_attention"]
    first, second = (attempt["request"]["body"]["order"]["id"] for attempt in view["attempts"])
    assert first == second  # the same reference: were the first one there after all, it could not be doubled
    assert await created(house) == [2]


async def test_the_next_order_meets_no_old_id(house: House) -> None:
    await named(house)
    await house.sync.now(IIKO)
    await house.submit(iiko_order("WEB-1"))
    await edit(house, "POST", "rotate", {})
    await house.send()
    await house.send()
    order_id = await house.submit(iiko_order("WEB-2"))
    await house.send()
    assert events(await house.view(order_id)) == ["received", "NEW"]


async def test_a_second_no_stands(house: House) -> None:
    await named(house)
    await house.sync.now(IIKO)
    order_id = await house.submit(iiko_order())
    await edit(house, "POST", "rotate", {"kind": "order_types"})
    await house.send()
    await edit(house, "POST", "rotate", {"kind": "order_types"})  # edited again, just before it is sent once more
    await house.send()
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"]) == ("rejected", "done")
    assert view["attention"]["code"] == "rejected"
    assert events(view).count("new_ids") == 1
    await house.later(3600)
    assert await house.send() == 0


async def test_a_no_to_ids_that_are_still_right_stands(house: House) -> None:
    await named(house)
    await house.sync.now(IIKO)
    await edit(house, "POST", f"menu/products/{ids.QUATTRO_FORMAGGI}/stop", {})
    order_id = await house.submit(iiko_order())
    await house.send()
    view = await house.view(order_id)
    assert (view["status"], events(view).count("new_ids")) == ("rejected", 0)


async def test_never_synced_it_syncs_before_the_first_send(house: House) -> None:
    await named(house)
    order_id = await house.submit(iiko_order())
    await house.send()
    view = await house.view(order_id)
    assert (view["status"], events(view)) == ("accepted", ["received", "NEW"])
    assert await created(house) == [1]
    assert await house.count("dictionaries") > 0


async def test_a_product_that_is_new_is_found_by_its_sku(house: House) -> None:
    await named(house)
    await house.sync.now(IIKO)
    made = await edit(house, "POST", "menu/products", {"name": "Strudel", "price": "120.00", "code": "S-1"})
    order_id = await house.submit(by_sku("S-1"))
    await house.send()
    view = await house.view(order_id)
    assert view["status"] == "accepted", view["failure"]
    sent = view["attempts"][0]["request"]["body"]["order"]["items"][0]
    assert (sent["id"], sent["name"]) == (made["id"], "Strudel")
    assert await created(house) == [1]


async def test_what_iiko_does_not_sell_is_rejected_and_never_sent(house: House) -> None:
    await named(house)
    await house.sync.now(IIKO)
    order_id = await house.submit(by_sku("NO-SUCH"))
    await house.send()
    view = await house.view(order_id)
    assert (view["status"], view["failure"]["code"]) == ("rejected", "item_not_found")
    assert "NO-SUCH" in view["failure"]["message"]
    assert await created(house) == []


def by_sku(sku: str) -> dict[str, Any]:
    """A pickup of one thing that is named by its SKU alone."""
    item = {"sku": sku, "quantity": 1, "unit_price": "120.00"}
    payments = [{"method": "CARD", "amount": "120.00", "paid": True}]
    return iiko_order(items=[item], payments=payments, total="120.00")


async def test_a_name_that_iiko_does_not_have_parks_and_says_which_setting(house: House) -> None:
    await named(house, order_types={"pickup": "Take away"})
    await house.sync.now(IIKO)
    order_id = await house.submit(iiko_order())
    await house.send()
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"]) == ("received", "parked")
    assert view["attention"]["code"] == "parked"
    assert "pos.order_types.pickup" in view["attention"]["message"]
    assert "'Pickup'" in view["attention"]["message"]  # what there is instead
    await named(house)
    await house.operate.retry(IIKO, order_id, actor="test")
    await house.send()
    assert (await house.view(order_id))["status"] == "accepted"
    assert await created(house) == [1]


async def test_a_terminal_that_iiko_does_not_have_blocks_the_lane(house: House) -> None:
    await named(house, delivery_terminal="Rooftop")
    order_id = await house.submit(iiko_order())
    await house.send()
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"]) == ("received", "waiting")
    lane = await house.lane(IIKO)
    assert lane["blocked"] == "misconfigured"
    assert "Rooftop" in lane["blocked_message"]
    await named(house)
    await house.send()
    assert (await house.view(order_id))["status"] == "accepted"


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_sync_that_fails_before_the_first_send_is_no_doubt(house: House, fault: dict[str, Any]) -> None:
    """Nothing was sent that could create anything, so the order waits, and may be cancelled or given up."""
    await named(house)
    await house.fault(IIKO, times=9, match={"endpoint": "rmsSettings/getOrderTypes"}, **fault)
    order_id = await house.submit(iiko_order())
    await house.send()
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"]) == ("received", "waiting")
    await house.heal(IIKO)
    await house.later(60)
    await house.send()
    assert (await house.view(order_id))["status"] == "accepted"
    assert await created(house) == [1]


async def test_a_sync_that_fails_after_a_no_leaves_the_no(house: House) -> None:
    await named(house)
    await house.sync.now(IIKO)
    order_id = await house.submit(iiko_order())
    await edit(house, "POST", "rotate", {"kind": "order_types"})
    await house.fault(IIKO, "status", status=500, times=9, match={"endpoint": "rmsSettings/getOrderTypes"})
    await house.send()
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"]) == ("rejected", "done")
    async with house.engine.connect() as connection:
        assert (await connection.execute(dictionaries.select())).all()


async def test_a_guest_who_was_deleted_meanwhile_costs_no_order(house: House) -> None:
    """Found before the first try, which the POS put off; gone before the second."""
    await named(house, customers="find")
    await house.sync.now(IIKO)
    await house.fault(IIKO, "status", status=429, times=1, match={"endpoint": "orders/add"})
    order_id = await house.submit(iiko_order(customer={"first_name": "Olena", "phone": "+380971112233"}))
    await house.send()
    gone = await house.pos[IIKO].delete(f"/_sim/guests/{ids.GUEST_OLENA}")
    assert gone.is_success, gone.text
    await house.later(60)
    await house.send()
    await house.send()
    view = await house.view(order_id)
    assert view["status"] == "accepted", view["failure"]
    sent = [attempt["request"]["body"]["customer"].get("id") for attempt in view["attempts"]]
    assert sent == [ids.GUEST_OLENA, ids.GUEST_OLENA, None]
    assert await created(house) == [3]  # asked three times, created once
