"""One command on the database: what it works with, opened and closed around it."""

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app import logs
from app.adapters.base import Limits, Registry
from app.adapters.registry import OpenAdapters, build
from app.cli.storage import open_storage
from app.domain.errors import StorageUnavailable
from app.relay.locations import Locations
from app.relay.menus import Menus
from app.relay.oauth import TokenVault
from app.relay.operate import Operate
from app.settings import Settings, load_settings
from app.store.database import create_engine, run
from app.store.secrets import Cipher
from app.store.wakeup import CHANGES, WORK


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """What commands work with."""

    settings: Settings
    engine: AsyncEngine
    cipher: Cipher
    registry: Registry
    locations: Locations
    operate: Operate


@asynccontextmanager
async def open_store() -> AsyncIterator[Store]:
    """Beside a running server, or without one: the embedded PostgreSQL is then started for this command alone.

    Raises ConfigurationError, StorageUnavailable.
    """
    settings = load_settings()
    logs.configure(level="warning", as_json=settings.log_format == "json")
    with open_storage(settings) as storage:
        await storage.prepare(patience_s=0)
        engine = create_engine(
            storage.url, application_name="order-relay command", pool_size=2, pgbouncer=settings.pgbouncer
        )
        due: set[str] = set()
        try:
            cipher = Cipher(storage.secret_keys)
            yield _store(settings, engine, cipher, announce=lambda _location_id: due.update((WORK, CHANGES)))
        finally:
            with suppress(StorageUnavailable):  # a wake-up may be lost: workers look by themselves every second
                await _wake(engine, due)
            await engine.dispose()


@asynccontextmanager
async def open_adapters(store: Store) -> AsyncIterator[OpenAdapters]:
    """For commands that ask a POS."""
    settings = store.settings
    limits = Limits(connect_s=settings.pos_connect_timeout_s, read_s=settings.pos_read_timeout_s)
    vault = TokenVault(store.engine, store.cipher)
    adapters = OpenAdapters(store.registry, limits, vault)
    try:
        yield adapters
    finally:
        await vault.aclose()
        await adapters.aclose()


def _store(settings: Settings, engine: AsyncEngine, cipher: Cipher, *, announce: Callable[[str], None]) -> Store:
    registry = build()
    locations = Locations(engine, cipher, registry, public_url=settings.public_url, allow_http=settings.allow_http)
    return Store(
        settings=settings,
        engine=engine,
        cipher=cipher,
        registry=registry,
        locations=locations,
        operate=Operate(engine, locations=locations, registry=registry, menus=Menus(engine), announce=announce),
    )


async def _wake(engine: AsyncEngine, channels: Collection[str]) -> None:
    async def notify(connection: AsyncConnection) -> None:
        for channel in channels:
            await connection.execute(text("SELECT pg_notify(:channel, '')"), {"channel": channel})

    if channels:
        await run(engine, notify)
