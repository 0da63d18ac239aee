"""What is wrong with an order for any POS, and where."""

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.money import CURRENCIES, places, written
from app.domain.rules import check, computed_total
from tests.domain.orders import FULL, SMALL, Path, get, order, put, without

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ADDRESS = {"line1": "Main street 1"}
CALLER = {"phone": "+41 22 000 00 00"}


def found(document: dict[str, Any], currency: str = "CHF") -> list[tuple[str, str]]:
    return [(finding.pointer, finding.code) for finding in check(order(document), currency=currency, now=NOW)]


def priced(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return SMALL | {"items": [{"sku": "A", "quantity": 1} | item for item in items]} | changes


def test_the_full_and_the_small_order_keep_every_rule() -> None:
    assert found(FULL) == []
    assert found(SMALL) == []


@pytest.mark.parametrize(
    ("changes", "findings"),
    [
        ({}, [("/delivery_address", "missing"), ("/customer/phone", "missing")]),
        ({"delivery_address": ADDRESS}, [("/customer/phone", "missing")]),
        ({"delivery_address": ADDRESS, "customer": {"first_name": "Ann"}}, [("/customer/phone", "missing")]),
        ({"customer": CALLER}, [("/delivery_address", "missing")]),
        ({"customer": CALLER, "delivery_address": {"city": "Geneva"}}, [("/delivery_address/line1", "missing")]),
        ({"customer": CALLER, "delivery_address": {"line1": ""}}, [("/delivery_address/line1", "missing")]),
        ({"customer": CALLER, "delivery_address": {"street": "Main street"}}, []),
        ({"customer": CALLER, "delivery_address": ADDRESS}, []),
    ],
)
def test_a_delivery_needs_an_address_and_a_phone(changes: dict[str, Any], findings: list[tuple[str, str]]) -> None:
    assert found(SMALL | {"service_type": "delivery"} | changes) == findings


@pytest.mark.parametrize(
    ("table", "findings"),
    [
        (None, [("/table", "missing")]),
        ({}, [("/table", "missing")]),
        ({"number": 10}, []),
        ({"check": "A1"}, []),
    ],
)
def test_dine_in_needs_a_table_or_a_check(table: dict[str, Any] | None, findings: list[tuple[str, str]]) -> None:
    assert found(SMALL | {"service_type": "dine_in", "table": table}) == findings


@pytest.mark.parametrize(("seconds", "codes"), [(3600, []), (0, []), (-60, []), (-61, ["in_the_past"])])
def test_the_wanted_time_may_be_a_minute_in_the_past(seconds: int, codes: list[str]) -> None:
    wanted = (NOW + timedelta(seconds=seconds)).isoformat()
    assert [code for _, code in found(SMALL | {"requested_for": wanted})] == codes


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        (("items", 0), "/items/0/sku"),
        (("items", 0, "sub_items", 0), "/items/0/sub_items/0/sku"),
        (("items", 0, "modifiers", 0), "/items/0/modifiers/0/id"),
        (("items", 0, "sub_items", 0, "modifiers", 0), "/items/0/sub_items/0/modifiers/0/id"),
    ],
)
def test_a_product_is_named_one_way_or_the_other(path: Path, pointer: str) -> None:
    names = [name for name in ("sku", "product_id", "id") if name in get(FULL, path)]
    for name in names:
        assert found(without(FULL, (*path, name))) == []
    nameless = without(without(FULL, (*path, names[0])), (*path, names[1]))
    assert found(nameless) == [(pointer, "missing")]


def test_the_location_sells_in_its_own_currency() -> None:
    assert found(SMALL | {"currency": "EUR"}) == [("/currency", "wrong_currency")]
    assert found(SMALL | {"currency": "CHF"}) == []


@pytest.mark.parametrize(
    "path",
    [
        ("items", 0, "unit_price"),
        ("items", 0, "modifiers", 0, "unit_price"),
        ("items", 0, "sub_items", 0, "unit_price"),
        ("items", 0, "sub_items", 0, "modifiers", 0, "unit_price"),
        ("fees", 0, "amount"),
        ("discounts", 0, "amount"),
        ("payments", 0, "amount"),
        ("payments", 0, "tip"),
        ("total",),
    ],
)
def test_no_amount_has_more_places_than_the_currency(path: Path) -> None:
    pointer = "".join(f"/{part}" for part in path)
    assert (pointer, "too_many_places") in found(put(FULL, path, get(FULL, path) + "1"))
    assert (pointer, "too_many_places") in found(put(FULL, path, get(FULL, path) + "0"))
    assert (pointer, "too_many_places") not in found(FULL)


def test_the_total_is_checked_with_modifiers_and_sub_items_per_unit() -> None:
    assert computed_total(order(FULL), "CHF") == Decimal("27.60")
    assert found(FULL | {"total": "27.61"}) == [("/total", "total_mismatch")]
    assert found(FULL | {"total": "27.59"}) == [("/total", "total_mismatch")]


@pytest.mark.parametrize("path", [("items", 0), ("items", 0, "modifiers", 0), ("items", 0, "sub_items", 0)])
def test_the_total_is_not_checked_where_a_price_is_not_given(path: Path) -> None:
    assert found(without(FULL | {"total": "20.00"}, (*path, "unit_price"))) == []


@pytest.mark.parametrize(
    ("quantity", "price", "currency", "total"),
    [
        ("0.333", "5.55", "CHF", "1.85"),  # 1.84815
        ("0.5", "0.01", "CHF", "0.01"),  # half a cent goes up
        ("0.25", "10.00", "CHF", "2.50"),
        ("0.333", "1000", "JPY", "333"),
        ("0.333", "1.001", "BHD", "0.333"),
    ],
)
def test_a_line_with_a_part_of_a_unit_is_rounded(quantity: str, price: str, currency: str, total: str) -> None:
    assert found(priced({"quantity": quantity, "unit_price": price}, total=total), currency) == []


def test_lines_are_rounded_one_by_one() -> None:
    line = {"quantity": "0.5", "unit_price": "0.01"}
    assert found(priced(line, line, total="0.02")) == []
    assert found(priced(line, line, total="0.01")) == [("/total", "total_mismatch")]


def test_discounts_beyond_the_order_fit_no_total() -> None:
    document = priced({"unit_price": "1.00"}, discounts=[{"amount": "2.00"}], total="0.00")
    assert found(document) == [("/total", "total_mismatch")]


@pytest.mark.parametrize(
    ("amounts", "codes"), [(["2.00", "3.50"], []), (["5.51"], ["overpaid"]), (["3.00", "2.51"], ["overpaid"])]
)
def test_payments_do_not_exceed_the_total(amounts: list[str], codes: list[str]) -> None:
    payments = [{"method": "CARD", "amount": amount, "tip": "9.00", "paid": True} for amount in amounts]
    assert found(SMALL | {"payments": payments}) == [("/payments", code) for code in codes]


def test_everything_is_told_at_once() -> None:
    document = priced({"sku": None}, service_type="delivery", requested_for="2026-01-01T00:00:00Z", currency="EUR")
    pointers = ["/delivery_address", "/customer/phone", "/requested_for", "/items/0/sku", "/currency"]
    assert [pointer for pointer, _ in found(document)] == pointers


def test_no_message_is_without_words() -> None:
    document = priced({"sku": None}, service_type="delivery", requested_for="2026-01-01T00:00:00Z", currency="EUR")
    assert all(finding.message.endswith(".") for finding in check(order(document), currency="CHF", now=NOW))


CENTS = st.integers(min_value=0, max_value=5_000)
COUNTS = st.one_of(st.integers(min_value=1, max_value=9), st.decimals(min_value="0.001", max_value="9.999", places=3))


@st.composite
def sales(draw: st.DrawFn) -> tuple[dict[str, Any], str, int]:
    """An order with every price, its currency, and its total in the currency's smallest unit, added up here."""
    currency = draw(st.sampled_from(sorted(CURRENCIES)))

    def amount(units: int) -> str:
        return written(Decimal(units).scaleb(-places(currency)), currency)

    def option() -> tuple[dict[str, Any], Decimal]:
        units, count = draw(CENTS), draw(st.integers(min_value=1, max_value=3))
        return {"id": "m", "quantity": count, "unit_price": amount(units)}, Decimal(units * count)

    total, items = 0, []
    for _ in range(draw(st.integers(min_value=1, max_value=3))):
        units, count = draw(CENTS), draw(COUNTS)
        options = [option() for _ in range(draw(st.integers(min_value=0, max_value=2)))]
        sub, per_sub = option()
        price = units + sum((each for _, each in options), Decimal(0)) + per_sub
        total += int((price * count).quantize(Decimal(1), rounding=ROUND_HALF_UP))
        quantity = count if isinstance(count, int) else str(count)
        sub_item = {"sku": "S", "quantity": sub["quantity"], "unit_price": sub["unit_price"]}
        modifiers = [modifier for modifier, _ in options]
        items.append(
            {"quantity": quantity, "unit_price": amount(units), "modifiers": modifiers, "sub_items": [sub_item]}
        )
    fee, discount = draw(CENTS), draw(st.integers(min_value=0, max_value=total))
    document = priced(*items, fees=[{"amount": amount(fee)}], discounts=[{"amount": amount(discount)}])
    return document, currency, total + fee - discount


@given(sales())
def test_the_right_total_is_taken_and_one_off_by_the_smallest_unit_refused(
    sale: tuple[dict[str, Any], str, int],
) -> None:
    document, currency, total = sale
    for off, findings in ((0, []), (1, [("/total", "total_mismatch")]), (-1, [("/total", "total_mismatch")])):
        assume(total + off >= 0)
        given_total = written(Decimal(total + off).scaleb(-places(currency)), currency)
        assert found(document | {"total": given_total}, currency) == findings
