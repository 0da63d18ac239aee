"""Who is calling: API keys through a cache, and when each was last used."""

import asyncio
import re
import time
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.errors import StorageUnavailable
from app.relay.cache import ReadThrough
from app.store import keys as store
from app.store.keys import KEY_PATTERN, KeyRow

NOTED_EVERY_S = 60.0

_KEY = re.compile(KEY_PATTERN)
log = structlog.stdlib.get_logger(__name__)


class Keys:
    """The keys of this installation, as a request needs them: a few microseconds, and no secret kept in memory."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._cache: ReadThrough[bytes, KeyRow] = ReadThrough(self._load)
        self._noted: dict[UUID, float] = {}
        self._notes: set[asyncio.Task[None]] = set()

    async def find(self, key: str) -> KeyRow | None:
        """The live key of this text, or None. Raises StorageUnavailable where only the storage could tell."""
        if not _KEY.fullmatch(key):
            return None
        found = await self._cache.get(store.key_hash(key))
        if found is not None:
            self._note(found.id)
        return found

    def drop(self) -> None:
        """Something was changed: read anew."""
        self._cache.drop()

    async def aclose(self) -> None:
        """Waits for the last notes of use. Before the engine is closed."""
        await asyncio.gather(*self._notes)

    async def _load(self, digest: bytes) -> KeyRow | None:
        return await store.find(self._engine, digest)

    def _note(self, key_id: UUID) -> None:
        now = time.monotonic()
        if now < self._noted.get(key_id, 0):
            return
        self._noted[key_id] = now + NOTED_EVERY_S
        task = asyncio.create_task(self._write(key_id))  # behind the request's back: it must not wait, or fail
        self._notes.add(task)
        task.add_done_callback(self._notes.discard)

    async def _write(self, key_id: UUID) -> None:
        try:
            await store.seen(self._engine, key_id)
        except StorageUnavailable:
            log.info("use of a key not noted", key_id=str(key_id))
