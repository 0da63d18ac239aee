"""/metrics: what it tells, and whom."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert, text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from app.adapters.base import Limits
from app.adapters.registry import OpenAdapters
from app.api.app import create_app
from app.domain.ids import new_id
from app.store.database import create_engine
from app.store.keys import Scope
from app.store.tables import catalogs, lanes
from tests.api.conftest import IKENTOO, Api, registry, services_over
from tests.api.serving import listening
from tests.planted import Planted, plant, plant_attempt, plant_callback

OUTSIDE = {"X-Forwarded-For": "203.0.113.7"}
"""As a proxy on this machine says where a request comes from."""
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


async def told(api: Api, *scopes: str, **options: Any) -> Samples:
    """What /metrics says."""
    answer = await api.call("GET", "/metrics", *scopes, **options)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return samples(answer.text)


def samples(body: str) -> Samples:
    families = text_string_to_metric_families(body)
    return {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}


def of(found: Samples, name: str, **labels: str) -> float | None:
    return found.get((f"order_relay_{name}", frozenset(labels.items())))


async def test_the_numbers_of_the_database(api: Api) -> None:
    engine = api.services.engine
    for slug in ("geneva-1", "geneva-2"):
        assert (await api.put(slug, IKENTOO)).status_code == 201
    sent = Planted(id=new_id(), columns={"attention": {"code": "late"}}, submission={"state": "in_doubt", "attempt": 1})
    await plant(
        engine,
        sent,
        Planted(reference="WEB-2", id=new_id()),
        Planted(
            reference="WEB-3",
            columns={"status": "accepted", "watch_at": datetime.now(UTC)},
            submission={"state": "done"},
        ),
        Planted(reference="WEB-4", columns={"status": "completed"}, submission={"state": "done"}),
    )
    await plant_callback(engine, state="parked", due_at=datetime.now(UTC))
    async with engine.begin() as connection:
        began = datetime.now(UTC)
        await plant_attempt(connection, sent, sent.current, started_at=began, ended_at=began, outcome="in_doubt")
        await connection.execute(update(lanes).where(lanes.c.location_id == "geneva-2").values(paused=True))
        await connection.execute(update(lanes).where(lanes.c.location_id == "geneva-1").values(blocked="misconfigured"))
    found = await told(api)
    assert of(found, "database_up") == 1
    assert of(found, "submissions", kind="order", state="waiting") == 1
    assert of(found, "submissions", kind="order", state="in_doubt") == 1
    assert (of(found, "oldest_submission_seconds", state="waiting") or -1) >= 0
    assert of(found, "open_orders", status="received") == 2
    assert of(found, "open_orders", status="accepted") == 1
    assert of(found, "open_orders", status="completed") is None
    assert of(found, "attention", kind="order", code="late") == 1
    assert of(found, "locations", which="all") == 2
    assert of(found, "locations", which="paused") == 1
    assert of(found, "locations", which="misconfigured") == 1
    assert of(found, "location_held", location="geneva-1", why="misconfigured") == 1
    assert of(found, "recent_attempts", pos_system="ikentoo", kind="send", outcome="in_doubt") == 1
    assert of(found, "recent_attempt_seconds", pos_system="ikentoo", quantile="0.99") == 0
    assert of(found, "callbacks_pending", state="parked") == 1
    assert of(found, "catalogs", what="never") == 2
    assert (of(found, "database_horizon", what="xmin") or 0) >= 0


async def test_the_age_of_the_oldest_catalog(api: Api) -> None:
    await api.put("geneva-1", IKENTOO)
    async with api.services.engine.begin() as connection:
        await connection.execute(text("DELETE FROM catalogs"))
        hour_ago = text("now() - interval '1 hour'")
        await connection.execute(insert(catalogs).values(location_id="geneva-1", synced_at=hour_ago))
    assert (of(await told(api), "catalogs", what="oldest_s") or 0) >= 3600


async def test_the_numbers_of_the_process(api: Api) -> None:
    await api.put("geneva-1", IKENTOO)
    order = {"location": "geneva-1", "reference": "WEB-1", "service_type": "pickup", "total": "12.50"}
    for items in ([{"sku": "PIZZA", "quantity": 1}], []):
        await api.call("POST", "/v1/orders", Scope.ORDERS_WRITE, json={**order, "items": items})
    await api.call("GET", "/nowhere/anna@example.com")
    found = await told(api)
    assert of(found, "http_answers_total", method="POST", route="/v1/orders", status="202") == 1
    assert of(found, "http_answers_total", method="POST", route="/v1/orders", status="422") == 1
    assert of(found, "http_answers_total", method="GET", route="other", status="404") == 1
    assert of(found, "http_seconds_count", method="POST", route="/v1/orders") == 2
    assert of(found, "waiting_clients") == 0
    assert found["process_resident_memory_bytes", frozenset()] > 0
    assert not [name for name, labels in found if "anna" in str((name, labels))]


async def test_whoever_asks_often_gets_the_same_numbers(api: Api) -> None:
    assert of(await told(api), "locations", which="all") == 0
    await api.put("geneva-1", IKENTOO)
    found = await asyncio.gather(*(told(api) for _ in range(5)))
    assert {of(one, "locations", which="all") for one in found} == {0}  # for ten seconds


async def test_from_elsewhere_it_takes_a_key(api: Api) -> None:
    no_key = await api.call("GET", "/metrics", headers=OUTSIDE)
    assert (no_key.status_code, no_key.headers["www-authenticate"]) == (401, "Bearer")
    assert (await api.call("GET", "/metrics", Scope.ORDERS_READ, headers=OUTSIDE)).status_code == 403
    bound = await api.call("GET", "/metrics", Scope.OPS, locations=["geneva-1"], headers=OUTSIDE)
    assert bound.status_code == 403
    assert await told(api, Scope.OPS, headers=OUTSIDE)


@pytest.mark.parametrize("header", ["Forwarded", "X-Real-IP", "Via", "X-Forwarded-For"])
async def test_a_proxy_on_this_machine_is_not_this_machine(api: Api, header: str) -> None:
    assert (await api.call("GET", "/metrics", headers={header: "127.0.0.1"})).status_code == 401


@asynccontextmanager
async def public(engine: AsyncEngine) -> AsyncIterator[httpx.AsyncClient]:
    """An API whose metrics are for everybody."""
    adapters = OpenAdapters(registry(), Limits())
    services = replace(services_over(engine, [], adapters), metrics_public=True)
    async with listening(create_app(services)) as url, httpx.AsyncClient(base_url=url, trust_env=False) as client:
        yield client
    await adapters.aclose()


async def test_where_they_are_public(engine: AsyncEngine) -> None:
    async with public(engine) as client:
        answer = await client.get("/metrics", headers=OUTSIDE)
    assert of(samples(answer.text), "database_up") == 1


async def test_without_the_database_the_process_still_tells() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # and nobody listens
        engine = create_engine(f"postgresql://nobody@127.0.0.1:{unused.getsockname()[1]}/nothing", application_name="x")
        async with public(engine) as client:
            found = samples((await client.get("/metrics", timeout=30)).text)
        await engine.dispose()
    assert of(found, "database_up") == 0
    assert of(found, "locations", which="all") is None
    assert found["process_resident_memory_bytes", frozenset()] > 0
