"""Paying open checks, and helping payments that are in trouble."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import JSONResponse, Response

from app.api.documentation import problems, takes
from app.api.order_access import details_of, uuid_of, visible_to
from app.api.order_models import Resolve
from app.api.paging import cursor_of, id_of, refuse_repeats
from app.api.payment_models import PaymentList, PaymentQuery, PaymentView
from app.api.preconditions import is_known, tagged
from app.api.problems import Problem
from app.api.security import Caller, require
from app.api.services import Services, services_of
from app.api.validation import read_json
from app.domain.payment import CheckPayment
from app.domain.status import Status
from app.relay.payment_views import payment_summary, payment_view
from app.relay.payments import KIND, PaymentConflict
from app.store.database import run
from app.store.keys import Scope
from app.store.order_list import OrderFilter, read_rows

router = APIRouter(prefix="/v1/payments", tags=["payments"])

Writer = Annotated[Caller, Depends(require(Scope.ORDERS_WRITE))]
Reader = Annotated[Caller, Depends(require(Scope.ORDERS_READ))]
Operator = Annotated[Caller, Depends(require(Scope.OPS))]
PaymentId = Annotated[str, Path(json_schema_extra={"format": "uuid"}, description="What the POST answered.")]

EXAMPLE: dict[str, Any] = {
    "location": "geneva-1",
    "reference": "PAY-7",
    "check": "A1234.56",
    "amount": "42.00",
    "tip": "3.00",
    "method": "CARD",
}
_TAG = {"ETag": {"schema": {"type": "string"}}}
_TAKEN: dict[int | str, dict[str, Any]] = {
    202: {
        "model": PaymentView,
        "description": "Stored; it is being sent.",
        "headers": {"Location": {"schema": {"type": "string"}}, **_TAG},
    },
    200: {
        "model": PaymentView,
        "description": "Known already, with the same content: the payment as it stands now.",
        "headers": {"Idempotent-Replayed": {"schema": {"type": "string", "enum": ["true"]}}, **_TAG},
    },
    **problems("location-unknown", "order-not-expressible", "reference-conflict", "not-supported-by-pos"),
}
_ONE: dict[int | str, dict[str, Any]] = {
    200: {"model": PaymentView, "headers": _TAG},
    304: {"description": "Unchanged since the version of If-None-Match."},
    **problems("not-found"),
}
_ACTED = {200: {"model": PaymentView, "headers": _TAG}, **problems("not-found", "state-conflict")}


@router.post(
    "",
    summary="Pay an open check",
    status_code=202,
    response_model=None,
    responses=_TAKEN,
    openapi_extra=takes(CheckPayment, payment=EXAMPLE),
)
async def pay(request: Request, caller: Writer) -> Response:
    """Pays an open check, by its name or as the one open check of a table. `amount` is without the tip; the guest is
    charged both. The reference is the idempotency key, for ever: repeating the same payment is always safe.
    `reference-conflict` names the other payment as `payment_id`.

    `accepted` is said by the POS's callback. A POS without open checks (Iiko) answers `not-supported-by-pos`."""
    payment = await read_json(request, CheckPayment)
    caller.must_see(payment.location)
    services = services_of(request)
    try:
        payment_id, known = await services.payments.pay(payment, actor=caller.name)
    except PaymentConflict as conflict:
        other = {"payment_id": str(conflict.order_id)}
        raise Problem("reference-conflict", str(conflict), members=other) from None
    headers = {"Location": f"/v1/payments/{payment_id}"}
    if known:
        headers["Idempotent-Replayed"] = "true"
    return await _shown(services, caller, payment_id, status=200 if known else 202, headers=headers)


@router.get(
    "",
    summary="Payments, newest first",
    response_model=None,
    responses={200: {"model": PaymentList}, **problems("location-unknown")},
)
async def list_payments(request: Request, caller: Reader, query: Annotated[PaymentQuery, Query()]) -> Response:
    """Without `history` and `attempts`. `needs_attention=true` finds those that a person must settle."""
    refuse_repeats(request, PaymentQuery)
    services = services_of(request)
    locations = visible_to(caller)
    if query.location is not None:
        caller.must_see(query.location)
        await services.locations.get(query.location)
        locations = [query.location]
    wanted = OrderFilter(
        kind=KIND,
        locations=locations,
        status=[Status(status) for status in query.status],
        reference=query.reference,
        needs_attention=query.needs_attention,
    )
    before = id_of(query.cursor) if query.cursor else None
    rows = await run(services.engine, partial(read_rows, wanted=wanted, limit=query.limit + 1, before=before))
    page = rows[: query.limit]
    following = cursor_of(page[-1].id) if len(rows) > len(page) else None
    return JSONResponse({"items": [payment_summary(row) for row in page], "next_cursor": following})


@router.get("/{payment_id}", summary="One payment", response_model=None, responses=_ONE)
async def read_one(request: Request, caller: Reader, payment_id: PaymentId) -> Response:
    """One payment with all that happened to it. What was said to the POS is shown with the scope ops only."""
    answer = await _shown(services_of(request), caller, uuid_of(payment_id, KIND))
    if is_known(request, answer):
        return Response(status_code=304, headers={"ETag": answer.headers["ETag"], "Vary": "Authorization"})
    return answer


@router.post("/{payment_id}/retry", summary="Send a payment again", response_model=None, responses=_ACTED)
async def retry(request: Request, caller: Operator, payment_id: PaymentId) -> Response:
    """The same submission again, now, under the same reference: waiting, parked, failed or in doubt. A POS that has it
    already says so, and does not book it twice. A payment that the POS refused is made again under another reference
    of yours."""
    wanted = uuid_of(payment_id, KIND)
    services = services_of(request)
    row = (await details_of(services, caller, wanted, KIND)).order
    await services.operate.retry(row.location_id, row.id, actor=caller.name, kind=KIND)
    return await _shown(services, caller, wanted)


@router.post(
    "/{payment_id}/resolve",
    summary="Settle a payment by a person's word",
    response_model=None,
    responses=_ACTED,
    openapi_extra=takes(Resolve, accepted={"note": "The check is paid.", "status": "accepted"}),
)
async def resolve(request: Request, caller: Operator, payment_id: PaymentId) -> Response:
    """A person looked at the check on the till. Clears attention."""
    wanted = uuid_of(payment_id, KIND)
    services = services_of(request)
    settled = await read_json(request, Resolve)
    row = (await details_of(services, caller, wanted, KIND)).order
    status = Status(settled.status) if settled.status else None
    await services.operate.resolve(
        row.location_id, row.id, note=settled.note, status=status, actor=caller.name, kind=KIND
    )
    return await _shown(services, caller, wanted)


async def _shown(
    services: Services,
    caller: Caller,
    payment_id: UUID,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    details = await details_of(services, caller, payment_id, KIND)
    view = payment_view(details, exchanges=caller.may(Scope.OPS))
    return tagged(JSONResponse(view, status, headers={"Vary": "Authorization", **(headers or {})}))
