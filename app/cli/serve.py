"""order-relay serve and worker: the processes of the product."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from typing import Annotated

import typer

from app import logs
from app.cli.process import in_one_line, run_until_told, settle_memory
from app.cli.storage import Storage, open_storage, own_directory
from app.cli.web import address_of, listen, served
from app.composition import Parts, open_parts
from app.main import open_web_app
from app.settings import Settings, load_settings
from app.store import embedded
from app.worker import Worker


def serve(
    *,
    worker: Annotated[bool, typer.Option("--worker/--no-worker", help="Send as well, or only take orders.")] = True,
    host: Annotated[str | None, typer.Option(help="Instead of ORDER_RELAY_HOST.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Instead of ORDER_RELAY_PORT; 0: a free one.")
    ] = None,
) -> None:
    """Takes orders over HTTP and sends them. Without DATABASE_URL it brings its own PostgreSQL."""

    def work() -> None:
        settings = configured()
        with ExitStack() as stack:
            if settings.database_url is None:
                stack.enter_context(embedded.hold_directory(own_directory(settings)))
            listener = stack.enter_context(listen(host or settings.host, settings.port if port is None else port))
            storage = stack.enter_context(open_storage(settings))
            reachable = reached_at(settings, listener)
            run_until_told(lambda stop: _serve(reachable, storage, listener, stop=stop, with_worker=worker))

    in_one_line(work)


def worker() -> None:
    """Sends, beside any number of other workers on the same database."""

    def work() -> None:
        settings = configured()
        with open_storage(settings) as storage:
            run_until_told(lambda stop: engine_room(settings, storage, stop=stop))

    in_one_line(work)


def configured() -> Settings:
    """The settings, with the logs of the process set up by them. Raises ConfigurationError."""
    settings = load_settings()
    logs.configure(level=settings.log_level, as_json=settings.log_format == "json")
    return settings


def reached_at(settings: Settings, listener: socket.socket) -> Settings:
    """Where nobody said how the POS reaches us, it is the port that we really listen on."""
    if "public_url" in settings.model_fields_set:
        return settings
    return settings.model_copy(update={"public_url": address_of(listener)})


@asynccontextmanager
async def front_door(
    settings: Settings, storage: Storage, listener: socket.socket, *, stop: asyncio.Event, with_worker: bool = True
) -> AsyncIterator[Parts]:
    """Serves, and sends where wanted. Leaving the block stops both; each finishes what it has begun."""
    await storage.prepare(stop=stop)
    async with (
        open_parts(
            settings, url=storage.url, secret_keys=storage.secret_keys, name="serve", apart=with_worker
        ) as parts,
        open_web_app(parts) as app,
        asyncio.TaskGroup() as group,
    ):
        sending = Worker(parts) if with_worker else None
        app.openapi()
        settle_memory()
        async with served(app, listener):
            if sending:
                group.create_task(sending.run(stop))
            try:
                yield parts
            finally:
                stop.set()
                parts.watching.close()  # whoever waits for an order has the present one, and the server its end


async def _serve(
    settings: Settings, storage: Storage, listener: socket.socket, *, stop: asyncio.Event, with_worker: bool
) -> None:
    async with front_door(settings, storage, listener, stop=stop, with_worker=with_worker):
        typer.echo(f"order-relay serves on {address_of(listener)} ({storage.words})", err=True)
        await stop.wait()


async def engine_room(settings: Settings, storage: Storage, *, stop: asyncio.Event) -> None:
    """Sends until told to stop, then finishes what it has begun."""
    await storage.prepare(stop=stop)
    async with open_parts(settings, url=storage.url, secret_keys=storage.secret_keys, name="worker") as parts:
        sending = Worker(parts)
        settle_memory()
        typer.echo(f"order-relay works on {storage.words}", err=True)
        await sending.run(stop)
