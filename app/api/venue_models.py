"""What live questions to a POS are asked and answer."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.api.order_models import Shown
from app.domain.fields import Text
from app.domain.venue import FloorPlan, OpenCheck, Place


class CheckQuery(BaseModel):
    """Which table. Unknown names are refused."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    table: Annotated[int | None, Field(ge=0, le=2**31 - 1, description="Absent: all tables.", examples=[10])] = None


def _unescaped_plus(value: object) -> object:
    """Callers forget to escape the plus of a number, and in a query it then arrives as a space."""
    return f"+{value[1:]}" if isinstance(value, str) and value.startswith(" ") else value


class GuestQuery(BaseModel):
    """Whom to find. Unknown names are refused."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    phone: Annotated[
        Text, BeforeValidator(_unescaped_plus), Field(min_length=3, max_length=40, examples=["+380971112233"])
    ]


class PlaceList(Shown):
    """Everything these credentials can see."""

    items: list[Place]
    next_cursor: None


class FloorPlanList(Shown):
    """Rooms with their tables."""

    items: list[FloorPlan]
    next_cursor: None


class CheckList(Shown):
    """Open checks."""

    items: list[OpenCheck]
    next_cursor: None


class GuestView(Shown):
    """A guest as the POS knows them."""

    id: Annotated[str, Field(description="The POS's own.")]
    phone: str
    first_name: str | None
    last_name: str | None
    email: str | None
    notes: str | None
    more: Annotated[dict[str, Any], Field(description="What else the POS says, such as cards and balances.")]


class SetUpLine(Shown):
    """One thing that was looked at."""

    name: Annotated[str, Field(examples=["order_types.pickup"])]
    ok: bool
    problem: Annotated[str | None, Field(description="What is wrong and what to do; with `ok`, a hint or null.")]


class SetUpView(Shown):
    """Whether the location is set up right."""

    ok: bool
    checks: list[SetUpLine]


SET_UP: dict[str, Any] = {
    "ok": False,
    "checks": [
        {"name": "reachable", "ok": True, "problem": None},
        {
            "name": "order_types.pickup",
            "ok": False,
            "problem": "Iiko has no order type 'Take away'. It has: 'Pickup', 'Delivery by courier'.",
        },
    ],
}
BUSINESSES: dict[str, Any] = {
    "items": [{"id": "25769803788", "name": "Demo", "business": "iKentoo", "more": {"business_id": "1"}}],
    "next_cursor": None,
}
ORGANIZATIONS: dict[str, Any] = {
    "items": [
        {
            "id": "10000000-0000-4000-8000-000000000001",
            "name": "Asabix Trattoria",
            "business": None,
            "more": {"isActive": True},
        }
    ],
    "next_cursor": None,
}
FLOOR_PLANS: dict[str, Any] = {
    "items": [{"name": "Terrasse", "tables": [{"number": 21, "description": "Table 21", "default_guests": 4}]}],
    "next_cursor": None,
}
CHECKS: dict[str, Any] = {
    "items": [
        {
            "check": "A1232.23443",
            "name": "Order FMGV, Table 1",
            "table": 1,
            "guests": 2,
            "opened_at": "2026-11-22T18:30:00Z",
            "staff": "Anna",
            "total": "31.50",
            "paid": "10.00",
            "outstanding": "21.50",
            "lines": [{"sku": "100", "name": "Pizza", "quantity": "1", "amount": "21.50", "active": True}],
            "payments": [{"method": "CARD", "amount": "10.00", "at": "2026-11-22T18:40:00Z", "active": True}],
        }
    ],
    "next_cursor": None,
}
GUEST: dict[str, Any] = {
    "phone": "+380971112233",
    "first_name": "Olena",
    "last_name": "Kovalenko",
    "email": "olena@example.com",
    "notes": None,
}
GUEST_VIEW: dict[str, Any] = {"id": "a0000000-0000-4000-8000-000000000001", **GUEST, "more": {"balance": "12.50"}}
