"""Taking orders and showing them."""

from contextlib import suppress
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse, Response

from app.api.admission import stored
from app.api.documentation import problems, takes
from app.api.order_access import OrderId, details_in_turn, details_of, order_id_of, visible_to
from app.api.order_answer import shown
from app.api.order_models import OrderList, OrderView, PreviewView
from app.api.order_query import OrderQuery
from app.api.paging import cursor_of, id_of, refuse_repeats
from app.api.preconditions import VARY, is_known, tagged, wants_plain_text
from app.api.security import Caller, check_again, require
from app.api.services import Services, services_of
from app.api.straight import Straight
from app.api.validation import read_json
from app.api.waiting import APPLIED, PREFER, preferred_wait, wait_for_news
from app.domain.errors import LocationUnknown, StorageUnavailable
from app.domain.order import Order
from app.domain.status import Status
from app.relay.ticket import ticket
from app.relay.views import summary_view
from app.store.database import run
from app.store.keys import Scope
from app.store.order_details import OrderDetails, fresh
from app.store.order_list import OrderFilter, read_summaries

router = APIRouter(prefix="/v1/orders", tags=["orders"])
straight = APIRouter(prefix="/v1/orders", tags=["orders"], route_class=Straight)

Writer = Annotated[Caller, Depends(require(Scope.ORDERS_WRITE))]
Reader = Annotated[Caller, Depends(require(Scope.ORDERS_READ))]

EXAMPLE: dict[str, Any] = {
    "location": "geneva-1",
    "reference": "WEB-10042",
    "service_type": "dine_in",
    "table": {"number": 10},
    "customer": {"first_name": "Ana", "phone": "+41 79 123 45 67"},
    "items": [{"sku": "PIZZA", "name": "Pizza", "quantity": 2, "unit_price": "11.00"}],
    "payments": [{"method": "CARD", "amount": "22.00", "tip": "2.00", "paid": True}],
    "total": "22.00",
}
_NOT_TAKEN = problems("location-unknown", "order-not-expressible")
_TAKEN: dict[int | str, dict[str, Any]] = {
    202: {
        "model": OrderView,
        "description": "Stored; it is being sent.",
        "headers": {
            "Location": {"schema": {"type": "string"}},
            "ETag": {"schema": {"type": "string"}},
            **APPLIED,
        },
    },
    200: {
        "model": OrderView,
        "description": "Known already, with the same content: the order as it stands now.",
        "headers": {"Idempotent-Replayed": {"schema": {"type": "string", "enum": ["true"]}}, **APPLIED},
    },
    **problems("location-unknown", "order-not-expressible", "reference-conflict"),
}
_ONE: dict[int | str, dict[str, Any]] = {
    200: {
        "model": OrderView,
        "description": "The order; as text/plain a ticket that staff can key in by hand.",
        "content": {"text/plain": {"schema": {"type": "string"}}},
        "headers": {"ETag": {"schema": {"type": "string"}}, "Vary": {"schema": {"type": "string"}}, **APPLIED},
    },
    304: {"description": "Unchanged since the version of If-None-Match.", "headers": APPLIED},
    **problems("not-found"),
}


@straight.post(
    "",
    status_code=202,
    response_model=None,
    responses=_TAKEN,
    openapi_extra={**takes(Order, order=EXAMPLE), "parameters": [PREFER]},
)
async def submit(request: Request, caller: Writer) -> Response:
    """Takes an order. The reference is the idempotency key, for ever: repeating the same order is always safe.

    With `Prefer: wait=N` the order is stored as fast, and the answer comes when its status is no longer `received`."""
    order = await read_json(request, Order)
    caller.must_see(order.location)
    services = services_of(request)
    since = services.watching.mark()
    submitted = await services.intake.submit(order, actor=caller.name)
    stored(request.scope)
    headers = {"Location": f"/v1/orders/{submitted.order.id}"}
    if submitted.replayed:
        headers["Idempotent-Replayed"] = "true"
    if submitted.detail is None:
        details = await details_of(services, caller, submitted.order.id)
    else:  # nothing can have happened to it yet: not read back
        details = fresh(submitted.order, detail=submitted.detail)
    if seconds := preferred_wait(request):
        waited = await wait_for_news(services.watching, details.order, seconds, since=since, status=Status.RECEIVED)
        headers |= waited.headers
        if waited.changed:
            with suppress(StorageUnavailable):  # the order is stored, whatever can be read now
                details = await details_in_turn(services, caller, submitted.order.id)
    return shown(details, caller, status=200 if submitted.replayed else 202, headers=headers)


@router.post(
    "/preview",
    response_model=None,
    responses={200: {"model": PreviewView}, **_NOT_TAKEN},
    openapi_extra=takes(Order, order=EXAMPLE),
)
async def preview(request: Request, caller: Writer) -> Response:
    """What this order would become for its POS. Stores nothing and calls nobody."""
    order = await read_json(request, Order)
    caller.must_see(order.location)
    seen = await services_of(request).intake.preview(order)
    translation = seen.translation
    wire = translation.request if translation else None
    return JSONResponse(
        {
            "request": {"method": wire.method, "url": seen.url, "body": dict(wire.body)} if wire else None,
            "folded": list(translation.folded) if translation else [],
            "not_sent": list(translation.not_sent) if translation else [],
            "problems": [asdict(finding) for finding in seen.problems],
        }
    )


@router.get("", response_model=None, responses={200: {"model": OrderList}, **problems("location-unknown")})
async def list_orders(request: Request, caller: Reader, query: Annotated[OrderQuery, Query()]) -> Response:
    """Orders, newest first."""
    refuse_repeats(request, OrderQuery)
    services = services_of(request)
    before = id_of(query.cursor) if query.cursor else None
    wanted = OrderFilter(
        locations=await _locations(services, caller, query.location),
        status=query.status,
        dispatch=query.dispatch,
        reference=query.reference,
        customer=query.customer,
        needs_attention=query.needs_attention,
        received_from=query.received_from,
        received_to=query.received_to,
    )
    work = partial(read_summaries, wanted=wanted, limit=query.limit + 1, before=before)
    rows = await run(services.engine, work, single_statement=True)
    page = rows[: query.limit]
    more = len(rows) > len(page)
    return JSONResponse(
        {"items": [summary_view(row) for row in page], "next_cursor": cursor_of(page[-1].id) if more else None}
    )


@straight.get("/{order_id}", response_model=None, responses=_ONE, openapi_extra={"parameters": [PREFER]})
async def read_one(request: Request, caller: Reader, order_id: OrderId) -> Response:
    """One order with all that happened to it. What was said to the POS is shown with the scope ops only.

    With `Prefer: wait=N` the answer comes when the status changes; with `If-None-Match` as well, when anything does."""
    if order_id == "preview":  # the address of another route, which is for POST only
        raise HTTPException(405)
    services = services_of(request)
    since = services.watching.mark()
    seconds, conditional = preferred_wait(request), "if-none-match" in request.headers
    read = details_in_turn if seconds else details_of
    details = await read(services, caller, order_id_of(order_id))
    answer = await _form(request, caller, details)
    if seconds and (not conditional or is_known(request, answer)):
        status = None if conditional else details.order.status
        waited = await wait_for_news(services.watching, details.order, seconds, since=since, status=status)
        if waited.changed:
            await check_again(request, caller)
            answer = await _form(request, caller, await read(services, caller, details.order.id))
        answer.headers.update(waited.headers)
    if is_known(request, answer):
        kept = ("ETag", "Vary", "Preference-Applied")
        return Response(
            status_code=304, headers={name: answer.headers[name] for name in kept if name in answer.headers}
        )
    return answer


async def _form(request: Request, caller: Caller, details: OrderDetails) -> Response:
    """The order as JSON, or as a ticket."""
    if wants_plain_text(request):
        zone = await _zone(services_of(request), details.order.location_id)
        answer = tagged(PlainTextResponse(ticket(details.order, zone)))
    else:
        answer = shown(details, caller)
    answer.headers["Vary"] = VARY
    return answer


async def _locations(services: Services, caller: Caller, asked: str | None) -> list[str] | None:
    if asked is None:
        return visible_to(caller)
    caller.must_see(asked)
    await services.locations.get(asked)
    return [asked]


async def _zone(services: Services, location_id: str) -> ZoneInfo:
    try:
        return (await services.locations.get(location_id)).zone
    except LocationUnknown:  # deleted since
        return ZoneInfo("UTC")
