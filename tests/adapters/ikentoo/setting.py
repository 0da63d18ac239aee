"""A restaurant with iKentoo, and the moment at which the tests' orders are translated."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from app.adapters.base import Submission
from app.adapters.ikentoo.pos import Ikentoo
from app.adapters.ikentoo.settings import IkentooSettings
from app.domain.location import Location, LocationSettings
from app.domain.order import Order

NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
"""18:00 in Geneva."""
REFERENCE = UUID("019a0000-0000-7000-8000-00000000002a")
TOKEN = "t0ken-of-the-pos"
PASSWORD = "passw0rd-of-callbacks"
POS = Ikentoo()


def location(settings: dict[str, Any] | None = None, pos: dict[str, Any] | None = None) -> Location:
    """The restaurant of the guide's examples, with changes."""
    common = {"name": "Geneva", "timezone": "Europe/Zurich", "currency": "CHF", **(settings or {})}
    ikentoo = {
        "system": "ikentoo",
        "base_url": "http://127.0.0.1:9/o",
        "auth": {"access_token": TOKEN},
        "business_location_id": 123,
        "endpoint_id": "ENDPOINT",
        "callback_username": "relay",
        "callback_password": PASSWORD,
        "payment_methods": {"CARD": "CARD-1"},
        **(pos or {}),
    }
    return Location(
        id="geneva-1",
        version=1,
        settings=LocationSettings.model_validate(common),
        pos=IkentooSettings.model_validate(ikentoo),
        callback_key="key",
    )


def submission(order: dict[str, Any], *, give_up_after_s: int = 300) -> Submission:
    """The order as a website sent it, now."""
    return Submission(
        order=Order.model_validate({"location": "geneva-1", **order}),
        reference=REFERENCE,
        now=NOW,
        deadline_at=NOW + timedelta(seconds=give_up_after_s),
    )
