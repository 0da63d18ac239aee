"""A refresh token that was revoked blocks its lane; the order waits, and goes out when a person has reconnected."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.composition import Parts, open_parts
from app.domain.order import Order
from app.relay.intake import Intake
from app.settings import Settings
from app.simulators.ikentoo import create_app, default_config
from app.simulators.ikentoo.config import OAuth
from app.store.tables import attempts, lanes
from app.worker import Worker
from tests.relay.house import ikentoo_location, ikentoo_order, serving
from tests.relay.issuer import FIRST, LOCATION, until

SECRET = "planted-client-secret"


def document(url: str, refresh_token: str) -> dict[str, Any]:
    location = ikentoo_location(url)
    location["pos"]["auth"] = {
        "token_url": f"{url}/oauth/token",
        "client_id": "relay",
        "client_secret": SECRET,
        "refresh_token": refresh_token,
    }
    return location


@asynccontextmanager
async def working(parts: Parts) -> AsyncIterator[None]:
    stop = asyncio.Event()
    worker = asyncio.create_task(Worker(parts).run(stop))
    try:
        yield
    finally:
        stop.set()
        await worker


async def test_revoked_and_reconnected(
    database_url: str, engine: AsyncEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    oauth = OAuth(clients={"relay": SECRET}, refresh_token=FIRST)
    keys = [Fernet.generate_key().decode()]
    async with (
        serving(create_app(replace(default_config(), oauth=oauth))) as url,
        httpx.AsyncClient(base_url=url, trust_env=False) as pos,
        open_parts(Settings(), url=database_url, secret_keys=keys, name="tests") as parts,
        working(parts),
    ):
        await parts.locations.put(LOCATION, document(url, FIRST))
        await parts.locations.register_callbacks(LOCATION, parts.adapters)
        for word in ("revoke", "expire"):
            (await pos.post(f"/_sim/oauth/{word}")).raise_for_status()
        intake = Intake(
            parts.engine,
            locations=parts.locations,
            registry=parts.registry,
            menus=parts.menus,
            announce=parts.announce,
        )
        await intake.submit(Order.model_validate(ikentoo_order()), actor="test")
        await until(engine, "SELECT blocked = 'access_denied' FROM lanes")
        async with engine.connect() as connection:
            told = str(await connection.scalar(select(lanes.c.blocked_message)))
            tried = repr((await connection.execute(select(attempts))).all())
        assert "Reconnect: authorize the restaurant again" in told
        assert "planted" not in told + tried
        assert (await pos.get("/_sim/orders")).json() == []
        given = (await pos.post("/_sim/oauth/connect", json={})).json()["refresh_token"]
        await parts.locations.put(LOCATION, document(url, given))
        await until(engine, "SELECT milestones ? 'submitted_at' FROM orders")
        assert len((await pos.get("/_sim/orders")).json()) == 1
        shown = repr([await parts.locations.get(LOCATION), parts.adapters.get(await parts.locations.get(LOCATION))])
    shown += "".join(capsys.readouterr())
    assert "OAuth renewed" in shown, "the logs were on"
    assert not [secret for secret in ("planted", given) if secret in shown]
