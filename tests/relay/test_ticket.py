"""The ticket that staff key in by hand."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.ids import new_id
from app.domain.submission import Dispatch
from app.relay.ticket import ticket
from app.store.views import OrderRow
from tests.planted import BODY, NOON

ZURICH = ZoneInfo("Europe/Zurich")


def row(body: dict[str, Any], **columns: Any) -> OrderRow:
    known: dict[str, Any] = {
        "location_id": "geneva-1",
        "id": new_id(),
        "reference": "WEB-1",
        "service_type": "pickup",
        "currency": "CHF",
        "total": Decimal("12.5"),
        "prepaid": False,
        "received_at": NOON,
        "current_reference": new_id(),
        "pos_system": "ikentoo",
        "due_at": NOON,
        "deadline_at": NOON,
        "body": body,
    }
    return OrderRow(**known | columns)


def test_a_full_order() -> None:
    body = BODY | {
        "customer": {"first_name": "Ana", "last_name": "Blanc", "phone": "+41 79 123 45 67", "notes": "rings\ntwice"},
        "delivery_address": {
            "street": "Rue Basse",
            "house": "7",
            "postal_code": "1204",
            "city": "Genève",
            "floor": "3",
        },
        "items": [
            {
                "sku": "PIZZA",
                "name": "Pizza",
                "quantity": 2,
                "unit_price": "11.00",
                "note": "no nuts",
                "modifiers": [{"id": "77", "name": "extra cheese", "unit_price": "1.50"}],
                "sub_items": [{"product_id": "COLA", "quantity": "0.5"}],
            }
        ],
        "fees": [{"name": "Delivery", "amount": "5.00"}],
        "discounts": [{"code": "TEN", "amount": "1.00"}],
        "payments": [{"method": "CARD", "amount": "29.00", "tip": "2.00", "paid": True}],
        "total": "29.00",
        "note": "Leave at the door",
    }
    wanted = datetime(2026, 7, 1, 17, 30, tzinfo=UTC)
    text = ticket(row(body, service_type="delivery", requested_for=wanted), ZURICH)
    assert text.splitlines() == [
        "ORDER WEB-1",
        "geneva-1, received Wed 01 Jul 2026 14:00 (Europe/Zurich)",
        "",
        "Service: delivery",
        "Wanted:  Wed 01 Jul 2026 19:30 (Europe/Zurich)",
        "Guest: Ana Blanc",
        "Phone: +41 79 123 45 67",
        "About the guest: rings",
        "    twice",
        "Address: Rue Basse 7, 1204 Genève",
        "  floor: 3",
        "",
        "2 x Pizza (PIZZA)  at 11.00",
        "    + 1 x extra cheese (77)  at 1.50",
        "    + 0.5 x COLA",
        "    Note: no nuts",
        "",
        "Fee Delivery: 5.00 CHF",
        "Discount TEN: -1.00 CHF",
        "TOTAL 29.00 CHF",
        "CARD: 29.00 and a tip of 2.00 CHF, already paid",
        "Note: Leave at the door",
        "",
        "Status: received; sending: waiting",
    ]


def test_a_corrected_order_in_trouble_says_what_to_do() -> None:
    failure = {"code": "item_not_found", "message": "An item is not known.", "pos_message": "Unknown SKU: X"}
    attention = {"code": "parked", "since": NOON.isoformat(), "message": "...", "action": "Correct the settings."}
    corrected = BODY | {"table": {"number": 10}, "total": "11.00"}
    known = row(BODY, corrected_body=corrected, failure=failure, attention=attention, state=Dispatch.PARKED)
    lines = ticket(known, ZURICH).splitlines()
    assert "Wanted:  as soon as possible" in lines
    assert "Table: 10" in lines
    assert "TOTAL 11.00 CHF" in lines
    assert "Nothing paid yet" in lines
    assert lines[-4:] == [
        "Status: received; sending: parked",
        "Problem: An item is not known.",
        "The POS said: Unknown SKU: X",
        "To do: Correct the settings.",
    ]
