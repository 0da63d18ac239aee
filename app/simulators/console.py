"""The part of the control API under `/_sim` that is the same for every simulator, and the page for people."""

import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from html import escape
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from app.simulators.clock import Clock, Signal
from app.simulators.control import Faults, Journal, fault_from

Endpoint = Callable[[Request], Awaitable[Response]]
LONGEST_WAIT_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Control:
    """What a simulator shares with its control API; `signal` fires whenever something visible has changed."""

    clock: Clock
    faults: Faults
    journal: Journal
    signal: Signal


class BadControl(ValueError):
    """The control API was asked for something it does not understand; answered as 400."""


async def json_object(request: Request) -> dict[str, Any]:
    """Read the body of a control request; raises BadControl unless it is a JSON object."""
    try:
        data = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise BadControl(str(error)) from error
    if not isinstance(data, dict):
        msg = "a JSON object is expected"
        raise BadControl(msg)
    return data


def answer(data: Any, status: int = 200) -> JSONResponse:
    """Answer a control request; times become ISO texts."""
    return JSONResponse(json.loads(json.dumps(data, default=_plain)), status)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def asked_wait(request: Request) -> float:
    """Read how many real seconds the caller is willing to wait (`?wait=5`)."""
    try:
        return min(float(request.query_params.get("wait", "0")), LONGEST_WAIT_S)
    except ValueError as error:
        msg = "wait is a number of seconds"
        raise BadControl(msg) from error


def asked_page(request: Request) -> slice:
    """Read which part of a list is wanted (`?offset=2000&limit=1000`); all of it where nothing is said."""
    offset, limit = int(request.query_params.get("offset", "0")), request.query_params.get("limit")
    return slice(offset, None if limit is None else offset + int(limit))


def guarded(endpoint: Endpoint) -> Endpoint:
    """Turn what the control API does not understand into a 400 that says why."""

    async def safe(request: Request) -> Response:
        try:
            return await endpoint(request)
        except (ValueError, TypeError) as error:
            return answer({"error": str(error)}, 400)

    return safe


def control_routes(control: Control) -> list[Route]:
    """Build the routes that every simulator has: requests, faults, clock."""

    async def requests(request: Request) -> Response:
        reference, wait = request.query_params.get("reference"), asked_wait(request)
        least = int(request.query_params.get("at_least", "0"))

        def found() -> list[dict[str, Any]]:
            return [asdict(each) for each in control.journal.entries if reference in (None, each.reference)]

        await control.signal.until(lambda: len(found()) >= least, wait)
        return answer(found())

    async def plant(request: Request) -> Response:
        data = await json_object(request)
        return answer({"id": control.faults.add(fault_from(data))}, 201)

    async def planted(_request: Request) -> Response:
        return answer({"faults": control.faults.listing(), "kinds": sorted(control.faults.known)})

    async def clear(request: Request) -> Response:
        fault_id = request.path_params.get("fault_id")
        control.faults.clear(fault_id)
        return Response(status_code=204)

    async def clock(request: Request) -> Response:
        data = await json_object(request)
        factor, skew = data.get("factor"), data.get("skew_s")
        control.clock.change(
            factor=None if factor is None else float(factor), skew_s=None if skew is None else float(skew)
        )
        return answer({"factor": control.clock.factor, "now": control.clock.now()})

    return [
        Route("/_sim/requests", guarded(requests), methods=["GET"]),
        Route("/_sim/faults", guarded(plant), methods=["POST"]),
        Route("/_sim/faults", guarded(planted), methods=["GET"]),
        Route("/_sim/faults", guarded(clear), methods=["DELETE"]),
        Route("/_sim/faults/{fault_id:int}", guarded(clear), methods=["DELETE"]),
        Route("/_sim/clock", guarded(clock), methods=["POST"]),
    ]


_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem;color:#222}"
    "table{border-collapse:collapse;width:100%;margin-bottom:2rem}th,td{text-align:left;padding:.3rem .6rem;"
    "border-bottom:1px solid #ddd;vertical-align:top}th{background:#f6f6f4}td{overflow-wrap:anywhere}"
)


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table of the page."""

    heading: str
    columns: Sequence[str]
    rows: Iterable[Sequence[object]]


def page(title: str, intro: str, tables: Iterable[Table]) -> HTMLResponse:
    """Render the page for people; it reloads itself every other second."""
    parts = [
        f"<!doctype html><html lang=en><head><meta charset=utf-8><meta http-equiv=refresh content=2>"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>"
        f"<p>{escape(intro)}</p>"
    ]
    for table in tables:
        rows = "".join(_row("td", row) for row in table.rows) or _row("td", ["nothing yet"])
        parts.append(f"<h2>{escape(table.heading)}</h2><table>{_row('th', table.columns)}{rows}</table>")
    return HTMLResponse("".join(parts) + "</body></html>")


def _row(tag: str, cells: Iterable[object]) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape('' if cell is None else str(cell))}</{tag}>" for cell in cells) + "</tr>"
