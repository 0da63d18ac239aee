"""What goes to an open till: payments of checks, messages to the staff."""

from starlette.requests import Request
from starlette.responses import Response

from app.simulators.gate import received_of, subject_of
from app.simulators.ikentoo.api import V3_ACCOUNT
from app.simulators.ikentoo.book import Paying
from app.simulators.ikentoo.errors import ApiError, reply
from app.simulators.ikentoo.messages import read_message
from app.simulators.ikentoo.parts import Parts, json_body
from app.simulators.ikentoo.payment import read_payment
from app.simulators.ikentoo.plan import LIFE_FAULTS
from app.simulators.ikentoo.routes import Row


class TillApi:
    """Answers them."""

    def __init__(self, parts: Parts) -> None:
        """Hand on to the cashier and the messenger."""
        self._parts = parts

    def rows(self) -> list[Row]:
        """List the routes."""
        return [("POST", "/op/1/pay", self.pay), ("POST", "/op/1/printMsg", self.print_message)]

    async def pay(self, request: Request) -> Response:
        """Take a payment; its verdict comes by callback."""
        self._parts.authenticate(request)
        body = await json_body(request)
        payment = read_payment(body)
        notes = received_of(request).notes
        notes.extend(f"unknown field ignored: {name}" for name in payment.unknown)
        if payment.account is None:
            notes.append("no account given: the till will not find it")
        elif not payment.account.isdecimal() and not V3_ACCOUNT.fullmatch(payment.account):
            raise ApiError(400, "Invalid account identifier")
        self._parts.known_location(payment.location_id)
        self._parts.known_endpoint(payment.endpoint_id)
        paying = Paying(payment=payment, body=body, received=self._parts.control.clock.now())
        self._parts.book.hold_payment(paying)  # first, or a used reference would use up a fault
        paying.knobs = self._parts.control.faults.take_all(subject_of(request), LIFE_FAULTS)
        await self._parts.cashier.take(paying)
        self._parts.control.signal.notify()
        return reply({"status": "ok"})

    async def print_message(self, request: Request) -> Response:
        """Take a message for the staff."""
        location_id = self._parts.asked_location(request)
        message, unknown = read_message(await json_body(request), location_id, self._parts.control.clock.now())
        received_of(request).notes.extend(f"unknown field ignored: {name}" for name in unknown)
        self._parts.messenger.take(message)
        return reply({"status": "ok"})
