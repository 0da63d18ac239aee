"""What the synced catalog says of an order, and what the location's ``check_policy`` makes of it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.domain.errors import OrderInvalid
from app.domain.order import Order
from app.simulators.iiko import ids
from app.store.tables import catalogs
from tests.relay.house import (
    IIKO,
    IKENTOO,
    House,
    iiko_location,
    iiko_order,
    ikentoo_location,
    ikentoo_order,
)

NO_CRUST = "Margherita: choose exactly 1 of Crust (Thin crust, Thick crust); 0 chosen."
THIN = {"id": ids.THIN_CRUST}


async def policy(house: House, location: str, word: str) -> None:
    document = (iiko_location if location == IIKO else ikentoo_location)(str(house.pos[location].base_url).rstrip("/"))
    await house.locations.put(location, document | {"check_policy": word})
    await house.sync.now(location)


def margherita(reference: str, *modifiers: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """By its SKU alone: name, id and price come from the catalog."""
    items = [{"sku": "00033", "quantity": 1, "modifiers": list(modifiers)}]
    return iiko_order(reference, items=items, payments=[], total="189.00", **changes)


async def refused(house: House, order: dict[str, Any]) -> list[tuple[str, str, str]]:
    with pytest.raises(OrderInvalid) as caught:
        await house.submit(order)
    return [(finding.pointer, finding.code, finding.message) for finding in caught.value.findings]


async def older(house: House, location: str, by: timedelta) -> None:
    async with house.engine.begin() as connection:
        await connection.execute(
            catalogs.update()
            .where(catalogs.c.location_id == location)
            .values(synced_at=catalogs.c.synced_at - by, version=catalogs.c.version + 1)
        )
    house.menus.drop()


async def test_strict_refuses_in_a_cooks_words_and_takes_the_corrected_one(house: House) -> None:
    await policy(house, IIKO, "strict")
    assert await refused(house, margherita("M-1")) == [("/items/0/modifiers", "modifier_invalid", NO_CRUST)]
    assert await house.count("orders") == 0
    order_id = await house.submit(margherita("M-1", THIN))
    await house.send()
    view = await house.view(order_id)
    assert (view["status"], view["warnings"]) == ("accepted", [])
    sent = view["attempts"][0]["request"]["body"]["order"]["items"]
    assert [(line["id"], line["name"], line["sum"]) for line in sent] == [(ids.MARGHERITA, "Margherita", "189.00")]
    assert [(one["id"], one["name"], one["groupName"]) for one in sent[0]["modifiers"]] == [
        (ids.THIN_CRUST, "Thin crust", "Crust")
    ]


async def test_warn_takes_it_and_says_so(house: House) -> None:
    await policy(house, IIKO, "warn")
    view = await house.view(await house.submit(margherita("M-1")))
    assert view["warnings"] == [{"code": "modifier_invalid", "message": NO_CRUST, "pointer": "/items/0/modifiers"}]


async def test_off_says_nothing(house: House) -> None:
    await policy(house, IIKO, "off")
    assert (await house.view(await house.submit(margherita("M-1"))))["warnings"] == []


async def test_an_old_catalog_refuses_nothing(house: House) -> None:
    await policy(house, IIKO, "strict")
    await older(house, IIKO, timedelta(hours=23))
    assert await refused(house, margherita("M-1"))
    await older(house, IIKO, timedelta(hours=2))
    view = await house.view(await house.submit(margherita("M-1")))
    assert [warning["code"] for warning in view["warnings"]] == ["modifier_invalid"]


async def test_a_preview_tells_what_a_submit_would_hear(house: House) -> None:
    await policy(house, IIKO, "warn")
    preview = await house.intake.preview(Order.model_validate(margherita("M-1")))
    assert [problem.message for problem in preview.problems] == [NO_CRUST]
    assert preview.translation is not None


async def test_a_corrected_resend_is_checked_as_well(house: House) -> None:
    await policy(house, IIKO, "warn")
    order_id = await house.submit(margherita("M-1"))
    await house.send()
    assert (await house.view(order_id))["status"] == "rejected"  # the POS wants a crust
    await policy(house, IIKO, "strict")
    with pytest.raises(OrderInvalid, match="choose exactly 1 of Crust"):
        await house.operate.resend(IIKO, order_id, order=Order.model_validate(margherita("M-1")), actor="ops")
    await house.operate.resend(IIKO, order_id, order=Order.model_validate(margherita("M-1", THIN)), actor="ops")
    await house.send()
    view = await house.view(order_id)
    assert (view["status"], view["warnings"], view["needs_attention"]) == ("accepted", [], False)


async def test_prices_and_totals_of_ikentoo(house: House) -> None:
    await policy(house, IKENTOO, "warn")
    wrong = [{"sku": "12", "quantity": 2, "unit_price": "10.00"}]
    view = await house.view(await house.submit(ikentoo_order("W-1", items=wrong)))
    assert [(each["code"], each["pointer"]) for each in view["warnings"]] == [("price_mismatch", "/items/0/unit_price")]
    view = await house.view(await house.submit(ikentoo_order("W-2")))
    assert [(each["code"], each["pointer"]) for each in view["warnings"]] == [("price_mismatch", "/total")]


async def test_a_deal_needs_its_choice(house: House) -> None:
    await policy(house, IKENTOO, "strict")
    deal = [{"sku": "CBD1", "quantity": 1}]
    found = await refused(house, ikentoo_order("D-1", items=deal, total="10.00"))
    assert [(pointer, code) for pointer, code, _ in found] == [("/items/0/sub_items", "modifier_invalid")]
    deal[0]["sub_items"] = [{"sku": "SKU1"}]
    order_id = await house.submit(ikentoo_order("D-1", items=deal, total="10.00"))
    await house.send()
    assert (await house.view(order_id))["status"] == "submitted"


async def test_what_the_catalog_forbade_is_looked_at_again_before_it_is_parked(house: House) -> None:
    """The till allows another name by now; our catalog does not know it yet."""
    order = ikentoo_order("N-1", items=[{"sku": "12", "quantity": 1, "name": "Grandma's", "custom_name": True}])
    order_id = await house.submit(order)
    await policy(house, IKENTOO, "off")  # the catalog that forbids it comes after the order
    await house.pos[IKENTOO].put("/_sim/products/12", json={"custom_name": True})
    await house.send()
    view = await house.view(order_id)
    assert view["dispatch"]["state"] == "done", view
    assert view["attempts"][0]["request"]["body"]["items"][0]["customItemName"] == "Grandma's"


async def test_still_forbidden_it_is_parked(house: House) -> None:
    order = ikentoo_order("N-1", items=[{"sku": "12", "quantity": 1, "name": "Grandma's", "custom_name": True}])
    order_id = await house.submit(order)
    await policy(house, IKENTOO, "off")
    await house.send()
    assert (await house.view(order_id))["dispatch"]["state"] == "parked"


async def test_a_no_of_the_till_to_an_item_hastens_the_sync(house: House) -> None:
    await policy(house, IKENTOO, "off")
    await older(house, IKENTOO, timedelta(minutes=5))
    order_id = await house.submit(ikentoo_order())
    await house.send()
    await house.say(order_id, "FAILURE", reason="No such item id: 7, sku: 12, blId: 123")
    assert (await house.view(order_id))["failure"]["code"] == "item_not_found"
    async with house.engine.connect() as connection:
        due = select(catalogs.c.due_at <= func.now()).where(catalogs.c.location_id == IKENTOO)
        assert await connection.scalar(due)
