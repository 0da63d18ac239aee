"""Locations: their settings with the secrets write-only, and how their lanes do."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from app.api.documentation import problems, takes
from app.api.location_models import (
    IIKO,
    IKENTOO,
    CallbackRegistered,
    LocationPage,
    LocationQuery,
    LocationView,
    Slug,
)
from app.api.paging import refuse_repeats
from app.api.security import Caller, require
from app.api.services import services_of
from app.api.validation import read_object
from app.domain.location import LocationSettings
from app.store.keys import Scope

Operator = Annotated[Caller, Depends(require(Scope.OPS))]
Admin = Annotated[Caller, Depends(require(Scope.ADMIN))]

router = APIRouter(prefix="/v1/locations", tags=["locations"])


@router.get("", summary="All locations, and how they do", responses={200: {"model": LocationPage}})
async def list_locations(request: Request, caller: Operator, query: Annotated[LocationQuery, Query()]) -> JSONResponse:
    """By slug. `attention` says what to look at, and what to do about it."""
    refuse_repeats(request, LocationQuery)
    views = await services_of(request).locations.list(
        only=caller.locations, after=query.cursor or "", limit=query.limit + 1
    )
    page, more = views[: query.limit], len(views) > query.limit
    return JSONResponse({"items": page, "next_cursor": page[-1]["location"] if more else None})


@router.get(
    "/{location}", summary="One location", responses={200: {"model": LocationView}, **problems("location-unknown")}
)
async def get_location(request: Request, caller: Operator, location: Slug) -> JSONResponse:
    """Its settings without secrets, the address for the POS's callbacks, and how its lane does."""
    caller.must_see(location)
    return JSONResponse(await services_of(request).locations.one(location))


@router.put(
    "/{location}",
    summary="Create or replace a location",
    status_code=200,
    responses={
        200: {"model": LocationView, "description": "Replaced"},
        201: {
            "model": LocationView,
            "description": "Created",
            "headers": {"Location": {"schema": {"type": "string"}}},
        },
        **problems("location-unknown", "state-conflict"),
    },
    openapi_extra=takes(LocationSettings, iKentoo=IKENTOO, Iiko=IIKO),
)
async def put_location(request: Request, caller: Admin, location: Slug) -> JSONResponse:
    """Replaces the whole document, but for the secrets, which are written and never read. A secret that is absent or
    null is kept; `""` takes away one that is optional (on a new location it is the same as absent). `auth` left out
    altogether is kept as it is, and so is the token of `"auth": {}`; `"auth": null` takes it away with its secrets.
    When the host of its address changes, a secret must be given again. Plain http is for loopback hosts only.

    A replaced location that was blocked tries again at once. The POS cannot be changed while orders are open."""
    caller.must_see(location)
    document = await read_object(request)
    created = await services_of(request).locations.put(location, document)
    answer = await _view(request, location, status=201 if created else 200)
    if created:
        answer.headers["Location"] = f"/v1/locations/{location}"
    return answer


@router.delete(
    "/{location}",
    summary="Delete a location",
    status_code=204,
    responses=problems("location-unknown", "state-conflict"),
)
async def delete_location(request: Request, caller: Admin, location: Slug) -> Response:
    """Its secrets are wiped; its orders and their references are remembered. 409 while it has open orders."""
    caller.must_see(location)
    await services_of(request).locations.delete(location)
    return Response(status_code=204)


@router.post(
    "/{location}/pause",
    summary="Hold sending",
    responses={200: {"model": LocationView}, **problems("location-unknown")},
)
async def pause(request: Request, caller: Operator, location: Slug) -> JSONResponse:
    """Orders are still taken. No deadline fires while paused."""
    caller.must_see(location)
    await services_of(request).operate.pause(location, actor=caller.name)
    return await _view(request, location)


@router.post(
    "/{location}/resume",
    summary="Send again",
    responses={200: {"model": LocationView}, **problems("location-unknown")},
)
async def resume(request: Request, caller: Operator, location: Slug) -> JSONResponse:
    """Waiting orders get their full time again."""
    caller.must_see(location)
    await services_of(request).operate.resume(location, actor=caller.name)
    return await _view(request, location)


@router.post(
    "/{location}/callback-registration",
    summary="Register our callback address at the POS",
    responses={
        200: {"model": CallbackRegistered},
        **problems("location-unknown", "state-conflict", "not-supported-by-pos", "pos-unavailable"),
    },
)
async def register_callbacks(request: Request, caller: Admin, location: Slug) -> JSONResponse:
    """Reads what the POS has, then creates or updates it where needed. `state-conflict`: the location's settings lack
    what this needs, and the POS was not asked."""
    caller.must_see(location)
    services = services_of(request)
    done = await services.locations.register_callbacks(location, services.adapters)
    return JSONResponse({"action": done.action, "url": done.url})


async def _view(request: Request, location: str, *, status: int = 200) -> JSONResponse:
    return JSONResponse(await services_of(request).locations.one(location), status_code=status)
