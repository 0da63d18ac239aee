"""The status of an order, and the words that a POS says of it."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Where the order stands, as the website and the operator see it. Closed list."""

    RECEIVED = "received"
    """Stored by us; not yet taken by the POS."""
    SUBMITTED = "submitted"
    """The POS's API took it; its verdict is out."""
    ACCEPTED = "accepted"
    """It is on the till."""
    IN_PREPARATION = "in_preparation"
    READY = "ready"
    IN_DELIVERY = "in_delivery"
    COMPLETED = "completed"
    REJECTED = "rejected"
    """The POS said no."""
    CANCELLED = "cancelled"
    FAILED = "failed"
    """We gave up, and it surely is not in the POS."""


_RISING = (
    Status.RECEIVED,
    Status.SUBMITTED,
    Status.ACCEPTED,
    Status.IN_PREPARATION,
    Status.READY,
    Status.IN_DELIVERY,
    Status.COMPLETED,
)
RANK = {status: rank for rank, status in enumerate(_RISING)}
ENDS = frozenset({Status.COMPLETED, Status.REJECTED, Status.CANCELLED, Status.FAILED})


class Word(StrEnum):
    """What a POS can say of an order, in our words. Each adapter has a table from its POS's words to these."""

    SUBMITTED = "submitted"
    """Taken, not yet confirmed: iKentoo's 200, Iiko's UNCONFIRMED."""
    ACCEPTED = "accepted"
    """iKentoo SUCCESS, Iiko NEW."""
    IN_PREPARATION = "in_preparation"
    READY = "ready"
    IN_DELIVERY = "in_delivery"
    COMPLETED = "completed"
    """Iiko DELIVERED or CLOSED."""
    CLOSED = "closed"
    """iKentoo CLOSED: the check is closed. Not the end by itself: a prepaid order closes at once."""
    CHECK_UPDATED = "check_updated"
    REJECTED = "rejected"
    """iKentoo FAILURE."""
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"
    """A word that is in no table: stored, counted, changes nothing."""


class Source(StrEnum):
    """Who said it."""

    API = "api"
    RELAY = "relay"
    POS_RESPONSE = "pos_response"
    CALLBACK = "callback"
    POLL = "poll"
    OPERATOR = "operator"


class FailureCode(StrEnum):
    """Why an order was rejected or failed. Closed list; the POS's own words stand beside it."""

    ITEM_NOT_FOUND = "item_not_found"
    ITEM_UNAVAILABLE = "item_unavailable"
    MODIFIER_INVALID = "modifier_invalid"
    PRICE_MISMATCH = "price_mismatch"
    PAYMENT_MISMATCH = "payment_mismatch"
    PAYMENT_TYPE_INVALID = "payment_type_invalid"
    CUSTOMER_CONFLICT = "customer_conflict"
    ADDRESS_INVALID = "address_invalid"
    OUTSIDE_DELIVERY_ZONE = "outside_delivery_zone"
    BELOW_MINIMUM = "below_minimum"
    LOCATION_CLOSED = "location_closed"
    POS_OFFLINE = "pos_offline"
    POS_TIMEOUT = "pos_timeout"
    POS_REJECTED = "pos_rejected"
    DUPLICATE_REFERENCE = "duplicate_reference"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusEvent:
    """One thing a POS (or an operator) said of one order, in our words and in its own."""

    word: Word
    raw: str
    """The POS's own word, e.g. ``READY_FOR_PICKUP``."""
    reference: str | None = None
    """Our reference as the POS gave it back."""
    reason: str | None = None
    """Free text of the POS, untranslated."""
    failure_code: FailureCode | None = None
    order_id: str | None = None
    """The POS's own id of the order."""
    number: str | None = None
    """The number staff see on the till."""
    account: str | None = None
    """iKentoo: the check's identifier."""
    about_payment: bool = False
    """True where the POS says that this is about a payment, not an order."""
