"""What the POS said to us, and what could not be matched or read."""

from base64 import b64encode
from codecs import getincrementaldecoder
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from app.api.documentation import problems
from app.api.order_access import nothing, uuid_of, visible_to
from app.api.order_models import Shown, Time
from app.api.paging import cursor_of, id_of, refuse_repeats
from app.api.security import Caller, require
from app.api.services import Services, services_of
from app.domain.errors import StateConflict
from app.domain.fields import Text
from app.relay.views import moment
from app.store.callback_list import CallbackRow, read_callback, read_callbacks
from app.store.database import run
from app.store.keys import Scope

router = APIRouter(prefix="/v1/callbacks", tags=["callbacks"])

Operator = Annotated[Caller, Depends(require(Scope.OPS))]
SHOWN = 16 * 1024
"""Bytes of a body in the list: a page of whole ones could be 200 MiB."""
State = Literal["received", "handled", "parked"]


class CallbackQuery(BaseModel):
    """Filters and the page. Unknown names are refused."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    state: Annotated[list[State], Field(max_length=3, description="Repeatable: any of them.")] = []
    location: Annotated[Text | None, Field(min_length=1, max_length=63)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Field(min_length=1, max_length=64)] = None


class CallbackView(Shown):
    """One callback, as received and as understood."""

    id: str
    location: str
    state: State
    received_at: Time
    handled_at: Time | None
    repeats: Annotated[int, Field(description="How often the very same bytes came.")]
    reference: str | None
    word: Annotated[str | None, Field(description="The POS's own word for the status.")]
    problem: Annotated[str | None, Field(description="Why it could not be matched or read.")]
    body: Annotated[
        str,
        Field(description="As received; in base64 where it is no UTF-8. In the list the first 16 KiB, else all of it."),
    ]
    body_encoding: Literal["utf-8", "base64"]
    body_truncated: Annotated[bool, Field(description="Whether there was more than is shown.")]


class CallbackList(Shown):
    """A page of callbacks, newest first."""

    items: list[CallbackView]
    next_cursor: str | None


@router.get("", response_model=None, responses={200: {"model": CallbackList}, **problems("location-unknown")})
async def list_callbacks(request: Request, caller: Operator, query: Annotated[CallbackQuery, Query()]) -> Response:
    """Callbacks, newest first."""
    refuse_repeats(request, CallbackQuery)
    services = services_of(request)
    work = partial(
        read_callbacks,
        states=query.state,
        locations=await _locations(services, caller, query.location),
        limit=query.limit + 1,
        before=id_of(query.cursor) if query.cursor else None,
        body_limit=SHOWN,
    )
    rows = await run(services.engine, work)
    page = rows[: query.limit]
    more = len(rows) > len(page)
    return JSONResponse(
        {"items": [_view(row) for row in page], "next_cursor": cursor_of(page[-1].id) if more else None}
    )


@router.post(
    "/{callback_id}/replay",
    response_model=None,
    responses={200: {"model": CallbackView}, **problems("not-found", "state-conflict")},
)
async def replay(
    request: Request, caller: Operator, callback_id: Annotated[str, Path(json_schema_extra={"format": "uuid"})]
) -> Response:
    """Reads and matches it once more: after a fix of the settings, or of ours."""
    services = services_of(request)
    callback = await _callback(services, caller, uuid_of(callback_id, "callback"))
    if callback.state == "handled":
        raise StateConflict("The callback was handled already.", state=callback.state)
    await services.inbox.replay(callback.location_id, callback.id, actor=caller.name)
    return JSONResponse(_view(await _callback(services, caller, callback.id)))


async def _locations(services: Services, caller: Caller, asked: str | None) -> list[str] | None:
    if asked is None:
        return visible_to(caller)
    caller.must_see(asked)
    await services.locations.get(asked)
    return [asked]


async def _callback(services: Services, caller: Caller, callback_id: UUID) -> CallbackRow:
    work = partial(read_callback, callback_id=callback_id, locations=visible_to(caller))
    callback = await run(services.engine, work)
    if callback is None:
        raise nothing("callback")
    return callback


def _view(row: CallbackRow) -> dict[str, Any]:
    truncated = row.size > len(row.body)
    try:  # the cut may go through the last character
        body, encoding = getincrementaldecoder("utf-8")().decode(row.body, final=not truncated), "utf-8"
    except UnicodeDecodeError:
        body, encoding = b64encode(row.body).decode(), "base64"
    return {
        "id": str(row.id),
        "location": row.location_id,
        "state": row.state,
        "received_at": moment(row.received_at),
        "handled_at": moment(row.handled_at) if row.handled_at else None,
        "repeats": row.repeats,
        "reference": row.reference,
        "word": row.word,
        "problem": row.problem,
        "body": body,
        "body_encoding": encoding,
        "body_truncated": truncated,
    }
