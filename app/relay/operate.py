"""What a person can do with an order or a location: retry, resend, resolve, cancel; pause, resume."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.adapters.base import Registry, Submission
from app.domain.attention import AttentionCode
from app.domain.errors import Finding, Misconfigured, NotFound, OrderInvalid, StateConflict
from app.domain.ids import new_id
from app.domain.location import Location
from app.domain.order import Order, as_received, differences, searchable
from app.domain.rules import check
from app.domain.status import FailureCode, Source, Status, StatusEvent, Word
from app.domain.submission import Dispatch, DispatchEvent, Step, step
from app.relay.events import OrderCase
from app.relay.no_result import CANCEL_WANTED, end_by_cancel, hold_back
from app.relay.sending import Locations
from app.store.database import run
from app.store.lanes import is_paused, pause_lane, probe_now, resume_lane
from app.store.orders import current_body
from app.store.submissions import (
    LockedSubmission,
    NewSubmission,
    add_submission,
    in_doubt_besides,
    lock_submission,
    save_submission,
)

log = structlog.get_logger(__name__)

RESENDABLE = frozenset({Status.REJECTED, Status.FAILED, Status.CANCELLED})


@dataclass(slots=True)
class Desk:
    """An order and its current submission under lock, while a person acts on them."""

    connection: AsyncConnection
    case: OrderCase
    submission: LockedSubmission
    doubt: bool
    """Whether some attempt may have created the order."""
    actor: str
    askable: bool
    """Whether the POS can be asked for the order."""

    def step(self, event: DispatchEvent) -> Step:
        """What the table says. Raises StateConflict where it says no."""
        after = step(self.submission.state, event, doubt=self.doubt, status=self.case.status)
        if after.conflict:
            self.refuse(f"The order is {self.case.status} and its dispatch {self.submission.state}: no {event} now.")
        return after

    def refuse(self, message: str) -> None:
        """Not in this state."""
        raise StateConflict(message, state=f"{self.case.status}/{self.submission.state}")

    def tell(self, event: str, detail: str) -> None:
        """A line of history, with the person's name."""
        self.case.tell(Source.OPERATOR, event, f"{detail}; by {self.actor}")


class Operate:
    """``announce`` is called after each commit that makes something due."""

    def __init__(
        self, engine: AsyncEngine, *, locations: Locations, registry: Registry, announce: Callable[[], None]
    ) -> None:
        self._engine = engine
        self._locations = locations
        self._registry = registry
        self._announce = announce
        self._polled = frozenset(system for system, pos in registry.items() if pos.traits.polled)

    async def retry(self, location_id: str, order_id: UUID, *, actor: str) -> None:
        """The same submission again, now; in doubt: asks the POS first. Raises NotFound, StateConflict."""
        give_up_after_s = await self._give_up_after(location_id)
        await self._act(location_id, order_id, actor, partial(_retry, give_up_after_s=give_up_after_s))

    async def resend(self, location_id: str, order_id: UUID, *, order: Order | None, actor: str) -> None:
        """A new submission under a new reference, with the order as it was or corrected.

        Raises NotFound, StateConflict, OrderInvalid, OrderNotExpressible.
        """
        location = await self._locations.get(location_id)
        work = partial(_resend, location=location, corrected=order, registry=self._registry, reference=new_id())
        await self._act(location_id, order_id, actor, work)

    async def resolve(self, location_id: str, order_id: UUID, *, note: str, status: Status | None, actor: str) -> None:
        """A person settles it. ``status``: accepted, rejected, or None. Raises NotFound, StateConflict."""
        await self._act(location_id, order_id, actor, partial(_resolve, note=note, status=status))

    async def cancel(
        self, location_id: str, order_id: UUID, *, reason: str, actor: str, only_if_surely_not_sent: bool
    ) -> None:
        """Stops the order where it surely is not at the POS; else asks for it. Raises NotFound, StateConflict."""
        work = partial(_cancel, reason=reason, only_if_surely_not_sent=only_if_surely_not_sent)
        await self._act(location_id, order_id, actor, work)

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

        await run(self._engine, resume)
        log.info("location resumed", location=location_id, by=actor)
        self._announce()

    async def _act(self, location_id: str, order_id: UUID, actor: str, work: Callable[[Desk], Awaitable[None]]) -> None:
        async def act(connection: AsyncConnection) -> None:
            case = await OrderCase.open(connection, location_id, order_id, polled_systems=self._polled)
            if case is None:
                raise NotFound("There is no such order.")
            submission = await lock_submission(connection, location_id, case.order.current_reference)
            doubt = await in_doubt_besides(connection, submission, None)
            askable = self._registry[case.order.pos_system].traits.lookup
            desk = Desk(
                connection=connection, case=case, submission=submission, doubt=doubt, actor=actor, askable=askable
            )
            await work(desk)
            await case.save(connection)

        await run(self._engine, act)
        self._announce()

    async def _give_up_after(self, location_id: str) -> int:
        return (await self._locations.get(location_id)).settings.give_up_after_s


async def _retry(desk: Desk, *, give_up_after_s: int) -> None:
    after = desk.step(DispatchEvent.RETRY)
    case, submission = desk.case, desk.submission
    if after.state is Dispatch.IN_DOUBT and case.cancel_pending and not desk.askable:
        desk.refuse(
            "A cancel was asked for, and a retry would send the order to find out. Look on the till, then resolve."
        )
    await probe_now(desk.connection, case.order.location_id)
    await save_submission(
        desk.connection,
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
        _starts_again(case, case.order.requested_for)
    case.clear_attention(AttentionCode.PARKED, AttentionCode.FAILED, AttentionCode.IN_DOUBT)
    if await is_paused(desk.connection, case.order.location_id):
        what = "due when the location is resumed"
    elif after.state is Dispatch.IN_DOUBT:
        what = "asking the POS now" if desk.askable else "sending again, same reference, to find out"
    else:
        what = "sending again, same reference"
    desk.tell("retry", what)


def _starts_again(case: OrderCase, wanted: datetime | None) -> None:
    case.status = Status.RECEIVED
    case.milestones = {}
    watch = wanted if wanted is not None and wanted > case.now else None
    case.set(status=Status.RECEIVED.value, milestones={}, failure=None, cancellation=None, watch_at=watch)


async def _resend(
    desk: Desk, *, location: Location, corrected: Order | None, registry: Registry, reference: UUID
) -> None:
    case, submission = desk.case, desk.submission
    if submission.reference == reference:  # an earlier run of this transaction had committed after all
        return
    _may_be_resent(desk)
    order = corrected or await current_body(desk.connection, location.id, case.order.id)
    deadline_at = case.now + timedelta(seconds=location.settings.give_up_after_s)
    body = None
    if corrected is not None:
        _fits(case, corrected, location)
        body = as_received(corrected, location.settings.currency)
    sent = Submission(order=order, reference=reference, now=case.now, deadline_at=deadline_at)
    with suppress(Misconfigured):  # the venue's fault: its lane will be blocked by the send
        translation = registry[location.pos.system].translate(location, sent)
        case.set(folded=list(translation.folded), not_sent=list(translation.not_sent))
    old = as_received(await current_body(desk.connection, location.id, case.order.id), location.settings.currency)
    await add_submission(
        desk.connection,
        NewSubmission(
            location_id=location.id,
            reference=reference,
            order_id=case.order.id,
            number=submission.number + 1,
            trigger="resend",
            deadline_at=deadline_at,
            due_at=case.now,
            attempt=submission.attempt,
            body=body if body is not None else old,
        ),
    )
    _starts_again(case, order.requested_for)
    case.clear_attention()
    case.set(
        current_reference=reference,
        pos_status=None,
        pos_order_id=None,
        pos_number=None,
        pos_account=None,
        cancelled_by_pos=False,
        verdict_due_at=None,
    )
    if corrected is not None:
        case.set(
            total=corrected.total,
            prepaid=corrected.prepaid,
            requested_for=corrected.requested_for,
            service_type=corrected.service_type.value,
            customer_search=searchable(corrected),
        )
    raw = {"replaced": old} if corrected is not None else None
    changed = f"; changed: {', '.join(differences(old, body))}" if body is not None else ""
    desk.case.tell(
        Source.OPERATOR,
        "resend",
        f"under a new reference; replaces {submission.reference}{changed}; by {desk.actor}",
        raw=raw,
    )


def _may_be_resent(desk: Desk) -> None:
    case, state = desk.case, desk.submission.state
    if state is not Dispatch.DONE:
        waits = state in (Dispatch.WAITING, Dispatch.SENDING)
        advice = "wait for it, or cancel the order" if waits else "resolve or cancel it first"
        desk.refuse(f"The order's dispatch is {state}: {advice}. Only what is settled is resent.")
    resolved = case.status is Status.RECEIVED
    cancelled_at_pos = case.status is Status.CANCELLED and (
        case.order.cancelled_by_pos or "submitted_at" in case.milestones
    )
    if not (case.status in RESENDABLE or resolved) or cancelled_at_pos:
        desk.refuse(f"The order is {case.status}; only a rejected, failed or unsent order is resent.")


def _fits(case: OrderCase, order: Order, location: Location) -> None:
    findings = check(order, currency=location.settings.currency, now=datetime.now(UTC))
    if order.location != case.order.location_id:
        findings.append(Finding("/location", "changed", "A resend keeps the location."))
    if order.reference != case.order.reference:
        findings.append(Finding("/reference", "changed", "A resend keeps the reference."))
    if findings:
        raise OrderInvalid(findings)


async def _resolve(desk: Desk, *, note: str, status: Status | None) -> None:
    after = desk.step(DispatchEvent.RESOLVE)
    case = desk.case
    if after.state is not desk.submission.state:
        await save_submission(desk.connection, desk.submission, state=after.state, lease_until=None)
    if status is Status.ACCEPTED:
        case.hear(StatusEvent(word=Word.ACCEPTED, raw="resolved"), Source.OPERATOR, detail=f"{note}; by {desk.actor}")
    elif status is Status.REJECTED and case.status is not Status.REJECTED:
        case.move(Status.REJECTED)
        case.fail(FailureCode.POS_REJECTED, f"Settled by a person: {note}")
        case.settle_cancel("stopped", "The order is not at the POS.")
        desk.tell("resolved", f"as rejected: {note}")
    else:
        desk.tell("resolved", note)
    case.clear_attention()


async def _cancel(desk: Desk, *, reason: str, only_if_surely_not_sent: bool) -> None:
    case, submission = desk.case, desk.submission
    if case.status in (Status.CANCELLED, Status.REJECTED, Status.FAILED, Status.COMPLETED):
        desk.refuse(f"The order is {case.status} already.")
    after = desk.step(DispatchEvent.CANCEL)
    if only_if_surely_not_sent and after.ends_order is not Status.CANCELLED:
        desk.refuse("The order may be at the POS already; a key with the scope ops may ask for a cancel.")
    case.ask_cancel(reason)
    desk.tell("cancel", reason)
    if after.ends_order is Status.CANCELLED:
        changes: dict[str, object] = {}
        end_by_cancel(case, changes)
        await save_submission(desk.connection, submission, **changes)
    elif desk.submission.state is Dispatch.IN_DOUBT and not desk.askable:
        changes = {}
        hold_back(case, changes, CANCEL_WANTED)
        await save_submission(desk.connection, submission, **changes)
    elif after.tell_pos:
        case.settle_cancel("not_possible", "The POS has the order, and this POS cannot be told.")
        case.raise_attention(AttentionCode.CANCEL_NOT_POSSIBLE)
