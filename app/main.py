"""The front door: the web application over the parts of this process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.api.app import create_app
from app.api.measures import Measures
from app.api.services import Services
from app.composition import Parts
from app.relay.inbox import Inbox
from app.relay.intake import Intake
from app.relay.messages import Messages
from app.relay.operate import Operate
from app.relay.payments import Payments


@asynccontextmanager
async def open_web_app(parts: Parts) -> AsyncIterator[FastAPI]:
    """The application. Leaving waits for the callbacks that were answered and are still being understood."""
    inbox = Inbox(parts.engine, parts.registry, changed=parts.changed, express=parts.express)
    pools = {"intake": parts.engine, "reads": parts.reading, "express": parts.express, "sending": parts.worker_engine}
    measures = Measures(pools)
    services = Services(
        engine=parts.reading,
        express=parts.express,
        intake_places=parts.settings.max_intake_in_flight,
        keys=parts.keys,
        locations=parts.locations,
        adapters=parts.adapters,
        menus=parts.menus,
        sync=parts.sync,
        intake=Intake(
            parts.engine,
            locations=parts.locations,
            registry=parts.registry,
            menus=parts.menus,
            announce=parts.announce,
            batch=parts.settings.intake_batch,
        ),
        operate=Operate(
            parts.engine,
            locations=parts.locations,
            registry=parts.registry,
            menus=parts.menus,
            announce=parts.announce,
            changed=parts.changed,
        ),
        inbox=inbox,
        watching=parts.watching,
        measures=measures,
        metrics_public=parts.settings.metrics_public,
        payments=Payments(parts.engine, locations=parts.locations, registry=parts.registry, announce=parts.announce),
        messages=Messages(parts.engine, locations=parts.locations, registry=parts.registry, announce=parts.announce),
    )
    lag = asyncio.create_task(measures.watch_loop())
    try:
        yield create_app(services)
    finally:
        lag.cancel()
        await inbox.idle()
