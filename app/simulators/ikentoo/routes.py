"""Putting the routes under every prefix that is served; the gateway in front of the real API adds `/o`."""

from collections.abc import Awaitable, Callable, Iterable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Row = tuple[str, str, Callable[[Request], Awaitable[Response]]]


def under(prefixes: Iterable[str], rows: Iterable[Row]) -> list[Route]:
    """Build the routes: method, path and endpoint in each row."""
    table = list(rows)
    return [Route(prefix + path, endpoint, methods=[method]) for prefix in prefixes for method, path, endpoint in table]
