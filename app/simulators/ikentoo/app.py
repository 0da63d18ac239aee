"""Builds the simulator: an ASGI application for any server, best under uvicorn (see docs/simulators.md)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.simulators.clock import Clock, Signal
from app.simulators.console import Control, control_routes
from app.simulators.control import Faults, Journal
from app.simulators.durable import BookFile
from app.simulators.gate import Gate
from app.simulators.ikentoo.access_control import AccessControl
from app.simulators.ikentoo.api import Api
from app.simulators.ikentoo.book import Book
from app.simulators.ikentoo.callbacks import Callbacks
from app.simulators.ikentoo.cashier import Cashier
from app.simulators.ikentoo.config import IkentooConfig
from app.simulators.ikentoo.data_api import DataApi
from app.simulators.ikentoo.director import Director
from app.simulators.ikentoo.errors import AccessRefused, ApiError, reply
from app.simulators.ikentoo.menu_control import MenuControl
from app.simulators.ikentoo.messages import Messenger
from app.simulators.ikentoo.oauth import TOKEN_PATHS, Tokens, answer_token
from app.simulators.ikentoo.parts import Parts
from app.simulators.ikentoo.plan import BACKEND_DOWN, LIFE_FAULTS
from app.simulators.ikentoo.recall import recall, resume
from app.simulators.ikentoo.routes import under
from app.simulators.ikentoo.subject import subject_of
from app.simulators.ikentoo.switchboard import Switchboard
from app.simulators.ikentoo.till import Till
from app.simulators.ikentoo.till_api import TillApi


def create_app(config: IkentooConfig, book: Path | None = None) -> Starlette:
    """Build one simulator with a memory of its own, or with what an earlier life has left in the file ``book``.
    Its tasks end with its lifespan."""
    parts = _assemble(config, BookFile(book))
    clock, control = parts.control.clock, parts.control

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        try:
            resume(parts)
            yield
        finally:
            await parts.callbacks.close()

    app = Starlette(
        routes=[*control_routes(control), *_own_control(parts), *_api(parts)],
        middleware=[Middleware(Gate, faults=control.faults, journal=control.journal, describe=subject_of)],
        exception_handlers={ApiError: partial(_api_error, clock), HTTPException: partial(_http_error, clock)},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return app


def _assemble(config: IkentooConfig, file: BookFile) -> Parts:
    clock, signal = Clock(config.clock_factor), Signal()
    faults = Faults(LIFE_FAULTS | {BACKEND_DOWN}, most=config.most_orders)
    control = Control(
        clock=clock, faults=faults, journal=Journal(most=config.most_orders, signal=signal), signal=signal
    )
    book = Book(config.locations, clock.now(), most=config.most_orders, unique_codes=config.unique_collection_codes)
    endpoints = {each.endpoint_id: each for each in config.endpoints}
    switchboard = Switchboard(config.switches)
    callbacks = Callbacks(config, endpoints, switchboard, clock, signal, file=file)
    till = Till(config, book, callbacks, switchboard, clock=clock, signal=signal, file=file)
    recall(book, endpoints, file)
    return Parts(
        config=config,
        control=control,
        book=book,
        switchboard=switchboard,
        endpoints=endpoints,
        callbacks=callbacks,
        till=till,
        cashier=Cashier(config, book, callbacks, till, clock=clock, signal=signal),
        file=file,
        messenger=Messenger(book, till.devices, callbacks, clock, signal),
        tokens=None if config.oauth is None else Tokens(config.oauth),
    )


def _own_control(parts: Parts) -> list[Route]:
    return [*Director(parts).routes(), *MenuControl(parts).routes(), *AccessControl(parts).routes()]


def _api(parts: Parts) -> list[Route]:
    rows = [*Api(parts).rows(), *DataApi(parts).rows(), *TillApi(parts).rows()]
    routes = under(parts.config.prefixes, rows)
    if (tokens := parts.tokens) is None:
        return routes
    return [*routes, *(Route(path, partial(answer_token, tokens), methods=["POST"]) for path in TOKEN_PATHS)]


async def _api_error(clock: Clock, request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)  # noqa: S101 - starlette's type of handlers is wider than its promise
    scheme = "Basic" if isinstance(error, AccessRefused) and error.error == "invalid_client" else "Bearer"
    headers = {"WWW-Authenticate": scheme} if isinstance(error, AccessRefused) and error.status == 401 else None
    return reply(error.body(request.url.path, clock.now()), error.status, headers)


async def _http_error(clock: Clock, request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - the same
    message = "No message available" if error.status_code == 404 else error.detail
    return reply(ApiError(error.status_code, message).body(request.url.path, clock.now()), error.status_code)
