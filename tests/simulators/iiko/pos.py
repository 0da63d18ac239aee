"""A client of the simulator, and the server it talks to."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import uvicorn

from app.simulators.iiko import IikoConfig, create_app, ids

DEADLINE_S = 10.0


class Pos:
    """The legacy API as an integrator calls it, plus the control API."""

    def __init__(self, http: httpx.AsyncClient, config: IikoConfig) -> None:
        self.http = http
        self.config = config
        self.token = ""

    async def log_in(self) -> str:
        login = {"user_id": self.config.user_id, "user_secret": self.config.user_secret}
        self.token = (await self.http.get("/api/0/auth/access_token", params=login)).json()
        return self.token

    async def get(self, path: str, **query: str) -> httpx.Response:
        query = {"access_token": self.token, "request_timeout": "00:00:20", **query}
        return await self.http.get(f"/api/0/{path}", params=query)

    async def post(self, path: str, body: Any, **query: str) -> httpx.Response:
        query = {"access_token": self.token, "requestTimeout": "00:00:20", **query}
        return await self.http.post(f"/api/0/{path}", params=query, json=body)

    async def add(self, body: Any) -> httpx.Response:
        return await self.post("orders/add", body)

    async def info(self, order_id: str) -> httpx.Response:
        return await self.get("orders/info", organization=ids.ORGANIZATION, order=order_id)

    async def fault(self, kind: str, **details: Any) -> None:
        assert (await self.http.post("/_sim/faults", json={"kind": kind, **details})).status_code == 201

    async def control(self, path: str, **body: Any) -> Any:
        answer = await self.http.post(f"/_sim/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def ledger(self, order_id: str) -> dict[str, Any]:
        rows: list[dict[str, Any]] = (await self.http.get("/_sim/orders")).json()
        return next(row for row in rows if row["id"] == order_id)

    async def status(self, order_id: str) -> str:
        code: str = (await self.info(order_id)).json()["statusCode"]
        return code


@asynccontextmanager
async def running(config: IikoConfig, **changes: Any) -> AsyncIterator[Pos]:
    """A simulator on a free port of 127.0.0.1, and a client that is logged in."""
    config = replace(config, **changes)
    # asyncio switches Nagle's delay off only for sockets that say that they are TCP: 40 ms for each request.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(create_app(config), log_config=None, lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            # The socket listens already: the first request waits in its queue until the server has started.
            async with httpx.AsyncClient(base_url=base_url, timeout=DEADLINE_S, trust_env=False) as http:
                pos = Pos(http, config)
                await pos.log_in()
                yield pos
        finally:
            server.should_exit = True
            await serving
