"""How long the POS tries, and from when."""

from typing import Any

import pytest

from app.domain.order import Customer
from tests.adapters.ikentoo.setting import POS, location, submission

ITEMS = {"items": [{"sku": "11", "quantity": 1}], "total": "1.00", "reference": "R"}
LOCAL: dict[str, Any] = {**ITEMS, "service_type": "dine_in", "table": {"number": 1}}
PICKUP: dict[str, Any] = {**ITEMS, "service_type": "pickup"}
IN_AN_HOUR = {"requested_for": "2026-11-22T19:00:00+01:00"}


@pytest.mark.parametrize(
    ("order", "give_up_after_s", "lead_time_s", "seconds"),
    [
        (LOCAL, 300, None, 300),
        (LOCAL, 30, None, 60),  # the POS takes no less
        (LOCAL, -5, None, 60),
        (LOCAL | IN_AN_HOUR, 300, None, 3900),
        (LOCAL | IN_AN_HOUR, 300, 1800, 3900),
        (PICKUP, 300, 1800, 300),
        (PICKUP | IN_AN_HOUR, 300, None, 300),  # not held: the collection time is for the kitchen
        (PICKUP | IN_AN_HOUR, 300, 1800, 2100),
        (PICKUP | IN_AN_HOUR, 300, 3590, 300),  # the release would be too near, so it is left out
    ],
)
def test_time_to_live(order: dict[str, Any], give_up_after_s: int, lead_time_s: int | None, seconds: float) -> None:
    given = submission(order, give_up_after_s=give_up_after_s)
    where = location(settings={"lead_time_s": lead_time_s})
    assert POS.time_to_live_s(where, given) == seconds
    told = POS.translate(where, given).request.body["maxTimeToAttemptOrderDeliverToPos"]
    assert told == max(60, give_up_after_s) * 1000


@pytest.mark.parametrize(
    ("phone", "sent"),
    [
        ("+41 22 123 45 67", "+41221234567"),
        ("+41 (0)22 123 45 67", "+41221234567"),
        ("0041-22-123.45/67", "+41221234567"),
        ("022 123 45 67", None),
        ("+0221234567", None),
        ("+1234567890123456", None),
        ("41221234567", None),
    ],
)
def test_phone(phone: str, sent: str | None) -> None:
    customer = Customer(phone=phone).model_dump(exclude_none=True)
    result = POS.translate(location(), submission({**PICKUP, "customer": customer}))
    assert result.request.body["customerInfo"].get("contactNumberAsE164") == sent
    assert ("/customer/phone" in result.folded) is (sent is None)
    assert (f"Phone: {phone}" in result.request.body["orderNote"]) is (sent is None)
