"""What this process counts by itself: answers, their time, its own health. Prometheus, with a registry of its own."""

import asyncio
import time
from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import QueuePool
from starlette.types import Scope

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
LAG_EVERY_S = 0.5
OTHER = "other"
"""The route of what was answered before anybody looked where it goes, and of addresses that are nobody's."""


class Measures:
    """Counters of one application. ``pools``: the database connections of this process, by what they are for."""

    def __init__(self, pools: Mapping[str, AsyncEngine] | None = None) -> None:
        self._pools = dict(pools or {})
        self._registry = CollectorRegistry()
        self._answers = Counter(
            "order_relay_http_answers", "Answers.", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "order_relay_http_seconds",
            "Until an answer begins; without requests that ask to wait.",
            ("method", "route"),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._lag = Histogram(
            "order_relay_event_loop_lag_seconds",
            "How late the event loop comes to what is due.",
            buckets=SECONDS,
            registry=self._registry,
        )
        ProcessCollector(registry=self._registry)
        self._kinds: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._more = _More()
        self._registry.register(self._more)

    def answered(self, scope: Scope, status: int, seconds: float) -> None:
        """One answer has begun."""
        method, route = scope["method"], getattr(scope.get("route"), "path", OTHER)
        if route == OTHER and method not in ("GET", "POST", "PUT", "DELETE"):
            method = OTHER  # anybody may think of a new one
        kind = (method, route, status)
        counted = self._kinds.get(kind)
        if counted is None:  # looking it up by its labels costs ten times as much
            counted = self._answers.labels(method, route, str(status)), self._seconds.labels(method, route)
            self._kinds[kind] = counted
        counted[0].inc()
        if not any(name == b"prefer" for name, _ in scope["headers"]):
            counted[1].observe(seconds)

    async def watch_loop(self) -> None:
        """Measures how late the event loop is, for ever."""
        while True:
            due = time.perf_counter() + LAG_EVERY_S
            await asyncio.sleep(LAG_EVERY_S)
            self._lag.observe(max(0.0, time.perf_counter() - due))

    def text(self, more: Iterable[Metric]) -> bytes:
        """All of it in Prometheus' text format, with what the caller knows besides."""
        self._more.metrics = [*self._connections(), *more]
        return generate_latest(self._registry)

    def _connections(self) -> Iterable[Metric]:
        used = GaugeMetricFamily("order_relay_database_connections_used", "Of this process, by use.", labels=["pool"])
        most = GaugeMetricFamily("order_relay_database_connections_most", "Of this process, by use.", labels=["pool"])
        for name, engine in self._pools.items():
            if isinstance(pool := engine.sync_engine.pool, QueuePool):
                used.add_metric([name], pool.checkedout())
                most.add_metric([name], pool.size())
        return (used, most)


class _More(Collector):
    def __init__(self) -> None:
        self.metrics: list[Metric] = []

    def collect(self) -> Iterable[Metric]:
        return self.metrics
