"""The whole relay in one process, over a real PostgreSQL and the real simulators, moved step by step.

Nothing runs by itself here: a test says "send now", "an hour passes", "the POS says this", and looks.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import uvicorn
from cryptography.fernet import Fernet
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.types import ASGIApp

from app.adapters import registry as adapters
from app.adapters.base import Limits
from app.api.app import create_app
from app.api.services import Services
from app.domain.order import Order
from app.relay.access import Keys
from app.relay.dispatch import Dispatcher, Pace
from app.relay.follow import Follower
from app.relay.inbox import Inbox
from app.relay.intake import Intake
from app.relay.locations import Locations
from app.relay.menus import Menus
from app.relay.messages import Messages
from app.relay.operate import Operate
from app.relay.payments import Payments
from app.relay.reconcile import Reconciler
from app.relay.sending import Desk
from app.relay.sync import Sync
from app.relay.views import order_view
from app.relay.watching import Watching
from app.simulators import iiko, ikentoo
from app.simulators.iiko import ids
from app.store.order_details import read_details
from app.store.secrets import Cipher
from app.store.tables import attempts, lanes, orders, submissions
from app.store.wakeup import Due

IIKO, IKENTOO = "kyiv-1", "geneva-1"
BUDGET_S, LEASE_S = 12.0, 20.0


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # the signals are pytest's


@asynccontextmanager
async def serving(app: ASGIApp, *, port: int = 0) -> AsyncIterator[str]:
    """The app on 127.0.0.1; its address."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(256)
        server = _Server(uvicorn.Config(app, ws="none", log_config=None, access_log=False))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task


@dataclass
class House:
    """Everything, and the hands to move it."""

    engine: AsyncEngine
    locations: Locations
    intake: Intake
    operate: Operate
    inbox: Inbox
    dispatcher: Dispatcher
    reconciler: Reconciler
    follower: Follower
    menus: Menus
    sync: Sync
    pos: dict[str, httpx.AsyncClient]
    """The simulators' control APIs, by location."""
    payments: Payments
    messages: Messages
    announced: list[None]

    async def submit(self, order: dict[str, Any]) -> UUID:
        """Takes an order; its id."""
        return (await self.intake.submit(Order.model_validate(order), actor="test")).order.id

    async def send(self) -> int:
        """Everything that is due is sent (or asked for), and recorded."""
        count = await self.dispatcher.claim()
        await self.dispatcher.idle()
        return count

    async def reconcile(self) -> None:
        """What the clock made due."""
        await self.reconciler.round()

    async def view(self, order_id: UUID) -> dict[str, Any]:
        """The order as an operator sees it."""
        async with self.engine.connect() as connection:
            details = await read_details(connection, order_id, locations=None)
        assert details is not None
        return order_view(details, exchanges=True)

    async def later(self, seconds: float) -> None:
        """So much time passes: everything stored was that much earlier. The database's clock is the only one."""
        ago = timedelta(seconds=seconds)
        moved = {
            submissions: ("due_at", "deadline_at", "lease_until", "absent_at", "created_at"),
            attempts: ("started_at", "ended_at"),
            lanes: ("not_before", "tokens_at", "blocked_at", "failing_since", "poll_at"),
            orders: ("watch_at", "verdict_due_at", "follow_until", "received_at", "requested_for"),
        }
        async with self.engine.begin() as connection:
            for table, names in moved.items():
                await connection.execute(table.update().values({name: table.c[name] - ago for name in names}))

    async def say(self, order_id: UUID, word: str, **details: Any) -> None:
        """iKentoo calls us now, and we have understood it."""
        reference = (await self.view(order_id))["pos"]["reference"]
        await self.say_of(reference, word, **details)

    async def say_of(self, reference: str, word: str, **details: Any) -> None:
        """The same for any reference."""
        answer = await self.pos[IKENTOO].post("/_sim/callbacks", json={"reference": reference, "word": word, **details})
        assert answer.status_code == 200, answer.text
        await self.inbox.idle()

    async def fault(self, location: str, kind: str, **details: Any) -> None:
        """The POS misbehaves."""
        answer = await self.pos[location].post("/_sim/faults", json={"kind": kind, **details})
        assert answer.status_code == 201, answer.text

    async def heal(self, location: str) -> None:
        """The POS behaves again."""
        await self.pos[location].delete("/_sim/faults")

    async def at_pos(self, location: str) -> list[dict[str, Any]]:
        """What the POS holds and was asked."""
        rows: list[dict[str, Any]] = (await self.pos[location].get("/_sim/orders")).json()
        return rows

    async def lane(self, location: str) -> dict[str, Any]:
        """The lane's row."""
        async with self.engine.connect() as connection:
            row = await connection.execute(lanes.select().where(lanes.c.location_id == location))
            return dict(row.mappings().one())

    async def count(self, table: str) -> int:
        """Rows of a table."""
        async with self.engine.connect() as connection:
            found = await connection.execute(text(f"SELECT count(*) FROM {table}"))  # noqa: S608
            return int(found.scalar_one())


@asynccontextmanager
async def open_house(engine: AsyncEngine, **iiko_changes: Any) -> AsyncIterator[House]:
    """Simulators that do nothing by themselves, two locations, and the relay over them."""
    async with AsyncExitStack() as stack:
        iiko_config = replace(iiko.default_config(), auto=False, **iiko_changes)
        iiko_url = await stack.enter_async_context(serving(iiko.create_app(iiko_config)))
        ikentoo_url = await stack.enter_async_context(serving(ikentoo.create_app(ikentoo.default_config())))
        registry = adapters.build()
        front = _Later()
        our_url = await stack.enter_async_context(serving(front))
        cipher = Cipher([Fernet.generate_key().decode()])
        locations = Locations(engine, cipher, registry, public_url=our_url)
        opened = adapters.OpenAdapters(registry, Limits(read_s=11.0, connect_s=2.0))
        stack.push_async_callback(opened.aclose)
        menus = Menus(engine)
        sync = Sync(engine, locations=locations, adapters=opened, menus=menus, interval_s=900.0)
        announced: list[None] = []
        announce = _announcer(announced)
        keys = Keys(engine)
        stack.push_async_callback(keys.aclose)
        watching = Watching(engine)
        stack.push_async_callback(watching.aclose)
        inbox = Inbox(engine, registry, changed=watching.wake)
        services = Services(
            engine=engine,
            keys=keys,
            locations=locations,
            adapters=opened,
            menus=menus,
            sync=sync,
            intake=Intake(engine, locations=locations, registry=registry, menus=menus, announce=announce),
            operate=Operate(engine, locations=locations, registry=registry, menus=menus, announce=announce),
            inbox=inbox,
            watching=watching,
            payments=Payments(engine, locations=locations, registry=registry, announce=announce),
            messages=Messages(engine, locations=locations, registry=registry, announce=announce),
        )
        front.app = create_app(services)
        desk = Desk(
            engine=engine,
            locations=locations,
            adapters=opened,
            registry=registry,
            menus=menus,
            syncs=sync,
            budget_s=BUDGET_S,
        )
        house = House(
            engine=engine,
            locations=locations,
            intake=services.intake,
            operate=services.operate,
            inbox=inbox,
            dispatcher=Dispatcher(
                engine,
                desk,
                Pace(concurrency=64, lease_s=LEASE_S, verdict_grace_s=60.0),
                due=Due(),
                changed=watching.wake,
            ),
            reconciler=Reconciler(engine, registry, changed=watching.wake),
            follower=Follower(engine, locations=locations, adapters=opened, registry=registry, interval_s=20.0),
            menus=menus,
            sync=sync,
            pos={
                IIKO: await stack.enter_async_context(httpx.AsyncClient(base_url=iiko_url, trust_env=False)),
                IKENTOO: await stack.enter_async_context(httpx.AsyncClient(base_url=ikentoo_url, trust_env=False)),
            },
            payments=services.payments,
            messages=services.messages,
            announced=announced,
        )
        await locations.put(IIKO, iiko_location(iiko_url))
        await locations.put(IKENTOO, ikentoo_location(ikentoo_url))
        await locations.register_callbacks(IKENTOO, opened)
        await house.pos[IKENTOO].post("/_sim/auto", json={"on": False})
        yield house
        await inbox.idle()


class _Later:
    """An address that is known before the app behind it can be built."""

    app: ASGIApp

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


def _announcer(announced: list[None]) -> Callable[[str], None]:
    return lambda _location_id: announced.append(None)


def iiko_location(base_url: str) -> dict[str, Any]:
    """Asabix Trattoria."""
    return {
        "name": "Asabix Trattoria",
        "timezone": "Europe/Kyiv",
        "currency": "UAH",
        "pos": {
            "system": "iiko",
            "base_url": base_url,
            "user_id": "demo",
            "user_secret": "demo-secret",
            "organization_id": ids.ORGANIZATION,
            "delivery_terminal": ids.TERMINAL_CENTRE,
            "order_types": {"pickup": ids.ORDER_TYPE_PICKUP, "delivery": ids.ORDER_TYPE_DELIVERY},
            "payment_types": {"CARD": "CARD", "CASH": "CASH"},
        },
    }


def ikentoo_location(base_url: str) -> dict[str, Any]:
    """The restaurant of the guide."""
    return {
        "name": "Les Acacias",
        "timezone": "Europe/Zurich",
        "currency": "CHF",
        "pos": {
            "system": "ikentoo",
            "base_url": f"{base_url}/o",
            "business_location_id": 123,
            "endpoint_id": "ENDPOINT",
            "callback_username": "pos",
            "callback_password": "callback-secret",
            "account_profiles": {"pickup": "PICKUP", "delivery": "DELIVERY"},
            "payment_methods": {"CARD": "CARD", "CASH": "CASH"},
        },
    }


def iiko_order(reference: str = "WEB-1", **changes: Any) -> dict[str, Any]:
    """A pickup at Asabix Trattoria."""
    return {
        "location": IIKO,
        "reference": reference,
        "service_type": "pickup",
        "customer": {"first_name": "Asabix", "phone": "+380979981891"},
        "items": [
            {
                "product_id": ids.QUATTRO_FORMAGGI,
                "sku": "00031",
                "name": "Quattro Formaggi",
                "quantity": 1,
                "unit_price": "502.00",
            }
        ],
        "payments": [{"method": "CARD", "amount": "502.00", "paid": True}],
        "total": "502.00",
        **changes,
    }


def ikentoo_order(reference: str = "WEB-1", **changes: Any) -> dict[str, Any]:
    """A pickup at Les Acacias."""
    return {
        "location": IKENTOO,
        "reference": reference,
        "service_type": "pickup",
        "customer": {"first_name": "Hike", "last_name": "Entoo", "email": "hike.entoo@ikentoo.com"},
        "items": [{"sku": "12", "quantity": 2}],
        "total": "20.00",
        **changes,
    }


def events(view: dict[str, Any]) -> list[str]:
    """The words of an order's history."""
    return [line["event"] for line in view["history"]]
