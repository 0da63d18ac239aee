"""The status table as the design writes it, what its words and cells mean, and the orders that can stand in it.

Written by hand from the design, never from the code: it is what the code is measured against.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product

from app.domain.attention import AttentionCode
from app.domain.status import Status, Word
from app.domain.status_table import OrderState
from tests.domain.tables import read

AGAIN = AttentionCode.ACCEPTED_AFTER_END

TABLE = read(
    """
| word \\ now | received, submitted | accepted .. in_delivery | completed | rejected | failed | cancelled by us | cancelled by POS |
| iKentoo SUCCESS; Iiko NEW | accepted | history | history | accepted + attention | accepted + attention | accepted + attention | history |
| READY_FOR_PICKUP / IN_DELIVERY; Iiko in progress, WAITING, ON_WAY | that | by rank | milestone only | that + attention | that + attention | that + attention | history |
| Iiko DELIVERED or CLOSED | that | by rank | milestone only | that + attention | that + attention | that + attention | history |
| CLOSED | accepted + closed_at | closed_at | history | as SUCCESS | as SUCCESS | as SUCCESS | closed_at |
| CHECK_WAS_UPDATED | accepted | history | history | as SUCCESS | as SUCCESS | as SUCCESS | history |
| FAILURE | rejected | unchanged + attention | unchanged + attention | history | reason stored | history | history |
| CANCELLED, ABANDONED | cancelled | cancelled; attention if not asked | attention | history | history | history | history |
| taken; Iiko UNCONFIRMED | by rank | milestone only | milestone only | history | that + attention | that + attention | history |
| a word not in the table | history | history | history | history | history | history | history |
"""  # noqa: E501 - as the design writes it
)
"""The rows of DELIVERED, CHECK_WAS_UPDATED, taken and unknown words are the design's prose below the table, as rows."""

WORDS = {
    "iKentoo SUCCESS; Iiko NEW": (Word.ACCEPTED,),
    "READY_FOR_PICKUP / IN_DELIVERY; Iiko in progress, WAITING, ON_WAY": (
        Word.READY,
        Word.IN_DELIVERY,
        Word.IN_PREPARATION,
    ),
    "Iiko DELIVERED or CLOSED": (Word.COMPLETED,),
    "CLOSED": (Word.CLOSED,),
    "CHECK_WAS_UPDATED": (Word.CHECK_UPDATED,),
    "FAILURE": (Word.REJECTED,),
    "CANCELLED, ABANDONED": (Word.CANCELLED,),
    "taken; Iiko UNCONFIRMED": (Word.SUBMITTED,),
    "a word not in the table": (Word.UNKNOWN,),
}

RISING = ("received", "submitted", "accepted", "in_preparation", "ready", "in_delivery", "completed")
COLUMNS = {
    "received, submitted": (Status.RECEIVED, Status.SUBMITTED),
    "accepted .. in_delivery": (Status.ACCEPTED, Status.IN_PREPARATION, Status.READY, Status.IN_DELIVERY),
    "completed": (Status.COMPLETED,),
    "rejected": (Status.REJECTED,),
    "failed": (Status.FAILED,),
    "cancelled by us": (Status.CANCELLED,),
    "cancelled by POS": (Status.CANCELLED,),
}


@dataclass(frozen=True, kw_only=True)
class Expected:
    """How the order stands after the word."""

    status: Status
    reached: frozenset[str]
    attention: AttentionCode | None = None
    reason: bool = False
    by_pos: bool = False


def cell_of(word: Word, column: str) -> str:
    row = next(name for name, words in WORDS.items() if word in words)
    return TABLE[row][column]


def expected(cell: str, order: OrderState, word: Word) -> Expected:  # noqa: C901 - one case for each cell
    """What the cell says, and the rule for the end."""
    now, reached = order.status, order.milestones
    match cell:
        case "history" if word in RISING and now in RISING:  # "a lower or equal word: its milestone is still set"
            result = Expected(status=now, reached=reached | {word.value})
        case "history" if word is Word.CLOSED:
            result = Expected(status=now, reached=reached | {"closed"})
        case "history":
            result = Expected(status=now, reached=reached)
        case "accepted":
            result = Expected(status=Status.ACCEPTED, reached=reached | {"accepted"})
        case "accepted + closed_at":
            result = Expected(status=Status.ACCEPTED, reached=reached | {"accepted", "closed"})
        case "closed_at":
            result = Expected(status=now, reached=reached | {"closed"})
        case "that":
            result = Expected(status=Status(word.value), reached=reached | implied(word))
        case "by rank":
            higher = RISING.index(word.value) > RISING.index(now.value)
            result = Expected(status=Status(word.value) if higher else now, reached=reached | implied(word))
        case "milestone only":
            result = Expected(status=now, reached=reached | {word.value})
        case "that + attention":
            result = Expected(status=Status(word.value), reached=reached | implied(word), attention=AGAIN)
        case "accepted + attention" | "as SUCCESS":
            closed = {"closed"} if word is Word.CLOSED else set()
            result = Expected(status=Status.ACCEPTED, reached=reached | {"accepted"} | closed, attention=AGAIN)
        case _:
            result = _bad(cell, order)
    return _ended(result, order, word)


def _bad(cell: str, order: OrderState) -> Expected:
    now, reached = order.status, order.milestones
    unasked = None if order.cancel_asked else AttentionCode.CANCELLED_BY_POS
    match cell:
        case "rejected":
            return Expected(
                status=Status.REJECTED, reached=reached | {"rejected"}, attention=AttentionCode.REJECTED, reason=True
            )
        case "unchanged + attention":
            return Expected(status=now, reached=reached, attention=AttentionCode.REFUSED_AFTER_ACCEPT)
        case "reason stored":
            return Expected(status=now, reached=reached, reason=True)
        case "cancelled" | "cancelled; attention if not asked":
            # Ours beyond the design: a cancel that nobody asked for is worth a look before the order was accepted too.
            return Expected(status=Status.CANCELLED, reached=reached | {"cancelled"}, attention=unasked, by_pos=True)
        case "attention":
            return Expected(status=now, reached=reached, attention=AttentionCode.CANCELLED_BY_POS)
    raise AssertionError(f"no meaning for the cell {cell!r}")


def implied(word: Word) -> set[str]:
    """READY and whatever else comes after accepted imply it."""
    return {word.value, "accepted"} if RISING.index(word.value) > RISING.index("accepted") else {word.value}


def _ended(result: Expected, order: OrderState, word: Word) -> Expected:
    """Completed = CLOSED and READY (or IN_DELIVERY) both seen; or CLOSED on an unpaid order."""
    alive = result.status in RISING and result.status is not Status.COMPLETED
    handed_over = "closed" in result.reached and result.reached & {"ready", "in_delivery"}
    unpaid = word is Word.CLOSED and not order.prepaid
    if not (alive and (handed_over or unpaid)):
        return result
    reached = result.reached | {"completed"}
    return Expected(status=Status.COMPLETED, reached=reached, attention=result.attention)


def orders(column: str) -> Iterator[OrderState]:
    """Every order that can stand in a column, with every combination of what else may be known of it."""
    for status, prepaid, asked, extra in product(COLUMNS[column], (True, False), (True, False), _milestones()):
        reached = extra | ({"accepted"} if column in ("accepted .. in_delivery", "completed") else set())
        order = OrderState(
            status=status,
            cancelled_by_pos=column == "cancelled by POS",
            cancel_asked=asked,
            prepaid=prepaid,
            milestones=frozenset(reached),
        )
        if _possible(order, column):
            yield order


def _milestones() -> list[frozenset[str]]:
    names = ("submitted", "ready", "in_delivery", "closed")
    return [frozenset(some) for count in range(len(names) + 1) for some in combinations(names, count)]


def _possible(order: OrderState, column: str) -> bool:
    """An open order has reached nothing; a live one that is closed would be completed if it could be."""
    if column == "received, submitted":
        return order.milestones <= {"submitted"}
    if column != "accepted .. in_delivery" or "closed" not in order.milestones:
        return True
    return order.prepaid and not order.milestones & {"ready", "in_delivery"}
