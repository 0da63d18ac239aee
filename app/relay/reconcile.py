"""What only the clock brings: leases that ended, deadlines, lateness, silence. Each acts on one order at a time."""

from collections.abc import Callable
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.adapters.base import Registry
from app.domain.attention import FADES_WITH_PROGRESS, AttentionCode
from app.domain.status import ENDS, FailureCode, Source, Status
from app.domain.submission import Dispatch, DispatchEvent, step
from app.relay.events import OrderCase
from app.relay.no_result import not_shown
from app.relay.schedule import LAST_LOOK
from app.relay.watching import unheard
from app.store.database import run
from app.store.due import DueOrder, DueSubmission, ended_leases, passed_deadlines, watched_orders
from app.store.lanes import count_silence, is_paused, last_trouble, next_poll
from app.store.submissions import LockedSubmission, in_doubt_besides, lock_submission, save_submission

log = structlog.get_logger(__name__)

BATCH = 100


class Reconciler:
    """Any number of them may run: whoever locks a row first acts, the next one finds nothing left to do.

    ``changed`` is called after the commits of a round."""

    def __init__(self, engine: AsyncEngine, registry: Registry, *, changed: Callable[[], None] = unheard) -> None:
        self._changed = changed
        self._engine = engine
        self._polled = frozenset(system for system, pos in registry.items() if pos.traits.polled)
        self._calls_back = frozenset(system for system, pos in registry.items() if pos.traits.verdict_by_callback)

    async def round(self) -> int:
        """Does what is due. Returns how much that was; a full batch means: come again at once."""
        leases = await run(self._engine, lambda connection: ended_leases(connection, limit=BATCH))
        for due in leases:
            await run(self._engine, partial(self._lease_ended, due=due))
        deadlines = await run(self._engine, lambda connection: passed_deadlines(connection, limit=BATCH))
        for due in deadlines:
            await run(self._engine, partial(self._deadline, due=due))
        watched = await run(self._engine, lambda connection: watched_orders(connection, limit=BATCH))
        for order in watched:
            await run(self._engine, partial(self._watch, due=order))
        if leases or deadlines or watched:
            self._changed()
        return max(len(leases), len(deadlines), len(watched))

    async def _open(self, connection: AsyncConnection, due: DueSubmission) -> tuple[OrderCase, LockedSubmission] | None:
        case = await OrderCase.open(connection, due.location_id, due.order_id, polled_systems=self._polled)
        if case is None:
            return None
        return case, await lock_submission(connection, due.location_id, due.reference)

    async def _lease_ended(self, connection: AsyncConnection, due: DueSubmission) -> None:
        """Nobody reported on the attempt: it may have arrived. In doubt, never simply waiting."""
        opened = await self._open(connection, due)
        if opened is None:
            return
        case, submission = opened
        if (
            submission.state is not Dispatch.SENDING
            or submission.lease_until is None
            or submission.lease_until > case.now
        ):
            return
        after = step(submission.state, DispatchEvent.IN_DOUBT, doubt=True)
        await save_submission(
            connection,
            submission,
            state=after.state,
            lease_until=None,
            due_at=case.now,
            absent_looks=0,
            trigger="lease_over",
            last_error="the worker that was sending it went silent",
        )
        case.tell(
            Source.RELAY,
            "lease_over",
            f"the worker of attempt {submission.attempt} went silent; the POS may have the order, finding out",
        )
        await case.save(connection)

    async def _deadline(self, connection: AsyncConnection, due: DueSubmission) -> None:
        """Its time is over: failed where it surely is not in the POS, else a person should look."""
        opened = await self._open(connection, due)
        if opened is None:
            return
        case, submission = opened
        if (
            submission.overdue
            or submission.deadline_at > case.now
            or submission.state in (Dispatch.SENDING, Dispatch.DONE)
        ):
            return
        if await is_paused(connection, due.location_id):
            return
        doubt = await in_doubt_besides(connection, submission, None)
        if case.order.kind == "message":  # no money: nobody must look for it, and it is not shown hours late
            await save_submission(connection, submission, state=Dispatch.DONE, lease_until=None, overdue=True)
            not_shown(case, await self._last_error(connection, submission), doubt=doubt)
            await case.save(connection)
            return
        after = step(submission.state, DispatchEvent.DEADLINE, doubt=doubt)
        if after.ends_order is Status.FAILED:
            await save_submission(connection, submission, state=Dispatch.DONE, lease_until=None, overdue=True)
            _gave_up(case, await self._last_error(connection, submission))
        else:
            await save_submission(connection, submission, overdue=True)
            case.raise_attention(AttentionCode.IN_DOUBT, submission.last_error)
            case.tell(Source.RELAY, "overdue", "its time is over, and it is still not known whether the POS has it")
        await case.save(connection)

    async def _last_error(self, connection: AsyncConnection, submission: LockedSubmission) -> str:
        return submission.last_error or await last_trouble(connection, submission.location_id) or "it was never sent"

    async def _watch(self, connection: AsyncConnection, due: DueOrder) -> None:
        """Lateness, silence, an unconfirmed order, an order that nobody spoke of again."""
        case = await OrderCase.open(connection, due.location_id, due.order_id, polled_systems=self._polled)
        if case is None or case.order.watch_at is None or case.order.watch_at > case.now:
            return
        case.set(watch_at=None)
        silent = False
        match case.status:
            case Status.RECEIVED:
                await self._late(connection, case)
            case Status.SUBMITTED if case.order.pos_system in self._calls_back:
                silent = True
                case.raise_attention(AttentionCode.NO_VERDICT)
                case.tell(Source.RELAY, "no_verdict", "the POS took it and never spoke of it again")
            case Status.SUBMITTED:
                case.raise_attention(AttentionCode.NOT_CONFIRMED)
                case.tell(Source.RELAY, "not_confirmed", "nobody at the restaurant has confirmed it")
            case status if status not in ENDS and await self._not_asked_lately(connection, case):
                again = case.now + LAST_LOOK
                case.set(watch_at=again, follow_until=again)
            case status if status not in ENDS and case.order.kind == "order":
                case.cancel_unheard("The till was told, and the POS never said that the order was cancelled.")
                case.move(Status.COMPLETED)
                case.tell(Source.RELAY, "swept", "no further word for hours after its wanted time; taken as completed")
        await case.save(connection)
        if silent:
            await count_silence(connection, due.location_id)

    async def _not_asked_lately(self, connection: AsyncConnection, case: OrderCase) -> bool:
        """Its time in the poll ended while nobody polled: what has become of it is asked once more."""
        until = case.order.follow_until
        if case.order.pos_system not in self._polled or until is None:
            return False
        return await next_poll(connection, case.order.location_id) < until - LAST_LOOK

    async def _late(self, connection: AsyncConnection, case: OrderCase) -> None:
        submission = await lock_submission(connection, case.order.location_id, case.order.current_reference)
        if submission.state is Dispatch.DONE:
            return
        now_sending = submission.attempt if submission.state is Dispatch.SENDING else None
        if await in_doubt_besides(connection, submission, now_sending):  # "not there" could make somebody key it in
            case.raise_attention(AttentionCode.IN_DOUBT, submission.last_error)
            case.tell(Source.RELAY, "late", "its wanted time has come, and it is not known whether the POS has it")
        else:
            case.raise_attention(AttentionCode.LATE, submission.last_error)
            case.tell(Source.RELAY, "late", "its wanted time has come, and it is not in the POS")


def _gave_up(case: OrderCase, last: str) -> None:
    asked = case.cancel_pending
    case.settle_cancel("stopped", "The order never reached the POS.")
    case.move(Status.CANCELLED if asked else Status.FAILED)
    if asked:
        case.clear_attention(*FADES_WITH_PROGRESS)
        case.tell(Source.RELAY, "cancelled", "it never reached the POS; the cancel that was asked for takes effect")
        return
    code = FailureCode.EXPIRED
    case.fail(code, f"Not in the POS after {(case.now - case.order.received_at).total_seconds():.0f} s. Last: {last}")
    case.raise_attention(AttentionCode.FAILED, f"Last: {last}")
    log.warning("gave up", location=case.order.location_id, order_id=str(case.order.id), last=last)
    case.tell(Source.RELAY, "failed", f"gave up; it surely is not in the POS. Last: {last}")
