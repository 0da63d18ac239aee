"""Tell other processes that there is something to do, without waiting for their next poll.

NOTIFY inside the intake transaction would serialise all commits of the database, so it is sent afterwards, on a
connection of its own, many in one. It may be lost at any time: polling is what makes the product right, this only
makes it fast. Neither works through pgbouncer's transaction mode (LISTEN is accepted there and never heard).
"""

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from types import TracebackType
from typing import Self

import asyncpg
import structlog

from app.store.connect import Primary
from app.store.database import DATABASE_ERRORS
from app.store.database_url import parse

WORK = "order_relay_work"
"""A submission is due. May name the locations, separated by commas; names none: anywhere."""
CONFIG = "order_relay_config"
"""A key, a location or a catalog has changed."""
CHANGES = "order_relay_changes"
"""Some order is not what it was. Of use to processes in which somebody watches one."""
CHANNELS = (WORK, CONFIG, CHANGES)

COALESCE_S = 0.003
PAUSES_S = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Before each next try to connect; the last one repeats."""
STEADY_S = 5.0
"""A connection that lived longer was a good one: the next try comes at once."""
PROBE_S = 30.0
"""A frozen host keeps its sockets open: ask it something now and then."""
CLOSE_S = 1.0
MOST_NAMED = 7000

# Nobody's data: a notification need not wait for the disk, or for a standby. The setting ends with the statement.
NOTIFY = """SELECT set_config('synchronous_commit', 'off', true), pg_notify(channel, about)
FROM unnest($1::text[], $2::text[]) AS news(channel, about)"""

log = structlog.get_logger(__name__)


class _Background:
    """A task that lives as long as the `async with` block and survives every loss of its connection."""

    def __init__(self, url: str, *, application_name: str) -> None:
        self._primary = Primary(parse(url), application_name=application_name)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._forever())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _forever(self) -> None:
        loop, failures = asyncio.get_running_loop(), 0
        while True:
            started, connection = loop.time(), None
            try:
                connection = await self._primary()
                await self._use(connection)
            except DATABASE_ERRORS as error:
                failures = 1 if loop.time() - started > STEADY_S else failures + 1
                if failures == 1:
                    log.warning("wake-up connection lost, polling goes on", part=type(self).__name__, error=str(error))
            finally:
                if connection:
                    with suppress(*DATABASE_ERRORS):
                        await connection.close(timeout=CLOSE_S)
            await asyncio.sleep(PAUSES_S[min(failures, len(PAUSES_S)) - 1])

    async def _use(self, connection: asyncpg.Connection) -> None:
        """Returns never; raises one of DATABASE_ERRORS when the connection is lost."""
        raise NotImplementedError


class Due:
    """Where something may be due, until somebody looks."""

    def __init__(self) -> None:
        self.anything = asyncio.Event()
        self._places: set[str] = set()
        self._anywhere = True

    def add(self, places: str = "") -> None:
        """These locations, separated by commas; none: anywhere."""
        self._places.update(places.split(",") if places else ())
        self._anywhere = self._anywhere or not places
        self.anything.set()

    def take(self) -> list[str] | None:
        """All that was added since the last time; None: anywhere."""
        places = None if self._anywhere else sorted(self._places)
        self._places, self._anywhere = set(), False
        self.anything.clear()
        return places


class Listener(_Background):
    """Hears the channels on a connection of its own. After each (re)connect everybody is woken: something may have
    been missed."""

    def __init__(self, url: str, *, application_name: str = "order-relay listen") -> None:
        super().__init__(url, application_name=application_name)
        self._callbacks: dict[str, list[Callable[[], None]]] = {channel: [] for channel in CHANNELS}
        self._due: list[Due] = []
        self.connected = asyncio.Event()

    def due(self) -> Due:
        """What is due by the news of WORK: the caller's own."""
        due = Due()
        self._due.append(due)
        return due

    def subscribe(self, channel: str, callback: Callable[[], None]) -> None:
        """Called in the event loop at each wake-up. It must not block or raise."""
        self._callbacks[channel].append(callback)

    def wake(self, channel: str, about: str = "") -> None:
        """What a notification does, for those in the same process."""
        for due in self._due if channel == WORK else ():
            due.add(about)
        for callback in self._callbacks[channel]:
            callback()

    async def _use(self, connection: asyncpg.Connection) -> None:
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        for channel in CHANNELS:
            await connection.add_listener(channel, lambda _c, _pid, heard, about: self.wake(heard, about))
        try:
            self.connected.set()
            for channel in CHANNELS:
                self.wake(channel)
            while True:
                with suppress(TimeoutError):
                    await asyncio.wait_for(lost.wait(), PROBE_S)
                await connection.execute("SELECT 1")  # raises when it was lost
        finally:
            self.connected.clear()


class Notifier(_Background):
    """Sends wake-ups: at most one statement every few milliseconds, however many were asked for.

    `local`: a listener in the same process, woken at once and without the database.
    """

    def __init__(
        self, url: str, *, local: Listener | None = None, application_name: str = "order-relay notify"
    ) -> None:
        super().__init__(url, application_name=application_name)
        self._local = local
        self._asked: dict[str, set[str]] = {}
        self._any = asyncio.Event()

    def notify(self, channel: str, about: str = "") -> None:
        """After the commit. Never blocks, never raises; while the database is away the wish is kept."""
        self._asked.setdefault(channel, set()).add(about)
        self._any.set()
        if self._local:
            self._local.wake(channel, about)

    async def _use(self, connection: asyncpg.Connection) -> None:
        while True:
            await self._any.wait()
            await asyncio.sleep(COALESCE_S)
            self._any.clear()
            asked, self._asked = self._asked, {}
            try:
                await connection.execute(NOTIFY, list(asked), [_named(about) for about in asked.values()])
            except DATABASE_ERRORS:
                for channel in asked:
                    self.notify(channel)
                raise


def _named(about: Collection[str]) -> str:
    """As a payload, which PostgreSQL limits to 8,000 bytes."""
    names = "" if "" in about else ",".join(sorted(about))
    return names if len(names) < MOST_NAMED else ""


class Paced:
    """Passes a wish on at once, and then at most once in ``every_s``, however often it is wished for."""

    def __init__(self, tell: Callable[[], None], *, every_s: float) -> None:
        self._tell = tell
        self._every_s = every_s
        self._resting = False
        self._again = False

    def __call__(self) -> None:
        """Never blocks. The last wish is passed on, too."""
        if self._resting:
            self._again = True
        else:
            self._resting = True
            asyncio.get_running_loop().call_later(self._every_s, self._rested)
            self._tell()

    def _rested(self) -> None:
        self._resting = False
        if self._again:
            self._again = False
            self()
