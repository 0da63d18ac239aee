"""What a POS's word does to the status of an order: one table.

Pure. A word never moves an order down: ordered by rank, never by arrival. The same words that the order is in the POS,
with or without a refusal among them, end in the same status in whatever order they come, and twice equals once. Two
different ends (refused and cancelled, cancelled and completed) are the exception: the first one stands.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.attention import AttentionCode
from app.domain.status import RANK, Status, Word


class Standing(StrEnum):
    """The columns of the table: where an order stands when a word arrives."""

    OPEN = "open"
    """received, submitted"""
    LIVE = "live"
    """accepted .. in_delivery"""
    COMPLETED = "completed"
    REJECTED = "rejected"
    FAILED = "failed"
    CANCELLED_BY_US = "cancelled_by_us"
    CANCELLED_BY_POS = "cancelled_by_pos"


class Effect(StrEnum):
    """The cells of the table."""

    HISTORY = "history only"
    ACCEPTED = "accepted"
    THAT = "that status"
    BY_RANK = "that status, if it is higher"
    MILESTONE = "its milestone only"
    CLOSED = "closed_at"
    ACCEPTED_CLOSED = "accepted and closed_at"
    REVIVED_ACCEPTED = "accepted, with attention"
    REVIVED_THAT = "that status, with attention"
    REVIVED_CLOSED = "accepted and closed_at, with attention"
    REJECTED = "rejected"
    REFUSED_LATE = "unchanged, with attention"
    REASON = "reason stored"
    CANCELLED = "cancelled"
    CANCELLED_LATE = "unchanged, with attention that the POS cancelled"


_H = Effect.HISTORY
_ROW = tuple(Standing)


def _row(*cells: Effect) -> dict[Standing, Effect]:
    return dict(zip(_ROW, cells, strict=True))


_PROGRESS = _row(
    Effect.THAT,
    Effect.BY_RANK,
    Effect.MILESTONE,
    Effect.REVIVED_THAT,
    Effect.REVIVED_THAT,
    Effect.REVIVED_THAT,
    _H,
)

TABLE: dict[Word, dict[Standing, Effect]] = {
    # Of an order that we gave up or stopped: the POS has it after all, though it has not said yes.
    Word.SUBMITTED: _row(
        Effect.BY_RANK, Effect.MILESTONE, Effect.MILESTONE, _H, Effect.REVIVED_THAT, Effect.REVIVED_THAT, _H
    ),
    Word.ACCEPTED: _row(
        Effect.ACCEPTED,
        Effect.MILESTONE,
        Effect.MILESTONE,
        Effect.REVIVED_ACCEPTED,
        Effect.REVIVED_ACCEPTED,
        Effect.REVIVED_ACCEPTED,
        _H,
    ),
    Word.IN_PREPARATION: _PROGRESS,
    Word.READY: _PROGRESS,
    Word.IN_DELIVERY: _PROGRESS,
    Word.COMPLETED: _PROGRESS,
    Word.CLOSED: _row(
        Effect.ACCEPTED_CLOSED,
        Effect.CLOSED,
        Effect.CLOSED,
        Effect.REVIVED_CLOSED,
        Effect.REVIVED_CLOSED,
        Effect.REVIVED_CLOSED,
        Effect.CLOSED,
    ),
    Word.CHECK_UPDATED: _row(
        Effect.ACCEPTED, _H, _H, Effect.REVIVED_ACCEPTED, Effect.REVIVED_ACCEPTED, Effect.REVIVED_ACCEPTED, _H
    ),
    Word.REJECTED: _row(Effect.REJECTED, Effect.REFUSED_LATE, Effect.REFUSED_LATE, _H, Effect.REASON, _H, _H),
    Word.CANCELLED: _row(Effect.CANCELLED, Effect.CANCELLED, Effect.CANCELLED_LATE, _H, _H, _H, _H),
    Word.UNKNOWN: _row(_H, _H, _H, _H, _H, _H, _H),
}
"""What each word does to an order that stands there (the iKentoo guide's callback words and Iiko's status codes)."""

GOOD_WORDS = frozenset(
    {
        Word.ACCEPTED,
        Word.IN_PREPARATION,
        Word.READY,
        Word.IN_DELIVERY,
        Word.COMPLETED,
        Word.CLOSED,
        Word.CHECK_UPDATED,
    }
)
"""Words that say: the order is in the POS, and stays there."""
_IN_POS = GOOD_WORDS | {Word.SUBMITTED}
"""Enough to fear a double: nobody follows a reference that was replaced, so no better word may ever come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderState:
    """What the table needs to know of an order."""

    status: Status
    cancelled_by_pos: bool = False
    cancel_asked: bool = False
    prepaid: bool = False
    milestones: frozenset[str] = frozenset()
    """Names of the milestones that are set, without ``_at``: ``accepted``, ``closed`` ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a word does to an order. ``status`` None = unchanged."""

    status: Status | None = None
    milestones: tuple[str, ...] = ()
    attention: AttentionCode | None = None
    store_reason: bool = False
    by_pos: bool = False
    """True for a cancel that the POS spoke."""


def standing(order: OrderState) -> Standing:
    """The column of the table."""
    match order.status:
        case Status.RECEIVED | Status.SUBMITTED:
            return Standing.OPEN
        case Status.COMPLETED:
            return Standing.COMPLETED
        case Status.REJECTED:
            return Standing.REJECTED
        case Status.FAILED:
            return Standing.FAILED
        case Status.CANCELLED:
            return Standing.CANCELLED_BY_POS if order.cancelled_by_pos else Standing.CANCELLED_BY_US
        case _:
            return Standing.LIVE


def decide(order: OrderState, word: Word, *, superseded: bool = False) -> Change:
    """What the word does. ``superseded``: it was said of a reference that a resend replaced."""
    if superseded:
        return Change(attention=AttentionCode.DOUBLE_IN_POS) if word in _IN_POS else Change()
    return _completed(order, word, _change(order, word, TABLE[word][standing(order)]))


def _change(order: OrderState, word: Word, effect: Effect) -> Change:
    again = AttentionCode.ACCEPTED_AFTER_END
    unasked = None if order.cancel_asked else AttentionCode.CANCELLED_BY_POS
    match effect:
        case Effect.HISTORY:
            return Change()
        case Effect.ACCEPTED:
            return Change(status=Status.ACCEPTED, milestones=("accepted",))
        case Effect.THAT | Effect.BY_RANK:
            return _by_rank(order, word)
        case Effect.MILESTONE:
            return Change(milestones=(word.value,))
        case Effect.CLOSED:
            return Change(milestones=("closed",))
        case Effect.ACCEPTED_CLOSED:
            return Change(status=Status.ACCEPTED, milestones=("accepted", "closed"))
        case Effect.REVIVED_ACCEPTED:
            return Change(status=Status.ACCEPTED, milestones=("accepted",), attention=again)
        case Effect.REVIVED_THAT:
            return Change(status=Status(word.value), milestones=_reached(word), attention=again)
        case Effect.REVIVED_CLOSED:
            return Change(status=Status.ACCEPTED, milestones=("accepted", "closed"), attention=again)
        case _:
            return _bad(effect, unasked)


def _bad(effect: Effect, unasked: AttentionCode | None) -> Change:
    match effect:
        case Effect.REJECTED:
            attention = AttentionCode.REJECTED
            return Change(status=Status.REJECTED, milestones=("rejected",), attention=attention, store_reason=True)
        case Effect.REFUSED_LATE:
            # Its reason goes into the attention and the history: an order that is cooked shows no failure.
            return Change(attention=AttentionCode.REFUSED_AFTER_ACCEPT)
        case Effect.REASON:
            return Change(store_reason=True)
        case Effect.CANCELLED:
            return Change(status=Status.CANCELLED, milestones=("cancelled",), attention=unasked, by_pos=True)
        case _:
            return Change(attention=AttentionCode.CANCELLED_BY_POS)


def _by_rank(order: OrderState, word: Word) -> Change:
    said = Status(word.value)
    return Change(status=said if RANK[said] > RANK[order.status] else None, milestones=_reached(word))


def _reached(word: Word) -> tuple[str, ...]:
    """What comes after accepted implies it, whether or not the POS ever says so."""
    return ("accepted", word.value) if RANK[Status(word.value)] > RANK[Status.ACCEPTED] else (word.value,)


def _completed(order: OrderState, word: Word, change: Change) -> Change:
    """CLOSED together with READY or IN_DELIVERY is the end; so is CLOSED on an order that was not prepaid."""
    status = change.status or order.status
    if status not in RANK or status is Status.COMPLETED:
        return change
    reached = order.milestones | set(change.milestones)
    closed = "closed" in reached
    handed_over = bool({"ready", "in_delivery"} & reached)
    if closed and (handed_over or (word is Word.CLOSED and not order.prepaid)):
        milestones = (*change.milestones, "completed")
        return Change(status=Status.COMPLETED, milestones=milestones, attention=change.attention)
    return change
