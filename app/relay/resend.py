"""A resend: a new submission of an order under a new reference, as it was or corrected."""

from datetime import timedelta
from uuid import UUID

from app.adapters.base import Registry, Submission
from app.domain.catalog import Menu
from app.domain.errors import Finding, OrderInvalid
from app.domain.location import Location
from app.domain.order import Order, as_received, differences, searchable
from app.domain.rules import check
from app.domain.status import Source, Status
from app.domain.submission import Dispatch
from app.relay.at_hand import AtHand, starts_again
from app.relay.catalog_check import against_menu, as_warning, refuses, translated
from app.relay.events import OrderCase
from app.store.messages import is_on_its_way
from app.store.orders import current_body
from app.store.submissions import NewSubmission, add_submission

RESENDABLE = frozenset({Status.REJECTED, Status.FAILED, Status.CANCELLED})


async def resend(
    hand: AtHand, *, location: Location, corrected: Order | None, menu: Menu, registry: Registry, reference: UUID
) -> None:
    """``menu``: what is known of what the order names."""
    case, submission = hand.case, hand.submission
    if submission.reference == reference:  # an earlier run of this transaction had committed after all
        return
    await _may_be_resent(hand)
    order = corrected or await current_body(hand.connection, location.id, case.order.id)
    deadline_at = case.now + timedelta(seconds=location.settings.give_up_after_s)
    body = None
    if corrected is not None:
        _fits(case, corrected, location)
        found = against_menu(location, corrected, menu)
        if found and refuses(location, menu, case.now):
            raise OrderInvalid(found)
        case.set(warnings=[as_warning(finding) for finding in found])
        body = as_received(corrected, location.settings.currency)
    sent = Submission(order=order, reference=reference, now=case.now, deadline_at=deadline_at, menu=menu)
    translation = translated(registry[location.pos.system], location, sent)
    if translation is not None:
        case.set(folded=list(translation.folded), not_sent=list(translation.not_sent))
    old = as_received(await current_body(hand.connection, location.id, case.order.id), location.settings.currency)
    await add_submission(
        hand.connection,
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
    starts_again(case, order.requested_for)
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
            erased_at=None,
        )
    raw = {"replaced": old} if corrected is not None else None
    changed = f"; changed: {', '.join(differences(old, body))}" if body is not None else ""
    hand.case.tell(
        Source.OPERATOR,
        "resend",
        f"under a new reference; replaces {submission.reference}{changed}; by {hand.actor}",
        raw=raw,
    )


async def _may_be_resent(hand: AtHand) -> None:
    case, state = hand.case, hand.submission.state
    if hand.gone.purged:
        hand.refuse("The order was purged: it is too old, and only its reference is kept. Send a new one.")
    if state is not Dispatch.DONE:
        waits = state in (Dispatch.WAITING, Dispatch.SENDING)
        advice = "wait for it, or cancel the order" if waits else "resolve or cancel it first"
        hand.refuse(f"The order's dispatch is {state}: {advice}. Only what is settled is resent.")
    if case.cancel_message and await is_on_its_way(hand.connection, case.order.location_id, case.cancel_message):
        hand.refuse("The till is still being told to cancel the order that was sent: wait until it is.")
    resolved = case.status is Status.RECEIVED
    cancelled_at_pos = case.status is Status.CANCELLED and (
        case.order.cancelled_by_pos or "submitted_at" in case.milestones
    )
    if not (case.status in RESENDABLE or resolved) or cancelled_at_pos:
        hand.refuse(f"The order is {case.status}; only a rejected, failed or unsent order is resent.")


def _fits(case: OrderCase, order: Order, location: Location) -> None:
    findings = check(order, currency=location.settings.currency, now=case.now)
    if order.location != case.order.location_id:
        findings.append(Finding("/location", "changed", "A resend keeps the location."))
    if order.reference != case.order.reference:
        findings.append(Finding("/reference", "changed", "A resend keeps the reference."))
    if findings:
        raise OrderInvalid(findings)
