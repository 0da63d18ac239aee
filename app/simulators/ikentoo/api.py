"""Orders, open checks and webhook endpoints, as a client of iKentoo asks for them."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.simulators.gate import received_of, subject_of
from app.simulators.ikentoo.bill import Check
from app.simulators.ikentoo.book import Held
from app.simulators.ikentoo.checks import check_view
from app.simulators.ikentoo.config import Endpoint
from app.simulators.ikentoo.errors import ApiError, FieldError, invalid, reply
from app.simulators.ikentoo.orders import Order, read_order
from app.simulators.ikentoo.parts import Parts, json_body, number
from app.simulators.ikentoo.plan import LIFE_FAULTS
from app.simulators.ikentoo.routes import Row
from app.simulators.ikentoo.webhooks import endpoint_view, find, read_endpoint

V3_ACCOUNT = re.compile(r"A\d+\.\d+", re.ASCII)


class Api:
    """Answers them."""

    def __init__(self, parts: Parts) -> None:
        """Work on the same memory as the tills."""
        self._parts = parts
        self._book = parts.book

    def rows(self) -> list[Row]:
        """List the routes."""
        return [
            ("POST", "/op/1/order/local", self.local),
            ("POST", "/op/1/order/toGo", self.to_go),
            ("GET", "/op/1/order/table/getCheck", self.all_checks),
            ("GET", "/op/1/order/table/{table}/getCheck", self.check_of_table),
            ("PUT", "/wh/1/webhook", self.create_endpoint),
            ("POST", "/wh/1/webhook", self.update_endpoint),
            ("GET", "/wh/1/webhook/{endpoint_id}", self.read_endpoint),
        ]

    async def local(self, request: Request) -> Response:
        """Take a dine-in order."""
        return await self._create(request, "local")

    async def to_go(self, request: Request) -> Response:
        """Take an order for pickup or delivery."""
        return await self._create(request, "toGo")

    async def _create(self, request: Request, kind: str) -> Response:
        self._parts.authenticate(request)
        body, now = await json_body(request), self._parts.control.clock.now()
        order = read_order(body, kind, now)
        received_of(request).notes.extend(_notes(order, body))
        self._parts.known_location(order.location_id)
        self._check_target(order)
        self._parts.known_endpoint(order.endpoint_id)
        held = Held(order=order, body=body, received=now)
        self._book.hold(held)  # first, or a used reference would use up a fault
        held.knobs = self._parts.control.faults.take_all(subject_of(request), LIFE_FAULTS)
        self._parts.file.write("order", order, body, now, held.knobs)
        await self._parts.till.take(held)
        self._parts.control.signal.notify()
        return reply({"status": "ok"})

    async def all_checks(self, request: Request) -> Response:
        """List the open checks of all tables, the oldest first."""
        return reply([check_view(check) for check in self._open_checks(request)])

    async def check_of_table(self, request: Request) -> Response:
        """Show the oldest open check of one table."""
        location_id = self._parts.asked_location(request)
        table = number(request.path_params["table"], "Integer")
        for check in self._open_checks(request):
            if check.table == table:
                return reply(check_view(check))
        raise ApiError(404, f"account not found for BL {location_id}")

    def _open_checks(self, request: Request) -> list[Check]:
        location_id = self._parts.asked_location(request)
        return [
            check
            for check in self._book.checks.values()
            if check.location.id == location_id and check.table is not None and not check.closed
        ]

    async def create_endpoint(self, request: Request) -> Response:
        """Register an endpoint; 200 with nothing in it."""
        self._parts.authenticate(request)
        endpoint = read_endpoint(await json_body(request))
        self._keep(endpoint)
        return Response()

    async def update_endpoint(self, request: Request) -> Response:
        """Replace an endpoint as a whole."""
        self._parts.authenticate(request)
        endpoint = read_endpoint(await json_body(request))
        find(self._parts.endpoints, endpoint.endpoint_id)
        self._keep(endpoint)
        return reply(endpoint_view(endpoint, self._parts.switchboard.current.payload_mode, masked=False))

    async def read_endpoint(self, request: Request) -> Response:
        """Show an endpoint without its password."""
        self._parts.authenticate(request)
        endpoint = find(self._parts.endpoints, request.path_params["endpoint_id"])
        return reply(endpoint_view(endpoint, self._parts.switchboard.current.payload_mode, masked=True))

    def _keep(self, endpoint: Endpoint) -> None:
        self._parts.endpoints[endpoint.endpoint_id] = endpoint
        self._parts.file.write("endpoint", endpoint)

    def _check_target(self, order: Order) -> None:
        if order.account is None:
            return
        if not order.account.isdecimal() and not V3_ACCOUNT.fullmatch(order.account):
            raise ApiError(400, "Invalid account identifier")
        check = self._book.find_check(order.location_id, order.account)
        if check is None:
            return  # the till will say so
        given = (("tableNumber", order.table, check.table), ("clientCount", order.client_count, check.client_count))
        errors = [
            FieldError(field=name, code="Null", message="cannot be changed on an existing account", rejected=value)
            for name, value, present in given
            if value is not None and value != present
        ]
        if errors:
            raise invalid("localOrder", errors)


def _notes(order: Order, body: dict[str, Any]) -> list[str]:
    notes = [f"unknown field ignored: {name}" for name in order.unknown]
    if order.kind == "local" and order.table is None and order.account is None:
        notes.append("neither tableNumber nor account given")
    if body.get("customerInfo") is None:
        notes.append("no customerInfo: today's K-Series wants one")
    if order.time_to_live is None:
        notes.append("no maxTimeToAttemptOrderDeliverToPos: strongly recommended")
    return notes
