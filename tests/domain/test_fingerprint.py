"""A reference sent again counts as the same order when its content is the same, and only then."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.order import fingerprint
from tests.domain.orders import FULL, SMALL, Path, get, leaves, order, put, without


def of(document: dict[str, Any]) -> bytes:
    return fingerprint(order(document))


def changed(value: Any, path: Path) -> Any:
    """Something else that is valid in the same place."""
    match path[-1]:
        case "service_type":
            return "pickup"
        case "currency":
            return "EUR"
        case "requested_for":
            return "2026-11-22T19:30:01+01:00"
        case "email":
            return "bob@example.com"
        case "unit_price" | "amount" | "tip" | "total":
            return f"{value[:-1]}{(int(value[-1]) + 1) % 10}"
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else f"{value}1"


@pytest.mark.parametrize("path", leaves(FULL))
def test_any_other_value_is_another_content(path: Path) -> None:
    other = put(FULL, path, changed(get(FULL, path), path))
    assert of(other) != of(FULL)


OPTIONAL = [path for path in leaves(FULL) if path[0] not in ("location", "reference", "service_type", "total")]


@pytest.mark.parametrize(
    "path",
    [p for p in OPTIONAL if p[-1] not in ("amount", "method", "paid") and p != ("items", 0, "quantity")],
)
def test_a_value_less_is_another_content(path: Path) -> None:
    assert of(without(FULL, path)) != of(FULL)


@pytest.mark.parametrize("path", [("items",), ("fees",), ("items", 0, "modifiers"), ("payments",)])
def test_twice_is_not_once(path: Path) -> None:
    assert of(put(FULL, path, get(FULL, path) * 2)) != of(FULL)


def test_the_order_of_items_counts() -> None:
    items = [{"sku": "A", "quantity": 1}, {"sku": "B", "quantity": 1}]
    assert of(SMALL | {"items": items}) != of(SMALL | {"items": items[::-1]})


def shuffled(value: Any, draw: Any) -> Any:
    match value:
        case dict():
            keys = draw(st.permutations(list(value)))
            return {key: shuffled(value[key], draw) for key in keys}
        case list():
            return [shuffled(member, draw) for member in value]
        case _:
            return value


@given(st.data())
def test_the_order_of_members_does_not_count(data: st.DataObject) -> None:
    other = shuffled(FULL, data.draw)
    assert of(json.loads(json.dumps(other))) == of(FULL)


@pytest.mark.parametrize("total", ["613", "613.0", "613.00", "613.000", "0613.00"])
def test_the_same_amount_in_other_digits(total: str) -> None:
    assert of(SMALL | {"total": total}) == of(SMALL | {"total": "613.00"})


@pytest.mark.parametrize("quantity", [10, "10", "10.0", "10.000"])
def test_the_same_quantity_in_other_digits(quantity: Any) -> None:
    assert of(put(SMALL, ("items", 0, "quantity"), quantity)) == of(put(SMALL, ("items", 0, "quantity"), 10))


@pytest.mark.parametrize(
    "moment",
    ["2026-11-22T18:30:00Z", "2026-11-22t18:30:00z", "2026-11-22T20:30:00+02:00", "2026-11-22T18:30:00.000-00:00"],
)
def test_the_same_instant_with_another_offset(moment: str) -> None:
    assert of(FULL | {"requested_for": moment}) == of(FULL)


def test_null_is_absent() -> None:
    assert of(SMALL | {"customer": None, "note": None, "requested_for": None}) == of(SMALL)


def test_a_default_that_is_written_out_is_no_other_content() -> None:
    item = {"sku": "P-1", "quantity": 1}
    written_out = item | {"custom_name": False, "modifiers": [], "sub_items": []}
    assert of(SMALL | {"items": [written_out], "fees": [], "metadata": {}}) == of(SMALL | {"items": [item]})
    paid = {"method": "CARD", "amount": "1.00", "paid": True}
    assert of(SMALL | {"payments": [paid | {"tip": "0.00"}]}) == of(SMALL | {"payments": [paid]})
    modified = [item | {"modifiers": [{"id": "m", "quantity": 1}]}]
    assert of(SMALL | {"items": modified}) == of(SMALL | {"items": [item | {"modifiers": [{"id": "m"}]}]})


def test_it_is_the_same_in_every_release() -> None:
    """Stored for ever: if this changes, every repeat of an order from before the change is refused with 409."""
    assert of(FULL).hex() == "3ec494f0ab2ae798a7522487cc8627d8adbe8449f09ad7e040185c0a6e6e95c8"
    assert of(SMALL).hex() == "8a4117b8764b48d3e41a078d2053025a52a78166b6bd12b476e1c9d58235d76e"
