"""Live questions to a location's POS: places, tables, open checks, guests, and whether all is set up right."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse

from app.api.catalog import NoQuery, Operator, Reader, shown
from app.api.documentation import problems, takes
from app.api.location_models import Slug
from app.api.paging import refuse_repeats
from app.api.services import services_of
from app.api.validation import read_json
from app.api.venue_models import (
    BUSINESSES,
    CHECKS,
    FLOOR_PLANS,
    GUEST,
    GUEST_VIEW,
    ORGANIZATIONS,
    SET_UP,
    CheckList,
    CheckQuery,
    FloorPlanList,
    GuestQuery,
    GuestView,
    PlaceList,
    SetUpView,
)
from app.domain.venue import Guest, KnownGuest
from app.relay.set_up import check_set_up

router = APIRouter(prefix="/v1/locations/{location}", tags=["live"])

ASKED = problems("location-unknown", "state-conflict", "not-supported-by-pos", "pos-unavailable")


@router.post(
    "/check",
    summary="Is the location set up right?",
    responses={**shown(SetUpView, SET_UP), **problems("location-unknown")},
)
async def check(request: Request, caller: Operator, location: Slug, _: NoQuery) -> JSONResponse:
    """Asks the POS: reachable, credentials, every name of the settings, callbacks registered and pointing here; and
    tells how old the catalog is. 200 also when something is wrong: each `problem` says what to do."""
    caller.must_see(location)
    services = services_of(request)
    lines = await check_set_up(
        location, engine=services.engine, locations=services.locations, adapters=services.adapters
    )
    return JSONResponse({"ok": all(line.ok for line in lines), "checks": [asdict(line) for line in lines]})


@router.get("/businesses", summary="Business locations (iKentoo)", responses={**shown(PlaceList, BUSINESSES), **ASKED})
async def businesses(request: Request, caller: Operator, location: Slug, _: NoQuery) -> JSONResponse:
    """Live: what this location's credentials can see, to find `business_location_id`."""
    caller.must_see(location)
    return _listed(await services_of(request).venue.places(location, system="ikentoo"))


@router.get("/organizations", summary="Organizations (Iiko)", responses={**shown(PlaceList, ORGANIZATIONS), **ASKED})
async def organizations(request: Request, caller: Operator, location: Slug, _: NoQuery) -> JSONResponse:
    """Live: what this location's credentials can see, to find `organization_id`."""
    caller.must_see(location)
    return _listed(await services_of(request).venue.places(location, system="iiko"))


@router.get("/tables", summary="Floor plans", responses={**shown(FloorPlanList, FLOOR_PLANS), **ASKED})
async def tables(request: Request, caller: Reader, location: Slug, _: NoQuery) -> JSONResponse:
    """Live: rooms with their tables."""
    caller.must_see(location)
    return _listed(await services_of(request).venue.floor_plans(location))


@router.get("/checks", summary="Open checks", responses={**shown(CheckList, CHECKS), **ASKED})
async def checks(
    request: Request, caller: Reader, location: Slug, query: Annotated[CheckQuery, Query()]
) -> JSONResponse:
    """Live: what is open, of one table or of all, with what is still `outstanding`."""
    caller.must_see(location)
    refuse_repeats(request, CheckQuery)
    return _listed(await services_of(request).venue.open_checks(location, query.table))


@router.get(
    "/customers",
    summary="Find a guest by phone",
    responses={**shown(GuestView, GUEST_VIEW), **ASKED, **problems("location-unknown", "not-found")},
)
async def find_guest(
    request: Request, caller: Operator, location: Slug, query: Annotated[GuestQuery, Query()]
) -> JSONResponse:
    """Live: the guest as the POS knows them; 404 where it does not."""
    caller.must_see(location)
    refuse_repeats(request, GuestQuery)
    return _guest(await services_of(request).venue.find_guest(location, query.phone))


@router.put(
    "/customers",
    summary="Create or update a guest",
    responses={**shown(GuestView, GUEST_VIEW), **ASKED},
    openapi_extra=takes(Guest, guest=GUEST),
)
async def save_guest(request: Request, caller: Operator, location: Slug, _: NoQuery) -> JSONResponse:
    """The phone is the key: an unknown one is created. What is left out stays as the POS has it."""
    caller.must_see(location)
    guest = await read_json(request, Guest)
    guest_id = await services_of(request).venue.save_guest(location, guest)
    return _guest(KnownGuest(id=guest_id, guest=guest, more={}))


def _listed(found: Sequence[BaseModel]) -> JSONResponse:
    return JSONResponse({"items": [one.model_dump(mode="json") for one in found], "next_cursor": None})


def _guest(known: KnownGuest) -> JSONResponse:
    more: Mapping[str, Any] = known.more
    return JSONResponse({"id": known.id, **known.guest.model_dump(mode="json"), "more": dict(more)})
