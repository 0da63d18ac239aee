"""What a location's POS sells and what it calls things: as last synced, and synced now."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import JSONResponse, Response

from app.api.catalog_models import (
    CATALOG,
    DICTIONARIES,
    SYNCED,
    CatalogView,
    DictionariesView,
    Nothing,
    SyncedView,
)
from app.api.documentation import problems
from app.api.location_models import Slug
from app.api.security import Caller, require
from app.api.services import services_of
from app.relay.catalog_view import catalog_json, dictionaries_view
from app.relay.views import moment
from app.store.keys import Scope

router = APIRouter(prefix="/v1/locations/{location}", tags=["catalog"])

Operator = Annotated[Caller, Depends(require(Scope.OPS))]
Reader = Annotated[Caller, Depends(require(Scope.ORDERS_READ))]
NoQuery = Annotated[Nothing, Query()]


def shown(model: Any, example: Any) -> dict[int | str, dict[str, Any]]:
    """For `responses=`: the 200 with its form and an example."""
    return {200: {"model": model, "content": {"application/json": {"example": example}}}}


@router.post(
    "/sync",
    summary="Read catalog and dictionaries now",
    responses={
        **shown(SyncedView, SYNCED),
        **problems("location-unknown", "state-conflict", "not-supported-by-pos", "pos-unavailable"),
    },
)
async def sync(request: Request, caller: Operator, location: Slug, _: NoQuery) -> JSONResponse:
    """They are read by themselves, too: after each change of the location, every few minutes, and when an order meets
    something that is not known. Where it fails, what was known stays."""
    caller.must_see(location)
    done = await services_of(request).venue.sync(location)
    return JSONResponse({"synced_at": moment(done.synced_at), "counts": dict(done.counts), "changed": done.changed})


@router.get(
    "/catalog",
    summary="What the POS sells",
    responses={**shown(CatalogView, CATALOG), **problems("location-unknown")},
)
async def catalog(request: Request, caller: Reader, location: Slug, _: NoQuery) -> Response:
    """As last synced. Never synced: empty, and `synced_at` is null. After a sync that failed it is the last good one,
    with `error` and `age_s`."""
    caller.must_see(location)
    services = services_of(request)
    await services.locations.get(location)
    return Response(await catalog_json(services.engine, location), media_type="application/json")


@router.get(
    "/dictionaries",
    summary="What the POS calls things",
    responses={**shown(DictionariesView, DICTIONARIES), **problems("location-unknown")},
)
async def dictionaries(request: Request, caller: Reader, location: Slug, _: NoQuery) -> JSONResponse:
    """Payment types, order types and the like, as last synced. The location's settings name them by name or code,
    since ids change with every edit in the POS."""
    caller.must_see(location)
    services = services_of(request)
    await services.locations.get(location)
    return JSONResponse(await dictionaries_view(services.engine, location))
