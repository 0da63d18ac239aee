"""Where this process stores: the PostgreSQL of DATABASE_URL, or one of our own below the data directory."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.errors import ConfigurationError, StorageUnavailable
from app.settings import Settings
from app.store import database_url, embedded, migrate
from app.store.database import create_engine, is_hopeless

PATIENCE_S = 30.0
"""For a database that is not up yet, at the start."""
PAUSE_S = 0.5
EXAMPLE = "postgresql://user:password@host/order_relay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """How to reach it, and the keys of the secrets in it."""

    url: str
    secret_keys: Sequence[str]
    embedded: bool
    words: str
    """For people."""
    pgbouncer: bool = False
    """Something in transaction mode stands in between."""
    direct_url: str | None = None
    """Past it."""

    async def prepare(self, *, patience_s: float = PATIENCE_S, stop: asyncio.Event | None = None) -> None:
        """Waits until it answers, and makes sure of the schema: ours is migrated, that of others must be current.

        Raises ConfigurationError, StorageUnavailable; typer.Exit where ``stop`` is set while it waits.
        """
        engine = create_engine(self.url, application_name="order-relay start", pool_size=1, pgbouncer=self.pgbouncer)
        deadline = asyncio.get_running_loop().time() + patience_s
        told = False
        try:
            while True:
                try:
                    return await self._schema(engine)
                except StorageUnavailable as error:
                    if _no_use_waiting(error) or asyncio.get_running_loop().time() > deadline:
                        raise
                    if not told:
                        typer.echo(f"order-relay: waiting for the database: {error}", err=True)
                        told = True
                await asyncio.sleep(PAUSE_S)
                if stop and stop.is_set():
                    raise typer.Exit
        finally:
            await engine.dispose()

    async def _schema(self, engine: AsyncEngine) -> None:
        if not self.embedded:
            await migrate.require_current_schema(engine)
        elif not await migrate.schema_is_current(engine):
            await migrate.upgrade(self.url)


def _no_use_waiting(error: StorageUnavailable) -> bool:
    """A wrong password stays wrong."""
    return error.__cause__ is not None and is_hopeless(error.__cause__)


@contextmanager
def open_storage(settings: Settings, *, keys_needed: bool = True) -> Iterator[Storage]:
    """Joins or starts the embedded PostgreSQL where DATABASE_URL is unset. Raises ConfigurationError."""
    keys = [key.get_secret_value() for key in settings.secret_keys]
    if settings.database_url is not None:
        url = _usable(settings.database_url.get_secret_value())
        if keys_needed and not keys:
            raise ConfigurationError(
                "ORDER_RELAY_SECRET_KEYS is not set: it is required with DATABASE_URL. "
                "Make one with 'order-relay keys secret', and keep it."
            )
        yield Storage(
            url=url,
            secret_keys=keys,
            embedded=False,
            words="the PostgreSQL of DATABASE_URL",
            pgbouncer=settings.pgbouncer,
            direct_url=_direct(settings),
        )
        return
    with embedded.running(own_directory(settings)) as server:
        yield Storage(
            url=server.url,
            secret_keys=keys or [embedded.load_or_create_secret_key(settings.data_dir)],
            embedded=True,
            words=f"embedded PostgreSQL in {settings.data_dir}",
        )


def own_directory(settings: Settings) -> Path:
    """The data directory, usable. In a container it is mostly not, and what is missing there is DATABASE_URL."""
    try:
        embedded.prepare(settings.data_dir)
    except ConfigurationError as error:
        raise ConfigurationError(
            f"{error} It is needed because DATABASE_URL is not set: set DATABASE_URL ({EXAMPLE}), "
            "or set ORDER_RELAY_DATA_DIR to a directory that can be written."
        ) from None
    return settings.data_dir


def _direct(settings: Settings) -> str | None:
    """Raises ConfigurationError."""
    if settings.direct_database_url is None:
        return None
    url = settings.direct_database_url.get_secret_value()
    try:
        database_url.parse(url)
    except ConfigurationError as error:
        raise ConfigurationError(f"ORDER_RELAY_DIRECT_{error}") from None
    return url


def _usable(url: str) -> str:
    """Nonsense is told before anything else that is missing. Raises ConfigurationError."""
    if not url.strip():
        raise ConfigurationError(
            f"DATABASE_URL is empty: set it to {EXAMPLE}, or unset it to use the embedded PostgreSQL."
        )
    database_url.parse(url)
    return url
