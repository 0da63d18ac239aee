"""Calls to a POS: the one place from transport failure to our errors.

A call ends in an ``Answer``, or raises ``NotSent`` where it is proven that no byte of the request left, or
``InDoubt``. The proof is aiohttp's trace of the connection, never the class of an exception alone: "the POS read it all
and hung up" and "there is nobody" can come as the same class. Error texts name method and path only: hosts are
private, and queries and headers hold tokens.
"""

import asyncio
import os
import ssl
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import aiohttp
import certifi
from aiohttp import hdrs
from pydantic_core import to_json

from app.adapters.base import Limits
from app.adapters.transport import MAX_BODY, Answer, readable
from app.domain.errors import InDoubt, NotSent

_KEEPALIVE_S = 4.0  # below the 5 s after which common servers hang up, so that we rarely write into a closed door
_LONGEST_LINE = 65_536
_LOOKS = 2
"""Turns of the loop before a call: in the first it sees that a server hung up after its last answer, in the second the
connection leaves the pool. Else the request would go to nobody, and count as in doubt."""


def new_tls() -> ssl.SSLContext:
    """A TLS context (certifi's roots, or SSL_CERT_FILE). Costs tens of milliseconds: make one and share it."""
    return ssl.create_default_context(cafile=os.environ.get("SSL_CERT_FILE") or certifi.where())


class Client:
    """Of one location: its own pool of connections, so that a hanging POS holds up nobody else. Opens nothing yet."""

    def __init__(
        self,
        base_url: str,
        limits: Limits,
        *,
        max_connections: int,
        headers: Mapping[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
        keepalive_s: float = _KEEPALIVE_S,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.read_s = limits.read_s
        self._session: aiohttp.ClientSession | None = None
        self._max_connections = max_connections
        self._keepalive_s = keepalive_s
        self._tls = tls
        self._timeout = aiohttp.ClientTimeout(
            total=None, connect=limits.connect_s, sock_connect=limits.connect_s, sock_read=limits.read_s
        )
        # Uncompressed answers: the limit on their size then holds for what is kept in memory, too.
        self._headers = {"Accept": "application/json", "Accept-Encoding": "identity", **(headers or {})}

    @property
    def session(self) -> aiohttp.ClientSession:
        """Made at the first call: it belongs to the loop that runs then."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._max_connections,
                    keepalive_timeout=self._keepalive_s,
                    ssl=self._tls or new_tls(),
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=self._headers,
                skip_auto_headers=[hdrs.USER_AGENT],
                timeout=self._timeout,
                json_serialize=lambda body: to_json(body).decode(),
                trust_env=False,
                trace_configs=[_TRACE],
                max_line_size=_LONGEST_LINE,
                max_field_size=_LONGEST_LINE,
            )
            # One call is one request, also a GET on a kept connection that dies: our callers decide what to repeat.
            self._session._retry_connection = False
        return self._session

    async def aclose(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()


class _Proof:
    """What is known of one request while it is made."""

    def __init__(self, deadline: asyncio.Timeout, read_s: float) -> None:
        self.connected = False
        """A connection was had: from here on nothing proves that no byte left."""
        self._deadline = deadline
        self._read_s = read_s

    def sends(self) -> None:
        """From its first byte on a request lasts so long at most. A limit on each read alone would let an answer that
        drips hold us for ever."""
        self._deadline.reschedule(asyncio.get_running_loop().time() + self._read_s)


async def _connected(_session: object, context: SimpleNamespace, _params: object) -> None:
    context.trace_request_ctx.connected = True


async def _sends(_session: object, context: SimpleNamespace, _params: object) -> None:
    context.trace_request_ctx.sends()


def _trace() -> aiohttp.TraceConfig:
    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(_connected)
    trace.on_connection_reuseconn.append(_connected)
    trace.on_request_headers_sent.append(_sends)
    trace.freeze()
    return trace


_TRACE = _trace()

# The more special kinds first.
_WORDS: Mapping[type[Exception], str] = {
    TimeoutError: "time-out",
    aiohttp.ServerDisconnectedError: "it hung up",
    aiohttp.ClientPayloadError: "the connection broke",
    aiohttp.ClientConnectorDNSError: "no such host",
    aiohttp.ClientSSLError: "TLS failed",
    aiohttp.ClientConnectorError: "no connection",
    aiohttp.ClientOSError: "the connection broke",
    aiohttp.ClientResponseError: "that was no HTTP",
}


async def call(
    client: Client,
    method: str,
    path: str,
    *,
    params: Mapping[str, str | int | bool] | None = None,
    json: Any = None,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    mask: Sequence[str] = (),
    max_body: int = MAX_BODY,
) -> Answer:
    """One request, no retry. ``mask`` are secrets that the answer may echo, ``max_body`` the bytes of it that are
    read. Raises NotSent or InDoubt.

    From its first byte on it lasts ``read_s`` at most, answer included. A cancellation passes through: the caller
    must take it as in doubt.
    """
    what = f"{method} {path.partition('?')[0]}"
    deadline = asyncio.timeout(None)
    proof = _Proof(deadline, client.read_s)
    for _ in range(_LOOKS):
        await asyncio.sleep(0)
    try:
        async with (
            deadline,
            client.session.request(
                method,
                client.base_url + path,
                params=_query(params),
                json=json,
                data=form,
                headers=headers,
                allow_redirects=False,
                trace_request_ctx=proof,
            ) as response,
        ):
            return await _read(response, tuple(mask), what, max_body)
    except InDoubt:
        raise
    except Exception as error:  # whatever it is, it says nothing about what the POS did
        if not proof.connected:
            raise NotSent(f"{what}: the POS could not be reached ({_name(error)}).") from None
        raise InDoubt(f"{what}: no clear answer of the POS ({_name(error)}).") from None


def _query(params: Mapping[str, str | int | bool] | None) -> dict[str, str] | None:
    if params is None:
        return None
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in params.items()}


async def _read(response: aiohttp.ClientResponse, mask: tuple[str, ...], what: str, max_body: int) -> Answer:
    body = bytearray()
    try:
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > max_body:
                break
    except (aiohttp.ClientError, TimeoutError) as error:
        message = f"{what}: the answer of the POS ({response.status}) broke off ({_name(error)})."
        answer = readable(body.decode(errors="replace"), mask=mask)
        raise InDoubt(message, http_status=response.status, answer=answer) from None
    truncated = len(body) > max_body
    if truncated:
        response.close()  # the rest is not worth its connection
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(status=response.status, headers=headers, body=bytes(body[:max_body]), truncated=truncated, mask=mask)


def _name(error: Exception) -> str:
    """In words of ours: the library's own hold addresses, and with them tokens."""
    return next((words for kind, words in _WORDS.items() if isinstance(error, kind)), type(error).__name__)
