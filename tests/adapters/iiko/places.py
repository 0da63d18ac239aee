"""A location of the simulated restaurant, and orders for it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from app.adapters.base import Submission, Translation
from app.adapters.iiko.pos import Iiko
from app.adapters.iiko.settings import IikoSettings
from app.domain.catalog import NO_MENU, Menu
from app.domain.location import Location, LocationSettings
from app.domain.order import Order
from app.simulators.iiko import ids

CASES = Path(__file__).parent / "cases"
REFERENCE = UUID("0190b2a4-7c1e-7d3a-9f00-0123456789ab")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECRET = "s3cr3t/of+the&till"
USER = "till-user-77"

SETTINGS: Mapping[str, Any] = {
    "system": "iiko",
    "base_url": "http://127.0.0.1:9",
    "user_id": USER,
    "user_secret": SECRET,
    "organization_id": ids.ORGANIZATION,
    "delivery_terminal": ids.TERMINAL_CENTRE,
    "order_types": {"pickup": ids.ORDER_TYPE_PICKUP, "delivery": ids.ORDER_TYPE_DELIVERY},
    "payment_types": {"CARD": "CARD", "CASH": ids.PAYMENT_CASH},
    "marketing_source": ids.MARKETING_WEBSITE,
    "tip_sku": ids.TIP,
}
LOCATION: Mapping[str, Any] = {"name": "Zhytomyr", "timezone": "Europe/Kyiv", "currency": "UAH"}


def location(**pos: Any) -> Location:
    """The simulated restaurant; keyword arguments overrule settings."""
    return Location(
        id="zhytomyr-1",
        version=1,
        settings=LocationSettings.model_validate(LOCATION),
        pos=IikoSettings.model_validate({**SETTINGS, **pos}),
        callback_key="unused",
    )


def submission(
    order: Mapping[str, Any],
    reference: UUID = REFERENCE,
    *,
    menu: Menu = NO_MENU,
    facts: Mapping[str, str] | None = None,
) -> Submission:
    return Submission(
        order=Order.model_validate(order),
        reference=reference,
        now=NOW,
        deadline_at=NOW + timedelta(minutes=5),
        menu=menu,
        facts=facts or {},
    )


def translated(
    order: Mapping[str, Any], *, menu: Menu = NO_MENU, facts: Mapping[str, str] | None = None, **pos: Any
) -> Translation:
    return Iiko().translate(location(**pos), submission(order, menu=menu, facts=facts))


def case(name: str, file: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((CASES / name / f"{file}.json").read_text())
    return loaded


def pickup(**fields: Any) -> dict[str, Any]:
    """The smallest order that Iiko takes; keyword arguments overrule its members."""
    return {
        "location": "zhytomyr-1",
        "reference": "WEB-1",
        "service_type": "pickup",
        "customer": {"phone": "+380979981891"},
        "items": [{"product_id": ids.BORSCHT, "quantity": 1, "unit_price": "98.00"}],
        "total": "98.00",
        **fields,
    }


def delivery(**fields: Any) -> dict[str, Any]:
    """The smallest delivery."""
    address = {"street": "Vitruka", "house": "9v", "city": "Zhytomyr"}
    return pickup(**{"service_type": "delivery", "delivery_address": address, **fields})
