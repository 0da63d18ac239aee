"""The routes of the Order and Payment API that the simulator answers: orders, open checks, webhook endpoints."""

import hmac
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.simulators.console import Control
from app.simulators.gate import received_of, subject_of
from app.simulators.ikentoo.book import Book, Held
from app.simulators.ikentoo.checks import check_view
from app.simulators.ikentoo.config import Endpoint, IkentooConfig
from app.simulators.ikentoo.errors import AccessRefused, ApiError, FieldError, invalid, reply
from app.simulators.ikentoo.orders import Order, read_order
from app.simulators.ikentoo.plan import LIFE_FAULTS
from app.simulators.ikentoo.till import Till
from app.simulators.ikentoo.webhooks import endpoint_view, find, read_endpoint

_V3_ACCOUNT = re.compile(r"A\d+\.\d+", re.ASCII)
_MISSING = "Required request parameter 'businessLocationId' for method parameter type Long is not present"


class Api:
    """Answers what a client of iKentoo calls."""

    def __init__(
        self, config: IkentooConfig, control: Control, book: Book, till: Till, endpoints: dict[str, Endpoint]
    ) -> None:
        """Work on the same memory as the tills."""
        self.config = config
        self.control = control
        self.book = book
        self.till = till
        self.endpoints = endpoints

    def routes(self) -> list[Route]:
        """Build the routes under every prefix that is served; the gateway in front of the real one adds `/o`."""
        table: list[tuple[str, str, Callable[[Request], Awaitable[Response]]]] = [
            ("POST", "/op/1/order/local", self.local),
            ("POST", "/op/1/order/toGo", self.to_go),
            ("GET", "/op/1/order/table/getCheck", self.all_checks),
            ("GET", "/op/1/order/table/{table}/getCheck", self.check_of_table),
            ("PUT", "/wh/1/webhook", self.create_endpoint),
            ("POST", "/wh/1/webhook", self.update_endpoint),
            ("GET", "/wh/1/webhook/{endpoint_id}", self.read_endpoint),
        ]
        return [
            Route(prefix + path, endpoint, methods=[method])
            for prefix in self.config.prefixes
            for method, path, endpoint in table
        ]

    async def local(self, request: Request) -> Response:
        """Take a dine-in order."""
        return await self._create(request, "local")

    async def to_go(self, request: Request) -> Response:
        """Take an order for pickup or delivery."""
        return await self._create(request, "toGo")

    async def _create(self, request: Request, kind: str) -> Response:
        self._authenticate(request)
        body = await _json(request)
        order = read_order(body, kind, self.control.clock.now())
        received_of(request).notes.extend(_notes(order, body))
        self._check_location(order.location_id)
        self._check_target(order)
        if order.endpoint_id not in self.endpoints:  # INFERRED 400: undocumented
            raise ApiError(400, f"endpoint ID not found for {order.endpoint_id}")
        held = Held(order=order, body=body, received=self.control.clock.now())
        self.book.hold(held)  # first, or a used reference would use up a fault
        held.knobs = self.control.faults.take_all(subject_of(request), LIFE_FAULTS)
        await self.till.take(held)
        self.control.signal.notify()
        return reply({"status": "ok"})

    async def all_checks(self, request: Request) -> Response:
        """List the open checks of all tables."""
        return reply([check_view(check) for check in self._open_checks(request)])

    async def check_of_table(self, request: Request) -> Response:
        """Show the oldest open check of one table."""
        location_id = self._asked_location(request)
        if not re.fullmatch(r"\d{1,9}", number := request.path_params["table"], re.ASCII):
            raise ApiError(400, f"Failed to convert value of type 'String' to required type 'Integer': \"{number}\"")
        for check in self._open_checks(request):
            if check.table == int(number):
                return reply(check_view(check))
        raise ApiError(404, f"account not found for BL {location_id}")

    def _open_checks(self, request: Request) -> list[Any]:
        location_id = self._asked_location(request)
        return [
            check
            for check in self.book.checks.values()
            if check.location.id == location_id and check.table is not None and not check.closed
        ]

    async def create_endpoint(self, request: Request) -> Response:
        """Register an endpoint; 200 with nothing in it."""
        self._authenticate(request)
        endpoint = read_endpoint(await _json(request))
        self.endpoints[endpoint.endpoint_id] = endpoint
        return Response()

    async def update_endpoint(self, request: Request) -> Response:
        """Replace an endpoint as a whole."""
        self._authenticate(request)
        endpoint = read_endpoint(await _json(request))
        find(self.endpoints, endpoint.endpoint_id)
        self.endpoints[endpoint.endpoint_id] = endpoint
        return reply(endpoint_view(endpoint, self.config.payload_mode, masked=False))

    async def read_endpoint(self, request: Request) -> Response:
        """Show an endpoint without its password."""
        self._authenticate(request)
        endpoint = find(self.endpoints, request.path_params["endpoint_id"])
        return reply(endpoint_view(endpoint, self.config.payload_mode, masked=True))

    def _authenticate(self, request: Request) -> None:
        if self.config.token is None:
            return
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            description = "Full authentication is required to access this resource"
            raise AccessRefused(401, "unauthorized", description)
        if not hmac.compare_digest(token.encode(), self.config.token.encode()):
            raise AccessRefused(401, "invalid_token", "Access token expired or unknown")

    def _asked_location(self, request: Request) -> int:
        self._authenticate(request)
        asked = request.query_params.get("businessLocationId")
        if asked is None:
            raise ApiError(400, _MISSING)
        if not re.fullmatch(r"\d{1,19}", asked, re.ASCII):
            raise ApiError(400, f"Failed to convert value of type 'String' to required type 'Long': \"{asked}\"")
        self._check_location(int(asked))
        return int(asked)

    def _check_location(self, location_id: int) -> None:
        if location_id not in self.book.locations:
            raise AccessRefused(403, "access_denied", f"No access to business location {location_id}")

    def _check_target(self, order: Order) -> None:
        if order.account is None:
            return
        if not order.account.isdecimal() and not _V3_ACCOUNT.fullmatch(order.account):
            raise ApiError(400, "Invalid account identifier")
        check = self.book.find_check(order.location_id, order.account)
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


async def _json(request: Request) -> Any:
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise ApiError(415, f"Content type '{content_type}' not supported")
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise ApiError(400, f"JSON parse error: {error}") from error


def _notes(order: Order, body: dict[str, Any]) -> list[str]:
    notes = [f"unknown field ignored: {name}" for name in order.unknown]
    if order.kind == "local" and order.table is None and order.account is None:
        notes.append("neither tableNumber nor account given")
    if body.get("customerInfo") is None:
        notes.append("no customerInfo: today's K-Series wants one")
    if order.time_to_live is None:
        notes.append("no maxTimeToAttemptOrderDeliverToPos: strongly recommended")
    return notes
