"""The dispatcher: claims due submissions, makes their attempts side by side, records what they brought."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.errors import InDoubt, OrderNotExpressible, PosError, StorageUnavailable
from app.relay.outcome import NotBegun, Outcome, Patience
from app.relay.sending import Desk, attempt, boot_clock
from app.relay.settle import Ended, settle
from app.relay.watching import unheard
from app.store.batching import Batching
from app.store.claim import Claimed, claim
from app.store.database import run
from app.store.wakeup import Due

log = structlog.get_logger(__name__)

POLL_S = 1.0
"""So often is looked everywhere: a safety net behind the wake-ups, which name places, and how late a retry may come."""
RECORDERS = 2
"""Transactions with results under way at the same time."""
RECORDED_TOGETHER = 64
RECORD_S = 5.0
"""For the results of attempts that a stop cut off; what is not recorded by then waits for its lease to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How much at once, and how long, in seconds."""

    concurrency: int
    lease_s: float
    verdict_grace_s: float
    drain_s: float = 20.0


class Dispatcher:
    """Sends what is due. Any number of them may run, in any number of processes on any number of hosts.

    ``changed`` is called after each commit that changed orders."""

    def __init__(
        self,
        engine: AsyncEngine,
        desk: Desk,
        pace: Pace,
        *,
        due: Due,
        changed: Callable[[], None] = unheard,
    ) -> None:
        self._changed = changed
        self._engine = engine
        self._desk = desk
        self._pace = pace
        self._due = due
        self._patience = Patience(
            longest_send_s=pace.lease_s,
            verdict_grace_s=pace.verdict_grace_s,
            polled_systems=frozenset(system for system, pos in desk.registry.items() if pos.traits.polled),
            askable_systems=frozenset(system for system, pos in desk.registry.items() if pos.traits.lookup),
        )
        self._running: dict[asyncio.Task[None], _Stage] = {}
        self._recording = Batching(self._settle, flushers=RECORDERS, size=RECORDED_TOGETHER)
        self._stopping = False

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; then gives back what was not begun and lets the rest finish, for a while."""
        everywhere, look_at = True, 0.0
        while not stop.is_set():
            places = self._due.take()
            everywhere = everywhere or places is None or time.monotonic() >= look_at
            claimed = 0
            if self._room <= 0:  # those that end next must not be the only ones with a turn
                everywhere = True
            elif everywhere or places:
                try:
                    claimed = await self.claim(None if everywhere else places)
                except StorageUnavailable as error:
                    log.warning("nothing can be claimed", error=str(error))
                    everywhere = True
                else:
                    everywhere, look_at = False, time.monotonic() + POLL_S if everywhere else look_at
            if claimed == 0:
                await self._sleep(stop, POLL_S if everywhere else look_at - time.monotonic())
        await self._drain()

    async def claim(self, places: Sequence[str] | None = None) -> int:
        """Takes what is due, at these locations or anywhere, and starts its attempts. Returns how many that were."""
        room = self._room
        if room <= 0:
            return 0
        lease_ends = boot_clock() + self._pace.lease_s
        batch = await run(
            self._engine,
            lambda connection: claim(
                connection,
                room=room,
                lease_s=self._pace.lease_s,
                askable=sorted(self._patience.askable_systems),
                places=places,
            ),
        )
        if len(batch) == room:  # there may be more
            self._due.add()
        for claimed in batch:
            self._start(claimed, lease_ends)
        if batch:
            self._changed()
        return len(batch)

    @property
    def _room(self) -> int:
        return self._pace.concurrency - len(self._running)

    async def idle(self) -> None:
        """Waits until everything that was started is recorded."""
        while self._running:
            await asyncio.wait(self._running)

    def _start(self, claimed: Claimed, lease_ends: float) -> None:
        task = asyncio.create_task(self._attempt(claimed, lease_ends))
        self._running[task] = _Stage.BEFORE
        task.add_done_callback(partial(self._ended, claimed.location_id))

    def _ended(self, location_id: str, task: asyncio.Task[None]) -> None:
        self._running.pop(task, None)
        self._due.add(location_id)  # there is room again, in this process and in the lane
        if not task.cancelled() and task.exception() is not None:
            log.error("an attempt could not be recorded", exc_info=task.exception())

    async def _attempt(self, claimed: Claimed, lease_ends: float) -> None:
        with structlog.contextvars.bound_contextvars(
            location=claimed.location_id, order_id=str(claimed.order_id), attempt=claimed.number
        ):
            outcome = await self._outcome(claimed, lease_ends)
            self._enter(_Stage.RECORDING)
            await self._record(claimed, outcome)

    async def _outcome(self, claimed: Claimed, lease_ends: float) -> Outcome:
        if self._stopping:
            return _GIVEN_BACK
        try:
            return await attempt(self._desk, claimed, lease_ends=lease_ends, begin=lambda: self._enter(_Stage.SENDING))
        except asyncio.CancelledError:
            return _GIVEN_BACK if self._in(_Stage.BEFORE) else _CUT_OFF

    def _enter(self, stage: "_Stage") -> None:
        if (task := asyncio.current_task()) is not None:
            self._running[task] = stage

    def _in(self, stage: "_Stage") -> bool:
        task = asyncio.current_task()
        return task is not None and self._running.get(task) is stage

    async def _record(self, claimed: Claimed, outcome: Outcome) -> None:
        """Until it is on disk: while no primary answers there is nothing better to do, and if the lease ends
        meanwhile, the result still counts as a fact."""
        while True:
            try:
                await self._recording.do(Ended(claimed=claimed, outcome=outcome))
            except StorageUnavailable as error:
                log.warning("a result waits for the storage", error=str(error))
                await asyncio.sleep(POLL_S)
                continue
            self._changed()
            _log(claimed, outcome)
            return

    async def _settle(self, ended: Sequence[Ended]) -> Sequence[None]:
        await run(self._engine, lambda connection: settle(connection, ended, self._patience))
        return [None] * len(ended)

    async def _sleep(self, stop: asyncio.Event, seconds: float) -> None:
        waiting = [asyncio.create_task(self._due.anything.wait()), asyncio.create_task(stop.wait())]
        try:
            await asyncio.wait(waiting, timeout=max(seconds, 0.0), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()

    async def _drain(self) -> None:
        self._stopping = True
        # What was claimed just now must take its first step: cancelled before it, a task never runs, and the claim
        # would be given back by nobody.
        await asyncio.sleep(0)
        self._cancel(_Stage.BEFORE)
        for seconds in (self._pace.drain_s, RECORD_S):
            if self._running:
                await asyncio.wait(self._running, timeout=seconds)
            self._cancel(_Stage.SENDING)

    def _cancel(self, stage: "_Stage") -> None:
        """Only what is in this stage: a result that is being recorded would be lost."""
        for task, at in list(self._running.items()):
            if at is stage:
                task.cancel()


class _Stage(Enum):
    """How far an attempt has come."""

    BEFORE = auto()
    """Claimed; nothing was sent."""
    SENDING = auto()
    RECORDING = auto()
    """Its outcome is known."""


_GIVEN_BACK = Outcome(result=NotBegun(reason="the worker was stopped before anything was sent"))
_CUT_OFF = Outcome(result=InDoubt("The worker was stopped before the POS had answered."))


def _log(claimed: Claimed, outcome: Outcome) -> None:
    match outcome.result:
        case PosError() as error:
            log.warning("attempt", kind=claimed.kind, outcome=error.outcome, error=error.message)
        case OrderNotExpressible() as refused:
            log.warning("attempt", kind=claimed.kind, outcome="parked", error=str(refused))
        case NotBegun() as given_back:
            log.info("attempt", kind=claimed.kind, outcome="not_begun", reason=given_back.reason)
        case answer:
            log.info("attempt", kind=claimed.kind, outcome=type(answer).__name__.lower())
