"""Payments of open checks and messages to the till, over the whole relay."""

from typing import Any
from uuid import UUID

from app.domain.message import TillMessage
from app.domain.payment import CheckPayment
from app.relay.payment_views import message_view, payment_view
from app.store.order_details import OrderDetails, read_details
from tests.relay.house import IIKO, IKENTOO, House, ikentoo_location

DEMO = 25769803788
"""The simulated restaurant with open checks: two on table 1."""
CHECK = "A1232.23443"
DUE = "87.10"


async def at_demo(house: House) -> None:
    """The restaurant with open checks, in the place of the other one."""
    location = ikentoo_location(str(house.pos[IKENTOO].base_url).rstrip("/"))
    location["pos"]["business_location_id"] = DEMO
    await house.locations.put(IKENTOO, location)


def payment(reference: str = "PAY-1", **changes: Any) -> dict[str, Any]:
    """A part of what is due on a check."""
    wanted = {
        "location": IKENTOO,
        "reference": reference,
        "check": CHECK,
        "amount": "10.00",
        "tip": "1.00",
        "method": "CARD",
        **changes,
    }
    return {name: value for name, value in wanted.items() if value is not None}


async def pay(house: House, **changes: Any) -> UUID:
    """Takes a payment; its id."""
    return (await house.payments.pay(CheckPayment.model_validate(payment(**changes)), actor="test"))[0]


async def paid(house: House, payment_id: UUID) -> dict[str, Any]:
    """The payment as an operator sees it."""
    return payment_view(await _details(house, payment_id, "payment"), exchanges=True)


async def tell(house: House, text: str, location: str = IKENTOO, about: UUID | None = None) -> UUID:
    """Takes a message; its id."""
    return await house.messages.tell(location, TillMessage(message=text, order_id=about), actor="test")


async def told(house: House, message_id: UUID) -> dict[str, Any]:
    """The message as an operator sees it."""
    return message_view(await _details(house, message_id, "message"), exchanges=True)


async def booked(house: House) -> list[dict[str, Any]]:
    """The payments that iKentoo has."""
    rows: list[dict[str, Any]] = (await house.pos[IKENTOO].get("/_sim/payments")).json()
    return rows


async def shown(house: House, location: str = IKENTOO) -> list[str]:
    """What the till was told, in order."""
    path, name = ("/_sim/messages", "message") if location == IKENTOO else ("/_sim/problems", "text")
    rows = (await house.pos[location].get(path)).json()
    assert location in (IIKO, IKENTOO)
    return [row[name] for row in rows]


async def _details(house: House, wanted: UUID, kind: str) -> OrderDetails:
    async with house.engine.connect() as connection:
        details = await read_details(connection, wanted, kind=kind)
    assert details is not None
    return details
