"""The engine room: everything that happens without anybody asking. Any number of processes may run one."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import structlog

from app.composition import Parts
from app.domain.errors import StorageUnavailable
from app.relay.dispatch import Dispatcher, Pace
from app.relay.errands import Errands
from app.relay.follow import Follower
from app.relay.inbox import Inbox
from app.relay.reconcile import BATCH, Reconciler
from app.relay.restored import Restored
from app.relay.retention import Retention
from app.relay.sending import Desk
from app.store.installation import refuse_strangers

RECONCILE_EVERY_S = 1.0
FOLLOW_EVERY_S = 1.0
"""It polls what is due by its own interval."""
MOST_POLLS = 64
"""At the same time, of those that are answered soon."""
MOST_SLOW_POLLS = 256
SYNC_EVERY_S = 1.0
"""It syncs what is due by its own interval."""
MOST_SYNCS = 8
"""At the same time: a menu may be large, and nothing waits for it. 10,000 locations need eleven a second."""
MOST_SLOW_SYNCS = 64
LEFTOVERS_EVERY_S = 2.0
RECOGNIZE_EVERY_S = 5.0
PURGE_EVERY_S = 600.0
LEFTOVERS = 100
AFTER_DEFECT_S = 1.0
STORAGE_PAUSES_S = (1.0, 2.0, 5.0)
"""While no primary answers; the last one repeats."""

log = structlog.stdlib.get_logger(__name__)

Round = Callable[[], Awaitable[bool]]
"""One round of a loop; True: there is more, come again at once."""


class Worker:
    """Sends, asks, follows, watches the clock, and picks up what a crash left over."""

    def __init__(self, parts: Parts) -> None:
        settings, engine = parts.settings, parts.worker_engine
        desk = Desk(
            engine=engine,
            locations=parts.locations,
            adapters=parts.adapters,
            registry=parts.registry,
            menus=parts.menus,
            syncs=parts.sync,
            budget_s=settings.send_budget_s,
        )
        pace = Pace(
            concurrency=settings.worker_concurrency,
            lease_s=settings.lease_s,
            verdict_grace_s=settings.verdict_grace_s,
        )
        self._dispatcher = Dispatcher(engine, desk, pace, due=parts.listener.due(), changed=parts.changed)
        self._reconciler = Reconciler(engine, parts.registry, changed=parts.changed)
        self._follower = Follower(
            engine,
            locations=parts.locations,
            adapters=parts.adapters,
            registry=parts.registry,
            interval_s=settings.poll_interval_s,
            changed=parts.changed,
        )
        self._inbox = Inbox(engine, parts.registry, changed=parts.changed)
        self._restored = Restored(engine)
        refuse_strangers(engine)
        self._retention = Retention(engine, keep=timedelta(days=settings.retention_days))
        self._sync = parts.sync
        self._polls = Errands("poll", most=MOST_POLLS, most_slow=MOST_SLOW_POLLS)
        self._syncs = Errands("sync", most=MOST_SYNCS, most_slow=MOST_SLOW_SYNCS)

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; then begins nothing new and finishes the attempts that run, for a while."""
        await self._restored.before_work(stop)
        async with asyncio.TaskGroup() as group:
            dispatching = group.create_task(self._dispatch(stop))
            loops = [
                group.create_task(keep_on("reconcile", self._reconcile, every_s=RECONCILE_EVERY_S)),
                group.create_task(keep_on("follow", partial(self._follow, group), every_s=FOLLOW_EVERY_S)),
                group.create_task(keep_on("leftovers", self._leftovers, every_s=LEFTOVERS_EVERY_S)),
                group.create_task(keep_on("sync", partial(self._sync_due, group), every_s=SYNC_EVERY_S)),
                group.create_task(keep_on("retention", self._purge, every_s=PURGE_EVERY_S)),
                group.create_task(keep_on("restored", self._restored.look_again, every_s=RECOGNIZE_EVERY_S)),
            ]
            await stop.wait()
            for task in loops:
                task.cancel()
            self._polls.cancel()
            self._syncs.cancel()
            await dispatching

    async def _dispatch(self, stop: asyncio.Event) -> None:
        """A defect must not end sending: what it had claimed goes on, and the next claim is made a second later."""
        while True:
            try:
                await self._dispatcher.run(stop)
            except Exception:
                log.exception("the dispatcher stumbled and goes on")
                await asyncio.sleep(AFTER_DEFECT_S)
            else:
                return

    async def _reconcile(self) -> bool:
        return await self._reconciler.round() >= BATCH

    async def _follow(self, group: asyncio.TaskGroup) -> bool:
        """Each poll for itself: a POS that hangs keeps nobody else waiting."""
        room = await self._polls.until_room()
        due = await self._follower.due(limit=room)
        for location_id in due:
            self._polls.start(
                group,
                location_id,
                partial(_alone, "poll", location_id, self._follower.poll),
                partial(_alone, "poll", location_id, self._follower.gave_up),
                slow=self._follower.fails(location_id),
            )
        return len(due) == room

    async def _sync_due(self, group: asyncio.TaskGroup) -> bool:
        room = await self._syncs.until_room()
        due = await self._sync.due(limit=room)
        for sync in due:
            self._syncs.start(
                group,
                sync.location_id,
                partial(_alone, "sync", sync.location_id, self._sync.scheduled),
                partial(_alone, "sync", sync.location_id, self._sync.gave_up),
                slow=sync.failing,
            )
        return len(due) == room

    async def _purge(self) -> bool:
        await self._retention.round()
        return False

    async def _leftovers(self) -> bool:
        return await self._inbox.leftovers(limit=LEFTOVERS) >= LEFTOVERS


async def _alone(name: str, location_id: str, do: Callable[[str], Awaitable[None]]) -> None:
    """What goes wrong at one location is told, and ends nothing else."""
    try:
        await do(location_id)
    except StorageUnavailable as error:
        log.warning("came to nothing", errand=name, location=location_id, error=str(error))
    except Exception:
        log.exception("an errand failed", errand=name, location=location_id)


async def keep_on(name: str, once: Round, *, every_s: float) -> None:
    """Rounds for ever. A storage that is away is told once and waited for; a defect is told and does not end it."""
    failures = 0
    while True:
        pause_s = every_s
        try:
            if await once():
                pause_s = 0
            failures = 0
        except StorageUnavailable as error:
            if failures == 0:
                log.warning("waiting for the storage", loop=name, error=str(error))
            pause_s = STORAGE_PAUSES_S[min(failures, len(STORAGE_PAUSES_S) - 1)]
            failures += 1
        except Exception:
            log.exception("a round failed, the next one comes", loop=name)
            pause_s = max(every_s, AFTER_DEFECT_S)
        await asyncio.sleep(pause_s)
