"""Where a POS calls us. Stores and answers; nothing else may make a POS wait."""

import re
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import JSONResponse, Response

from app.api.body import CALLBACK_LIMIT, read_bytes
from app.api.documentation import problems
from app.api.services import services_of
from app.domain.errors import CallbackUnauthenticated
from app.relay.incoming import incoming

router = APIRouter(prefix="/webhooks", tags=["webhooks"])

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
    body = await read_bytes(request, limit=CALLBACK_LIMIT)
    location = await services.locations.by_callback_key(callback_key) if _KEY.fullmatch(callback_key) else None
    if location is None or location.pos.system != system:
        raise CallbackUnauthenticated("no location has this address")
    await services.inbox.receive(location, incoming(request.headers.items(), body))
    return JSONResponse({})
