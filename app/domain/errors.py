"""The error tree. Each class answers "what may happen next", not "which HTTP code".

ConfigurationError               a setting is wrong or missing: the process does not start
RelayError
  OrderRefused                   at intake; the caller can fix it
    LocationUnknown
    OrderInvalid                 the order breaks a rule of ours
    OrderNotExpressible          this POS cannot be told a part of the order
    ReferenceConflict            same reference, other content
  NotFound                       no such thing, or not for this key
  StateConflict                  the thing is in a state that does not allow it
  NotSupportedByPos              the POS has no such operation
  StorageUnavailable             no PostgreSQL primary answers; nothing was promised
  PosUnavailable                 a live question to the POS got no answer
  PosError                       one send that did not end in "taken"
    NotSent                      surely nothing was created    -> repeat later
    InDoubt                      perhaps created               -> ask, or repeat under the same reference
    Rejected                     the POS said no               -> never repeated by itself
    AccessDenied                 credentials or rights         -> the lane is blocked
    Misconfigured                wrong URL, id or name         -> the lane is blocked
  CallbackError
    CallbackUnauthenticated      nothing is stored
    CallbackUnreadable           stored, parked
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


class ConfigurationError(Exception):
    """A setting is wrong or missing. Not a RelayError, so that nothing swallows it. The text is one clear line."""


class RelayError(Exception):
    """Base of everything that can go wrong while relaying."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with an order, and where."""

    pointer: str
    """JSON pointer of the member itself, e.g. ``/items/0/sku``."""
    code: str
    message: str


ITEM_NOT_FOUND = "item_not_found"
"""Finding: the catalog, as last synced, has no such product or choice."""
NOT_FOUND_BY_NAME = "not_found_by_name"
"""Finding: the dictionaries, as last synced, have nothing with a name that the settings use."""
CURABLE = frozenset({ITEM_NOT_FOUND, NOT_FOUND_BY_NAME})
"""Codes of findings that say no more than what is known of the POS: a sync may cure them. An order with no others is
taken, and the sync is made when it is sent."""


class OrderRefused(RelayError):
    """The order was not taken; nothing was stored."""


class LocationUnknown(OrderRefused):
    """No such location, or not one of this key's."""

    def __init__(self, location: str) -> None:
        super().__init__(f"There is no location {location!r} for this key.")
        self.location = location


class OrderInvalid(OrderRefused):
    """The order breaks a rule that holds for every POS."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(finding.message for finding in findings))
        self.findings = tuple(findings)


class OrderNotExpressible(OrderRefused):
    """The location's POS cannot be told a part of this order; the findings name the parts."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(finding.message for finding in findings))
        self.findings = tuple(findings)


class ReferenceConflict(OrderRefused):
    """The reference was used before at this location, with other content."""

    def __init__(self, reference: str, order_id: UUID) -> None:
        super().__init__(f"Reference {reference!r} was used before, for an order with other content.")
        self.reference = reference
        self.order_id = order_id


class NotFound(RelayError):
    """No such thing, or it is not visible to this key."""


class StateConflict(RelayError):
    """The thing exists, but its state does not allow what was asked."""

    def __init__(self, message: str, *, state: str) -> None:
        super().__init__(message)
        self.state = state


class NotSupportedByPos(RelayError):
    """The location's POS has no such operation."""


class StorageUnavailable(RelayError):
    """No PostgreSQL primary answered in time. Nothing was promised; repeating the same reference is safe."""


class PosUnavailable(RelayError):
    """A live question to the POS (not an order) got no usable answer."""

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


def no_clear_answer(status: int) -> str:
    """What is said of a status that nobody explained."""
    return f"No clear answer of the POS ({status})."


class PosError(RelayError):
    """One send that did not end in "taken".

    ``answer`` holds the POS's own words (no secrets, at most 16 KB), ``code`` a word of ``failure.code`` where
    the adapter can tell one, ``retry_after_s`` what the POS asked us to wait.
    """

    outcome: ClassVar[str] = "error"

    def __init__(
        self,
        message: str,
        *,
        http_status: int | None = None,
        answer: str | None = None,
        pos_message: str | None = None,
        code: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.http_status = http_status
        self.answer = answer
        self.pos_message = pos_message
        self.code = code
        self.retry_after_s = retry_after_s


class NotSent(PosError):
    """Surely nothing was created: the request provably never left, or the POS refused to look at it (429)."""

    outcome = "not_sent"


class InDoubt(PosError):
    """Perhaps created. The default for everything that is not provably something else."""

    outcome = "in_doubt"


class Rejected(PosError):
    """The POS read the request and said no."""

    outcome = "rejected"


class AccessDenied(PosError):
    """The POS does not accept our credentials or rights. Nothing was created; the lane is blocked."""

    outcome = "access_denied"


class Misconfigured(PosError):
    """The URL, an id or a name in the location's settings is wrong. Nothing was created; the lane is blocked."""

    outcome = "misconfigured"


class CallbackError(RelayError):
    """A callback that cannot be taken."""


class CallbackUnauthenticated(CallbackError):
    """Wrong key, user, password, or none. Nothing is stored."""


class CallbackUnreadable(CallbackError):
    """Stored, but its bytes are not what the POS's document describes; parked for a person."""
