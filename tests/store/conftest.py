"""Networks that fail: a TCP way to the tests' PostgreSQL that can freeze, or lose an answer."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from app.store.database_url import parse


class Wire:
    """Forwards bytes between TCP clients on 127.0.0.1 and PostgreSQL, until told otherwise."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._open = asyncio.Event()
        self._open.set()
        self._lose_answer_to: bytes | None = None
        self._writers: list[asyncio.StreamWriter] = []
        self.lost_answers = 0
        self.port = 0

    @property
    def url(self) -> str:
        parts = urlsplit(self._url)
        return f"postgresql://{parts.netloc.rpartition('@')[0]}@127.0.0.1:{self.port}{parts.path}"

    def freeze(self) -> None:
        """The host still takes what is sent to it (its kernel does) and answers nothing."""
        self._open.clear()

    def thaw(self) -> None:
        self._open.set()

    def lose_answer_to(self, words: bytes) -> None:
        """Let the next request with these words through, and break the connection instead of bringing the answer."""
        self._lose_answer_to = words

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = parse(self._url).hosts[0]
        if host.is_socket:
            up_reader, up_writer = await asyncio.open_unix_connection(f"{host.name}/.s.PGSQL.{host.port}")
        else:
            up_reader, up_writer = await asyncio.open_connection(host.name, host.port)
        self._writers += [writer, up_writer]
        losing = asyncio.Event()
        with suppress(ConnectionError, asyncio.CancelledError):
            await asyncio.gather(self._requests(reader, up_writer, losing), self._answers(up_reader, writer, losing))
        for each in (writer, up_writer):
            each.close()

    async def _requests(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, losing: asyncio.Event
    ) -> None:
        while data := await reader.read(65536):
            await self._open.wait()
            if self._lose_answer_to and self._lose_answer_to in data:
                self._lose_answer_to = None
                losing.set()
            writer.write(data)
            await writer.drain()
        writer.close()

    async def _answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, losing: asyncio.Event) -> None:
        while data := await reader.read(65536):
            await self._open.wait()
            if losing.is_set():
                self.lost_answers += 1
                break
            writer.write(data)
            await writer.drain()
        writer.close()

    async def close(self) -> None:
        self.thaw()
        for writer in self._writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


@pytest_asyncio.fixture
async def wire(database_url: str) -> AsyncIterator[Wire]:
    wire = Wire(database_url)
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    wire.port = server.sockets[0].getsockname()[1]
    yield wire
    server.close()
    await wire.close()
    await server.wait_closed()


@pytest.fixture
def silent_host() -> Iterator[str]:
    """`host:port` where connections are taken and nothing is ever said."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
def closed_host() -> Iterator[str]:
    """`host:port` where nobody listens. It stays taken meanwhile, or another test process might."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{unused.getsockname()[1]}"
