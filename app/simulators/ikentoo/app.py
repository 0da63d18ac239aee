"""Builds the simulator: an ASGI application for any server, best under uvicorn (see docs/simulators.md)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from app.simulators.clock import Clock, Signal
from app.simulators.console import Control, control_routes
from app.simulators.control import Faults, Journal
from app.simulators.gate import Gate
from app.simulators.ikentoo.api import Api
from app.simulators.ikentoo.book import Book
from app.simulators.ikentoo.callbacks import Callbacks
from app.simulators.ikentoo.config import IkentooConfig
from app.simulators.ikentoo.director import Director
from app.simulators.ikentoo.errors import AccessRefused, ApiError, reply
from app.simulators.ikentoo.plan import LIFE_FAULTS
from app.simulators.ikentoo.subject import subject_of
from app.simulators.ikentoo.till import Till


def create_app(config: IkentooConfig) -> Starlette:
    """Build one simulator with a memory of its own. Its tasks end with its lifespan."""
    clock, signal = Clock(config.clock_factor), Signal()
    faults = Faults(LIFE_FAULTS, most=config.most_orders)
    control = Control(
        clock=clock, faults=faults, journal=Journal(most=config.most_orders, signal=signal), signal=signal
    )
    book = Book(config.locations, clock.now(), most=config.most_orders, unique_codes=config.unique_collection_codes)
    endpoints = {each.endpoint_id: each for each in config.endpoints}
    callbacks = Callbacks(config, endpoints, clock, signal)
    api = Api(config, control, book, Till(config, book, callbacks, clock, signal), endpoints)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await callbacks.close()

    app = Starlette(
        routes=[*control_routes(control), *Director(api, callbacks).routes(), *api.routes()],
        middleware=[Middleware(Gate, faults=faults, journal=control.journal, describe=subject_of)],
        exception_handlers={ApiError: partial(_api_error, clock), HTTPException: partial(_http_error, clock)},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return app


async def _api_error(clock: Clock, request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)  # noqa: S101 - starlette's type of handlers is wider than its promise
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, AccessRefused) and error.status == 401 else None
    return reply(error.body(request.url.path, clock.now()), error.status, headers)


async def _http_error(clock: Clock, request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - the same
    message = "No message available" if error.status_code == 404 else error.detail
    return reply(ApiError(error.status_code, message).body(request.url.path, clock.now()), error.status_code)
