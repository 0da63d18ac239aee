"""The calls to one location's Iiko. Thin: what to say is in ``translate``, what the answers mean in ``errors``."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
from pydantic import ValidationError

from app.adapters.base import Found, Limits, Taken, WireRequest
from app.adapters.iiko.access import fetch_token, mask_of
from app.adapters.iiko.complaints import ORGANIZATION, wrong_setting
from app.adapters.iiko.errors import NOT_FOUND, Complaint, complaint, is_duplicate, pos_error, unclear
from app.adapters.iiko.settings import IikoSettings
from app.adapters.iiko.status import event_of, known_event_of
from app.adapters.iiko.tokens import SharedToken
from app.adapters.iiko.wire import OrderInfo
from app.adapters.transport import Answer, call
from app.domain.errors import InDoubt, PosError, Rejected
from app.domain.status import StatusEvent, Word

INFO = "/api/0/orders/info"
LIST = "/api/0/orders/deliveryOrders"
_POS_GIVES_UP_BEFORE_US_S = 10
_ABSENCE_MARGIN_S = 15


class IikoAdapter:
    """An open connection to one organization. A ``Lookup`` and a ``Listing``."""

    def __init__(
        self, *, settings: IikoSettings, zone: ZoneInfo, client: httpx.AsyncClient, token: SharedToken, limits: Limits
    ) -> None:
        self._settings = settings
        self._zone = zone
        self._client = client
        self._token = token
        processing_s = max(1, int(limits.read_s) - _POS_GIVES_UP_BEFORE_US_S)
        self._request_timeout = f"{processing_s // 3600:02}:{processing_s // 60 % 60:02}:{processing_s % 60:02}"
        self.absence_counts_after_s: float = processing_s + _ABSENCE_MARGIN_S

    async def create(self, request: WireRequest) -> Taken:
        """``orders/add``. Synchronous: its answer is the order. Raises a PosError."""
        answer = await self._ask(request.method, request.path, {}, json=request.body)
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
        raise wrong_setting(error, said, request.body) or error

    async def find(self, reference: UUID) -> Found:
        """``orders/info``. Absent only by Iiko's own word for it (500 with code 110). Raises a PosError."""
        params = {"organization": self._settings.organization_id, "order": str(reference)}
        answer = await self._ask("GET", INFO, params)
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
        last = end.astimezone(self._zone).date() + timedelta(days=1)
        return await self._list_days(start.astimezone(self._zone).date(), last)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def _list_days(self, first: date, last: date) -> list[StatusEvent]:
        params = {
            "organization": self._settings.organization_id,
            "dateFrom": first.isoformat(),
            "dateTo": last.isoformat(),
        }
        answer = await self._ask("GET", LIST, params)
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

    async def _ask(self, method: str, path: str, params: Mapping[str, str], *, json: Any = None) -> Answer:
        """One call; once more with a new token where the POS did not look at it because the token had ended (401)."""
        token = await self._token.get(self._fetch)
        answer = await self._call(token, method, path, params, json)
        if answer.status == 401:
            self._token.forget(token)
            token = await self._token.get(self._fetch)
            answer = await self._call(token, method, path, params, json)
        if answer.status == 401:
            self._token.forget(token)
        return answer

    async def _call(self, token: str, method: str, path: str, params: Mapping[str, str], json: Any) -> Answer:
        query = {"access_token": token, "request_timeout": self._request_timeout, **params}
        return await call(self._client, method, path, params=query, json=json, mask=mask_of(self._settings, token))

    async def _fetch(self) -> str:
        return await fetch_token(self._client, self._settings)


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
