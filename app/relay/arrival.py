"""The order is at the POS: its answer to a create said so, or a look-up found it."""

from dataclasses import replace
from datetime import timedelta

from app.adapters.base import Taken
from app.domain.attention import AttentionCode
from app.domain.status import Source, Status, StatusEvent, Word
from app.domain.submission import Dispatch
from app.relay.events import OrderCase
from app.relay.outcome import Settling

_SPOKEN = frozenset(Status) - {Status.RECEIVED, Status.FAILED, Status.CANCELLED}
"""The POS has said more already than that it took the order."""


def taken(settling: Settling, answer: Taken) -> None:
    """The POS took it, or had it already."""
    case, translation = settling.case, settling.outcome.translation
    if answer.duplicate and not (settling.doubt or settling.claimed.was_in_doubt):
        case.warn(
            "duplicate_reference",
            "The POS answered that it has this reference already, to a first attempt; the order counts as taken.",
        )
    if translation is not None:
        case.set(folded=list(translation.folded), not_sent=list(translation.not_sent))
    detail = "the POS had it already: an earlier attempt arrived" if answer.duplicate else "the POS took it"
    _arrived(settling, answer.event, detail)


def found(settling: Settling, event: StatusEvent) -> None:
    """A look-up by our reference found it."""
    _arrived(settling, event, "asked, and the POS has it")


def _arrived(settling: Settling, event: StatusEvent, detail: str) -> None:
    case, submission = settling.case, settling.submission
    callback_was_faster = submission.state is Dispatch.DONE
    if not callback_was_faster:
        settling.changes |= {"state": Dispatch.DONE, "lease_until": None, "failures": 0, "last_error": None}
    if settling.superseded:
        replaced = replace(event, reference=str(submission.reference))
        case.hear(replaced, Source.POS_RESPONSE, superseded=True, detail=detail)
        return
    case.reach("submitted")
    if settling.outcome.verdict_within_s is not None and case.order.verdict_due_at is None:
        patience_s = settling.outcome.verdict_within_s + settling.patience.verdict_grace_s
        case.set(verdict_due_at=case.now + timedelta(seconds=patience_s))
    if not (callback_was_faster and event.word is Word.SUBMITTED and case.status in _SPOKEN):
        case.hear(event, Source.POS_RESPONSE, detail=detail)
    if not callback_was_faster:
        case.clear_attention(AttentionCode.IN_DOUBT, AttentionCode.LATE, AttentionCode.PARKED)
    cancel_comes_too_late(case)


def cancel_comes_too_late(case: OrderCase) -> None:
    """The POS has the order, and a cancel was asked for: only people at the till can do it, and they are told."""
    if case.status in (Status.REJECTED, Status.FAILED, Status.CANCELLED):
        case.settle_cancel("stopped", "The POS does not have the order.")
    else:
        case.tell_till_to_cancel()
