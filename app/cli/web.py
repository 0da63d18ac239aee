"""Serving a web application on a socket of our own."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn

from app.domain.errors import ConfigurationError

BACKLOG = 2048
KEEP_ALIVE_S = 75
"""Longer than the 60 s of common proxies: whoever closes an idle connection first must not be us."""
FINISH_WITHIN_S = 20
"""For requests that run when we are told to stop."""
LONGEST_HEAD = 32 * 1024
"""Bytes of request line and headers (of the h11 implementation, where httptools is not installed)."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises ConfigurationError where the address cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        # The protocol is named: asyncio sets TCP_NODELAY only then, and without it each answer takes 40 ms.
        listener = socket.socket(family, kind, protocol or socket.IPPROTO_TCP)
    except OSError as error:
        raise ConfigurationError(f"Cannot listen on {host}: {error.strerror or error}.") from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise ConfigurationError(f"Cannot listen on {host} port {port}: {error.strerror or error}.") from None
    return listener


def address_of(listener: socket.socket) -> str:
    """What to type into a browser on this machine."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # signals are the process's, which has more to end than a web server


@asynccontextmanager
async def served(app: Any, listener: socket.socket, *, lifespan: bool = False) -> AsyncIterator[str]:
    """Serves while the block runs; then takes nothing new and finishes what runs. Gives the address."""
    config = uvicorn.Config(
        app,
        loop="none",
        http="auto",
        ws="none",
        lifespan="on" if lifespan else "off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=FINISH_WITHIN_S,
        h11_max_incomplete_event_size=LONGEST_HEAD,
    )
    server = _Server(config)
    async with asyncio.TaskGroup() as group:  # a server that dies ends the block, too
        group.create_task(server.serve(sockets=[listener]))
        try:
            yield address_of(listener)
        finally:
            server.should_exit = True
