"""Messages to the staff: which till shows them, and whether its printer prints them too."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.simulators.clock import Clock, Signal
from app.simulators.ikentoo.book import Book
from app.simulators.ikentoo.callbacks import Callbacks
from app.simulators.ikentoo.config import Device
from app.simulators.ikentoo.devices import Devices
from app.simulators.ikentoo.errors import FieldError, invalid
from app.simulators.ikentoo.fields import Node

KEPT_MS = 24 * 3600 * 1000  # undelivered messages (K-Series reference)


class Delivery(StrEnum):
    """What became of a message."""

    WAITING = "waiting"  # no till is on
    SHOWN = "shown"
    EXPIRED = "expired"


@dataclass(kw_only=True)
class Message:
    """A message to a till. `reference` is the order whose till is meant; `to` is fixed once that is known."""

    location_id: int
    text: str
    also_to_printer: bool
    received: datetime
    reference: str | None = None
    to: Device | None = None
    state: Delivery = Delivery.WAITING

    def view(self) -> dict[str, Any]:
        """Show it to the control API."""
        shown = self.state is Delivery.SHOWN and self.to is not None
        return {
            "location": self.location_id,
            "message": self.text,
            "also_to_printer": self.also_to_printer,
            "reference": self.reference,
            "state": self.state,
            "received": self.received,
            "pos_id": self.to.id if self.to else None,
            "device": self.to.name if self.to else None,
            "printer": self.to.printer if shown and self.to and self.also_to_printer else None,
        }


def read_message(data: Any, location_id: int, now: datetime) -> tuple[Message, list[str]]:
    """Read a request body (iKentoo API guide, Print To Receipt Printer) and name its unknown fields."""
    errors: list[FieldError] = []
    unknown: list[str] = []
    root = Node(data, "", errors, unknown)
    message = Message(
        location_id=location_id,
        text=root.text("message", required=True, least=1) or "",
        also_to_printer=root.boolean("alsoToPrinter") or False,
        reference=root.text("thirdPartyReference") or None,
        received=now,
    )
    root.finish()
    if errors:
        raise invalid("printMessage", errors)
    return message, unknown


class Messenger:
    """Brings messages to tills. The till that processed the order, else the first one that is on."""

    def __init__(self, book: Book, devices: Devices, callbacks: Callbacks, clock: Clock, signal: Signal) -> None:
        """Work on the tills of all locations."""
        self.messages: deque[Message] = deque(maxlen=10_000)
        self._book = book
        self._devices = devices
        self._callbacks = callbacks
        self._clock = clock
        self._signal = signal

    def take(self, message: Message) -> None:
        """Show a message now, or as soon as its till is on."""
        held = self._book.orders.get(message.reference or "")
        if held is not None and held.location_id == message.location_id:
            message.to = held.device
        self.messages.append(message)
        if not self._show(message):
            self._callbacks.spawn(self._wait(message))
        self._signal.notify()

    def _show(self, message: Message) -> bool:
        if message.state is Delivery.SHOWN:
            return True
        device = self._devices.free(message.location_id, message.to.id if message.to else None)
        if device is not None:
            message.to, message.state = device, Delivery.SHOWN
        return device is not None

    async def _wait(self, message: Message) -> None:
        if not await self._clock.sleep(KEPT_MS, wake=lambda: self._show(message)):
            message.state = Delivery.EXPIRED
        self._signal.notify()
