"""What the till is told where an order that it has should be cancelled. No POS here can be told to cancel by itself."""

from app.domain.ids import new_id
from app.domain.status import Source
from app.store.messages import NewMessage
from app.store.orders import LockedOrder


def cancel_message(order: LockedOrder, name: str | None, reason: str) -> NewMessage:
    """``name``: what staff find the order by, where the POS has said it."""
    called = f"{name} ({order.reference})" if name else order.reference
    return NewMessage(
        location_id=order.location_id,
        id=new_id(),
        submission=new_id(),
        about_id=order.id,
        body={"message": f"CANCEL order {called}: {reason}", "also_to_printer": True},
        source=Source.RELAY,
        detail=f"tells the till to cancel order {order.reference}",
    )
