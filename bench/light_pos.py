"""A POS that costs next to nothing, so that the worker is measured and not the POS: it answers as Iiko's `orders/add`,
iKentoo's order routes, or (`POST /orders`, for the contenders) somebody who takes the neutral order would. It remembers
when each order's first byte came, and calls back three times where it is told to. `python -m bench.light_pos`

The full simulators need more CPU for an order than the worker that sends it. This one checks nothing. Beside the POS
routes: `GET /_count`, `GET /_arrivals` (reference to time, on the machine's monotonic clock), `POST /_forget`, and
`POST /_calls`: whom to call about orders, see `Calls.set_up`.
"""

import asyncio
import json
import re
import time
from collections.abc import Callable
from typing import cast

from app.cli.process import run_until_told, settle_memory
from app.cli.web import address_of, listen
from bench.light_calls import Calls

IIKO_ADD = b"POST /api/0/orders/add"
IIKO_LIST = b"GET /api/0/orders/deliveryOrders"
IIKO_TOKEN = b"GET /api/0/auth/access_token"
IKENTOO = b"POST /o/"
NEUTRAL = b"POST /orders"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_IIKO_ID = re.compile(rb'"order":\{"id":"([0-9a-f-]{36})"')
_OURS = re.compile(rb'"externalId":"([^"]*)"')
_THEIRS = re.compile(rb'"thirdPartyReference":"([^"]*)"')
_ENDPOINT = re.compile(rb'"endpointId":"([^"]*)"')
_LOCATION = re.compile(rb'"location": ?"([^"]*)"')
_REFERENCE = re.compile(rb'"reference": ?"([^"]*)"')
IKENTOO_WORDS = (b"SUCCESS", b"READY_FOR_PICKUP", b"CLOSED")
"""On the till, ready, paid and closed: then the order is completed."""
NEUTRAL_WORDS = (b"accepted", b"ready", b"closed")
IKENTOO_CALL = b'{"status" : "%b", "thirdPartyReference" : "%b", "ikentooAccountIdentifier" : "A%d.1"}'
_NEUTRAL_CALL = b'{"location": "%b", "reference": "%b", "word": "%b"}'
_IIKO_ANSWER = (
    b'{"orderId":"%b","customerId":null,"customer":null,"restaurantId":null,"organization":null,"sum":898.0,'
    b'"discount":0,"number":"%d","status":"\xd0\x9d\xd0\xbe\xd0\xb2\xd0\xb0\xd1\x8f","statusCode":"NEW",'
    b'"deliveryCancelCause":null,"deliveryCancelComment":null,"problem":{"hasProblem":false,"problem":null},'
    b'"personsCount":2,"comment":null,"items":[],"payments":[],"guests":[]}'
)


class Book:
    """What has come so far."""

    def __init__(self, calls: Calls) -> None:
        self.orders = 0
        self.arrivals: dict[str, float] = {}
        """When the first byte of an order's request came, by our reference (Iiko) or the submission's (iKentoo)."""
        self.calls = calls


class _Connection(asyncio.Protocol):
    def __init__(self, book: Book) -> None:
        self._book = book
        self._buffer = b""
        self._began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if not self._buffer:
            self._began = time.monotonic()
        self._buffer += data
        while self._buffer:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            length = _LENGTH.search(self._buffer, 0, end + 2)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < whole:
                return
            request, self._buffer = self._buffer[:whole], self._buffer[whole:]
            self._answer(request, request[end + 4 :])

    def _answer(self, request: bytes, body: bytes) -> None:
        status, answer = b"200 OK", b"{}"
        if request.startswith(IIKO_ADD):
            answer = self._iiko(body)
        elif request.startswith(IKENTOO):
            answer = self._ikentoo(body)
        elif request.startswith(NEUTRAL):
            answer = self._neutral(body)
        elif request.startswith(IIKO_TOKEN):
            answer = b'"light-token"'
        elif request.startswith(IIKO_LIST):
            answer = b'{"deliveryOrders":[]}'
        elif (route := OWN.get(request.split(b" ", 2)[1])) is not None:
            answer = route(self._book, body)
        else:
            status = b"404 Not Found"
        self._transport.write(
            b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
            % (status, len(answer), answer)
        )

    def _iiko(self, body: bytes) -> bytes:
        found, ours = _IIKO_ID.search(body), _OURS.search(body)
        if found is None:
            raise ValueError("an order without an id came to the light POS")
        self._note(ours[1] if ours else found[1])
        return _IIKO_ANSWER % (found[1], self._book.orders)

    def _ikentoo(self, body: bytes) -> bytes:
        found, endpoint = _THEIRS.search(body), _ENDPOINT.search(body)
        if found is None:
            raise ValueError("an order without a reference came to the light POS")
        reference = found[1]
        self._note(reference)
        bodies = tuple(IKENTOO_CALL % (word, reference, self._book.orders) for word in IKENTOO_WORDS)
        self._book.calls.about(endpoint[1].decode() if endpoint else "", bodies)
        return b'{"status":"ok"}'

    def _neutral(self, body: bytes) -> bytes:
        found, location = _REFERENCE.search(body), _LOCATION.search(body)
        if found is None or location is None:
            raise ValueError("an order without a reference came to the light POS")
        reference, place = found[1], location[1]
        self._note(reference)
        self._book.calls.about("", tuple(_NEUTRAL_CALL % (place, reference, word) for word in NEUTRAL_WORDS))
        return b'{"status":"ok"}'

    def _note(self, reference: bytes) -> None:
        self._book.orders += 1
        self._book.arrivals[reference.decode()] = self._began


def _forget(book: Book, _body: bytes) -> bytes:
    book.arrivals.clear()
    book.orders = 0
    return b"{}"


def _call(book: Book, body: bytes) -> bytes:
    book.calls.set_up(json.loads(body))
    return b"{}"


OWN: dict[bytes, Callable[[Book, bytes], bytes]] = {
    b"/_count": lambda book, _: json.dumps(
        {
            "orders": book.orders,
            "different": len(book.arrivals),
            "called": book.calls.answered,
            "failed": book.calls.failed,
        }
    ).encode(),
    b"/_arrivals": lambda book, _: json.dumps(book.arrivals).encode(),
    b"/_forget": _forget,
    b"/_calls": _call,
}


def main() -> None:
    """Serves on a free port until told to stop."""
    run_until_told(_serve)


async def _serve(stop: asyncio.Event) -> None:
    book = Book(Calls())
    loop = asyncio.get_running_loop()
    with listen("127.0.0.1", 0) as listener:
        server = await loop.create_server(lambda: _Connection(book), sock=listener)
        settle_memory()
        print(f"the light POS serves on {address_of(listener)}", flush=True)
        await stop.wait()
        server.close()
        book.calls.close()


if __name__ == "__main__":
    main()
