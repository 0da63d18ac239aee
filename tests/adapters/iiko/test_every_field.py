"""Each field of the neutral order has a decision, and the translation keeps to it. A new field without one fails."""

import copy
from collections.abc import Iterator
from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest

from app.domain.errors import OrderNotExpressible
from app.domain.fields import StrictModel
from app.domain.order import Order, SubItem
from app.simulators.iiko import ids
from tests.adapters.iiko.nomenclature import MENU
from tests.adapters.iiko.places import case, pickup, translated


class Fate(StrEnum):
    SENT = "changes the body"
    FOLDED = "in a comment, listed"
    KEPT = "listed as not sent"
    REFUSED = "a finding at its pointer"
    ELSEWHERE = "checked by the rules for every POS, or says nothing to Iiko"


# Pointer -> its fate, and a value other than that of the case "whole_delivery".
FIELDS: dict[str, tuple[Fate, Any]] = {
    "/location": (Fate.ELSEWHERE, None),
    "/reference": (Fate.SENT, "WEB-3"),
    "/service_type": (Fate.SENT, "pickup"),
    "/currency": (Fate.ELSEWHERE, None),
    "/requested_for": (Fate.SENT, "2027-07-01T18:30:00Z"),
    "/customer/first_name": (Fate.SENT, "Oksana"),
    "/customer/last_name": (Fate.SENT, "Bondar"),
    "/customer/phone": (Fate.SENT, "+380979981892"),
    "/customer/email": (Fate.SENT, "oksana@mail.com"),
    "/customer/reference": (Fate.KEPT, "CUST-8"),
    "/customer/salutation": (Fate.KEPT, "Mr"),
    "/customer/notes": (Fate.SENT, "Knocks"),
    "/delivery_address/line1": (Fate.FOLDED, "Red gate"),
    "/delivery_address/line2": (Fate.FOLDED, "Third yard"),
    "/delivery_address/street": (Fate.SENT, "Peremohy"),
    "/delivery_address/house": (Fate.SENT, "13"),
    "/delivery_address/building": (Fate.SENT, "C"),
    "/delivery_address/entrance": (Fate.SENT, "4"),
    "/delivery_address/floor": (Fate.SENT, "5"),
    "/delivery_address/apartment": (Fate.SENT, "46"),
    "/delivery_address/door_code": (Fate.SENT, "46K"),
    "/delivery_address/postal_code": (Fate.SENT, "10002"),
    "/delivery_address/city": (Fate.SENT, "Kyiv"),
    "/delivery_address/comment": (Fate.SENT, "Do not call"),
    "/table": (Fate.REFUSED, {"number": 1}),
    "/guests": (Fate.SENT, 4),
    "/collection_code": (Fate.FOLDED, "XYZ"),
    "/items/0/sku": (Fate.SENT, "00034"),
    "/items/0/product_id": (Fate.SENT, ids.PEPPERONI),
    "/items/0/name": (Fate.SENT, "Pepperoni"),
    "/items/0/custom_name": (Fate.ELSEWHERE, True),  # the name is sent in any case
    "/items/0/quantity": (Fate.SENT, 3),
    "/items/0/unit_price": (Fate.SENT, "190.00"),
    "/items/0/discount_code": (Fate.REFUSED, "HALF"),
    "/items/0/course": (Fate.KEPT, 2),
    "/items/0/note": (Fate.SENT, "Rare"),
    "/items/0/modifiers/0/id": (Fate.SENT, ids.THIN_CRUST),
    "/items/0/modifiers/0/sku": (Fate.SENT, "M04"),
    "/items/0/modifiers/0/name": (Fate.SENT, "Thick"),
    "/items/0/modifiers/0/group_id": (Fate.SENT, ids.GROUP_DIPS),
    "/items/0/modifiers/0/group_name": (Fate.SENT, "Bottom"),
    "/items/0/modifiers/0/quantity": (Fate.SENT, 2),
    "/items/0/modifiers/0/unit_price": (Fate.SENT, "16.00"),
    "/items/0/sub_items": (Fate.REFUSED, [{"sku": "00042"}]),  # sent where the menu offers it with the dish
    "/fees/0/sku": (Fate.SENT, ids.COLA),
    "/fees/0/name": (Fate.SENT, "Courier"),
    "/fees/0/amount": (Fate.SENT, "51.00"),
    "/discounts/0/code": (Fate.SENT, "WINTER"),
    "/discounts/0/name": (Fate.KEPT, "Winter"),
    "/discounts/0/amount": (Fate.ELSEWHERE, "24.00"),  # Iiko works it out; it is in total
    "/payments/0/method": (Fate.SENT, "CASH"),
    "/payments/0/amount": (Fate.SENT, "480.00"),
    "/payments/0/tip": (Fate.SENT, "21.00"),
    "/payments/0/paid": (Fate.SENT, False),
    "/total": (Fate.SENT, "601.00"),
    "/note": (Fate.SENT, "Onions, please"),
    "/marketing_source": (Fate.KEPT, "flyer"),
    "/metadata": (Fate.KEPT, {"session": "def"}),
}


def model_in(annotation: Any) -> type[StrictModel] | None:
    """The model that a field holds, alone or in a list."""
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return annotation if issubclass(annotation, StrictModel) else None
    if get_origin(annotation) in (Union, UnionType, Annotated, tuple):
        return next((found for part in get_args(annotation) if (found := model_in(part))), None)
    return None


def pointers(model: type[StrictModel], at: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        pointer = f"{at}/{name}"
        inner = model_in(field.annotation)
        if inner is None or (FIELDS | PART_FIELDS).get(pointer, (None,))[0] is Fate.REFUSED:
            yield pointer
        else:
            many = get_origin(field.annotation) is tuple or "tuple" in str(field.annotation)
            yield from pointers(inner, f"{pointer}/0" if many else pointer)


def changed(order: dict[str, Any], pointer: str, value: Any) -> dict[str, Any]:
    result = copy.deepcopy(order)
    target: Any = result
    *parents, last = pointer.lstrip("/").split("/")
    for part in parents:
        target = target[int(part) if isinstance(target, list) else part]
    target[last] = value
    return result


def test_every_field_has_a_decision() -> None:
    assert set(pointers(Order)) == set(FIELDS)
    assert set(pointers(SubItem, PART)) == set(PART_FIELDS)


# A part of a dish is sent where the menu offers it.
PART = "/items/0/sub_items/0"
PART_FIELDS: dict[str, tuple[Fate, Any]] = {
    f"{PART}/sku": (Fate.REFUSED, "00036"),
    f"{PART}/product_id": (Fate.REFUSED, ids.BORSCHT),
    f"{PART}/name": (Fate.SENT, "Coke"),
    f"{PART}/quantity": (Fate.SENT, 2),
    f"{PART}/unit_price": (Fate.SENT, "1.00"),
    f"{PART}/modifiers": (Fate.REFUSED, [{"sku": "M06"}]),
}


@pytest.mark.parametrize("pointer", PART_FIELDS)
def test_the_decision_on_a_part_is_kept(pointer: str) -> None:
    fate, value = PART_FIELDS[pointer]
    before = pickup(items=[{"sku": "00046", "quantity": 1, "sub_items": [{"sku": "00042"}]}])
    after = changed(before, pointer, value)
    if fate is Fate.REFUSED:
        with pytest.raises(OrderNotExpressible) as refused:
            translated(after, menu=MENU)
        assert [finding.pointer for finding in refused.value.findings] == [pointer]
        return
    assert translated(before, menu=MENU).request.body != translated(after, menu=MENU).request.body


@pytest.mark.parametrize("pointer", [pointer for pointer, (fate, _) in FIELDS.items() if fate is not Fate.ELSEWHERE])
def test_the_decision_is_kept(pointer: str) -> None:
    fate, value = FIELDS[pointer]
    before = case("whole_delivery", "order")
    after = changed(before, pointer, value)
    if fate is Fate.REFUSED:
        told_at = f"{pointer}/0/sku" if pointer.endswith("sub_items") else pointer
        with pytest.raises(OrderNotExpressible) as refused:
            translated(after)
        assert [finding.pointer for finding in refused.value.findings] == [told_at]
        return
    old, new = translated(before), translated(after)
    assert (old.request.body == new.request.body) is (fate is Fate.KEPT)
    assert (pointer in new.not_sent) is (fate is Fate.KEPT)
    assert (pointer in new.folded) is (fate is Fate.FOLDED)
