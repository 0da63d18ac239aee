"""Around all routes: the headers of every answer, its count, and an honest 500 for a defect of ours."""

import time

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.measures import Measures
from app.api.problems import internal_error

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",  # answers hold guests' names and addresses
}

log = structlog.stdlib.get_logger(__name__)


class Front:
    """An ASGI middleware."""

    def __init__(self, app: ASGIApp, measures: Measures) -> None:
        self._app = app
        self._measures = measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, began = False, time.perf_counter()

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._measures.answered(scope, message["status"], time.perf_counter() - began)
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception:  # the outermost place of a request
            route = getattr(scope.get("route"), "path", None)
            log.exception("request failed", method=scope["method"], route=route)
            if started:
                raise
            await internal_error().response()(scope, receive, send_with_headers)
