"""The gate every request passes before its simulator sees it: writes the journal and spoils what shall be spoiled.

Raw ASGI, because most faults are about the connection, not about the answer.
"""

import asyncio
import socket
import struct
from collections.abc import Callable, MutableMapping
from typing import Any

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.simulators.control import TRANSPORT_FAULTS, Fault, Faults, Journal, Received, Subject

LONGEST_HANG_S = 120.0
MOST_BODY = 4 * 1024 * 1024
# (method, path, query, body) -> what the request is about
Describe = Callable[[str, str, str, bytes], Subject]

_PLAIN = "text/plain;charset=UTF-8"
_HTML_500 = (
    "<!doctype html><html><head><title>HTTP Status 500 - Internal Server Error</title></head>"
    "<body><h1>HTTP Status 500 - Internal Server Error</h1></body></html>"
)


class Gate:
    """ASGI middleware. The simulator behind it finds the journal's entry in `scope["received"]`, the subject in
    `scope["subject"]`. Requests under `/_sim` pass untouched."""

    def __init__(self, app: ASGIApp, *, faults: Faults, journal: Journal, describe: Describe) -> None:
        """Stand before `app`."""
        self.app = app
        self.faults = faults
        self.journal = journal
        self.describe = describe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or spoil it."""
        if scope["type"] != "http" or scope["path"].split("/")[1] == "_sim":
            await self.app(scope, receive, send)
            return
        body = await _read(receive)
        if body is None:
            return  # the client left before it had said everything
        query = scope["query_string"].decode("latin-1")
        subject = self.describe(scope["method"], scope["path"], query, body)
        received = self.journal.add(method=scope["method"], path=scope["path"], query=query, body=body, subject=subject)
        scope["received"], scope["subject"] = received, subject
        fault = self.faults.take(subject, TRANSPORT_FAULTS)
        if fault is None:
            await self.app(scope, _replay(body, receive), _noting(received, send))
        else:
            received.fault = fault.kind
            await _Spoiled(fault, received, scope, receive, send).run(self.app, body)


class _Spoiled:
    """One request with one fault."""

    def __init__(self, fault: Fault, received: Received, scope: Scope, receive: Receive, send: Send) -> None:
        self.fault = fault
        self.received = received
        self.scope = scope
        self.receive = receive
        self.send = send

    async def run(self, app: ASGIApp, body: bytes) -> None:
        """Do the work if the fault lets it happen, then answer badly."""
        answer = _Held()
        if self.fault.creates:
            await app(self.scope, _replay(body, self.receive), answer.hold)
        kind = self.fault.kind
        if kind.startswith("hang"):
            await _linger(self.receive, LONGEST_HANG_S)
            await self._cut()
        elif kind == "slow_body":
            await self._trickle(answer)
        elif await _linger(self.receive, self.fault.seconds):
            return
        elif kind.startswith(("drop", "reset")):
            await self._cut(reset=kind.startswith("reset"))
        elif kind == "delay":
            await self._answer(answer.status, answer.headers, answer.body)
        elif kind == "cut_body":
            await self._cut_body(answer)
        else:
            await self._answer(*self._canned())

    def _canned(self) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        fault = self.fault
        if fault.kind == "error_500_html":
            return 500, _headers("text/html;charset=UTF-8"), _HTML_500.encode()
        if fault.kind.startswith("garbage"):
            return (
                200,
                _headers("application/json;charset=UTF-8"),
                (fault.reason or '{"status" : "o\x00\ufffd<br>').encode(),
            )
        if fault.kind == "rate_limited":
            retry_after = str(fault.retry_after).encode()
            return 429, [*_headers(_PLAIN), (b"retry-after", retry_after)], b"Too Many Requests"
        return fault.status, _headers(_PLAIN), (fault.reason or f"HTTP {fault.status}").encode()

    async def _answer(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        self.received.status = status
        kept = [pair for pair in headers if pair[0].lower() != b"content-length"]
        kept.append((b"content-length", str(len(body)).encode()))
        await self.send({"type": "http.response.start", "status": status, "headers": kept})
        await self.send({"type": "http.response.body", "body": body})

    async def _trickle(self, answer: "_Held") -> None:
        self.received.status = answer.status
        await self.send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        pause = self.fault.seconds / max(len(answer.body), 1)
        for byte in answer.body:
            if await _linger(self.receive, pause):
                return
            await self.send({"type": "http.response.body", "body": bytes([byte]), "more_body": True})
        await self.send({"type": "http.response.body", "body": b""})

    async def _cut_body(self, answer: "_Held") -> None:
        await self.send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        half = answer.body[: len(answer.body) // 2]
        await self.send({"type": "http.response.body", "body": half, "more_body": True})
        await self._cut(flush=True)

    async def _cut(self, *, reset: bool = False, flush: bool = False) -> None:
        transport = _transport(self.receive)
        if transport is None:  # not under uvicorn: the nearest thing is an application that breaks
            msg = f"simulated fault {self.fault.kind}"
            raise ConnectionAbortedError(msg)
        if reset and (wire := transport.get_extra_info("socket")) is not None:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if flush:
            transport.close()
        else:
            transport.abort()
        await _linger(self.receive, 5.0)  # until the server has noticed, or it would log a missing answer


class _Held:
    """An answer that is kept back."""

    def __init__(self) -> None:
        self.status = 200
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = b""

    async def hold(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = list(message["headers"])
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")


def _headers(content_type: str) -> list[tuple[bytes, bytes]]:
    return [(b"content-type", content_type.encode())]


def _cycle(receive: Receive) -> Any:
    # ASGI has no word for "hang up". Under uvicorn `receive` is a method of the object that owns the connection.
    return getattr(receive, "__self__", None)


def _transport(receive: Receive) -> asyncio.Transport | None:
    transport: asyncio.Transport | None = getattr(_cycle(receive), "transport", None)
    return transport


async def _read(receive: Receive) -> bytes | None:
    body = bytearray()
    while len(body) <= MOST_BODY:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    told = False

    async def again() -> MutableMapping[str, Any]:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _noting(received: Received, send: Send) -> Send:
    async def noting(message: Message) -> None:
        if message["type"] == "http.response.start":
            received.status = message["status"]
        await send(message)

    return noting


async def _linger(receive: Receive, seconds: float) -> bool:
    """Wait; answers True at once when the client leaves or the server stops."""
    if seconds <= 0:
        return False
    gone = asyncio.ensure_future(_gone(receive))
    stopping = asyncio.ensure_future(_server_stops(_cycle(receive)))
    done, left = await asyncio.wait({gone, stopping}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    return bool(done)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _server_stops(cycle: Any) -> None:
    # uvicorn waits for open requests before it tells the application to stop; what it does at once is to withdraw
    # keep-alive from them. A client without keep-alive waits until the hang is over.
    alive = getattr(cycle, "keep_alive", False)
    while not alive or cycle.keep_alive:  # noqa: ASYNC110 - uvicorn's own attribute, nothing announces its change
        await asyncio.sleep(0.1)


def received_of(connection: HTTPConnection) -> Received:
    """Find the journal's entry of the request being served."""
    received: Received = connection.scope["received"]
    return received


def subject_of(connection: HTTPConnection) -> Subject:
    """Find what the request being served is about."""
    subject: Subject = connection.scope["subject"]
    return subject
