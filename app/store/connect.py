"""One connection to the primary, whichever host that is now, and a socket that notices when its host is gone.

Why not asyncpg's own list of hosts: one time-out spans the whole list, so a silent first host eats it and the second
is never tried; and it sets no keepalive, so a host that vanished without a word hangs its clients for a quarter of
an hour. A frozen host still answers keepalives: that is what the command time-out is for. Both are needed.
"""

import asyncio
import socket
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from weakref import WeakSet

import asyncpg
import structlog

from app.store.database_url import DatabaseUrl, Host

CONNECT_TIMEOUT_S = 2.0
"""To open one connection to one host."""
COMMAND_TIMEOUT_S = 5.0
"""For any one statement, commit included."""
IDLE_IN_TRANSACTION_S = 30
"""The server ends a transaction that its client left open, and with it the locks."""

# Option -> value; macOS lacks some of them. A vanished peer is noticed within 5 s, even when we only listen.
TCP_OPTIONS = {"TCP_KEEPIDLE": 2, "TCP_KEEPINTVL": 1, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 4000}

REFUSALS = (
    asyncpg.InvalidAuthorizationSpecificationError,  # includes a wrong password
    asyncpg.InvalidCatalogNameError,  # no such database
    asyncpg.ClientConfigurationError,  # a certificate file that is not there
)
"""A host that answers so now will answer so in a second: waiting does not help, a person must."""


log = structlog.stdlib.get_logger(__name__)


class NoPrimary(ConnectionError):
    """No host is writable. The text names each host and what it said."""

    def __init__(self, said: Mapping[Host, BaseException]) -> None:
        words = "; ".join(f"{host}: {str(error) or type(error).__name__}" for host, error in said.items())
        super().__init__(f"no writable PostgreSQL ({words})")
        self.hopeless = all(isinstance(error, REFUSALS) for error in said.values())


class Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
    """A connection that says so when its host does not even take leave of it in time."""

    on_silence: Callable[[], None] | None = None

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109  asyncpg's own word
        try:
            await super().close(timeout=timeout)
        except TimeoutError:
            if self.on_silence:
                self.on_silence()
            raise


class Primary:
    """Opens connections to whichever host is writable: all hosts at once, the first writable one wins.

    The pool behind it may hold many idle connections to a host that is frozen now. Each of them would be found out by
    a request of its own, in 5 s. So when one could not be closed in time, and the host takes no new one either, all
    connections to it are dropped.
    """

    def __init__(
        self,
        url: DatabaseUrl,
        *,
        application_name: str,
        pgbouncer: bool = False,
        command_timeout: float | None = COMMAND_TIMEOUT_S,
    ) -> None:
        """`pgbouncer`: its transaction mode knows neither prepared statements of another connection nor the
        start-up parameters, so both are left out."""
        self._url = url
        self._pgbouncer = pgbouncer
        self._opened: defaultdict[Host, WeakSet[Connection]] = defaultdict(WeakSet)
        self._doubted: dict[Host, asyncio.Task[None]] = {}
        self._options: dict[str, Any] = {
            "dsn": url.tls_dsn,
            "user": url.user,
            "password": url.password,
            "database": url.database,
            "timeout": CONNECT_TIMEOUT_S,
            "command_timeout": command_timeout,
            "target_session_attrs": "any" if pgbouncer else "read-write",
            "connection_class": Connection,
            "server_settings": server_settings(application_name, pgbouncer=pgbouncer),
        }
        if pgbouncer:
            self._options["statement_cache_size"] = 0

    async def __call__(self) -> Connection:
        """Raises NoPrimary."""
        attempts = {asyncio.create_task(self._open(host)): host for host in self._url.hosts}
        said: dict[Host, BaseException] = {}
        pending, winner = set(attempts), None
        try:
            while pending:
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for attempt in done:
                    if (error := attempt.exception()) is None:
                        winner = attempt
                        return attempt.result()
                    said[attempts[attempt]] = error
            raise NoPrimary(said)
        finally:
            for attempt in attempts.keys() - {winner}:
                attempt.cancel()
                attempt.add_done_callback(_discard)

    async def _open(self, host: Host) -> Connection:
        connection: Connection = await asyncpg.connect(host=host.name, port=host.port, **self._options)
        notice_dead_peer(connection)
        if self._pgbouncer:
            await _must_be_primary(connection)
        connection.on_silence = partial(self._doubt, host)
        self._opened[host].add(connection)
        return connection

    def _doubt(self, host: Host) -> None:
        if host not in self._doubted:
            looking = self._doubted[host] = asyncio.create_task(self._drop_if_silent(host))
            looking.add_done_callback(lambda _: self._doubted.pop(host, None))

    async def _drop_if_silent(self, host: Host) -> None:
        try:
            (await self._open(host)).terminate()
        except TimeoutError:
            log.warning("a database host is silent, its connections are dropped", host=str(host))
            for connection in tuple(self._opened[host]):
                connection.terminate()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
            # It answers, if only "no": what is broken will be told so by its kernel, or by its server.
            log.info("a database host answers again", host=str(host), error=str(error))


async def _must_be_primary(connection: Connection) -> None:
    """A pgbouncer goes on announcing what its server was when it first connected to it: ask the server itself."""
    try:
        if await connection.fetchval("SELECT pg_is_in_recovery()", timeout=CONNECT_TIMEOUT_S):
            raise asyncpg.TargetServerAttributeNotMatched("it is a standby")
    except BaseException:
        connection.terminate()
        raise


def server_settings(application_name: str, *, pgbouncer: bool) -> dict[str, str]:
    settings = {"application_name": application_name}
    if not pgbouncer:
        settings["idle_in_transaction_session_timeout"] = f"{IDLE_IN_TRANSACTION_S}s"
    return settings


def notice_dead_peer(connection: asyncpg.Connection) -> None:
    """Keepalive and user time-out, where the socket is TCP. asyncpg has no public way to its socket."""
    sock = connection._transport.get_extra_info("socket")
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in TCP_OPTIONS.items():
        if (option := getattr(socket, name, None)) is not None:
            sock.setsockopt(socket.IPPROTO_TCP, option, value)


def _discard(attempt: asyncio.Task[Connection]) -> None:
    """The slower host was writable too, or failed unseen: leave neither a connection nor a warning behind."""
    if not attempt.cancelled() and attempt.exception() is None:
        attempt.result().terminate()
