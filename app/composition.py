"""What front door and engine room share, built once for a process and handed down."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from app.adapters.base import Limits, Registry
from app.adapters.registry import OpenAdapters, build
from app.relay.access import Keys
from app.relay.locations import Locations
from app.relay.menus import Menus
from app.relay.oauth import TokenVault
from app.relay.sync import Sync
from app.relay.watching import Watching
from app.settings import Settings
from app.store.connect import COMMAND_TIMEOUT_S
from app.store.database import create_engine
from app.store.pos_tokens import LOCK_WAIT_S
from app.store.secrets import Cipher
from app.store.wakeup import CHANGES, CONFIG, WORK, Listener, Notifier, Paced

GRACE_S = 120.0
"""How long the connections of a location stay open after its settings were changed; longer than any send."""
EXPRESS_CONNECTIONS = 4
"""Keys, locations, callbacks and the health route: short statements that may not wait behind anything."""
READING_CONNECTIONS = 4
"""A slow search, or many, must keep no order waiting for a connection."""
TOKEN_CONNECTIONS = 4
"""Opened only where a location uses OAuth; so many renewals at the same time."""
CHANGES_EVERY_S = 0.02
"""However many orders change: whoever watches some need not hear of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of one process."""

    settings: Settings
    engine: AsyncEngine
    """For taking orders, and whatever else writes."""
    reading: AsyncEngine
    express: AsyncEngine
    worker_engine: AsyncEngine
    """For sending. Where one process does both, a storm of results must not make a checkout wait for a connection."""
    registry: Registry
    keys: Keys
    locations: Locations
    adapters: OpenAdapters
    menus: Menus
    sync: Sync
    listener: Listener
    notifier: Notifier
    watching: Watching
    changed: Callable[[], None]
    """Some order is not what it was."""

    def announce(self, location_id: str) -> None:
        """There is something to send."""
        self.notifier.notify(WORK, location_id)


@asynccontextmanager
async def open_parts(
    settings: Settings, *, url: str, secret_keys: Sequence[str], name: str, apart: bool = False
) -> AsyncIterator[Parts]:
    """Builds them; connections are opened as they are needed. ``apart``: the process both serves and sends, and
    neither may take the other's connections. Raises ConfigurationError, StorageUnavailable.
    """
    registry = build()
    cipher = Cipher(secret_keys)
    limits = Limits(connect_s=settings.pos_connect_timeout_s, read_s=settings.pos_read_timeout_s)
    async with AsyncExitStack() as stack:
        size = settings.database_pool_size
        share = size // 2 if apart else 0
        engine = _engine(stack, settings, url, f"order-relay {name}", size - share)
        worker_engine = _engine(stack, settings, url, f"order-relay {name} sending", share) if apart else engine
        express = _engine(stack, settings, url, f"order-relay {name} express", EXPRESS_CONNECTIONS)
        reading = _engine(stack, settings, url, f"order-relay {name} reading", READING_CONNECTIONS)
        locations = Locations(express, cipher, registry, public_url=settings.public_url, allow_http=settings.allow_http)
        await locations.verify_secrets()
        keys = Keys(express)
        stack.push_async_callback(keys.aclose)
        vault = _vault(stack, settings, url, name, cipher)
        adapters = OpenAdapters(registry, limits, vault, grace_s=max(GRACE_S, 2 * settings.send_budget_s))
        stack.push_async_callback(adapters.aclose)
        stack.push_async_callback(vault.aclose)  # first of the two: a renewal needs its connection to the end
        direct = settings.direct_database_url.get_secret_value() if settings.direct_database_url else url
        listener = await stack.enter_async_context(Listener(direct))
        notifier = await stack.enter_async_context(Notifier(direct, local=listener))
        listener.subscribe(CONFIG, keys.drop)
        listener.subscribe(CONFIG, locations.drop)
        menus = Menus(engine)
        listener.subscribe(CONFIG, menus.drop)
        watching = Watching(reading, most=settings.max_waiting_clients)
        stack.push_async_callback(watching.aclose)
        listener.subscribe(CHANGES, watching.wake)
        yield Parts(
            settings=settings,
            engine=engine,
            reading=reading,
            express=express,
            worker_engine=worker_engine,
            registry=registry,
            keys=keys,
            locations=locations,
            adapters=adapters,
            menus=menus,
            sync=Sync(
                worker_engine,
                locations=locations,
                adapters=adapters,
                menus=menus,
                interval_s=settings.sync_interval_s,
            ),
            listener=listener,
            notifier=notifier,
            watching=watching,
            changed=Paced(lambda: notifier.notify(CHANGES), every_s=CHANGES_EVERY_S),
        )


def _vault(stack: AsyncExitStack, settings: Settings, url: str, name: str, cipher: Cipher) -> TokenVault:
    """With few connections of its own: a token endpoint that hangs must keep no order waiting for one."""
    engine = create_engine(
        url,
        application_name=f"order-relay {name} tokens",
        pool_size=TOKEN_CONNECTIONS,
        pgbouncer=settings.pgbouncer,
        command_timeout=LOCK_WAIT_S + COMMAND_TIMEOUT_S,
    )
    stack.push_async_callback(engine.dispose)
    return TokenVault(engine, cipher)


def _engine(stack: AsyncExitStack, settings: Settings, url: str, name: str, size: int) -> AsyncEngine:
    engine = create_engine(url, application_name=name, pool_size=size, pgbouncer=settings.pgbouncer)
    stack.push_async_callback(engine.dispose)
    return engine
