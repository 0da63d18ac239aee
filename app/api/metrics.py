"""`/metrics`: how the installation and this process do, for Prometheus. No secrets, nothing of any guest."""

import asyncio
import ipaddress
import time
from collections.abc import Iterator, Mapping

import structlog
from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.responses import Response

from app.api.documentation import problems
from app.api.problems import Problem
from app.api.security import require
from app.api.services import services_of
from app.domain.errors import StorageUnavailable
from app.store.census import Census, Counts, read_census
from app.store.database import run
from app.store.keys import Scope

FRESH_S = 10.0
"""However many ask: the database is asked so often."""
WITHIN_S = 4.0
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")

_GAUGES: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("dispatch", "submissions", "Submissions that are not done.", ("kind", "state")),
    ("oldest", "oldest_submission_seconds", "Since the oldest that is not done was made.", ("state",)),
    ("status", "open_orders", "Orders that have not ended.", ("status",)),
    ("attention", "attention", "What a person should look at.", ("kind", "code")),
    ("locations", "locations", "Locations: all, and those that do not send.", ("which",)),
    (
        "attempts",
        "recent_attempts",
        "Attempts for the orders of the last 5 minutes.",
        ("pos_system", "kind", "outcome"),
    ),
    ("attempt_seconds", "recent_attempt_seconds", "Duration of the sends among them.", ("pos_system", "quantile")),
    ("callbacks", "callbacks_pending", "Callbacks not handled yet, or parked and matched again.", ("state",)),
    ("catalogs", "catalogs", "Seconds since the oldest sync; never synced; last sync failed.", ("what",)),
    ("horizon", "database_horizon", "Age of the oldest xmin; seconds of the longest transaction.", ("what",)),
)

log = structlog.stdlib.get_logger(__name__)
router = APIRouter(tags=["health"])
_operator = require(Scope.OPS)


class Statistics:
    """The census of the database, read at most every 10 s."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reading = asyncio.Lock()
        self._until = 0.0
        self._census: Census | None = None

    async def census(self) -> Census | None:
        """None while the database does not answer, or is too busy to."""
        async with self._reading:
            if time.monotonic() >= self._until:
                self._census = await self._read()
                self._until = time.monotonic() + FRESH_S
            return self._census

    async def _read(self) -> Census | None:
        try:
            async with asyncio.timeout(WITHIN_S):
                return await run(self._engine, read_census, budget=WITHIN_S)
        except (StorageUnavailable, TimeoutError, DBAPIError) as error:
            log.warning("no numbers from the database", error=type(error).__name__)
            return None


@router.get(
    "/metrics",
    summary="Numbers for Prometheus",
    response_model=None,
    response_class=Response,
    responses={
        200: {
            "description": "Prometheus' text format.",
            "content": {"text/plain": {"example": 'order_relay_submissions{kind="order",state="waiting"} 3.0\n'}},
        },
        **problems("unauthenticated", "forbidden"),
    },
)
async def metrics(request: Request) -> Response:
    """Open on the machine itself; from elsewhere with a key of the scope `ops` that is bound to no location (or with
    `ORDER_RELAY_METRICS_PUBLIC=true`). `order_relay_database_up 0`: the other numbers of the database are missing."""
    services = services_of(request)
    if not (services.metrics_public or _from_here(request)):
        caller = await _operator(request)
        if caller.locations is not None:
            raise Problem("forbidden", "These numbers are of all locations; this key is for some.")
    census = await request.app.state.statistics.census()
    waiting = GaugeMetricFamily("order_relay_waiting_clients", "Who waits for an order to change, or follows one.")
    waiting.add_metric([], services.watching.clients)
    body = services.measures.text([waiting, *_of_database(census)])
    return Response(body, headers={"Content-Type": CONTENT_TYPE_LATEST})


def _from_here(request: Request) -> bool:
    """Whether it comes from this machine, and not through a proxy on it."""
    if request.client is None or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def _of_database(census: Census | None) -> Iterator[Metric]:
    up = GaugeMetricFamily("order_relay_database_up", "Whether the database told the numbers below.")
    up.add_metric([], int(census is not None))
    yield up
    if census is None:
        return
    for field, name, words, labels in _GAUGES:
        yield _gauge(name, words, labels, getattr(census, field))
    held = dict.fromkeys(census.held, 1.0)
    yield _gauge("location_held", "Locations that do not send; at most 50 are named.", ("location", "why"), held)


def _gauge(name: str, words: str, labels: tuple[str, ...], counts: Counts | Mapping[tuple[str, ...], float]) -> Metric:
    family = GaugeMetricFamily(f"order_relay_{name}", words, labels=labels)
    for parts, number in counts.items():
        family.add_metric(parts, number)
    return family
