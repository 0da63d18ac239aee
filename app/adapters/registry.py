"""The POS systems by their word, and the adapters that one process holds open."""

import asyncio

from app.adapters.base import Adapter, Limits, Registry, Vault
from app.adapters.iiko.pos import Iiko
from app.adapters.ikentoo.pos import Ikentoo
from app.domain.location import Location


def build() -> Registry:
    """Every POS that this product speaks to. A third one is one more line."""
    return {"iiko": Iiko(), "ikentoo": Ikentoo()}


class OpenAdapters:
    """One open adapter per location, for one process. Use it from one event loop only."""

    def __init__(
        self, registry: Registry, limits: Limits, vault: Vault | None = None, *, grace_s: float = 120.0
    ) -> None:
        """``grace_s``: how long a replaced adapter stays open for its running calls; more than a send may last."""
        self._registry = registry
        self._limits = limits
        self._vault = vault
        self._grace_s = grace_s
        self._open: dict[str, tuple[Location, Adapter]] = {}
        self._retired: list[Adapter] = []
        self._closing: set[asyncio.Task[None]] = set()

    def get(self, location: Location) -> Adapter:
        """The location's adapter; a new one where the location was changed since."""
        known = self._open.get(location.id)
        # Compared whole: a location that was deleted and made again begins at version 1 again.
        if known is not None and known[0] == location:
            return known[1]
        adapter = self._registry[location.pos.system].open(location, self._limits, self._vault)
        self._open[location.id] = (location, adapter)
        if known is not None:
            self._retire(known[1])
        return adapter

    def _retire(self, adapter: Adapter) -> None:
        self._retired.append(adapter)
        task = asyncio.create_task(self._close_later(adapter))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _close_later(self, adapter: Adapter) -> None:
        await asyncio.sleep(self._grace_s)
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
