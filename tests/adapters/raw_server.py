"""A server of bare sockets that counts what it received: the judge of what really left the client."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass


@dataclass
class Peer:
    """One accepted connection."""

    sock: socket.socket
    server: "RawServer"

    async def read_some(self) -> bytes:
        data = await asyncio.get_running_loop().sock_recv(self.sock, 65536)
        self.server.received += data
        return data

    async def read_request(self) -> None:
        """Headers and the whole body."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += await self._some()
        head, _, body = data.partition(b"\r\n\r\n")
        lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
        missing = int(lengths[0]) - len(body) if lengths else 0
        while missing > 0:
            missing -= len(await self._some())
        self.server.requests += 1

    async def _some(self) -> bytes:
        data = await self.read_some()
        if not data:
            raise ConnectionResetError
        return data

    async def send(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self.sock, data)

    def close(self) -> None:
        self.sock.close()

    def reset(self) -> None:
        """Hangs up with RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


Script = Callable[[Peer], Awaitable[None]]


@dataclass
class RawServer:
    """What came in, over all connections."""

    port: int
    received: bytes = b""
    connections: int = 0
    requests: int = 0


@contextlib.asynccontextmanager
async def raw_server(script: Script) -> AsyncIterator[RawServer]:
    """Plays the script on each connection, on a free port of the loopback."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(16)
    listener.setblocking(False)
    server = RawServer(port=listener.getsockname()[1])
    peers: list[asyncio.Task[None]] = []

    async def play(peer: Peer) -> None:
        try:
            with contextlib.suppress(OSError):  # the client hung up: many scripts provoke just that
                await script(peer)
        finally:
            peer.close()

    async def accept() -> None:
        while True:
            sock, _ = await asyncio.get_running_loop().sock_accept(listener)
            sock.setblocking(False)
            server.connections += 1
            peers.append(asyncio.create_task(play(Peer(sock, server))))

    accepting = asyncio.create_task(accept())
    try:
        yield server
    finally:
        for task in (accepting, *peers):
            task.cancel()
        results = await asyncio.gather(accepting, *peers, return_exceptions=True)
        listener.close()
        failures = [r for r in results if isinstance(r, Exception)]
        assert not failures, failures


def refused_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


@contextlib.contextmanager
def full_backlog() -> Iterator[int]:
    """A listener that never accepts and whose queue is full: further SYNs are dropped, so connecting times out."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        for _ in range(4):
            sock = stack.enter_context(socket.socket())
            sock.setblocking(False)
            sock.connect_ex(address)
        yield address[1]
