"""A real server for each test, and a real receiver of callbacks, both on 127.0.0.1."""

import asyncio
import base64
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

DEADLINE_S = 10.0
ENDPOINT = "ENDPOINT"


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # the signals are pytest's


@asynccontextmanager
async def serve(app: Starlette, http: str = "auto") -> AsyncIterator[str]:
    """Serve `app` on a free port; the socket listens before the server runs, so nobody has to wait for it."""
    # asyncio sets TCP_NODELAY only on sockets that name their protocol; without it each answer takes 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        config = uvicorn.Config(app, http=http, ws="none", log_level="warning", access_log=False)
        server = _Server(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await asyncio.wait_for(task, DEADLINE_S)


@dataclass
class Receiver:
    """Takes callbacks. `answers` are the statuses to give, then 200."""

    answers: list[int] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    credentials: list[str | None] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, request: Request) -> Response:
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        async with self.changed:
            self.bodies.append((await request.body()).decode())
            self.credentials.append(base64.b64decode(secret).decode() if scheme == "Basic" else None)
            self.changed.notify_all()
        return Response(status_code=self.answers.pop(0) if self.answers else 200)

    @property
    def read(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.bodies]

    @property
    def words(self) -> list[str]:
        return [body["status"] for body in self.read]

    async def until(self, condition: Callable[["Receiver"], bool]) -> None:
        async with asyncio.timeout(DEADLINE_S), self.changed:
            await self.changed.wait_for(lambda: condition(self))

    async def words_until(self, word: str) -> list[str]:
        await self.until(lambda receiver: word in receiver.words)
        return self.words


@dataclass
class Receivers:
    """One server for the receivers of many tests: what is late for one test must not reach the next."""

    url: str = ""
    known: list[Receiver] = field(default_factory=list)

    def new(self) -> tuple[Receiver, str]:
        self.known.append(Receiver())
        return self.known[-1], f"{self.url}/cb/{len(self.known) - 1}"

    async def take(self, request: Request) -> Response:
        number: int = request.path_params["number"]
        return await self.known[number].take(request)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/cb/{number:int}", self.take, methods=["POST"])])


@dataclass
class Pos:
    """A running simulator, its client, and who receives its callbacks."""

    client: httpx.AsyncClient
    receiver: Receiver
    callback_url: str

    async def register(self, **more: Any) -> httpx.Response:
        body = {"endpointId": ENDPOINT, "url": self.callback_url, **more}
        return await self.client.put("/wh/1/webhook", json=body)

    async def local(self, **changes: Any) -> httpx.Response:
        return await self.client.post("/op/1/order/local", json=changed(LOCAL, changes))

    async def to_go(self, **changes: Any) -> httpx.Response:
        return await self.client.post("/op/1/order/toGo", json=changed(TO_GO, changes))

    async def plant(self, kind: str, **more: Any) -> int:
        answer = await self.client.post("/_sim/faults", json={"kind": kind, **more})
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    async def order(self, reference: str = "ORDER-REF-123", state: str | None = None) -> dict[str, Any]:
        params = {"wait": str(DEADLINE_S), **({"state": state} if state else {})}
        answer = await self.client.get(f"/_sim/orders/{reference}", params=params if state else {})
        assert answer.status_code == 200, answer.text
        view: dict[str, Any] = answer.json()
        return view

    async def held(self) -> list[dict[str, Any]]:
        view: list[dict[str, Any]] = (await self.client.get("/_sim/orders")).json()
        return view

    async def requests(self) -> list[dict[str, Any]]:
        view: list[dict[str, Any]] = (await self.client.get("/_sim/requests")).json()
        return view


def changed(body: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Copy with changes; `...` removes a member, a dict is merged."""
    copy = dict(body)
    for name, value in changes.items():
        if value is ...:
            copy.pop(name, None)
        elif isinstance(value, dict) and isinstance(copy.get(name), dict):
            copy[name] = changed(copy[name], value)
        else:
            copy[name] = value
    return copy


# The examples of the iKentoo API guide, word for word.
LOCAL: dict[str, Any] = {
    "businessLocationId": 123,
    "thirdPartyReference": "REF1234",
    "endpointId": ENDPOINT,
    "customerInfo": {
        "firstName": "Hike",
        "lastName": "Entoo",
        "thirdPartyReference": "3rdPartyRef",
        "email": "hike.entoo@ikentoo.com",
        "notes": "Some notes",
    },
    "orderNote": "order note",
    "tableNumber": "10",
    "clientCount": 2,
    "items": [{"quantity": 2, "sku": "11", "discountCode": "10PCT"}],
    "min_TTL": 60000,
}
TO_GO: dict[str, Any] = {
    "businessLocationId": 123,
    "thirdPartyReference": "ORDER-REF-123",
    "endpointId": ENDPOINT,
    "customerInfo": {
        "firstName": "Hike",
        "lastName": "Entoo",
        "thirdPartyReference": "3rdPartyRef",
        "email": "hike.entoo@ikentoo.com",
        "notes": "Some notes",
    },
    "collectionCode": "ABC",
    "items": [{"quantity": 2, "sku": "12"}],
    "takeAway": False,
    "deliveryAddress": {
        "addressLine1": "Route des Jeunes 5",
        "addressLine2": "Second floor",
        "zip": "1227",
        "city": "Les Acacias",
    },
    "min_TTL": 60000,
}
