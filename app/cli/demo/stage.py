"""Everything that the demo plays on, in one process on 127.0.0.1: two POSs, the product, and a client of each."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx

from app.cli.demo.restaurants import GENEVA, LAUSANNE, restaurants
from app.cli.serve import front_door
from app.cli.storage import Storage
from app.cli.web import address_of, listen, served
from app.composition import Parts
from app.settings import Settings
from app.simulators import iiko, ikentoo
from app.simulators.iiko.config import Stages
from app.simulators.ikentoo.config import Timing
from app.store import keys
from app.store.keys import Scope

IIKO_SPEED = 300
STAGES = Stages(new_s=600, cooking_s=600, ready_s=150, waiting_s=300, on_way_s=600)
"""Simulated seconds: 2 real ones in the kitchen, 8 until the courier is there."""
IKENTOO_SPEED = 20
TIMING = Timing(success=60_000, prepaid_close=70_000, ready=90_000, close=120_000)
"""Simulated milliseconds: 3 real seconds to the till, 6 to the closed check."""
PATIENCE_S = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What is running, and how to talk to it."""

    parts: Parts
    key: str
    api: httpx.AsyncClient
    iiko: httpx.AsyncClient
    ikentoo: httpx.AsyncClient


@asynccontextmanager
async def open_stage(
    settings: Settings, storage: Storage, listener: socket.socket, *, stop: asyncio.Event
) -> AsyncIterator[Stage]:
    """Starts it, and furnishes it through the API, as an operator would."""
    token, password = secrets.token_urlsafe(), secrets.token_urlsafe()
    async with AsyncExitStack() as stack:
        kitchen = replace(iiko.default_config(), clock_factor=IIKO_SPEED, stages=STAGES)
        tills = ikentoo.default_config()
        tills = replace(tills, clock_factor=IKENTOO_SPEED, timing=TIMING, token=token, tables_stay_open=True)
        iiko_url = await _serve(stack, iiko.create_app(kitchen))
        ikentoo_url = await _serve(stack, ikentoo.create_app(tills))
        parts = await stack.enter_async_context(front_door(settings, storage, listener, stop=stop))
        made = await keys.create(parts.engine, name="demo", scopes=list(Scope))
        stage = Stage(
            parts=parts,
            key=made.key,
            api=await _client(stack, address_of(listener), {"Authorization": f"Bearer {made.key}"}),
            iiko=await _client(stack, iiko_url),
            ikentoo=await _client(stack, ikentoo_url),
        )
        await _furnish(stage, restaurants(iiko_url, ikentoo_url, token=token, callback_password=password))
        yield stage


async def _serve(stack: AsyncExitStack, app: Any) -> str:
    return await stack.enter_async_context(served(app, listen("127.0.0.1", 0), lifespan=True))


async def _client(stack: AsyncExitStack, url: str, headers: Mapping[str, str] | None = None) -> httpx.AsyncClient:
    client = httpx.AsyncClient(base_url=url, headers=headers, timeout=PATIENCE_S, trust_env=False)
    return await stack.enter_async_context(client)


async def _furnish(stage: Stage, documents: Mapping[str, Mapping[str, Any]]) -> None:
    for slug, document in documents.items():
        (await stage.api.put(f"/v1/locations/{slug}", json=document)).raise_for_status()
    for slug in (GENEVA, LAUSANNE):
        (await stage.api.post(f"/v1/locations/{slug}/callback-registration")).raise_for_status()
    for slug in documents:
        (await stage.api.post(f"/v1/locations/{slug}/sync")).raise_for_status()
