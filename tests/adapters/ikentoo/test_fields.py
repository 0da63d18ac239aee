"""Every field of the neutral order is sent, folded, checked, kept or refused. A new field without a row fails here.

Each row changes one field of a full order and looks at what that changes on the wire.
"""

import copy
import types
import typing
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel

from app.domain.catalog import NO_MENU, Menu
from app.domain.errors import OrderNotExpressible
from app.domain.order import Order
from tests.adapters.ikentoo.setting import POS, location, submission

LOCAL: dict[str, Any] = {
    "location": "geneva-1",
    "reference": "WEB-1",
    "service_type": "dine_in",
    "requested_for": "2026-11-22T19:30:00+01:00",
    "customer": {"first_name": "Ada", "email": "ada@example.com", "reference": "C-1"},
    "table": {"number": 10},
    "items": [
        {
            "sku": "PIZZA",
            "name": "Pizza",
            "quantity": 1,
            "unit_price": "9.00",
            "modifiers": [{"id": "1", "name": "Well done"}],
            "sub_items": [{"sku": "COKE", "name": "Coke", "modifiers": [{"id": "2", "name": "Ice"}]}],
        }
    ],
    "fees": [{"sku": "FEE", "amount": "1.00"}],
    "discounts": [{"code": "10PCT", "amount": "1.00"}],
    "payments": [{"method": "CARD", "amount": "5.00", "paid": True}],
    "total": "9.00",
}
TO_GO = {
    **{name: value for name, value in LOCAL.items() if name != "table"},
    "service_type": "delivery",
    "customer": {**LOCAL["customer"], "phone": "+41221234567"},
    "delivery_address": {"line1": "Route des Jeunes 5", "city": "Geneva"},
}
WHERE = location(pos={"send_customer_reference": True, "payment_methods": {"CARD": "CARD", "CASH": "CASH"}})

S, F, C, K, R = "sent", "folded", "checked", "kept", "refused"
ROWS: dict[str, tuple[Any, str, str]] = {
    # field: (another value, what becomes of it in a local order, and in a to-go order)
    "/location": ("geneva-2", C, C),
    "/reference": ("WEB-2", S, S),
    "/currency": ("CHF", C, C),
    "/requested_for": ("2026-11-22T20:30:00+01:00", S, S),
    "/customer/first_name": ("Grace", S, S),
    "/customer/last_name": ("Hopper", S, S),
    "/customer/phone": ("+41227654321", S, S),
    "/customer/email": ("grace@example.com", S, S),
    "/customer/reference": ("C-2", S, S),
    "/customer/salutation": ("Dr.", S, S),
    "/customer/notes": ("Regular", S, S),
    "/delivery_address/line1": ("Elsewhere 6", R, S),
    "/delivery_address/line2": ("Backyard", R, S),
    "/delivery_address/street": ("Rue du Lac", R, F),
    "/delivery_address/house": ("7", R, F),
    "/delivery_address/building": ("B", R, F),
    "/delivery_address/entrance": ("2", R, F),
    "/delivery_address/floor": ("3", R, F),
    "/delivery_address/apartment": ("31", R, F),
    "/delivery_address/door_code": ("1945", R, F),
    "/delivery_address/postal_code": ("1227", R, S),
    "/delivery_address/city": ("Carouge", R, S),
    "/delivery_address/comment": ("Bell is broken", R, F),
    "/table/number": (11, S, R),
    "/table/check": ("A1234.56", S, R),
    "/guests": (3, S, F),
    "/collection_code": ("XYZ", F, S),
    "/items/0/sku": ("PASTA", S, S),
    "/items/0/product_id": ("p-1", K, K),
    "/items/0/name": ("Pizza large", K, K),
    "/items/0/custom_name": (True, S, S),
    "/items/0/quantity": (2, S, S),
    "/items/0/unit_price": ("8.00", K, K),
    "/items/0/discount_code": ("10PCT", C, C),  # all items have it already, from the order's discount
    "/items/0/course": (2, S, K),
    "/items/0/note": ("no nuts", F, F),
    "/items/0/modifiers/0/id": ("3", S, S),
    "/items/0/modifiers/0/sku": ("CHEESE", K, K),  # the id says it
    "/items/0/modifiers/0/name": ("Rare", K, K),
    "/items/0/modifiers/0/group_id": ("123", K, K),
    "/items/0/modifiers/0/group_name": ("Cooking", K, K),
    "/items/0/modifiers/0/quantity": (2, R, R),
    "/items/0/modifiers/0/unit_price": ("1.00", R, R),
    "/items/0/sub_items/0/sku": ("SPRITE", S, S),
    "/items/0/sub_items/0/product_id": ("p-2", K, K),
    "/items/0/sub_items/0/name": ("Cola", K, K),
    "/items/0/sub_items/0/quantity": (2, S, S),
    "/items/0/sub_items/0/unit_price": ("2.00", K, K),
    "/items/0/sub_items/0/modifiers/0/id": ("3", S, S),
    "/items/0/sub_items/0/modifiers/0/sku": ("ICE", K, K),
    "/items/0/sub_items/0/modifiers/0/name": ("Crushed", K, K),
    "/items/0/sub_items/0/modifiers/0/group_id": ("123", K, K),
    "/items/0/sub_items/0/modifiers/0/group_name": ("Cold", K, K),
    "/items/0/sub_items/0/modifiers/0/quantity": (2, R, R),
    "/items/0/sub_items/0/modifiers/0/unit_price": ("1.00", R, R),
    "/fees/0/sku": ("FEE2", S, S),
    "/fees/0/name": ("Delivery", K, K),
    "/fees/0/amount": ("2.00", S, S),
    "/discounts/0/code": ("STAFF", S, S),
    "/discounts/0/name": ("Staff", K, K),
    "/discounts/0/amount": ("2.00", K, K),  # the POS reckons by its code
    "/payments/0/method": ("CASH", S, S),
    "/payments/0/amount": ("6.00", S, S),
    "/payments/0/tip": ("1.00", S, S),
    "/payments/0/paid": (False, S, S),  # what is not paid is not told
    "/total": ("10.00", C, C),
    "/note": ("Birthday", S, S),
    "/marketing_source": ("website", K, K),
    "/metadata": ({"shop": "1"}, K, K),
}
# Which endpoint, and what else may be told: see cases/.
ELSEWHERE = {"/service_type"}


def fields_of(model: type[BaseModel], pointer: str = "") -> Iterator[str]:
    for name, info in model.model_fields.items():
        inner = next(models_in(info.annotation), None)
        many = "tuple" in str(info.annotation)
        if inner is None:
            yield f"{pointer}/{name}"
        else:
            yield from fields_of(inner, f"{pointer}/{name}/0" if many else f"{pointer}/{name}")


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        if issubclass(annotation, BaseModel):
            yield annotation
        return
    for part in typing.get_args(annotation):
        yield from models_in(part)


def test_every_field_has_a_row() -> None:
    assert set(fields_of(Order)) == set(ROWS) | ELSEWHERE


def changed(order: dict[str, Any], pointer: str, value: Any) -> dict[str, Any]:
    order = copy.deepcopy(order)
    here: Any = order
    *path, last = pointer.strip("/").split("/")
    for step in path:
        here = here[int(step)] if isinstance(here, list) else here.setdefault(step, {})
    here[last] = value
    return order


def fate(order: dict[str, Any], pointer: str, value: Any, menu: Menu = NO_MENU) -> str:
    before = POS.translate(WHERE, replace(submission(order), menu=menu))
    try:
        after = POS.translate(WHERE, replace(submission(changed(order, pointer, value)), menu=menu))
    except OrderNotExpressible as error:
        named = any(pointer.startswith(finding.pointer) for finding in error.findings)
        return R if named else f"refused, but elsewhere: {error.findings}"
    different = before.request != after.request
    if pointer in after.folded:
        assert different, "folded, but into nothing"
        return F
    if pointer in after.not_sent:
        assert not different
        return K
    return S if different else C


@pytest.mark.parametrize("pointer", ROWS)
def test_what_becomes_of_it(pointer: str) -> None:
    value, local, to_go = ROWS[pointer]
    assert fate(LOCAL, pointer, value) == local
    assert fate(TO_GO, pointer, value) == to_go


PRICED = {"id": "9", "sku": "CHEESE", "name": "Cheese", "group_name": "Extras", "unit_price": "1.50"}


def not_sent(**item: Any) -> set[str]:
    order = {**LOCAL, "discounts": [], "items": [{"sku": "PIZZA", "quantity": 1, **item}]}
    return set(POS.translate(WHERE, submission(order)).not_sent)


@pytest.mark.parametrize("price", ["0", "9.00"])
def test_a_price_and_a_name_that_are_not_sent_are_listed(price: str) -> None:
    assert not_sent(unit_price=price, name="Pizza") == {"/items/0/unit_price", "/items/0/name"}
    assert not_sent(sub_items=[{"sku": "COKE", "unit_price": price}]) == {"/items/0/sub_items/0/unit_price"}
    assert not_sent(modifiers=[{"id": "1", "unit_price": "0"}]) == {"/items/0/modifiers/0/unit_price"}
    assert not_sent() == set()


def test_of_a_modifier_that_is_a_product_only_the_sku_is_sent() -> None:
    members = {"id", "name", "group_name", "unit_price"}
    assert not_sent(modifiers=[PRICED]) == {f"/items/0/modifiers/0/{member}" for member in members}


def test_a_name_that_is_sent_is_not_listed() -> None:
    assert not_sent(name="Pizza for Ada", custom_name=True) == set()
    order = {**LOCAL, "items": [{"sku": "PIZZA", "name": "Pizza", "quantity": 1, "note": "no nuts"}]}
    told = POS.translate(WHERE, submission(order))
    assert "1x Pizza: no nuts" in told.request.body["orderNote"]
    assert "/items/0/name" in told.folded
    assert "/items/0/name" not in told.not_sent


def test_a_fee_is_sent_with_its_amount() -> None:
    told = POS.translate(WHERE, submission(LOCAL))
    assert not [pointer for pointer in told.not_sent if pointer.startswith("/fees")]
