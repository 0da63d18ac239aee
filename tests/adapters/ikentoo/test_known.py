"""What a synced catalog changes in a translation."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.adapters.base import Translation
from app.domain.catalog import (
    Entry,
    Kind,
    Menu,
    ModifierChoice,
    ModifierGroup,
    Pricing,
    Product,
)
from app.domain.errors import OrderNotExpressible
from tests.adapters.ikentoo.setting import NOW, POS, location, submission
from tests.adapters.ikentoo.test_fields import LOCAL, PRICED, ROWS, TO_GO, C, K, R, fate

COOKING = ModifierGroup(
    id="123",
    name="Cooking",
    max=1,
    modifiers=(ModifierChoice(id="1", name="Well done"), ModifierChoice(id="3", name="Rare")),
)
EXTRAS = ModifierGroup(name="Extras", modifiers=(ModifierChoice(sku="CHEESE", name="Cheese", price=Decimal("1.50")),))
COLD = ModifierGroup(
    id="7", name="Cold", modifiers=(ModifierChoice(id="2", name="Ice"), ModifierChoice(id="3", name="No"))
)
MENU = Menu(
    synced_at=NOW,
    names_synced_at=NOW,
    names={Kind.DISCOUNTS: (Entry(code="10PCT", percentage="10.00"), Entry(code="5OFF", amount="5.00"))},
    products=(
        Product(sku="PIZZA", name="Pizza", price=Decimal("9.00"), custom_name=True, modifier_groups=(COOKING, EXTRAS)),
        Product(sku="COKE", name="Coke", price=Decimal("3.00"), modifier_groups=(COLD,)),
        Product(sku="CHEESE", name="Cheese", price=Decimal("1.50")),
        Product(sku="FEE", name="Delivery", pricing=Pricing.OPEN),
        Product(sku="FIXED", name="Packaging", price=Decimal("1.00")),
        Product(sku="OPEN", name="Open item", pricing=Pricing.OPEN),
        Product(sku="OFF", name="Discount", pricing=Pricing.NEGATIVE),
        Product(sku="SHARE", name="Service", pricing=Pricing.PERCENTAGE),
    ),
)
# What becomes of these fields once the menu is known; all others are as they were.
SYNCED: dict[str, tuple[str, str]] = {
    "/items/0/name": (C, C),
    "/items/0/unit_price": (C, C),
    "/items/0/modifiers/0/name": (C, C),
    "/items/0/modifiers/0/group_id": (C, C),
    "/items/0/modifiers/0/group_name": (C, C),
    "/items/0/sub_items/0/name": (C, C),
    "/items/0/sub_items/0/unit_price": (C, C),
    "/items/0/sub_items/0/modifiers/0/name": (C, C),
    "/items/0/sub_items/0/modifiers/0/group_id": (C, C),
    "/items/0/sub_items/0/modifiers/0/group_name": (C, C),
}


@pytest.mark.parametrize("pointer", ROWS)
def test_what_becomes_of_a_field(pointer: str) -> None:
    value, *before = ROWS[pointer]
    local, to_go = SYNCED.get(pointer, before)
    assert fate(LOCAL, pointer, value, MENU) == local
    assert fate(TO_GO, pointer, value, MENU) == to_go


def told(menu: Menu = MENU, pos: dict[str, Any] | None = None, **order: Any) -> Translation:
    plain = {"items": [{"sku": "PIZZA", "quantity": 1}], "discounts": [], "fees": [], "customer": None}
    where = location(pos={"payment_methods": {"CARD": "CARD"}, **(pos or {})})
    return POS.translate(where, replace(submission({**LOCAL, **plain, **order}), menu=menu))


def first(**item: Any) -> Any:
    return told(items=[{"quantity": 1, **item}]).request.body["items"][0]


def not_sent(**item: Any) -> tuple[str, ...]:
    return told(items=[{"quantity": 1, **item}]).not_sent


def refused(**order: Any) -> dict[str, str]:
    with pytest.raises(OrderNotExpressible) as caught:
        told(**order)
    return {finding.pointer: finding.message for finding in caught.value.findings}


def test_names_and_prices_of_unknown_products_are_listed() -> None:
    unknown = {"sku": "NEW", "name": "New", "unit_price": "1.00", "modifiers": [PRICED, {"id": "99", "name": "Odd"}]}
    assert first(**unknown)["sku"] == "NEW"  # the POS decides
    assert set(not_sent(**unknown)) == {"/items/0/name", "/items/0/unit_price", "/items/0/modifiers/1/name"} | {
        "/items/0/modifiers/0/id"  # the rest of this one is that of a product which is known
    }


@pytest.mark.parametrize("price", ["4.50", "0"])
def test_an_open_price_is_sent(price: str) -> None:
    written = f"{Decimal(price):.2f}"
    assert first(sku="OPEN", unit_price=price)["customItemPrice"] == written
    below = first(sku="PIZZA", sub_items=[{"sku": "OPEN", "unit_price": price}])["subItems"]
    assert below == [{"quantity": 1, "sku": "OPEN", "customItemPrice": written}]
    assert first(sku="PIZZA", modifiers=[{"sku": "OPEN", "unit_price": price}])["subItems"] == below
    assert not_sent(sku="OPEN", unit_price=price) == ()


def test_no_other_price_is_sent() -> None:
    for sku in ("PIZZA", "SHARE", "NEW"):
        assert "customItemPrice" not in first(sku=sku, unit_price="4.50")
    assert "customItemPrice" not in first(sku="OPEN")
    assert not_sent(sku="SHARE", unit_price="4.50") == ("/items/0/unit_price",)
    assert list(refused(items=[{"sku": "OFF", "quantity": 1, "unit_price": "1.00"}])) == ["/items/0/unit_price"]


def test_another_name_only_where_the_product_takes_one() -> None:
    assert first(sku="PIZZA", name="For Ada", custom_name=True)["customItemName"] == "For Ada"
    assert first(sku="NEW", name="For Ada", custom_name=True)["customItemName"] == "For Ada"
    found = refused(items=[{"sku": "COKE", "quantity": 1, "name": "For Ada", "custom_name": True}])
    assert list(found) == ["/items/0/custom_name"]
    assert "Coke" in found["/items/0/custom_name"]


def test_a_note_names_the_product_as_the_catalog_does() -> None:
    assert (
        "2x Pizza: no nuts"
        in told(items=[{"sku": "PIZZA", "quantity": 2, "note": "no nuts"}]).request.body["orderNote"]
    )


def test_choices_are_found_by_id_or_sku() -> None:
    def sent(**modifier: Any) -> tuple[Any, Any]:
        body = first(sku="PIZZA", modifiers=[modifier])
        return body.get("modifiers"), body.get("subItems")

    ref, below = [{"modifierId": "1"}], [{"quantity": 1, "sku": "CHEESE"}]
    assert sent(id="1", name="Well done", group_id="123", unit_price="0") == (ref, None)
    assert sent(sku="CHEESE", unit_price="1.50") == (None, below)
    # The id is none of the POS's, but the SKU is a choice of this product.
    assert sent(id="web-77", sku="CHEESE") == (None, below)
    assert not_sent(sku="PIZZA", modifiers=[{"id": "web-77", "sku": "CHEESE"}]) == ("/items/0/modifiers/0/id",)
    assert not_sent(sku="PIZZA", modifiers=[{"id": "1", "sku": "W", "name": "Well"}]) == ("/items/0/modifiers/0/sku",)
    assert not_sent(sku="PIZZA", modifiers=[{"sku": "CHEESE", "name": "Cheese", "unit_price": "1.50"}]) == ()


def test_never_synced_is_as_before() -> None:
    never = replace(MENU, synced_at=None)
    items = [{"sku": "OPEN", "quantity": 1, "name": "X", "custom_name": True, "unit_price": "4.50"}]
    line = told(never, items=items)
    assert line.request.body["items"] == [{"quantity": 1, "sku": "OPEN", "customItemName": "X"}]
    assert line.not_sent == ("/items/0/unit_price",)
    assert told(never, fees=[{"sku": "FIXED", "amount": "1.00"}]).request.body["items"][1]["customItemPrice"] == "1.00"


@pytest.mark.parametrize("sku", ["FIXED", "OFF", "SHARE"])
def test_a_fee_needs_an_open_price(sku: str) -> None:
    assert list(refused(fees=[{"sku": sku, "amount": "1.00"}])) == ["/fees/0/sku"]


def test_fees_of_open_and_of_unknown_products_are_sent() -> None:
    for sku in ("FEE", "NEW"):
        line = told(fees=[{"sku": sku, "amount": "1.00"}]).request.body["items"][1]
        assert line == {"quantity": 1, "sku": sku, "customItemPrice": "1.00"}


def test_the_discounts_product_takes_off() -> None:
    discounts = [{"name": "Loyal", "amount": "1.00"}]
    line = told(pos={"discount_sku": "OFF"}, discounts=discounts).request.body["items"][1]
    assert line == {"quantity": 1, "sku": "OFF", "customItemPrice": "1.00"}
    found = refused(pos={"discount_sku": "OPEN"}, discounts=discounts)
    assert "discount_sku" in found["/discounts/0"]


@pytest.mark.parametrize(
    ("code", "amount", "price", "listed"),
    [
        ("10PCT", "0.90", "9.00", False),
        ("10PCT", "0.95", "9.00", False),  # rounded to 0.05
        ("10PCT", "1.00", "9.00", True),
        ("10PCT", "0.90", None, True),
        ("5OFF", "5.00", "9.00", True),  # of each item or of all: UNKNOWN
        ("OTHER", "0.90", "9.00", True),
    ],
)
def test_the_amount_of_a_code_is_compared(code: str, amount: str, price: str | None, listed: bool) -> None:
    items = [{"sku": "PIZZA", "quantity": 1, "unit_price": price}]
    line = told(items=items, discounts=[{"code": code, "amount": amount}])
    assert line.request.body["items"][0]["discountCode"] == code
    assert ("/discounts/0/amount" in line.not_sent) == listed


def test_the_rows_are_what_they_say() -> None:
    assert set(SYNCED) < set(ROWS)
    assert all(ROWS[pointer][1:] == (K, K) for pointer in SYNCED)
    assert R not in {word for row in SYNCED.values() for word in row}
