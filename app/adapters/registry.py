"""The POS systems by their word, and the adapters that one process holds open."""

import asyncio
import itertools
import time

from app.adapters.base import Adapter, Limits, Registry, Vault
from app.adapters.iiko.pos import Iiko
from app.adapters.ikentoo.pos import Ikentoo
from app.domain.location import Location


def build() -> Registry:
    """Every POS that this product speaks to. A third one is one more line."""
    return {"iiko": Iiko(), "ikentoo": Ikentoo()}


IDLE_S = 300.0


class OpenAdapters:
    """One open adapter per location, for one process. Use it from one event loop only."""

    def __init__(
        self,
        registry: Registry,
        limits: Limits,
        vault: Vault | None = None,
        *,
        grace_s: float = 120.0,
        idle_s: float = IDLE_S,
    ) -> None:
        """``grace_s``: how long a replaced adapter stays open for its running calls; more than a send may last.
        ``idle_s``: one that nobody asked for during so long is closed, since a process may meet very many locations;
        more than any use of it may last, that of a sync included."""
        self._registry = registry
        self._limits = limits
        self._vault = vault
        self._grace_s = grace_s
        self._idle_s = idle_s
        self._open: dict[str, tuple[Location, Adapter]] = {}
        self._asked_at: dict[str, float] = {}  # in this order
        self._retired: list[Adapter] = []
        self._closing: set[asyncio.Task[None]] = set()

    def get(self, location: Location) -> Adapter:
        """The location's adapter; a new one where the location was changed since."""
        self._close_idle(location.id)
        known = self._open.get(location.id)
        # Compared whole: a location that was deleted and made again begins at version 1 again.
        if known is not None and known[0] == location:
            return known[1]
        adapter = self._registry[location.pos.system].open(location, self._limits, self._vault)
        self._open[location.id] = (location, adapter)
        if known is not None:
            self._retire(known[1], self._grace_s)
        return adapter

    def _close_idle(self, but: str) -> None:
        """A few each time, and never the one that is asked for."""
        now = time.monotonic()
        self._asked_at.pop(but, None)
        self._asked_at[but] = now
        for location_id, asked_at in list(itertools.islice(self._asked_at.items(), 2)):
            if location_id != but and now - asked_at >= self._idle_s:
                del self._asked_at[location_id]
                self._retire(self._open.pop(location_id)[1], 0.0)

    def _retire(self, adapter: Adapter, after_s: float) -> None:
        self._retired.append(adapter)
        task = asyncio.create_task(self._close_later(adapter, after_s))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _close_later(self, adapter: Adapter, after_s: float) -> None:
        await asyncio.sleep(after_s)
        self._retired.remove(adapter)
        await adapter.aclose()

    async def aclose(self) -> None:
        """Closes all of them now. Calls that still run end in doubt."""
        closing = tuple(self._closing)
        for task in closing:
            task.cancel()
        await asyncio.gather(*closing, return_exceptions=True)
        adapters = [*self._retired, *(adapter for _, adapter in self._open.values())]
        self._retired.clear()
        self._open.clear()
        await asyncio.gather(*(adapter.aclose() for adapter in adapters))
