"""Retention: what is over and older than it has to be kept is purged, slowly, while everything else goes on."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from app.store import purge as store
from app.store.database import run

log = structlog.get_logger(__name__)

BATCH = 100
"""Orders of one short transaction."""
MOST = 20_000
"""Orders of one round: at one round every ten minutes, nearly three million a day."""
PAUSE_S = 0.2
"""Between two transactions: others want the disk, too."""
GONE = "Purged: its time was over."
"""In the place of words."""


class Retention:
    """Any number of processes may have one; only one of them works at a time."""

    def __init__(self, engine: AsyncEngine, *, keep: timedelta, pause_s: float = PAUSE_S) -> None:
        self._engine = engine
        self._keep = keep
        self._pause_s = pause_s

    async def round(self) -> int:
        """Purges what is due, up to a bound. Returns how much that was."""
        before = store.ids_from(datetime.now(UTC) - self._keep)
        places = await run(self._engine, partial(store.locations_with_old, before=before))
        random.shuffle(places)  # a busy restaurant must not keep the others from their turn for ever
        done = await self._strays(before)
        for location_id in places:
            if done >= MOST:
                break
            done += await self._location(location_id, before, MOST - done)
        if done:
            log.info("purged", count=done, older_than_days=self._keep.days)
        return done

    async def _location(self, location_id: str, before: UUID, most: int) -> int:
        done, after = 0, store.START
        while done < most:
            purged = await run(
                self._engine,
                partial(
                    store.purge_some,
                    location_id=location_id,
                    after=after,
                    before=before,
                    keep=self._keep,
                    limit=BATCH,
                    gone=GONE,
                ),
            )
            if purged is None or purged.looked_at == 0:
                break
            done, after = done + purged.purged, purged.last
            await asyncio.sleep(self._pause_s)
        return done

    async def _strays(self, before: UUID) -> int:
        done = 0
        work = partial(store.purge_stray_callbacks, before=before, keep=self._keep, limit=BATCH)
        while done < MOST and (count := await run(self._engine, work)):
            done += count
            await asyncio.sleep(self._pause_s)
        return done
