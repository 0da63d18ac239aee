"""The one table from transport failure and HTTP status to our errors.

A call ends in an ``Answer``, or raises ``NotSent`` where it is proven that no byte of the request left, or
``InDoubt``. The proof is httpx's trace of the connection, never the class of an exception alone: "the POS read it all
and hung up" and "there is nobody" can come as the same class (a httpx transport on aiohttp says ConnectTimeout to
both). Error texts name method and path only: hosts are private, and queries and headers hold tokens.
"""

import asyncio
import contextlib
import json as jsonlib
import re
import ssl
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, cast
from urllib.parse import quote

import httpcore
import httpx

from app.adapters.base import Limits
from app.domain.errors import AccessDenied, InDoubt, Misconfigured, NotSent, PosError, Rejected

MAX_BODY = 1_048_576
"""Bytes of an answer that are read; the rest is left."""
MAX_MENU = 33_554_432
"""The same for a menu, which may be large."""
EXCERPT = 16_384
"""Bytes of an answer that are kept for people."""
_KEEPALIVE_S = 4.0  # below the 5 s after which common servers hang up, so that we rarely write into a closed door
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_DIGITS = re.compile(r"\d{1,10}(\.\d{1,6})?", re.ASCII)


def readable(text: str, *, mask: Sequence[str] = ()) -> str:
    """Text of a POS as we may store and show it: no secret, nothing PostgreSQL refuses, at most ``EXCERPT`` bytes."""
    for secret in mask:
        for form in {secret, quote(secret), quote(secret, safe="")} - {""}:
            text = text.replace(form, "***")
    stored = _UNSTORABLE.sub("\ufffd", text).encode()
    return stored[:EXCERPT].decode(errors="ignore")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the POS answered."""

    status: int
    headers: Mapping[str, str]
    """Lower-case names."""
    body: bytes
    truncated: bool = False
    """The body went on after what is read."""
    mask: tuple[str, ...] = field(default=(), repr=False)

    def text(self) -> str:
        """The whole body; use ``excerpt`` for anything that is stored or shown."""
        return self.body.decode("utf-8-sig", errors="replace")

    def excerpt(self) -> str:
        """The body for people: no secrets, at most 16 KB."""
        return readable(self.text(), mask=self.mask)

    def json(self) -> Any:
        """The parsed body; None where it is not JSON (a bare ``null`` says no more)."""
        try:
            return jsonlib.loads(self.body.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            return None


def new_tls() -> ssl.SSLContext:
    """A TLS context (certifi's roots, or SSL_CERT_FILE). Costs tens of milliseconds: make one and share it."""
    return httpx.create_ssl_context()


def new_client(
    base_url: str,
    limits: Limits,
    *,
    max_connections: int,
    headers: Mapping[str, str] | None = None,
    tls: ssl.SSLContext | None = None,
    keepalive_s: float = _KEEPALIVE_S,
) -> httpx.AsyncClient:
    """A client for one location: its own pool, so that a hanging POS holds up nobody else. Opens nothing yet."""
    transport = _Transport(
        verify=tls or new_tls(),
        trust_env=False,
        http2=False,
        retries=0,
        limits=httpx.Limits(
            max_connections=max_connections,
            max_keepalive_connections=max_connections,
            keepalive_expiry=keepalive_s,
        ),
    )
    return httpx.AsyncClient(
        base_url=base_url,
        transport=transport,
        trust_env=False,
        follow_redirects=False,
        timeout=httpx.Timeout(limits.read_s, connect=limits.connect_s, pool=limits.connect_s),
        # Uncompressed answers: the limit on their size then holds for what is kept in memory, too.
        headers={"Accept": "application/json", "Accept-Encoding": "identity", **(headers or {})},
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=())),
    )


class _Transport(httpx.AsyncHTTPTransport):
    """Closes connections that were idle for too long, by itself. The pool looks after them only when it is used again,
    and with a pool for each of 10,000 locations their sockets would use up all files that the process may open.
    """

    def __init__(self, *, limits: httpx.Limits, **options: Any) -> None:
        super().__init__(limits=limits, **options)
        self._look_every_s = (limits.keepalive_expiry or 0.0) * 1.1
        self._timer: asyncio.TimerHandle | None = None
        self._sweeping: asyncio.Task[None] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._watch()
        return await super().handle_async_request(request)

    async def aclose(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._sweeping is not None:
            await self._sweeping
        await super().aclose()

    def _watch(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._look_every_s, self._look)

    def _look(self) -> None:
        self._timer = None
        self._sweeping = asyncio.create_task(self._sweep())

    async def _sweep(self) -> None:
        for connection in self._connections():
            if connection.has_expired() and not connection.is_closed():
                with contextlib.suppress(OSError, httpcore.NetworkError):
                    await connection.aclose()
        if any(not connection.is_closed() for connection in self._connections()):
            self._watch()

    def _connections(self) -> list[httpcore.AsyncConnectionInterface]:
        pool = self._pool
        return list(pool.connections) if isinstance(pool, httpcore.AsyncConnectionPool) else []


class _Proof:
    """What httpx's trace proves of one request. It must see a connection fail to believe that nothing was sent."""

    def __init__(self, deadline: asyncio.Timeout, read_s: float | None) -> None:
        self.started = False
        self.connection_failed = False
        self._deadline = deadline
        self._read_s = read_s

    async def trace(self, event: str, _info: Mapping[str, Any]) -> None:
        """Called by httpcore at each step. Whatever is not about connecting counts as sending."""
        if not event.startswith("connection."):
            if not self.started and self._read_s is not None:
                # httpx limits each read alone: an answer that drips would hold us for ever.
                self._deadline.reschedule(asyncio.get_running_loop().time() + self._read_s)
            self.started = True
        elif event.endswith(".failed"):
            self.connection_failed = True

    def nothing_was_sent(self, error: Exception) -> bool:
        """No step of sending began, and the request ended while waiting for a connection or making one."""
        return not self.started and (self.connection_failed or isinstance(error, httpx.PoolTimeout))


async def call(
    client: httpx.AsyncClient,
    method: str,
    path: str,
    *,
    params: Mapping[str, str | int | bool] | None = None,
    json: Any = None,
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
    request = client.build_request(method, path, params=params, json=json, headers=headers)
    deadline = asyncio.timeout(None)
    proof = _Proof(deadline, client.timeout.read)
    request.extensions["trace"] = proof.trace
    try:
        async with deadline:
            response = await client.send(request, stream=True)
            try:
                return await _read(response, tuple(mask), what, max_body)
            finally:
                await response.aclose()
    except InDoubt:
        raise
    except Exception as error:  # whatever it is, it says nothing about what the POS did
        if proof.nothing_was_sent(error):
            raise NotSent(f"{what}: the POS could not be reached ({_name(error)}).") from None
        raise InDoubt(f"{what}: no clear answer of the POS ({_name(error)}).") from None


async def _read(response: httpx.Response, mask: tuple[str, ...], what: str, max_body: int) -> Answer:
    body = bytearray()
    headers = {name.lower(): value for name, value in response.headers.items()}
    try:
        # aclosing, because the loop may leave the generator before its end.
        async with contextlib.aclosing(cast(AsyncGenerator[bytes], response.aiter_bytes())) as chunks:
            async for chunk in chunks:
                body += chunk
                if len(body) > max_body:
                    break
    except httpx.HTTPError as error:
        message = f"{what}: the answer of the POS ({response.status_code}) broke off ({_name(error)})."
        answer = readable(body.decode(errors="replace"), mask=mask)
        raise InDoubt(message, http_status=response.status_code, answer=answer) from None
    truncated = len(body) > max_body
    return Answer(
        status=response.status_code, headers=headers, body=bytes(body[:max_body]), truncated=truncated, mask=mask
    )


def _name(error: Exception) -> str:
    # The class only: httpx's texts may hold addresses, and with them tokens.
    return "time-out" if isinstance(error, TimeoutError) else type(error).__name__


def classify(answer: Answer) -> PosError | None:
    """What a status means for any POS; None for 2xx, which the adapter reads. Adapters narrow this, never widen it."""
    kind, message = _kind(answer)
    if kind is None:
        return None
    return kind(
        message,
        http_status=answer.status,
        answer=answer.excerpt(),
        retry_after_s=retry_after(answer) if answer.status in (429, 503) else None,
    )


def _kind(answer: Answer) -> tuple[type[PosError] | None, str]:
    status = answer.status
    if 200 <= status < 300:
        return None, ""
    if status == 429:
        return NotSent, "The POS asked us to slow down (429)."
    if status in (401, 403):
        return AccessDenied, f"The POS does not accept our credentials or rights ({status})."
    if 300 <= status < 400 or status in (404, 405):
        return Misconfigured, f"The POS knows no such address ({status}): is base_url right?"
    if 400 <= status < 500 and status != 408 and answer.json() is None:
        # A POS explains its no in JSON; anything else comes from a gateway or web server in front of it.
        return Misconfigured, f"Something other than the POS's API answered ({status}, not JSON): is base_url right?"
    if status in (400, 422):
        return Rejected, f"The POS refused the request ({status})."
    return InDoubt, f"No clear answer of the POS ({status})."


def retry_after(answer: Answer) -> float | None:
    """Seconds that the POS asked us to wait (RFC 9110: seconds or an HTTP date); None where it said nothing usable."""
    said = answer.headers.get("retry-after", "").strip()
    if _DIGITS.fullmatch(said):
        return float(said)
    when = _http_date(said)
    if when is None:
        return None
    # Measured by the POS's own clock where it tells the time.
    now = _http_date(answer.headers.get("date", "")) or datetime.now(UTC)
    return max((when - now).total_seconds(), 0.0)


def _http_date(text: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)
