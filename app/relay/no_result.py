"""The order is not (known to be) at the POS: refused, in doubt, not sent, absent, or not translatable."""

import random
from datetime import datetime, timedelta

from app.domain.attention import FADES_WITH_PROGRESS, AttentionCode
from app.domain.errors import AccessDenied, Misconfigured, NotSent, OrderNotExpressible, PosError, no_clear_answer
from app.domain.retry import retry_after, submission_delay
from app.domain.status import FailureCode, Source, Status
from app.domain.submission import Dispatch, DispatchEvent, Step, step
from app.relay.events import OrderCase
from app.relay.outcome import NotBegun, Settling
from app.store import submissions as store

LOOKS_APART_S = 10.0
"""Two looks that both say "absent" must lie this far apart to be certain."""
LOOKS_NEEDED = 2
_SENDS_NEEDED = 2
UNREADABLE = "The POS cannot read this order: the same server error twice, and it surely was not created."
CANCEL_WANTED = "A cancel was asked for, so it is not sent again by itself to find out."


def untranslatable(settling: Settling, refused: OrderNotExpressible) -> None:
    """With the location's present settings the POS cannot be told this order: parked, a person must act."""
    if settling.fenced:
        settling.case.touch()
        return
    if settling.case.order.kind == "message":
        settling.changes |= {"state": Dispatch.DONE, "lease_until": None, "last_error": str(refused)}
        not_shown(settling.case, str(refused), doubt=settling.doubt)
        return
    after = step(Dispatch.SENDING, DispatchEvent.UNTRANSLATABLE, doubt=settling.doubt)
    settling.changes |= {"state": after.state, "lease_until": None, "last_error": str(refused)}
    settling.case.tell(Source.RELAY, "parked", str(refused))
    if settling.case.cancel_pending and not settling.doubt:
        end_by_cancel(settling.case, settling.changes)
    else:
        settling.case.raise_attention(AttentionCode.PARKED, str(refused))


def given_back(settling: Settling) -> None:
    """Nothing was begun: as before the claim, and not at once again, or a lasting cause would make us spin."""
    if settling.fenced:
        settling.case.touch()
        return
    state = Dispatch.IN_DOUBT if settling.claimed.was_in_doubt else Dispatch.WAITING
    due_at = settling.case.now + timedelta(seconds=submission_delay(1, random.random))
    settling.changes |= {"state": state, "lease_until": None, "due_at": due_at, "trigger": "given_back"}
    result = settling.outcome.result
    if isinstance(result, NotBegun) and result.held:
        hold_back(settling.case, settling.changes, result.reason)
    if state is Dispatch.WAITING and settling.case.cancel_pending:
        end_by_cancel(settling.case, settling.changes)


def rejected(settling: Settling, error: PosError) -> None:
    """The POS said no. A no to a repeat says nothing about the first attempt."""
    case = settling.case
    said = error.pos_message or error.message
    if settling.fenced:
        if settling.submission.state is Dispatch.IN_DOUBT:
            case.raise_attention(AttentionCode.IN_DOUBT, f"A late answer says no: {said}")
        case.tell(Source.POS_RESPONSE, "rejected", f"a late answer to attempt {settling.claimed.number}: {said}")
        return
    doubt = settling.doubt and case.order.kind != "message"  # nobody need look for it
    after = step(Dispatch.SENDING, DispatchEvent.REJECTED, doubt=doubt)
    settling.changes |= {"state": after.state, "lease_until": None, "last_error": error.message}
    if after.ends_order is None:
        _schedule(settling)
        case.raise_attention(
            AttentionCode.IN_DOUBT, f"The POS refused a repeat, which says nothing about the first: {said}"
        )
        case.tell(Source.POS_RESPONSE, "rejected", f"a no to a repeat: {said}")
        return
    _refuse(case, FailureCode(error.code) if error.code else FailureCode.POS_REJECTED, error.message, error.pos_message)


def _refuse(case: OrderCase, code: FailureCode, message: str, pos_message: str | None) -> None:
    said = pos_message or message
    case.move(Status.REJECTED)
    case.fail(code, message, pos_message)
    case.raise_attention(AttentionCode.REJECTED, said)
    case.settle_cancel("stopped", "The POS refused the order.")
    case.tell(Source.POS_RESPONSE, "rejected", said)


def not_shown(case: OrderCase, last: str, *, doubt: bool) -> None:
    """A message is given up: it ends, whether or not it may have been shown."""
    perhaps = "It was perhaps shown" if doubt else "It was not shown"
    case.move(Status.FAILED)
    case.fail(FailureCode.EXPIRED, f"{perhaps}. Last: {last}")
    case.tell(Source.RELAY, "failed", f"gave up. {perhaps}. Last: {last}")


def no_result(settling: Settling, error: PosError) -> None:
    """Not sent, in doubt, denied or misconfigured: scheduled again, or looked up."""
    case, number = settling.case, settling.claimed.number
    if settling.fenced:
        case.tell(Source.RELAY, error.outcome, f"a late result of attempt {number}: {error.message}")
        return
    after = _next(settling, error)
    settling.changes |= {"state": after.state, "lease_until": None, "last_error": error.message}
    if settling.claimed.kind == "send":
        settling.changes |= {"absent_looks": 0}
    if after.state is Dispatch.WAITING:  # the doubt of an overdue one can end by a late report: its deadline acts anew
        settling.changes |= {"overdue": False}
    _schedule(settling, error)
    doing = "looking it up" if settling.claimed.kind == "ask" else "sending"
    case.tell(Source.RELAY, error.outcome, f"attempt {number}, {doing}: {error.message}")
    if after.state is Dispatch.WAITING and case.cancel_pending:
        end_by_cancel(case, settling.changes)
    elif case.cancel_pending and case.order.pos_system not in settling.patience.askable_systems:
        hold_back(case, settling.changes, CANCEL_WANTED)


def hold_back(case: OrderCase, changes: dict[str, object], why: str) -> None:
    """In doubt, and finding out by sending it again could create what should not be: a person looks."""
    changes |= {"held": True}
    case.clear_attention(AttentionCode.IN_DOUBT)  # this says more
    case.raise_attention(AttentionCode.IN_DOUBT, why)
    case.tell(Source.RELAY, "held", why)


def _next(settling: Settling, error: PosError) -> Step:
    """A failed look-up says nothing new of the order; a failed send does."""
    if settling.claimed.kind == "ask":
        return Step(state=Dispatch.IN_DOUBT)
    match error:
        case NotSent():
            event = DispatchEvent.NOT_SENT
        case AccessDenied() | Misconfigured():
            event = DispatchEvent.DENIED
        case _:
            event = DispatchEvent.IN_DOUBT
    return step(Dispatch.SENDING, event, doubt=settling.doubt)


def _schedule(settling: Settling, error: PosError | None = None) -> None:
    if isinstance(error, AccessDenied | Misconfigured):
        settling.changes |= {"due_at": settling.case.now}  # the lane holds it, and all resume after the fix
        return
    failures = settling.submission.failures + 1
    delay = submission_delay(failures, random.random)
    if error is not None and error.retry_after_s is not None:
        delay = max(delay, retry_after(error.retry_after_s))
    settling.changes |= {"failures": failures, "due_at": settling.case.now + timedelta(seconds=delay)}


async def absent(settling: Settling) -> None:
    """The POS says that it has no such order. Believed when it was asked late enough, twice, and some time apart."""
    if settling.fenced:
        settling.case.touch()
        return
    case, submission = settling.case, settling.submission
    settling.changes |= {"state": Dispatch.IN_DOUBT, "lease_until": None, "failures": submission.failures + 1}
    asked_at = await store.attempt_started(
        settling.connection, submission.location_id, submission.reference, settling.claimed.number
    )
    counts_from = await _counts_from(settling)
    if asked_at < counts_from:
        # Too early to believe it; look again on the usual schedule, for it may appear, and as soon as it counts.
        soon = timedelta(seconds=submission_delay(submission.failures + 1, random.random))
        settling.changes |= {"due_at": min(case.now + soon, max(counts_from, case.now)), "absent_looks": 0}
        return
    looks = submission.absent_looks
    if looks == 0 or submission.absent_at is None:
        settling.changes |= {"absent_looks": 1, "absent_at": asked_at, "due_at": _apart(asked_at)}
        case.tell(Source.RELAY, "absent", "asked, and the POS does not have it; asking once more to be certain")
    elif asked_at < _apart(submission.absent_at):
        settling.changes |= {"due_at": _apart(submission.absent_at)}
    elif looks + 1 >= LOOKS_NEEDED:
        await _confirmed_absent(settling)


def _apart(look: datetime) -> datetime:
    return look + timedelta(seconds=LOOKS_APART_S)


async def _counts_from(settling: Settling) -> datetime:
    ended = await store.last_send_ended(
        settling.connection, settling.submission, longest_s=settling.patience.longest_send_s
    )
    return (ended or settling.case.now) + timedelta(seconds=settling.outcome.absence_counts_after_s)


async def _confirmed_absent(settling: Settling) -> None:
    case = settling.case
    unreadable = None if case.cancel_pending else await _said_twice(settling)
    if unreadable is not None:
        settling.changes |= {"state": Dispatch.DONE, "absent_through": settling.submission.attempt}
        _refuse(case, FailureCode.POS_REJECTED, UNREADABLE, unreadable)
        return
    settling.changes |= {
        "state": Dispatch.WAITING,
        "absent_looks": 0,
        "absent_at": None,
        "absent_through": settling.submission.attempt,
        "due_at": case.now,
        "overdue": False,
        "trigger": "confirmed_absent",
    }
    case.clear_attention(AttentionCode.IN_DOUBT)
    case.tell(Source.RELAY, "confirmed_absent", "the POS surely does not have it; sending again, same reference")
    if case.cancel_pending:
        end_by_cancel(case, settling.changes)


async def _said_twice(settling: Settling) -> str | None:
    """The same server error to both of the last two sends, and it surely was not created by either: the POS cannot
    read this order, ever. What it said.

    Iiko answers 500 with a stack trace to a wrong type (Iiko integration tips, on error processing). Such an error
    alone says nothing: a send that ended so may have created the order.
    """
    sends = await store.last_doubtful_sends(settling.connection, settling.submission)
    if len(sends) < _SENDS_NEEDED:
        return None
    last, before = sends
    asked_between = last.number > settling.submission.absent_through >= before.number
    bare = last.http_status == 500 and (last.error or "").startswith(
        no_clear_answer(500)
    )  # no 503, no code such as 701
    same = (last.http_status, last.error) == (before.http_status, before.error)
    return last.error if asked_between and bare and same else None


def end_by_cancel(case: OrderCase, changes: dict[str, object]) -> None:
    """The order is surely not at the POS, and a cancel was asked for: it takes effect."""
    changes |= {"state": Dispatch.DONE, "lease_until": None}
    case.settle_cancel("stopped", "Cancelled before the POS had it.")
    case.move(Status.CANCELLED)
    case.clear_attention(*FADES_WITH_PROGRESS, AttentionCode.REJECTED, AttentionCode.FAILED)
    case.tell(Source.RELAY, "cancelled", "surely not at the POS; the cancel that was asked for takes effect")
