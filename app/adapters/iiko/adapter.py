"""The calls to one location's Iiko. Thin: what to say is in ``translate``, what the answers mean in ``errors``."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from app.adapters.base import Found, MenuRead, PaymentSubmission, Submission, Taken, WireRequest
from app.adapters.iiko import catalog_read, guests, places, set_up
from app.adapters.iiko.complaints import ORGANIZATION, wrong_setting
from app.adapters.iiko.connection import Connection
from app.adapters.iiko.errors import NOT_FOUND, Complaint, complaint, is_duplicate, pos_error, unclear
from app.adapters.iiko.messages import told
from app.adapters.iiko.status import event_of, known_event_of
from app.adapters.iiko.streets import with_known_streets
from app.adapters.iiko.wire import OrderInfo
from app.domain.catalog import Entry, Kind, Names
from app.domain.errors import InDoubt, PosError, Rejected
from app.domain.location import Location
from app.domain.status import StatusEvent, Word
from app.domain.venue import Guest, KnownGuest, Place, SetUpCheck

INFO = "/api/0/orders/info"
LIST = "/api/0/orders/deliveryOrders"
_ABSENCE_MARGIN_S = 15


class IikoAdapter:
    """An open connection to one organization: all that Iiko can do for us, but for tables and callbacks."""

    def __init__(self, *, location: Location, connection: Connection) -> None:
        self._location = location
        self._connection = connection
        self.absence_counts_after_s: float = connection.processing_s + _ABSENCE_MARGIN_S

    async def create(self, request: WireRequest) -> Taken:
        """``orders/add``. Synchronous: its answer is the order. Raises a PosError."""
        answer = await self._connection.ask(request.method, request.path, request.params, json=request.body)
        error = pos_error(answer)
        if error is None:
            info = _order_info(answer.json())
            if info is None:
                raise unclear(answer, f"Iiko answered {answer.status} with something that is not an order.")
            return Taken(event=known_event_of(info), http_status=answer.status, answer=answer.excerpt())
        said = complaint(answer)
        if isinstance(error, InDoubt | Rejected) and is_duplicate(said):
            event = _it_has(str(request.body["order"]["id"]), said.code, said.message)
            return Taken(event=event, http_status=answer.status, answer=answer.excerpt(), duplicate=True)
        raise wrong_setting(error, said, request.body) or await with_known_streets(self._connection, error, request)

    async def find(self, reference: UUID) -> Found:
        """``orders/info``. Absent only by Iiko's own word for it (500 with code 110). Raises a PosError."""
        params = {**self._connection.organization, "order": str(reference)}
        answer = await self._connection.ask("GET", INFO, params)
        error = pos_error(answer)
        if error is None:
            info = _order_info(answer.json())
            if info is None or info.order_id.lower() != str(reference):
                raise unclear(answer, f"Iiko answered {answer.status} without the order that was asked for.")
            return Found(event=known_event_of(info), http_status=answer.status, answer=answer.excerpt())
        said = complaint(answer)
        if answer.status == 500 and said.handled and said.code == NOT_FOUND:
            return Found(event=None, http_status=answer.status, answer=answer.excerpt())
        raise _refused_question(error, said)

    async def list_orders(self, start: datetime, end: datetime) -> Sequence[StatusEvent]:
        """``orders/deliveryOrders``, by days of the venue's calendar, so it may bring more. Raises a PosError."""
        # Whether dateTo is the last day or the first day after is UNKNOWN: one day more does no harm.
        zone = self._location.zone
        last = end.astimezone(zone).date() + timedelta(days=1)
        return await self._list_days(start.astimezone(zone).date(), last)

    async def read_names(self) -> Mapping[Kind, Sequence[Entry]]:
        """``rmsSettings`` and ``deliverySettings``. Raises a PosError."""
        return await catalog_read.read_names(self._connection)

    async def read_menu(self, names: Names, *, since: str | None) -> MenuRead | None:
        """``nomenclature`` and ``stopLists``. Raises a PosError."""
        currency = self._location.settings.currency
        return await catalog_read.read_menu(self._connection, currency, names, since=since)

    async def prepare(self, submission: Submission | PaymentSubmission) -> Mapping[str, str]:
        """The guest, if the settings say so: best effort. Raises nothing."""
        return {} if isinstance(submission, PaymentSubmission) else await guests.known(self._connection, submission)

    async def find_guest(self, phone: str) -> KnownGuest | None:
        """``customers/get_customer_by_phone``. Raises a PosError."""
        return await guests.find(self._connection, phone)

    async def save_guest(self, guest: Guest) -> str:
        """``customers/create_or_update``. Raises a PosError."""
        return await guests.save(self._connection, guest)

    async def tell(self, request: WireRequest) -> Taken:
        """``orders/add_order_problem``. Raises a PosError."""
        return told(await self._connection.ask(request.method, request.path, request.params, json=request.body))

    async def places(self) -> Sequence[Place]:
        """``organization/list``. Raises a PosError."""
        return await places.read(self._connection)

    async def check_set_up(self, *, callback_url: str) -> Sequence[SetUpCheck]:  # noqa: ARG002 - Iiko has no callbacks
        """Everything that the settings name, and ``orders/checkCreate``. Raises nothing."""
        return await set_up.check(self._connection, self._location)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._connection.aclose()

    async def _list_days(self, first: date, last: date) -> list[StatusEvent]:
        params = {
            **self._connection.organization,
            "dateFrom": first.isoformat(),
            "dateTo": last.isoformat(),
        }
        answer = await self._connection.ask("GET", LIST, params)
        if answer.truncated and last - first > timedelta(days=1):
            middle = first + (last - first) // 2
            return [*await self._list_days(first, middle), *await self._list_days(middle, last)]
        if error := pos_error(answer):
            raise _refused_question(error, complaint(answer))
        body = answer.json()
        orders = body.get("deliveryOrders") if isinstance(body, dict) else None
        if not isinstance(orders, list):
            what = "more orders than we read" if answer.truncated else "something that is not a list of orders"
            raise unclear(answer, f"Iiko answered {answer.status} with {what}.")
        return [event_of(info) for info in map(_order_info, orders) if info is not None]


def _order_info(value: Any) -> OrderInfo | None:
    try:
        return OrderInfo.model_validate(value)
    except ValidationError:
        return None


def _it_has(reference: str, code: str | None, message: str | None) -> StatusEvent:
    return StatusEvent(
        word=Word.SUBMITTED, raw=code or "duplicate", reference=reference, reason=message, order_id=reference
    )


def _refused_question(error: PosError, said: Complaint) -> PosError:
    """A refused question says nothing about the order, but perhaps something about the organization that it names."""
    if not isinstance(error, Rejected):
        return error
    return wrong_setting(error, said, {ORGANIZATION}) or InDoubt(
        "Iiko refused the question.",
        http_status=error.http_status,
        answer=error.answer,
        pos_message=error.pos_message,
    )
