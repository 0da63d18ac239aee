"""The web application: its routes, and how it speaks when something is wrong."""

from collections.abc import Sequence
from importlib.metadata import version

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route

from app.api import (
    callbacks,
    catalog,
    events,
    health,
    locations,
    messages,
    metrics,
    order_actions,
    orders,
    payments,
    venue,
    webhooks,
)
from app.api.admission import Admission
from app.api.documentation import describe
from app.api.front import Front
from app.api.location_models import add_pos_settings
from app.api.metrics import Statistics
from app.api.problems import KINDS, Problem, from_error
from app.api.services import Services
from app.api.validation import from_request_error
from app.domain.errors import RelayError

ROUTERS: tuple[APIRouter, ...] = (
    orders.router,
    orders.straight,
    order_actions.router,
    events.router,
    callbacks.router,
    locations.router,
    messages.router,
    payments.router,
    catalog.router,
    venue.router,
    webhooks.router,
    health.router,
    metrics.router,
)


def create_app(services: Services) -> FastAPI:
    """The app over these services. It opens and closes nothing: whoever built the services does."""
    app = FastAPI(
        title="order-relay",
        version=version("order-relay"),
        # The routes themselves instead of included routers: one list to match against, and to tell Allow from.
        routes=[route for router in ROUTERS for route in router.routes],
        redirect_slashes=False,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
    )
    app.state.services = services
    app.add_middleware(Admission, services=services)
    app.state.statistics = Statistics(services.engine)
    app.add_middleware(Front, measures=services.measures)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RelayError, _relay_error)
    app.add_exception_handler(RequestValidationError, _request_error)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(ClientDisconnect, _nobody_there)
    app.openapi = lambda: _described(app, services)  # type: ignore[method-assign]
    return app


def _described(app: FastAPI, services: Services) -> dict[str, object]:
    if app.openapi_schema is None:
        app.openapi_schema = add_pos_settings(describe(app), services.locations.settings_models)
    return app.openapi_schema


async def _problem(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 - for the type checker; registered for this class only
    return error.response()


async def _relay_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RelayError)  # noqa: S101
    return from_error(error).response()


async def _request_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    return from_request_error(error).response()


async def _nobody_there(_request: Request, _error: Exception) -> Response:
    return Response(status_code=400)  # goes nowhere: the client hung up in the middle of its body


async def _http_exception(request: Request, error: Exception) -> Response:
    """What the framework says by itself: no such route, wrong method."""
    assert isinstance(error, HTTPException)  # noqa: S101
    match error.status_code:
        case 404:
            return Problem("not-found", "There is nothing at this address.").response()
        case 405:
            allowed = ", ".join(_methods(request.app.routes, request))
            detail = f"Here only {allowed} is possible."
            return Problem("method-not-allowed", detail, headers={"Allow": allowed}).response()
        case status:
            slug = next((slug for slug, kind in KINDS.items() if kind.status == status), "bad-request")
            return Problem(slug, str(error.detail)).response()


def _methods(routes: Sequence[BaseRoute], request: Request) -> list[str]:
    """Those of all routes with this path; the framework names the first one's only."""
    here = [route for route in routes if isinstance(route, Route) and route.matches(request.scope)[0] is Match.PARTIAL]
    return sorted({method for route in here if route.path == here[0].path for method in route.methods or ()})
