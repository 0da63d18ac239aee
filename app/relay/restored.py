"""A database that came out of a backup has forgotten what was sent since: nothing is sent until a person says so.

Every order that was live in the backup may have gone out, and may have ended, since the backup was made. So all
locations are held, and each such order becomes in doubt, as after a send without an answer: once a person resumes, the
POS is asked first, or gets the same reference again, which it does not take twice (ADR 17).
"""

import asyncio
from collections.abc import Collection, Sequence

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.domain.attention import AttentionCode
from app.domain.errors import LocationUnknown, StorageUnavailable
from app.domain.status import Source
from app.domain.submission import Dispatch
from app.relay.events import OrderCase
from app.relay.operate import Operate
from app.store import installation as store
from app.store.database import run
from app.store.submissions import lock_submission, save_submission

log = structlog.get_logger(__name__)

BATCH = 25
"""Orders that become in doubt in one transaction."""
LOOK_AGAIN_S = 2.0
"""At the start, while the database does not answer or is not whole yet."""
FORGOTTEN = "The database was restored from a backup: whether the order was sent since, nobody remembers."


class NotWhole(Exception):
    """A restore is still running, or was broken off: some of the database is not there."""

    def __init__(self) -> None:
        super().__init__("the database lacks parts that a complete one has: is a restore still running?")


class Restored:
    """Looks whether this database came out of a backup, and holds everything where it did."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def before_work(self, stop: asyncio.Event) -> None:
        """Returns when it is safe to look for work, or when told to stop."""
        while not stop.is_set():
            try:
                await self.round()
            except (StorageUnavailable, NotWhole) as error:
                log.warning("nothing is sent yet", error=str(error))
            except Exception:
                log.exception("nothing is sent: it cannot be told whether the database is the one it was")
            else:
                break
            try:
                await asyncio.wait_for(stop.wait(), LOOK_AGAIN_S)
            except TimeoutError:
                continue
        await self._remind()

    async def round(self) -> None:
        """Holds everything if this is not the database that it remembers to be. Raises NotWhole, StorageUnavailable."""
        with store.strangers_allowed():
            try:
                await run(self._engine, _recognize_it)
            except _AnotherDatabase:
                await self._hold(by_hand=False)

    async def look_again(self) -> bool:
        """One round beside the others: a database may be restored under a worker that runs."""
        try:
            await self.round()
        except NotWhole as error:
            log.warning("nothing is sent", error=str(error))
        return False

    async def hold(self) -> Sequence[store.HeldLane]:
        """The same by a person's word: after a physical restore, which looks just like the former database."""
        with store.strangers_allowed():
            await self._hold(by_hand=True)
        return await self.held()

    async def held(self) -> Sequence[store.HeldLane]:
        """The locations that are held."""
        return await run(self._engine, store.held_lanes)

    async def release(self, operate: Operate, *, only: Collection[str] = (), actor: str) -> Sequence[store.HeldLane]:
        """A person's word: sending goes on, at all locations that are held or at some. One that a person had paused
        before stays paused. Returns those that were released. Raises LocationUnknown for one that is not held."""
        await self.round()  # also a word in advance means: asked first
        held = {lane.location_id: lane for lane in await self.held()}
        for location_id in only:
            if location_id not in held:
                raise LocationUnknown(location_id)
        released = [lane for location_id, lane in held.items() if not only or location_id in only]
        for lane in released:
            if not (lane.paused_before or lane.deleted):
                await operate.resume(lane.location_id, actor=actor)
            else:
                await self._end(lane.location_id)
        return released

    async def _end(self, location_id: str) -> None:
        await run(self._engine, lambda connection: store.end_hold(connection, location_id))

    async def _hold(self, *, by_hand: bool) -> None:
        """Lanes first; the database is known again when every order of the backup is in doubt, and not before."""
        locations = await run(self._engine, lambda connection: _begin(connection, by_hand=by_hand))
        if locations is None:
            return
        orders = 0
        while count := await run(self._engine, _doubt_some):
            orders += count
        await run(self._engine, _make_known)
        log.warning(
            "the database came out of a backup: nothing is sent until a person says 'order-relay restored --yes'",
            locations=locations,
            orders_in_doubt=orders,
        )

    async def _remind(self) -> None:
        """At every start, while some location is held."""
        try:
            held = await self.held()
        except StorageUnavailable:
            return
        if held:
            log.warning("held since a restore, see 'order-relay restored'", locations=len(held))


class _AnotherDatabase(Exception):
    """Not the one that it remembers to be."""


async def _recognize_it(connection: AsyncConnection) -> None:
    """Raises where it is another one. Nobody gets this connection then: who wants one next must look again."""
    if not await store.is_there(connection):
        await connection.invalidate()
        raise NotWhole
    if not (await store.read_installation(connection)).known:
        await connection.invalidate()
        raise _AnotherDatabase


async def _begin(connection: AsyncConnection, *, by_hand: bool) -> int | None:
    """Pauses all lanes. None: there is nothing to do."""
    await store.alone(connection)
    found = await store.read_installation(connection)
    if found.known and not by_hand:
        return None
    if not await store.is_whole(connection):
        await connection.invalidate()
        raise NotWhole
    if not await store.has_orders(connection):
        await store.stamp(connection)
        return None
    return await store.hold_lanes(connection)


async def _doubt_some(connection: AsyncConnection) -> int:
    await store.alone(connection)
    live = await store.live_of_backup(connection, limit=BATCH)
    for one in live:
        await _doubt(connection, one)
    return len(live)


async def _doubt(connection: AsyncConnection, live: store.LiveSubmission) -> None:
    case = await OrderCase.open(connection, live.location_id, live.order_id, polled_systems=())
    if case is None:
        return
    submission = await lock_submission(connection, live.location_id, live.reference)
    number = submission.attempt + 1
    await store.may_have_been_sent(connection, live, number=number, error=FORGOTTEN)
    if submission.state is Dispatch.DONE:  # a callback was faster than we
        return
    await save_submission(
        connection,
        submission,
        # What was parked may have been sent after a correction of the settings; it still has to be corrected here.
        state=Dispatch.PARKED if submission.state is Dispatch.PARKED else Dispatch.IN_DOUBT,
        attempt=number,
        lease_until=None,
        due_at=case.now,
        absent_looks=0,
        absent_at=None,
        trigger=store.TRIGGER,
        last_error=FORGOTTEN,
    )
    case.raise_attention(AttentionCode.IN_DOUBT, FORGOTTEN)
    case.tell(Source.RELAY, "restored", "the database was restored from a backup; held, and in doubt, until resumed")
    await case.save(connection)


async def _make_known(connection: AsyncConnection) -> None:
    await store.alone(connection)
    await store.stamp(connection)
