"""What a person can do with one order: retry, resend, resolve, cancel. Each answers with the order as it then is."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.api.documentation import problems, takes
from app.api.order_access import OrderId, details_of, order_id_of
from app.api.order_answer import shown
from app.api.order_models import Cancel, OrderView, Resend, Resolve
from app.api.security import Caller, require
from app.api.services import Services, services_of
from app.api.validation import read_json
from app.domain.errors import Finding, OrderInvalid, OrderNotExpressible
from app.domain.status import Status
from app.store.keys import Scope

router = APIRouter(prefix="/v1/orders/{order_id}", tags=["orders"])

Operator = Annotated[Caller, Depends(require(Scope.OPS))]
Canceller = Annotated[Caller, Depends(require(Scope.OPS, Scope.ORDERS_WRITE))]
Admin = Annotated[Caller, Depends(require(Scope.ADMIN))]

_ANSWERS = {200: {"model": OrderView}, **problems("not-found", "state-conflict")}
_RESEND_ANSWERS = {
    200: {"model": OrderView},
    **problems("not-found", "state-conflict", "validation-failed", "order-not-expressible"),
}


@router.post("/retry", response_model=None, responses=_ANSWERS)
async def retry(request: Request, caller: Operator, order_id: OrderId) -> Response:
    """The same submission again, now. In doubt: the POS is asked first, where it can be asked."""
    services = services_of(request)
    order = (await details_of(services, caller, order_id_of(order_id))).order
    await services.operate.retry(order.location_id, order.id, actor=caller.name)
    return await _shown(services, caller, order.id)


@router.post(
    "/resend", response_model=None, responses=_RESEND_ANSWERS, openapi_extra=takes(Resend, required=False, same={})
)
async def resend(request: Request, caller: Operator, order_id: OrderId) -> Response:
    """A new submission under a new reference: the same order, or a corrected one."""
    wanted = order_id_of(order_id)
    services = services_of(request)
    corrected = (await read_json(request, Resend, optional=True)).order
    order = (await details_of(services, caller, wanted)).order
    try:
        await services.operate.resend(order.location_id, order.id, order=corrected, actor=caller.name)
    except OrderInvalid as error:
        raise OrderInvalid(_under_order(error.findings)) from None
    except OrderNotExpressible as error:
        raise OrderNotExpressible(_under_order(error.findings)) from None
    return await _shown(services, caller, order.id)


@router.post(
    "/resolve",
    response_model=None,
    responses=_ANSWERS,
    openapi_extra=takes(Resolve, accepted={"note": "It is on the till.", "status": "accepted"}),
)
async def resolve(request: Request, caller: Operator, order_id: OrderId) -> Response:
    """A person settles it: looked on the till, called the restaurant. Clears attention."""
    wanted = order_id_of(order_id)
    services = services_of(request)
    settled = await read_json(request, Resolve)
    order = (await details_of(services, caller, wanted)).order
    status = Status(settled.status) if settled.status else None
    await services.operate.resolve(order.location_id, order.id, note=settled.note, status=status, actor=caller.name)
    return await _shown(services, caller, order.id)


@router.post(
    "/cancel",
    response_model=None,
    responses=_ANSWERS,
    openapi_extra=takes(Cancel, guest={"reason": "The guest changed their mind."}),
)
async def cancel(request: Request, caller: Canceller, order_id: OrderId) -> Response:
    """Stops an order that is not at the POS yet; for one that is, see `cancellation` in the answer.

    With the scope orders:write alone only while the order was surely not sent."""
    wanted = order_id_of(order_id)
    services = services_of(request)
    reason = (await read_json(request, Cancel)).reason
    order = (await details_of(services, caller, wanted)).order
    await services.operate.cancel(
        order.location_id,
        order.id,
        reason=reason,
        actor=caller.name,
        only_if_surely_not_sent=not caller.may(Scope.OPS),
    )
    return await _shown(services, caller, order.id)


@router.delete(
    "/customer",
    status_code=204,
    summary="Erase the guest's personal data",
    responses=problems("not-found", "state-conflict"),
)
async def erase(request: Request, caller: Admin, order_id: OrderId) -> Response:
    """Takes everything that may name the guest out of the order, its attempts, its callbacks and its history, for
    ever. Items, amounts, times and codes stay, and the reference stays taken. Repeating it is fine.

    409 while the order may still be sent or followed: cancel or resolve it first, or wait until it has ended."""
    services = services_of(request)
    order = (await details_of(services, caller, order_id_of(order_id))).order
    await services.operate.erase(order.location_id, order.id, actor=caller.name)
    return Response(status_code=204)


def _under_order(findings: tuple[Finding, ...]) -> list[Finding]:
    return [replace(finding, pointer=f"/order{finding.pointer}") for finding in findings]


async def _shown(services: Services, caller: Caller, order_id: UUID) -> Response:
    return shown(await details_of(services, caller, order_id), caller)
