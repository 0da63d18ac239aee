"""Messages to the people at the till of a location."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import JSONResponse

from app.api.documentation import problems, takes
from app.api.location_models import Slug
from app.api.order_access import details_of, nothing, uuid_of
from app.api.payment_models import MessageView
from app.api.security import Caller, require
from app.api.services import Services, services_of
from app.api.validation import read_json
from app.domain.message import TillMessage
from app.relay.messages import KIND
from app.relay.payment_views import message_view
from app.store.keys import Scope

router = APIRouter(prefix="/v1/locations/{location}/messages", tags=["locations"])

Operator = Annotated[Caller, Depends(require(Scope.OPS))]
MessageId = Annotated[str, Path(json_schema_extra={"format": "uuid"}, description="What the POST answered.")]

EXAMPLE: dict[str, Any] = {"message": "The courier is late: 20 minutes.", "also_to_printer": True}


@router.post(
    "",
    summary="Say something at the till",
    status_code=202,
    response_model=None,
    responses={
        202: {
            "model": MessageView,
            "description": "Stored; it is being sent.",
            "headers": {"Location": {"schema": {"type": "string"}}},
        },
        **problems("location-unknown", "order-not-expressible", "not-supported-by-pos"),
    },
    openapi_extra=takes(TillMessage, late=EXAMPLE),
)
async def tell(request: Request, caller: Operator, location: Slug) -> JSONResponse:
    """Shown, and printed where the POS can. Sent again until the POS takes it or the location's `give_up_after_s` is
    over: so it may be shown twice. Each request is a message of its own.

    With `order_id` it goes to where that order is handled, and its history says what became of it. Iiko takes messages
    about an order only: `not-supported-by-pos` without one."""
    caller.must_see(location)
    services = services_of(request)
    message = await read_json(request, TillMessage)
    message_id = await services.messages.tell(location, message, actor=caller.name)
    answer = await _shown(services, caller, location, message_id, status=202)
    answer.headers["Location"] = f"/v1/locations/{location}/messages/{message_id}"
    return answer


@router.get(
    "/{message_id}",
    summary="What became of a message",
    response_model=None,
    responses={200: {"model": MessageView}, **problems("location-unknown", "not-found")},
)
async def read_one(request: Request, caller: Operator, location: Slug, message_id: MessageId) -> JSONResponse:
    """With all that happened to it."""
    caller.must_see(location)
    return await _shown(services_of(request), caller, location, uuid_of(message_id, KIND))


async def _shown(
    services: Services, caller: Caller, location: str, message_id: UUID, *, status: int = 200
) -> JSONResponse:
    details = await details_of(services, caller, message_id, KIND)
    if details.order.location_id != location:
        raise nothing(KIND)
    return JSONResponse(message_view(details, exchanges=caller.may(Scope.OPS)), status)
