"""The load client: raw HTTP/1.1 on keep-alive connections, each with one request under way at a time. A general HTTP
client would need more CPU than the server that is measured."""

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

CONNECTIONS = 32
PATIENCE_S = 30.0
"""For the answers that are still on their way at the end."""

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


@dataclass(kw_only=True)
class Load:
    """What one load came to. Every answer was as expected; anything else raises."""

    began: float = 0.0
    ended: float = 0.0
    """When the last answer was there."""
    latencies: list[float] = field(default_factory=list)
    """Seconds from writing the request until the answer was complete."""

    @property
    def accepted(self) -> int:
        return len(self.latencies)

    @property
    def per_s(self) -> float:
        return self.accepted / (self.ended - self.began)


class _Connection(asyncio.Protocol):
    def __init__(self, requests: Iterator[bytes], load: Load, until: float, expected: bytes) -> None:
        self._requests = requests
        self._expected = expected
        self._load = load
        self._until = until
        self._buffer = b""
        self._sent = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by class
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head = self._buffer.find(b"\r\n\r\n")
        length = _LENGTH.search(self._buffer, 0, head + 2) if head >= 0 else None
        if length is None or len(self._buffer) < head + 4 + int(length[1]):
            return
        now = time.perf_counter()
        if not self._buffer.startswith(self._expected, 9):
            words = self._buffer.decode("utf-8", "replace")
            self._fail(RuntimeError(f"not a {self._expected.decode()}: {words}"))
            return
        self._load.latencies.append(now - self._sent)
        self._load.ended = now
        self._buffer = b""
        if now < self._until:
            self._send()
        elif not self.done.done():
            self.done.set_result(None)
            self._transport.close()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.done.done():
            self._fail(ConnectionError("the server closed a connection"))

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(next(self._requests))

    def _fail(self, error: Exception) -> None:
        if not self.done.done():
            self.done.set_exception(error)
        self._transport.close()


def place(url: str) -> tuple[str, int]:
    """Host and port of a server of ours."""
    address = urlsplit(url)
    return address.hostname or "", address.port or 0


async def load(
    url: str, requests: Iterator[bytes], *, seconds: float, connections: int = CONNECTIONS, expected: bytes = b"202"
) -> Load:
    """Keeps the connections busy for a while, then waits for what is under way, so that what was answered is exactly
    what was sent. Raises where the status of an answer does not begin with what is expected."""
    host, port = place(url)
    loop = asyncio.get_running_loop()
    found = Load(began=time.perf_counter())
    until = found.began + seconds
    opened = [
        await loop.create_connection(lambda: _Connection(requests, found, until, expected), host, port)
        for _ in range(connections)
    ]
    async with asyncio.timeout(seconds + PATIENCE_S):
        await asyncio.gather(*(connection.done for _, connection in opened))
    return found
