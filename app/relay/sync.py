"""Reading what a POS sells and what it calls things: asked for, on a schedule, and when a send meets a stale id."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.adapters.base import CatalogSource, MenuRead
from app.domain.catalog import Entry, Kind, Names
from app.domain.errors import InDoubt, LocationUnknown, NotSupportedByPos, PosError, StorageUnavailable
from app.relay.menus import Menus
from app.relay.sending import Adapters, Locations
from app.store import catalogs as store
from app.store.catalogs import CatalogHead, DueSync
from app.store.database import run

log = structlog.get_logger(__name__)

JITTER = 0.2
"""Of the interval, each way: a thousand locations do not ask at the same moment."""
AFTER_FAILURE_S = 30.0
"""Doubles with each failure in a row, up to the interval."""
CLAIM_S = 300.0
"""A worker that dies in the middle of a sync leaves it to the next one after this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """What a sync found."""

    synced_at: datetime
    counts: Mapping[str, int]
    changed: int
    """Products, groups and dictionaries that are not what they were."""


class Sync:
    """Reads a location's catalog and dictionaries and stores what changed. A failed one leaves the last good one."""

    def __init__(
        self, engine: AsyncEngine, *, locations: Locations, adapters: Adapters, menus: Menus, interval_s: float
    ) -> None:
        self._engine = engine
        self._locations = locations
        self._adapters = adapters
        self._menus = menus
        self._interval_s = interval_s
        self._turns: dict[str, _Turns] = {}

    async def now(self, location_id: str) -> Synced:
        """A sync that begins after this call. Those who ask while one runs share the next one.

        Raises LocationUnknown, NotSupportedByPos, StorageUnavailable, or a PosError.
        """
        turns = self._turns.setdefault(location_id, _Turns())
        turns.asking += 1
        try:
            return await self._in_turn(location_id, turns)
        finally:
            turns.asking -= 1
            if not turns.asking:  # a process may serve very many locations
                del self._turns[location_id]

    async def _in_turn(self, location_id: str, turns: "_Turns") -> Synced:
        asked_after = turns.begun
        async with turns.lock:
            if turns.last is not None and turns.last_begun > asked_after:
                return turns.last
            turns.begun += 1
            turns.last, turns.last_begun = None, turns.begun
            turns.last = await self._sync(location_id)
            return turns.last

    async def due(self, *, limit: int) -> list[DueSync]:
        """Locations to sync now: each is the caller's."""
        return await run(self._engine, lambda connection: store.claim_syncs(connection, lease_s=CLAIM_S, limit=limit))

    async def scheduled(self, location_id: str) -> None:
        """One sync that was due. What fails is told in the log and in the catalog, and tried again later."""
        try:
            await self.now(location_id)
        except NotSupportedByPos:
            await self._put_off(location_id, None)
        except (PosError, LocationUnknown) as error:
            log.warning("sync failed", location=location_id, error=str(error))

    async def gave_up(self, location_id: str) -> None:
        """Its scheduled sync was cut off: too many other POSs answer slowly as well."""
        await self._put_off(location_id, InDoubt("The POS answered too slowly while many others did so as well."))

    async def _sync(self, location_id: str) -> Synced:
        location = await self._locations.get(location_id)
        adapter = self._adapters.get(location)
        if not isinstance(adapter, CatalogSource):
            raise NotSupportedByPos("This POS has no catalog that could be read.")
        head = await run(self._engine, lambda connection: store.lock_head(connection, location_id))
        reading = _Reading(location_id=location_id, head=head, read_as=str(location.version))
        try:
            changed = await self._read(adapter, reading)
        except PosError as error:
            await self._put_off(location_id, error)
            raise
        except StorageUnavailable:
            raise
        except Exception as error:
            await self._put_off(location_id, error)
            log.exception("a sync stumbled", location=location_id)
            raise InDoubt(f"The catalog could not be read: {type(error).__name__}.") from error
        if changed:
            self._menus.drop()
        counts = await run(self._engine, lambda connection: store.count_catalog(connection, location_id))
        log.info("synced", location=location_id, changed=changed, **counts)
        return Synced(synced_at=head.now, counts=counts, changed=changed)

    async def _read(self, adapter: CatalogSource, reading: "_Reading") -> int:
        """Names first: they are few, and stale ones refuse every order, while a menu may be large or fail."""
        names = await adapter.read_names()
        changed = await run(self._engine, lambda connection: _store_names(connection, reading, names))
        entries: Names = {kind.value: found for kind, found in names.items()}
        menu = await adapter.read_menu(entries, since=reading.since)
        next_in = timedelta(seconds=self._interval_s * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311
        return changed + await run(self._engine, lambda connection: _store_menu(connection, reading, menu, next_in))

    async def _put_off(self, location_id: str, error: Exception | None) -> None:
        async def put_off(connection: AsyncConnection) -> None:
            await store.put_off_sync(
                connection,
                location_id,
                error=None if error is None else (str(error) or type(error).__name__),
                first_s=AFTER_FAILURE_S if error else self._interval_s,
                most_s=self._interval_s,
            )

        await run(self._engine, put_off)


@dataclass(slots=True)
class _Turns:
    """The syncs of one location in this process."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    asking: int = 0
    """Callers that wait or sync."""
    begun: int = 0
    last_begun: int = 0
    last: Synced | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """A sync under way. What it reads is true of the moment when it began."""

    location_id: str
    head: CatalogHead
    read_as: str
    """The settings that it is read with."""

    @property
    def since(self) -> str | None:
        """The revision that need not be read again."""
        known = self.head.read_as == self.read_as and self.head.synced_at is not None
        return self.head.revision if known else None


async def _store_names(connection: AsyncConnection, reading: _Reading, names: Mapping[Kind, Sequence[Entry]]) -> int:
    head = await store.lock_head(connection, reading.location_id)
    if head.names_synced_at is not None and head.names_synced_at > reading.head.now:
        return 0  # another sync, which began later, was faster
    changed = await store.store_names(connection, reading.location_id, names)
    first = head.names_synced_at is None
    await store.save_head(
        connection, reading.location_id, changed=bool(changed) or first, names_synced_at=reading.head.now
    )
    return changed


async def _store_menu(connection: AsyncConnection, reading: _Reading, menu: MenuRead | None, next_in: timedelta) -> int:
    head = await store.lock_head(connection, reading.location_id)
    if head.synced_at is not None and head.synced_at > reading.head.now:
        return 0
    changes: dict[str, object] = {"synced_at": reading.head.now, "due_at": head.now + next_in}
    changes |= {"failures": 0, "error": None}
    changed = 0
    if menu is not None:
        changed = (await store.store_menu(connection, reading.location_id, menu.groups, menu.products)).changed
        changes |= {"revision": menu.revision, "read_as": reading.read_as}
    anew = bool(changed) or head.synced_at is None
    await store.save_head(connection, reading.location_id, changed=anew, **changes)
    return changed
