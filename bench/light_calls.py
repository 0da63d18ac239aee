"""The light POS's callbacks: raw HTTP/1.1 over few keep-alive connections, one after the other for each order."""

import asyncio
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

CONNECTIONS = 16
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Call:
    """One callback of an order; the next one leaves when this one was answered."""

    head: bytes
    bodies: tuple[bytes, ...]
    step: int = 0


class Calls:
    """Whom to call, and the calls that wait for a connection."""

    def __init__(self) -> None:
        self.answered = 0
        self.failed = 0
        """Answered with something else than 2xx, or not at all. They are not repeated: the run is worth nothing."""
        self._heads: Mapping[str, bytes] = {}
        self._place = ("", 0)
        self._waiting: deque[Call] = deque()
        self._idle: list[_Caller] = []
        self._open = 0
        self._opening: set[asyncio.Task[None]] = set()

    def set_up(self, whom: Mapping[str, Any]) -> None:
        """`{"url", "paths": {whose order: path}, "authorization"}`; without paths nobody is called. Forgets the old
        connections: the server before is gone."""
        url = urlsplit(whom["url"])
        self.close()
        self._place = (url.hostname or "", url.port or 0)
        self._heads = {
            whose: (
                f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {whom['authorization']}\r\n"
                "Content-Type: application/json\r\n"
            ).encode()
            for whose, path in whom["paths"].items()
        }

    def about(self, whose: str, bodies: tuple[bytes, ...]) -> None:
        """All callbacks of an order, in turn."""
        if head := self._heads.get(whose):
            # Not before the answer to the order has left.
            asyncio.get_running_loop().call_soon(self._send, Call(head, bodies))

    def close(self) -> None:
        """Hangs up."""
        for caller in self._idle:
            caller.close()
        self._idle, self._open = [], 0
        self._waiting.clear()

    def free(self, caller: "_Caller") -> None:
        """This connection has nothing to do."""
        if self._waiting:
            caller.call(self._waiting.popleft())
        else:
            self._idle.append(caller)

    def went(self, call: Call, *, well: bool) -> None:
        """What came of a call."""
        if not well:
            self.failed += 1
            return
        self.answered += 1
        if call.step + 1 < len(call.bodies):
            self._send(Call(call.head, call.bodies, call.step + 1))

    def gone(self, caller: "_Caller") -> None:
        """The server hung up."""
        if caller in self._idle:
            self._idle.remove(caller)
        self._open = max(0, self._open - 1)

    def _send(self, call: Call) -> None:
        if self._idle:
            self._idle.pop().call(call)
            return
        self._waiting.append(call)
        if self._open < CONNECTIONS:
            self._open += 1
            task = asyncio.get_running_loop().create_task(self._connect())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _connect(self) -> None:
        try:
            _, caller = await asyncio.get_running_loop().create_connection(lambda: _Caller(self), *self._place)
        except OSError:
            self._open -= 1
            self.failed += len(self._waiting)
            self._waiting.clear()
        else:
            self.free(caller)


class _Caller(asyncio.Protocol):
    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._buffer = b""
        self._under_way: Call | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def call(self, call: Call) -> None:
        self._under_way = call
        body = call.bodies[call.step]
        self._transport.write(b"%bContent-Length: %d\r\n\r\n%b" % (call.head, len(body), body))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        length = _LENGTH.search(self._buffer, 0, end + 2) if end >= 0 else None
        if length is None or len(self._buffer) < end + 4 + int(length[1]) or self._under_way is None:
            return
        well, self._buffer = self._buffer[9:10] == b"2", b""
        call, self._under_way = self._under_way, None
        self._calls.went(call, well=well)
        self._calls.free(self)

    def connection_lost(self, _error: Exception | None) -> None:
        if self._under_way is not None:
            call, self._under_way = self._under_way, None
            self._calls.went(call, well=False)
        self._calls.gone(self)

    def close(self) -> None:
        self._transport.close()
