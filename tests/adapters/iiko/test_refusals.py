"""What Iiko cannot be told, and where the finding points."""

from typing import Any

import pytest

from app.domain.errors import OrderNotExpressible
from app.simulators.iiko import ids
from tests.adapters.iiko.places import delivery, pickup, translated

BORSCHT = {"product_id": ids.BORSCHT, "quantity": 1, "unit_price": "98.00"}
BACON = {"id": ids.BACON, "unit_price": "0"}
PHONE = "+380979981891"
PLACE = {"street": "Vitruka", "house": "9v", "city": "Zhytomyr"}


def items(**changes: Any) -> dict[str, Any]:
    return pickup(items=[{**BORSCHT, **changes}])


def modifier(**changes: Any) -> dict[str, Any]:
    return items(modifiers=[{**BACON, **changes}])


def without(members: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in members.items() if key != name}


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("/service_type", pickup(service_type="dine_in")),
    ("/table", pickup(table={"number": 7})),
    ("/customer/phone", without(pickup(), "customer")),
    ("/customer/phone", pickup(customer={"first_name": "Ann"})),
    ("/customer/phone", pickup(customer={"phone": "12345"})),
    ("/customer/first_name", pickup(customer={"phone": PHONE, "first_name": "x" * 61})),
    ("/customer/last_name", pickup(customer={"phone": PHONE, "last_name": "x" * 61})),
    ("/customer/email", pickup(customer={"phone": PHONE, "email": f"{'x' * 60}@mail.com"})),
    ("/delivery_address", without(delivery(), "delivery_address")),
    ("/delivery_address/street", delivery(delivery_address=without(PLACE, "street"))),
    ("/delivery_address/house", delivery(delivery_address=without(PLACE, "house"))),
    ("/delivery_address/city", delivery(delivery_address=without(PLACE, "city"))),
    ("/delivery_address/comment", delivery(delivery_address={**PLACE, "comment": "x" * 490, "line1": "x" * 10})),
    ("/delivery_address/line1", delivery(delivery_address={**PLACE, "line1": "x" * 255, "line2": "x" * 255})),
    ("/items/0/sku", pickup(items=[{"sku": "00036", "quantity": 1, "unit_price": "98.00"}])),
    ("/items/0/product_id", items(product_id="borscht")),
    ("/items/0/unit_price", pickup(items=[without(BORSCHT, "unit_price")])),
    ("/items/0/discount_code", items(discount_code="HALF")),
    ("/items/0/sub_items/0/product_id", items(sub_items=[{**BORSCHT}])),
    ("/items/0/modifiers/0/sku", items(modifiers=[{"sku": "M06", "unit_price": "0"}])),
    ("/items/0/modifiers/0/id", modifier(id="bacon")),
    ("/items/0/modifiers/0/unit_price", items(modifiers=[{"id": ids.BACON}])),
    ("/items/0/modifiers/0/group_id", modifier(group_id="extras", group_name="Extras")),
    ("/items/0/modifiers/0/group_name", modifier(group_id=ids.GROUP_EXTRAS)),
    ("/items/0/modifiers/1/id", items(modifiers=[BACON, BACON])),
    ("/fees/0/sku", pickup(fees=[{"name": "Delivery", "amount": "50.00"}])),
    ("/fees/0/sku", pickup(fees=[{"sku": "DELIVERY", "amount": "50.00"}])),
    ("/discounts/0/code", pickup(discounts=[{"name": "Friends", "amount": "5.00"}])),
    ("/discounts/1", pickup(discounts=[{"code": "A", "amount": "5.00"}, {"code": "B", "amount": "5.00"}])),
    ("/payments/0/method", pickup(payments=[{"method": "BITCOIN", "amount": "98.00", "paid": True}])),
    ("/note", pickup(note="x" * 495)),
]


@pytest.mark.parametrize(("pointer", "order"), REFUSED, ids=[f"{n}{pointer}" for n, (pointer, _) in enumerate(REFUSED)])
def test_refused_with_its_pointer(pointer: str, order: dict[str, Any]) -> None:
    with pytest.raises(OrderNotExpressible) as refused:
        translated(order)
    assert [finding.pointer for finding in refused.value.findings] == [pointer]


@pytest.mark.parametrize("tip_sku", [None, "TIP"])
def test_a_tip_needs_its_product(tip_sku: str | None) -> None:
    payments = [
        {"method": "CARD", "amount": "50.00", "paid": True},
        {"method": "CARD", "amount": "48.00", "tip": "5.00", "paid": True},
    ]
    with pytest.raises(OrderNotExpressible) as refused:
        translated(pickup(payments=payments), tip_sku=tip_sku)
    assert [finding.pointer for finding in refused.value.findings] == ["/payments/1/tip"]


def test_everything_is_told_at_once() -> None:
    order = pickup(service_type="dine_in", table={"number": 7}, items=[{"sku": "00036", "quantity": 1}], note="x" * 500)
    with pytest.raises(OrderNotExpressible) as refused:
        translated(order, delivery_terminal="Centre")
    assert {finding.pointer for finding in refused.value.findings} == {
        "/service_type",
        "/table",
        "/items/0/sku",
        "/location",
        "/note",
    }
    assert all(finding.message.endswith(".") for finding in refused.value.findings)
