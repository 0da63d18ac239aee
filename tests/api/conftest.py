"""The API as its callers meet it: real HTTP on 127.0.0.1, a real PostgreSQL behind it."""

import copy
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any

import httpx
import pytest_asyncio
from cryptography.fernet import Fernet
from sqlalchemy.ext.asyncio import AsyncEngine

from app.adapters.base import Limits, Registry
from app.adapters.registry import OpenAdapters, build
from app.api.app import create_app
from app.api.services import Services
from app.relay.access import Keys
from app.relay.inbox import Inbox
from app.relay.intake import Intake
from app.relay.locations import Locations
from app.relay.menus import Menus
from app.relay.messages import Messages
from app.relay.operate import Operate
from app.relay.payments import Payments
from app.relay.sync import Sync
from app.relay.watching import Watching
from app.store import keys as key_store
from app.store.database import create_engine
from app.store.keys import Scope
from app.store.secrets import Cipher
from tests.api.serving import listening

DEADLINE_S = 10.0
PUBLIC_URL = "https://relay.example.com"

IKENTOO: dict[str, Any] = {
    "name": "Geneva",
    "timezone": "Europe/Zurich",
    "currency": "CHF",
    "pos": {
        "system": "ikentoo",
        "base_url": "http://127.0.0.1:9/o",
        "auth": {"access_token": "t0ken-of-the-pos"},
        "business_location_id": 123,
        "endpoint_id": "ENDPOINT",
        "callback_username": "relay",
        "callback_password": "passw0rd-of-callbacks",
        "payment_methods": {"CARD": "CARD"},
    },
}
IIKO: dict[str, Any] = {
    "name": "Kyiv",
    "timezone": "Europe/Kyiv",
    "currency": "UAH",
    "pos": {
        "system": "iiko",
        "base_url": "http://127.0.0.1:9",
        "user_id": "user",
        "user_secret": "s3cret-of-the-user",
        "organization_id": "3c5e0d92-2d4b-11e4-80cc-0025901210e0",
    },
}


def changed(document: dict[str, Any], **pos: Any) -> dict[str, Any]:
    """The document with other members in `pos`; None takes one out."""
    new = copy.deepcopy(document)
    new["pos"] = {key: value for key, value in {**new["pos"], **pos}.items() if value is not None}
    return new


@dataclass
class Api:
    """A running API. `client` sends no key by itself."""

    url: str
    client: httpx.AsyncClient
    services: Services
    announced: list[None]
    """One entry for each time that the relay was told to look for work."""
    _numbers: Iterator[int] = field(default_factory=count)
    _made: dict[tuple[Any, ...], str] = field(default_factory=dict)

    async def key(self, *scopes: str, locations: list[str] | None = None) -> str:
        """A key with these scopes."""
        wanted = (*sorted(scopes), tuple(locations) if locations is not None else None)
        if wanted not in self._made:
            new = await key_store.create(
                self.services.engine,
                name=f"key {next(self._numbers)}",
                scopes={Scope(scope) for scope in scopes},
                locations=locations,
            )
            self._made[wanted] = new.key
        return self._made[wanted]

    async def call(
        self, method: str, path: str, *scopes: str, locations: list[str] | None = None, **options: Any
    ) -> httpx.Response:
        """One request with a key of these scopes; none: without a key."""
        headers = dict(options.pop("headers", {}))
        if scopes:
            headers["Authorization"] = f"Bearer {await self.key(*scopes, locations=locations)}"
        return await self.client.request(method, path, headers=headers, **options)

    async def put(self, slug: str = "geneva-1", document: dict[str, Any] | None = None) -> httpx.Response:
        """PUT of a location, as admin."""
        return await self.call("PUT", f"/v1/locations/{slug}", "admin", json=document or IKENTOO)


@cache
def registry() -> Registry:
    """Every POS. Made once: reading the certificates of the world takes 30 ms."""
    return build()


def services_over(
    engine: AsyncEngine, announced: list[None], adapters: OpenAdapters, *, most_waiting: int = 5000
) -> Services:
    """The relay over a database, as the front door builds it."""
    locations = Locations(engine, Cipher([Fernet.generate_key().decode()]), registry(), public_url=PUBLIC_URL)

    def announce(_location_id: str) -> None:
        announced.append(None)

    menus, watching = Menus(engine), Watching(engine, most=most_waiting)
    return Services(
        engine=engine,
        keys=Keys(engine),
        locations=locations,
        adapters=adapters,
        menus=menus,
        sync=Sync(engine, locations=locations, adapters=adapters, menus=menus, interval_s=900.0),
        intake=Intake(engine, locations=locations, registry=registry(), menus=menus, announce=announce),
        operate=Operate(
            engine,
            locations=locations,
            registry=registry(),
            menus=menus,
            announce=announce,
            changed=watching.wake,
        ),
        inbox=Inbox(engine, registry(), changed=watching.wake),
        watching=watching,
        payments=Payments(engine, locations=locations, registry=registry(), announce=announce),
        messages=Messages(engine, locations=locations, registry=registry(), announce=announce),
    )


@asynccontextmanager
async def running(database_url: str, *, most_waiting: int = 5000) -> AsyncIterator[Api]:
    """The API over this database."""
    engine = create_engine(database_url, application_name="tests api", pool_size=5)
    adapters = OpenAdapters(registry(), Limits())
    announced: list[None] = []
    services = services_over(engine, announced, adapters, most_waiting=most_waiting)
    plain = httpx.AsyncHTTPTransport(verify=False)  # no certificates for plain http
    async with (
        listening(create_app(services)) as url,
        httpx.AsyncClient(base_url=url, timeout=DEADLINE_S, transport=plain, trust_env=False) as client,
    ):
        yield Api(url=url, client=client, services=services, announced=announced)
    await services.inbox.idle()
    await services.watching.aclose()
    await services.keys.aclose()
    await adapters.aclose()
    await engine.dispose()


@pytest_asyncio.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """A running API over an empty database."""
    async with running(database_url) as api:
        yield api
