"""Server-sent events: what becomes of one order, as it happens."""

import json
import random
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Request
from fastapi.sse import format_sse_event
from starlette.responses import Response, StreamingResponse
from starlette.types import Send

from app.api.documentation import problems
from app.api.order_access import OrderId, nothing, order_id_of, visible_to
from app.api.problems import Problem
from app.api.security import Caller, check_again, require
from app.api.services import Services, services_of
from app.domain.errors import StorageUnavailable
from app.relay.views import is_final, summary_view, version_of
from app.store.database import run
from app.store.keys import Scope
from app.store.views import SummaryRow
from app.store.watched import read_summary

HEARTBEAT_S = 15.0
"""Proxies close what is silent for a minute."""
LOOK_AT_KEY_S = 5.0
RETRY_MS = (2000, 5000)
"""Drawn by lot: after a restart of ours not everybody comes back in the same instant."""
NO_ROOM_RETRY_MS = (10_000, 20_000)

router = APIRouter(prefix="/v1/orders/{order_id}", tags=["orders"])

Reader = Annotated[Caller, Depends(require(Scope.ORDERS_READ))]

# One event, as OpenAPI 3.2 (4.14.4) describes it.
_EVENT: dict[str, Any] = {
    "type": "object",
    "required": ["data", "id"],
    "properties": {
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {"$ref": "#/components/schemas/OrderSummary"},
        },
        "event": {"type": "string"},
        "id": {"type": "string", "description": "The `version` of the order."},
    },
}
_EXAMPLE = """\
retry: 3411

data: {"id": "01998c5e-...", "version": 1, "final": false, "status": "received", ...}
id: 1

data: {"id": "01998c5e-...", "version": 5, "final": false, "status": "accepted", ...}
id: 5

: still here
"""
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The order as lists show it, now and at each change. Ends after the order has.",
        "content": {"text/event-stream": {"itemSchema": _EVENT, "examples": {"order": {"value": _EXAMPLE}}}},
    },
    204: {"description": "The order has ended, and the state of `Last-Event-ID` was its last: do not come again."},
    **problems("not-found"),
}
_LAST_EVENT: dict[str, Any] = {
    "name": "Last-Event-ID",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "example": "5",
    "description": "The `version` that the client has; browsers send it by themselves when they come back.",
}


class _Stream(StreamingResponse):
    """Ends its events at once when the client goes away. (The framework's own class wants the route to be a generator,
    which cannot answer 404 or 204.)"""

    media_type = "text/event-stream"

    async def stream_response(self, send: Send) -> None:
        async with aclosing(cast(AsyncGenerator[bytes, None], self.body_iterator)):
            await super().stream_response(send)


@router.get(
    "/events",
    summary="Follow one order",
    response_model=None,
    response_class=Response,  # else the documentation would promise a string
    responses=_ANSWERS,
    openapi_extra={"parameters": [_LAST_EVENT]},
)
async def follow(request: Request, caller: Reader, order_id: OrderId) -> Response:
    """Server-sent events for `EventSource` and the like: the order as in lists, at once and at each change; `id` is its
    `version`. Changes that follow each other within milliseconds may come as one. With `Last-Event-ID` nothing comes
    twice. A comment every 15 s keeps the connection open."""
    services = services_of(request)
    since = services.watching.mark()
    work = partial(read_summary, order_id=order_id_of(order_id), locations=visible_to(caller))
    async with services.watching.turn:  # after a restart of ours all of them come at once
        row = await run(services.engine, work, single_statement=True)
    if row is None:
        raise nothing("order")
    known = request.headers.get("last-event-id") == str(version_of(row))
    if known and is_final(row):
        return Response(status_code=204)
    return _Stream(_events(request, caller, row, known=known, since=since), headers={"X-Accel-Buffering": "no"})


async def _events(
    request: Request, caller: Caller, row: SummaryRow, *, known: bool, since: int
) -> AsyncGenerator[bytes, None]:
    services: Services = services_of(request)
    with services.watching.watch(row.id, version_of(row), since=since) as watch:
        yield format_sse_event(retry=random.randint(*(NO_ROOM_RETRY_MS if watch.over else RETRY_MS)))  # noqa: S311
        if not known:
            yield _event(row)
        silent_since = time.monotonic()
        while not is_final(row) and not watch.over and await _may_still(request, caller):
            changed = await watch.change(LOOK_AT_KEY_S)
            if changed is not None:
                row = changed
                yield _event(row)
            elif time.monotonic() - silent_since < HEARTBEAT_S - 1:
                continue
            else:
                yield format_sse_event(comment="still here")
            silent_since = time.monotonic()


def _event(row: SummaryRow) -> bytes:
    view = json.dumps(summary_view(row), ensure_ascii=False, separators=(",", ":"))
    return format_sse_event(data_str=view, id=str(version_of(row)))


async def _may_still(request: Request, caller: Caller) -> bool:
    """Whether the key was not revoked meanwhile. While nobody can tell, nothing comes anyway."""
    try:
        await check_again(request, caller)
    except Problem:
        return False
    except StorageUnavailable:
        return True
    return True
