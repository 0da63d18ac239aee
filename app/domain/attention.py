"""Why a person should look at an order, what it means, and what to do about it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AttentionCode(StrEnum):
    """Why a person should look at an order. Closed list."""

    IN_DOUBT = "in_doubt"
    NO_VERDICT = "no_verdict"
    NOT_CONFIRMED = "not_confirmed"
    REJECTED = "rejected"
    FAILED = "failed"
    PARKED = "parked"
    LATE = "late"
    DOUBLE_IN_POS = "double_in_pos"
    ACCEPTED_AFTER_END = "accepted_after_end"
    REFUSED_AFTER_ACCEPT = "refused_after_accept"
    CANCELLED_BY_POS = "cancelled_by_pos"
    CANCEL_NOT_POSSIBLE = "cancel_not_possible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """Why a person should look, since when, and what to do."""

    code: AttentionCode
    since: datetime
    message: str
    action: str


GUIDANCE: dict[AttentionCode, tuple[str, str]] = {
    AttentionCode.IN_DOUBT: (
        "The order may or may not be in the POS, and the POS does not tell.",
        "Look on the till for the order's reference, then resolve the order here.",
    ),
    AttentionCode.NO_VERDICT: (
        "The POS took the order and then stayed silent.",
        "Look on the till. If it is there, resolve as accepted; if not, resolve as rejected and resend.",
    ),
    AttentionCode.NOT_CONFIRMED: (
        "The restaurant has not confirmed the order.",
        "Ask the restaurant to confirm it on the till.",
    ),
    AttentionCode.REJECTED: (
        "The POS refused a paid order.",
        "Correct and resend it, or refund the guest and resolve.",
    ),
    AttentionCode.FAILED: (
        "The order did not reach the POS in time. It surely is not there.",
        "Retry it, or key it in by hand, or refund the guest and resolve.",
    ),
    AttentionCode.PARKED: (
        "The order cannot be put into the POS's language with the location's present settings.",
        "Correct the settings and retry, or cancel the order.",
    ),
    AttentionCode.LATE: (
        "The order is not in the POS yet and will miss its wanted time.",
        "Tell the guest; call the restaurant.",
    ),
    AttentionCode.DOUBLE_IN_POS: (
        "The POS also took a send of this order that was replaced: it may be cooked twice.",
        "Cancel one of the two on the till, then resolve.",
    ),
    AttentionCode.ACCEPTED_AFTER_END: (
        "The POS took the order after it had ended here.",
        "Decide whether it is cooked; undo the refund or cancel on the till, then resolve.",
    ),
    AttentionCode.REFUSED_AFTER_ACCEPT: (
        "The POS reported a failure of an order that it had accepted.",
        "Look on the till, then resolve.",
    ),
    AttentionCode.CANCELLED_BY_POS: (
        "The restaurant cancelled the order, and nobody here had asked for it.",
        "Refund the guest, then resolve.",
    ),
    AttentionCode.CANCEL_NOT_POSSIBLE: (
        "A cancel was asked for, but the order is at the POS, and the till could not be told or did not act on it.",
        "Call the restaurant to cancel it on the till, then resolve.",
    ),
}
"""For each attention of an order: what it means, and what to do."""

_OF_PAYMENTS: dict[AttentionCode, tuple[str, str]] = {
    AttentionCode.IN_DOUBT: (
        "The payment may or may not be on the check, and the POS does not tell.",
        "Look at the check on the till, then resolve the payment here.",
    ),
    AttentionCode.NO_VERDICT: (
        "The POS took the payment and then stayed silent.",
        "Look at the check on the till. If it is paid, resolve as accepted; if not, resolve as rejected and pay again.",
    ),
    AttentionCode.REJECTED: (
        "The POS refused a payment that the guest has made.",
        "Book it on the till by hand, or pay again under another reference, or refund the guest; then resolve.",
    ),
    AttentionCode.FAILED: (
        "The payment did not reach the POS in time. It surely is not there.",
        "Retry it, or book it on the till by hand, or refund the guest and resolve.",
    ),
    AttentionCode.PARKED: (
        "The payment cannot be put into the POS's language with the location's present settings.",
        "Correct the settings and retry, or book it on the till by hand and resolve.",
    ),
    AttentionCode.ACCEPTED_AFTER_END: (
        "The POS booked the payment after it had ended here.",
        "Undo a second payment or a refund, then resolve.",
    ),
    AttentionCode.REFUSED_AFTER_ACCEPT: (
        "The POS reported a failure of a payment that it had booked.",
        "Look at the check on the till, then resolve.",
    ),
}


def guidance(kind: str, code: AttentionCode) -> tuple[str, str]:
    """What it means, and what to do. ``kind``: of an order, or of a payment."""
    return _OF_PAYMENTS.get(code, GUIDANCE[code]) if kind == "payment" else GUIDANCE[code]


FADES_WITH_PROGRESS = frozenset(
    {
        AttentionCode.IN_DOUBT,
        AttentionCode.NO_VERDICT,
        AttentionCode.NOT_CONFIRMED,
        AttentionCode.LATE,
        AttentionCode.PARKED,
    }
)
"""Attention that ends by itself when the POS takes the order or speaks. The rest wants a person's word."""
