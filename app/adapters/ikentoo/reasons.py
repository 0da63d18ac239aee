"""iKentoo's free-text reasons as our failure codes.

The texts are documented nowhere but as examples (K-Series reference, field reports of connectors), so they are matched
by substring, the first row wins, and the raw words are kept beside the code.
"""

from app.domain.status import FailureCode

_TABLE: tuple[tuple[str, FailureCode], ...] = (
    ("not processed before validity ended", FailureCode.POS_TIMEOUT),
    ("task_timeout", FailureCode.POS_TIMEOUT),
    ("no devices available", FailureCode.POS_OFFLINE),
    ("doesn't accept online orders", FailureCode.LOCATION_CLOSED),
    ("reload error", FailureCode.POS_OFFLINE),  # the till was closed meanwhile
    ("error occurred while connecting", FailureCode.POS_OFFLINE),
    ("update error", FailureCode.POS_OFFLINE),
    ("check sales restrictions", FailureCode.ITEM_UNAVAILABLE),  # before "could not add item": it says both
    ("could not add item", FailureCode.ITEM_NOT_FOUND),
    ("no such item", FailureCode.ITEM_NOT_FOUND),
    ("item_not_found", FailureCode.ITEM_NOT_FOUND),
    ("item_not_added", FailureCode.ITEM_NOT_FOUND),
    ("greater than the amount due", FailureCode.PAYMENT_MISMATCH),
    ("overpaid", FailureCode.PAYMENT_MISMATCH),
    ("payment_method_not_found", FailureCode.PAYMENT_TYPE_INVALID),
    ("payment method not found", FailureCode.PAYMENT_TYPE_INVALID),  # INFERRED
    ("consumer already exists", FailureCode.CUSTOMER_CONFLICT),
    ("reference has already been used", FailureCode.DUPLICATE_REFERENCE),
)


_OF_PAYMENTS: tuple[tuple[str, FailureCode], ...] = (
    # The check that is to be paid is not there (any more).
    ("account not found", FailureCode.PAYMENT_MISMATCH),
    ("account_not_found", FailureCode.PAYMENT_MISMATCH),
    ("account_already_closed", FailureCode.PAYMENT_MISMATCH),
    ("account already closed", FailureCode.PAYMENT_MISMATCH),
    ("invalid account identifier", FailureCode.PAYMENT_MISMATCH),
    ("native_payment_not_supported", FailureCode.PAYMENT_TYPE_INVALID),
)


def failure_code(reason: str | None, *, payment: bool = False) -> FailureCode:
    """The code of a reason, also of one that is about a payment; ``pos_rejected`` where it is none that we know."""
    text = (reason or "").replace("\u2019", "'").casefold()
    return next(
        (code for words, code in (*_TABLE, *(_OF_PAYMENTS if payment else ())) if words in text),
        FailureCode.POS_REJECTED,
    )
