"""Routes that every order and every callback takes: documented like the others, and called without detours."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, cast

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response


class Straight(APIRoute):
    """A route whose endpoint reads its request and makes its response itself: ``(request, caller, **path)``.

    FastAPI documents it as ever; at a request it would look at signatures, bodies and answers again, which costs as
    much as validating an order. The only dependency that such an endpoint may have is the one that says who calls.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What FastAPI calls at a request; a documented place to step in."""
        endpoint = cast(Callable[..., Awaitable[Response]], self.endpoint)
        found = [dependency.call for dependency in self.dependant.dependencies]
        callers = cast(list[Callable[[Request], Awaitable[object]]], found)

        async def handle(request: Request) -> Response:
            who = [await caller_of(request) for caller_of in callers]
            return await endpoint(request, *who, **request.path_params)

        return handle
