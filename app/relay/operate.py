"""What a person can do with an order or a location: retry, resend, resolve, cancel; pause, resume."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.adapters.base import Registry, TakesMessages
from app.domain.attention import AttentionCode
from app.domain.errors import NotFound, StateConflict
from app.domain.ids import new_id
from app.domain.order import Order
from app.domain.status import FailureCode, Source, Status, StatusEvent, Word
from app.domain.submission import Dispatch, DispatchEvent
from app.relay.at_hand import AtHand, starts_again
from app.relay.erase import erase
from app.relay.events import OrderCase
from app.relay.no_result import CANCEL_WANTED, end_by_cancel, hold_back
from app.relay.prepare import Menus
from app.relay.resend import resend
from app.relay.sending import Locations
from app.relay.watching import unheard
from app.store.database import run
from app.store.erase import what_is_gone
from app.store.installation import end_hold
from app.store.lanes import is_paused, pause_lane, probe_now, resume_lane
from app.store.orders import current_body
from app.store.submissions import (
    in_doubt_besides,
    lock_submission,
    save_submission,
)

ERASED = "The guest's personal data were erased: only a resend with a corrected order can send it again."

Work = Callable[[AtHand], Awaitable[None]]
"""What a person does, within one transaction that may run twice."""

log = structlog.get_logger(__name__)


class Operate:
    """``announce`` is called after each commit that makes something due, ``changed`` after each that may have changed
    an order."""

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        locations: Locations,
        registry: Registry,
        menus: Menus,
        announce: Callable[[str], None],
        changed: Callable[[], None] = unheard,
    ) -> None:
        self._engine = engine
        self._locations = locations
        self._menus = menus
        self._registry = registry
        self._announce = announce
        self._changed = changed
        self._polled = frozenset(system for system, pos in registry.items() if pos.traits.polled)

    async def retry(self, location_id: str, order_id: UUID, *, actor: str, kind: str = "order") -> None:
        """The same submission again, now; in doubt: asks the POS first. ``kind``: or a payment.

        Raises NotFound, StateConflict.
        """
        give_up_after_s = await self._give_up_after(location_id)
        await self._act(location_id, order_id, actor, partial(_retry, give_up_after_s=give_up_after_s), kind=kind)

    async def resend(self, location_id: str, order_id: UUID, *, order: Order | None, actor: str) -> None:
        """A new submission under a new reference, with the order as it was or corrected.

        Raises NotFound, StateConflict, OrderInvalid, OrderNotExpressible.
        """
        location = await self._locations.get(location_id)
        sent = order
        if sent is None:
            sent = await run(self._engine, partial(_as_stored, location_id=location_id, order_id=order_id))
        menu = await self._menus.for_order(location, sent)
        work = partial(
            resend, location=location, corrected=order, menu=menu, registry=self._registry, reference=new_id()
        )
        await self._act(location_id, order_id, actor, work)

    async def resolve(
        self, location_id: str, order_id: UUID, *, note: str, status: Status | None, actor: str, kind: str = "order"
    ) -> None:
        """A person settles it. ``status``: accepted, rejected, or None; ``kind``: or a payment.

        Raises NotFound, StateConflict.
        """
        await self._act(location_id, order_id, actor, partial(_resolve, note=note, status=status), kind=kind)

    async def cancel(
        self, location_id: str, order_id: UUID, *, reason: str, actor: str, only_if_surely_not_sent: bool
    ) -> None:
        """Stops the order where it surely is not at the POS; else the till is told. Raises NotFound, StateConflict."""
        work = partial(_cancel, reason=reason, only_if_surely_not_sent=only_if_surely_not_sent)
        await self._act(location_id, order_id, actor, work)

    async def erase(self, location_id: str, order_id: UUID, *, actor: str) -> None:
        """Takes the guest's personal data out of an order that has ended. Raises NotFound, StateConflict."""
        await self._act(location_id, order_id, actor, erase)

    async def pause(self, location_id: str, *, actor: str) -> None:
        """Holds sending; intake goes on. Pausing twice is fine."""
        await self._locations.get(location_id)
        await run(self._engine, lambda connection: pause_lane(connection, location_id))
        log.info("location paused", location=location_id, by=actor)

    async def resume(self, location_id: str, *, actor: str) -> None:
        """Sends again; what waits gets its full time again."""
        give_up_after_s = await self._give_up_after(location_id)

        async def resume(connection: AsyncConnection) -> None:
            await resume_lane(connection, location_id, give_up_after_s=give_up_after_s)
            await end_hold(connection, location_id)

        await run(self._engine, resume)
        log.info("location resumed", location=location_id, by=actor)
        self._announce(location_id)

    async def _act(self, location_id: str, order_id: UUID, actor: str, work: Work, *, kind: str = "order") -> None:
        async def act(connection: AsyncConnection) -> None:
            case = await OrderCase.open(connection, location_id, order_id, polled_systems=self._polled)
            if case is None or case.order.kind != kind:
                raise NotFound(f"There is no such {kind}.")
            submission = await lock_submission(connection, location_id, case.order.current_reference)
            pos = self._registry[case.order.pos_system]
            hand = AtHand(
                connection=connection,
                case=case,
                submission=submission,
                doubt=await in_doubt_besides(connection, submission, None),
                actor=actor,
                askable=pos.traits.lookup and kind == "order",
                tellable=isinstance(pos, TakesMessages),
                gone=await what_is_gone(connection, location_id, order_id),
            )
            await work(hand)
            await case.save(connection)

        await run(self._engine, act)
        self._announce(location_id)
        self._changed()

    async def _give_up_after(self, location_id: str) -> int:
        return (await self._locations.get(location_id)).settings.give_up_after_s


async def _as_stored(connection: AsyncConnection, *, location_id: str, order_id: UUID) -> Order:
    """What a resend without a correction sends. Raises NotFound, StateConflict."""
    gone = await what_is_gone(connection, location_id, order_id)
    if gone.erased or gone.purged:
        raise StateConflict(ERASED, state="erased")
    return await current_body(connection, location_id, order_id)


async def _retry(hand: AtHand, *, give_up_after_s: int) -> None:
    if hand.gone.erased:
        hand.refuse(ERASED)
    after = hand.step(DispatchEvent.RETRY)
    case, submission = hand.case, hand.submission
    if after.state is Dispatch.IN_DOUBT and case.cancel_pending and not hand.askable:
        hand.refuse(
            "A cancel was asked for, and a retry would send the order to find out. Look on the till, then resolve."
        )
    await probe_now(hand.connection, case.order.location_id)
    await save_submission(
        hand.connection,
        submission,
        state=after.state,
        due_at=case.now,
        deadline_at=max(submission.deadline_at, case.now + timedelta(seconds=give_up_after_s)),
        overdue=False,
        failures=0,
        held=False,
        trigger="operator",
    )
    if case.status is Status.FAILED:
        starts_again(case, case.order.requested_for)
    case.clear_attention(AttentionCode.PARKED, AttentionCode.FAILED, AttentionCode.IN_DOUBT)
    if await is_paused(hand.connection, case.order.location_id):
        what = "due when the location is resumed"
    elif after.state is Dispatch.IN_DOUBT:
        what = "asking the POS now" if hand.askable else "sending again, same reference, to find out"
    else:
        what = "sending again, same reference"
    hand.tell("retry", what)


async def _resolve(hand: AtHand, *, note: str, status: Status | None) -> None:
    after = hand.step(DispatchEvent.RESOLVE)
    case = hand.case
    if after.state is not hand.submission.state:
        await save_submission(hand.connection, hand.submission, state=after.state, lease_until=None)
    if status is Status.ACCEPTED:
        case.hear(StatusEvent(word=Word.ACCEPTED, raw="resolved"), Source.OPERATOR, detail=f"{note}; by {hand.actor}")
        if hand.tellable:
            case.tell_till_to_cancel()
    elif status is Status.REJECTED and case.status is not Status.REJECTED:
        case.move(Status.REJECTED)
        case.fail(FailureCode.POS_REJECTED, f"Settled by a person: {note}")
        case.settle_cancel("stopped", "The order is not at the POS.")
        hand.tell("resolved", f"as rejected: {note}")
    else:
        hand.tell("resolved", note)
    case.clear_attention()


async def _cancel(hand: AtHand, *, reason: str, only_if_surely_not_sent: bool) -> None:
    case, submission = hand.case, hand.submission
    if case.status in (Status.CANCELLED, Status.REJECTED, Status.FAILED, Status.COMPLETED):
        hand.refuse(f"The order is {case.status} already.")
    after = hand.step(DispatchEvent.CANCEL)
    if only_if_surely_not_sent and after.ends_order is not Status.CANCELLED:
        hand.refuse("The order may be at the POS already; a key with the scope ops may ask for a cancel.")
    case.ask_cancel(reason)
    hand.tell("cancel", reason)
    if after.ends_order is Status.CANCELLED:
        changes: dict[str, object] = {}
        end_by_cancel(case, changes)
        await save_submission(hand.connection, submission, **changes)
    elif hand.submission.state is Dispatch.IN_DOUBT and not hand.askable:
        changes = {}
        hold_back(case, changes, CANCEL_WANTED)
        await save_submission(hand.connection, submission, **changes)
    elif after.tell_pos and hand.tellable:
        case.tell_till_to_cancel()
    elif after.tell_pos:
        case.settle_cancel("not_possible", "The POS has the order, and this POS cannot be told.")
        case.raise_attention(AttentionCode.CANCEL_NOT_POSSIBLE)
