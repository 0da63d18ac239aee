"""Rules of the translation, one at a time."""

from typing import Any

import pytest

from app.simulators.iiko import ids
from tests.adapters.iiko.places import delivery, pickup, translated

BORSCHT = {"product_id": ids.BORSCHT, "quantity": 1, "unit_price": "98.00"}


def order_of(order: dict[str, Any], **pos: Any) -> dict[str, Any]:
    told: dict[str, Any] = translated(order, **pos).request.body["order"]
    return told


@pytest.mark.parametrize(
    ("wanted", "date"),
    [
        ("2026-11-22T19:30:00+01:00", "2026-11-22 20:30:00"),
        ("2027-07-01T22:15:30Z", "2027-07-02 01:15:30"),
        ("2027-07-01T12:00:00.900+03:00", "2027-07-01 12:00:00"),
    ],
)
def test_the_wanted_time_is_the_venues_wall_clock(wanted: str, date: str) -> None:
    assert order_of(pickup(requested_for=wanted))["date"] == date


@pytest.mark.parametrize("wanted", ["2026-11-22T11:59:59Z", "2026-11-22T12:00:00Z", "2026-11-22T10:30:00+01:00"])
def test_a_time_that_has_passed_goes_into_the_comment(wanted: str) -> None:
    """Iiko refuses the past; an order that had to wait for the POS is cooked late, and people see the time."""
    told = translated(pickup(requested_for=wanted))
    order = told.request.body["order"]
    assert "date" not in order
    assert order["comment"].splitlines()[1].startswith("Wanted at 2026-11-22 1")
    assert told.folded == ("/requested_for",)


def test_as_soon_as_possible_has_no_date() -> None:
    assert "date" not in order_of(pickup())


def test_the_comment_begins_with_the_reference() -> None:
    assert order_of(pickup(note="Ring twice", collection_code="K7"))["comment"] == (
        "WEB-1\nRing twice\nCollection code: K7"
    )


def test_a_comment_of_just_the_limit_is_sent() -> None:
    assert len(order_of(pickup(note="x" * (500 - len("WEB-1\n"))))["comment"]) == 500


def test_the_prefix_stands_before_the_reference() -> None:
    order = order_of(pickup(), reference_prefix="SITE-")
    assert (order["externalId"], order["comment"]) == ("SITE-WEB-1", "WEB-1")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("website", {"marketingSource": "website"}),
        (ids.MARKETING_PHONE, {"marketingSourceId": ids.MARKETING_PHONE}),
        (None, {}),
    ],
)
def test_marketing_source(source: str | None, told: dict[str, str]) -> None:
    order = order_of(pickup(), marketing_source=source)
    assert {key: order[key] for key in order if key.startswith("marketing")} == told


def test_an_orders_own_marketing_source_is_kept_unless_it_is_the_locations() -> None:
    assert translated(pickup(marketing_source="website"), marketing_source="website").not_sent == ()
    assert translated(pickup(marketing_source="flyer"), marketing_source="website").not_sent == ("/marketing_source",)


def test_only_the_order_type_of_the_service_matters() -> None:
    types = {"pickup": "Pickup", "delivery": ids.ORDER_TYPE_DELIVERY}
    assert order_of(delivery(), order_types=types)["orderTypeId"] == ids.ORDER_TYPE_DELIVERY


def test_without_settings_iiko_decides() -> None:
    body = translated(pickup(), delivery_terminal=None, order_types={}, marketing_source=None).request.body
    assert "deliveryTerminalId" not in body
    assert "orderTypeId" not in body["order"]


def test_blank_text_is_not_sent() -> None:
    customer = {"first_name": " ", "last_name": "", "phone": "+380979981891", "notes": ""}
    body = translated(pickup(customer=customer, note=" ", items=[{**BORSCHT, "note": ""}])).request.body
    assert body["customer"] == {"name": "Guest", "phone": "+380979981891"}
    assert body["order"]["comment"] == "WEB-1"
    assert "comment" not in body["order"]["items"][0]


def test_names_that_do_not_fit_together_are_not_cut() -> None:
    customer = {"first_name": "A" * 40, "last_name": "B" * 40, "phone": "+380979981891"}
    body = translated(pickup(customer=customer)).request.body
    assert body["customer"]["surName"] == "B" * 40
    assert body["order"]["customerName"] == "A" * 40


def test_a_payment_of_nothing_is_kept() -> None:
    payment = {"method": "CARD", "amount": "0.00", "paid": True}
    translation = translated(pickup(payments=[payment]))
    assert "paymentItems" not in translation.request.body["order"]
    assert translation.not_sent == ("/payments/0",)


def test_money_has_the_currencys_places() -> None:
    order = order_of(pickup(items=[{**BORSCHT, "unit_price": "98", "quantity": 3}], total="294"))
    assert (order["items"][0]["sum"], order["fullSum"]) == ("294.00", "294.00")


@pytest.mark.parametrize(
    ("house", "home"),
    [("1234567890", "1234567890"), ("12 A, rear part", "12 A, rear"), ("123456789012", "1234567890")],
)
def test_a_long_house_begins_in_home_and_stands_whole_in_the_comment(house: str, home: str) -> None:
    address = order_of(delivery(delivery_address={"street": "Vitruka", "house": house, "city": "Zhytomyr"}))["address"]
    assert address["home"] == home
    assert address.get("comment") == (None if house == home else f"House: {house}")
