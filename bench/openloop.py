"""A load that does not wait: requests leave at random moments at a given rate, whether or not earlier ones were
answered, as guests do. A latency counts from the moment when the request was to leave, so that a server that stalls
cannot hide it."""

import asyncio
import random
import re
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

from bench.load import place

MOST_CONNECTIONS = 400
PATIENCE_S = 30.0
"""For the answers that are still on their way at the end."""

_HEAD = re.compile(rb"HTTP/1.1 (\d{3}) ")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_RETRY_AFTER = re.compile(rb"\r\nretry-after: *\d+\r\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """To one request; `number` counts them from 0."""

    number: int
    at: float
    """When it was to leave, in seconds from the beginning."""
    latency: float
    status: int
    """0: the connection broke."""
    retry_after: bool


@dataclass(kw_only=True)
class Offered:
    """What came of a load."""

    began: float
    sent: int = 0
    connections: int = 0
    """Open now."""
    answers: list[Answer] = field(default_factory=list)

    def statuses(self) -> Counter[int]:
        return Counter(answer.status for answer in self.answers)

    def latencies(self, status: int = 202, since: int = 0) -> list[float]:
        """Seconds, of the answers with this status, from the `since`th answer on."""
        return [answer.latency for answer in self.answers[since:] if answer.status == status]


class _Connection(asyncio.Protocol):
    def __init__(self, load: "_Load") -> None:
        self._load = load
        self._buffer = b""
        self._under_way: tuple[int, float] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def ask(self, number: int, due: float, request: bytes) -> None:
        self._under_way = (number, due)
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        length = _LENGTH.search(self._buffer, 0, end + 2) if end >= 0 else None
        if length is None or len(self._buffer) < end + 4 + int(length[1]):
            return
        head, self._buffer = self._buffer[: end + 2], b""
        found = _HEAD.match(head)
        self._answered(int(found[1]) if found else 0, retry_after=bool(_RETRY_AFTER.search(head)))
        self._load.free(self)

    def connection_lost(self, _error: Exception | None) -> None:
        self._answered(0, retry_after=False)
        self._load.gone(self)

    def close(self) -> None:
        self._transport.close()

    def _answered(self, status: int, *, retry_after: bool) -> None:
        if self._under_way is not None:
            (number, due), self._under_way = self._under_way, None
            self._load.note(number, due, status, retry_after=retry_after)


class _Load:
    def __init__(self, url: str, offered: Offered) -> None:
        self._place = place(url)
        self._offered = offered
        self._idle: list[_Connection] = []
        self._all: set[_Connection] = set()
        self._opening: set[asyncio.Task[None]] = set()
        self._queue: deque[tuple[int, float, bytes]] = deque()
        self.open = 0
        self.nothing_open = asyncio.Event()

    def send(self, number: int, due: float, request: bytes) -> None:
        self.open += 1
        if self._idle:
            self._idle.pop().ask(number, due, request)
            return
        self._queue.append((number, due, request))
        if len(self._all) + len(self._opening) < MOST_CONNECTIONS:
            task = asyncio.create_task(self._connect())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    def free(self, connection: _Connection) -> None:
        if self._queue:
            connection.ask(*self._queue.popleft())
        else:
            self._idle.append(connection)

    def gone(self, connection: _Connection) -> None:
        self._all.discard(connection)
        self._offered.connections = len(self._all)
        if connection in self._idle:
            self._idle.remove(connection)

    def note(self, number: int, due: float, status: int, *, retry_after: bool) -> None:
        now = time.perf_counter()
        self._offered.answers.append(
            Answer(number=number, at=due - self._offered.began, latency=now - due, status=status,
                   retry_after=retry_after)
        )  # fmt: skip
        self.open -= 1
        if not self.open:
            self.nothing_open.set()

    def close(self) -> None:
        for connection in list(self._all):
            connection.close()

    async def _connect(self) -> None:
        _, connection = await asyncio.get_running_loop().create_connection(lambda: _Connection(self), *self._place)
        self._all.add(connection)
        self._offered.connections = len(self._all)
        self.free(connection)


async def offer(offered: Offered, url: str, requests: Iterator[bytes], *, rate: float, seconds: float) -> None:
    """Fills `offered`, which may be read meanwhile. Returns when all are answered; raises where some never are."""
    load, chance = _Load(url, offered), random.Random(1)
    began = offered.began = time.perf_counter()
    due = began
    while due < began + seconds:
        pause = due - time.perf_counter()
        await asyncio.sleep(max(pause, 0.0))  # also where we are late: the answers must be read
        while due <= time.perf_counter():
            load.send(offered.sent, due, next(requests))
            offered.sent += 1
            due += chance.expovariate(rate)
    async with asyncio.timeout(PATIENCE_S):
        while load.open:
            load.nothing_open.clear()
            await load.nothing_open.wait()
    load.close()


def numbers(answers: Sequence[Answer], status: int) -> set[int]:
    """Of the requests that were answered so."""
    return {answer.number for answer in answers if answer.status == status}
