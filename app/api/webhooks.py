"""Where a POS calls us. Stores and answers; nothing else may make a POS wait."""

import re
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import JSONResponse, Response

from app.api.body import CALLBACK_LIMIT, closing, discard, read_bytes
from app.api.documentation import problems
from app.api.problems import Problem, unauthenticated
from app.api.services import Services, services_of
from app.api.straight import Straight
from app.domain.errors import CallbackUnauthenticated
from app.domain.location import Location
from app.relay.incoming import incoming

router = APIRouter(prefix="/webhooks", tags=["webhooks"], route_class=Straight)

_ANSWERS = {
    200: {"description": "Stored.", "content": {"application/json": {"schema": {"type": "object"}, "example": {}}}},
    **problems("unauthenticated", "payload-too-large", "storage-unavailable"),
}
_CALL = {
    "security": [{"callback": []}],
    "requestBody": {"required": True, "content": {"*/*": {"schema": {}}}},
}
_KEY = re.compile(r"[A-Za-z0-9_-]{1,128}")


@router.post("/{system}/{callback_key}", response_model=None, responses=_ANSWERS, openapi_extra=_CALL)
async def receive(request: Request, system: Annotated[str, Path()], callback_key: Annotated[str, Path()]) -> Response:
    """A callback of a POS, HTTP Basic. The address and the password belong to exactly one location."""
    services = services_of(request)
    location = await services.locations.by_callback_key(callback_key) if _KEY.fullmatch(callback_key) else None
    if location is None or location.pos.system != system:
        raise unauthenticated("Basic", closing(ended=await discard(request)))
    body = await _body(services, location, request)
    await services.inbox.receive(location, incoming(request.headers.items(), body))
    return JSONResponse({})


async def _body(services: Services, location: Location, request: Request) -> bytes:
    """Read before its sender is known, since a POS may sign the body. How much would be too much is told to the POS
    only: to anybody else it is the same 401."""
    try:
        return await read_bytes(request, limit=CALLBACK_LIMIT)
    except Problem as too_large:
        try:
            services.locations.authenticate_callback(location, incoming(request.headers.items(), b""))
        except CallbackUnauthenticated:
            raise unauthenticated("Basic", too_large.headers) from None
        raise
