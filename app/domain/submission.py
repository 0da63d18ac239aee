"""The dispatch state of a submission: ours, and the table that says what an event does to it.

A submission is one business send of an order to a POS under one reference; an attempt is one try of it.
Pure. "Doubt" below means: some attempt of the submission may have created the order, and its absence is not
confirmed. Without doubt the order is proven not to be in the POS.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.attention import AttentionCode
from app.domain.status import Status


class Dispatch(StrEnum):
    """Where a submission stands. Closed list."""

    WAITING = "waiting"
    SENDING = "sending"
    IN_DOUBT = "in_doubt"
    """Perhaps created; we are finding out."""
    PARKED = "parked"
    """Cannot be translated; a person must act."""
    DONE = "done"


class DispatchEvent(StrEnum):
    """What can happen to a submission."""

    CLAIM = "claim"
    NOT_SENT = "not sent"
    IN_DOUBT = "in doubt, lease over"
    TAKEN = "taken"
    REJECTED = "POS said no"
    DENIED = "denied, misconfigured"
    UNTRANSLATABLE = "cannot be translated"
    CALLBACK = "callback, any word"
    DEADLINE = "deadline"
    RETRY = "retry"
    CANCEL = "cancel"
    RESOLVE = "resolve"


class Cell(StrEnum):
    """The cells of the table."""

    IMPOSSIBLE = "-"
    FACTS = "facts only"
    CONFLICT = "409"
    SENDING = "sending"
    WAITING = "waiting"
    WAITING_OR_DOUBT = "waiting; in_doubt if an earlier attempt is open"
    IN_DOUBT = "in_doubt"
    DONE = "done"
    REJECTED = "done, rejected; in_doubt if an earlier attempt is open"
    STAYS = "stays, attention"
    PARKED = "parked"
    EXPIRED = "done, failed (if proven not sent)"
    LATER = "at the end of the attempt"
    ATTENTION = "attention, never failed"
    DUE = "due now"
    REVIVE = "failed: waiting again, same reference; else 409"
    CANCELLED = "done, cancelled (if proven not sent, else requested)"
    REQUESTED = "requested"
    TELL = "tell the POS"
    CLEARS = "clears attention"


_STATES = tuple(Dispatch)


def _row(*cells: Cell) -> dict[Dispatch, Cell]:
    return dict(zip(_STATES, cells, strict=True))


_NO = Cell.IMPOSSIBLE
#                                 waiting        sending                in_doubt        parked          done
TABLE: dict[DispatchEvent, dict[Dispatch, Cell]] = {
    DispatchEvent.CLAIM: _row(Cell.SENDING, _NO, Cell.SENDING, _NO, _NO),
    DispatchEvent.NOT_SENT: _row(_NO, Cell.WAITING_OR_DOUBT, Cell.IN_DOUBT, _NO, Cell.FACTS),
    DispatchEvent.IN_DOUBT: _row(_NO, Cell.IN_DOUBT, Cell.IN_DOUBT, _NO, Cell.FACTS),
    DispatchEvent.TAKEN: _row(_NO, Cell.DONE, Cell.DONE, Cell.DONE, Cell.FACTS),
    DispatchEvent.REJECTED: _row(_NO, Cell.REJECTED, Cell.STAYS, _NO, Cell.FACTS),
    DispatchEvent.DENIED: _row(_NO, Cell.WAITING_OR_DOUBT, Cell.WAITING_OR_DOUBT, _NO, _NO),
    DispatchEvent.UNTRANSLATABLE: _row(Cell.PARKED, Cell.PARKED, _NO, _NO, _NO),
    DispatchEvent.CALLBACK: _row(Cell.DONE, Cell.DONE, Cell.DONE, Cell.DONE, Cell.FACTS),
    DispatchEvent.DEADLINE: _row(Cell.EXPIRED, Cell.LATER, Cell.ATTENTION, Cell.EXPIRED, Cell.FACTS),
    DispatchEvent.RETRY: _row(Cell.DUE, Cell.CONFLICT, Cell.DUE, Cell.WAITING, Cell.REVIVE),
    DispatchEvent.CANCEL: _row(Cell.CANCELLED, Cell.REQUESTED, Cell.REQUESTED, Cell.CANCELLED, Cell.TELL),
    DispatchEvent.RESOLVE: _row(Cell.CONFLICT, Cell.CONFLICT, Cell.DONE, Cell.DONE, Cell.CLEARS),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What an event does to a submission, and to the order's status where dispatch itself ends it."""

    state: Dispatch
    ends_order: Status | None = None
    """rejected, failed or cancelled: the order ends by this event."""
    attention: AttentionCode | None = None
    due_now: bool = False
    conflict: bool = False
    """True: not allowed in this state (409)."""
    cancel_requested: bool = False
    tell_pos: bool = False


class ImpossibleEvent(Exception):
    """A cell of the table that cannot be reached: a defect of ours."""


def step(state: Dispatch, event: DispatchEvent, *, doubt: bool, status: Status = Status.RECEIVED) -> Step:  # noqa: C901 - a table, read cell by cell
    """What the event does to a submission in this state. ``status`` matters for a retry of a failed order only."""
    cell = TABLE[event][state]
    match cell:
        case Cell.IMPOSSIBLE:
            message = f"{event} cannot happen to a submission that is {state}"
            raise ImpossibleEvent(message)
        case Cell.CONFLICT:
            return Step(state=state, conflict=True)
        case Cell.FACTS | Cell.LATER | Cell.CLEARS:
            return Step(state=state)
        case Cell.SENDING:
            return Step(state=Dispatch.SENDING)
        case Cell.WAITING:
            # A parked submission may have an attempt in doubt from before its settings were broken.
            return Step(state=Dispatch.IN_DOUBT if doubt else Dispatch.WAITING, due_now=True)
        case Cell.WAITING_OR_DOUBT:
            return Step(state=Dispatch.IN_DOUBT if doubt else Dispatch.WAITING)
        case Cell.IN_DOUBT:
            return Step(state=Dispatch.IN_DOUBT)
        case Cell.DONE:
            return Step(state=Dispatch.DONE)
        case Cell.REJECTED if not doubt:
            return Step(state=Dispatch.DONE, ends_order=Status.REJECTED)
        case Cell.REJECTED | Cell.STAYS:
            return Step(state=Dispatch.IN_DOUBT, attention=AttentionCode.IN_DOUBT)
        case Cell.PARKED:
            return Step(state=Dispatch.PARKED, attention=AttentionCode.PARKED)
        case Cell.EXPIRED if not doubt:
            return Step(state=Dispatch.DONE, ends_order=Status.FAILED)
        case Cell.EXPIRED | Cell.ATTENTION:
            return Step(state=state, attention=AttentionCode.IN_DOUBT)
        case Cell.DUE:
            return Step(state=state, due_now=True)
        case Cell.REVIVE if status is Status.FAILED:
            return Step(state=Dispatch.WAITING, due_now=True)
        case Cell.REVIVE:
            return Step(state=state, conflict=True)
        case Cell.CANCELLED if not doubt:
            return Step(state=Dispatch.DONE, ends_order=Status.CANCELLED)
        case Cell.CANCELLED | Cell.REQUESTED:
            return Step(state=state, cancel_requested=True)
        case Cell.TELL:
            return Step(state=state, tell_pos=True)
