"""Behaviour that can be changed while the simulator runs (`POST /_sim/policy`).

Most of it is what the real system does where nobody could say: the default is the stricter or likelier reading.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum


class OnRepeat(StrEnum):
    """What a repeated `order.id` or `externalId` does. The real behaviour is UNKNOWN."""

    REJECT = "reject"
    RETURN_EXISTING = "return_existing"
    ACCEPT = "accept"


class OnStrangeAddress(StrEnum):
    """City and street are matched by exact name; what the real system does with a stranger is UNKNOWN."""

    NOTE = "note"
    REJECT = "reject"


class OnStaleId(StrEnum):
    """What an id does that an edit in the back office has replaced. "Refused" (Iiko integration tips); how: UNKNOWN."""

    REFUSE = "refuse"
    """400, handled."""
    STACK_TRACE = "stack_trace"
    """500, not handled."""
    ACCEPT = "accept"
    """It goes on working."""


class OnMissingGuest(StrEnum):
    """How `customers/get_customer_by_*` says that there is no such guest. UNKNOWN."""

    BAD_REQUEST = "bad_request"
    NOT_FOUND = "not_found"
    NULL = "null"
    """200 with `null`."""


class Enforced(StrEnum):
    """Whether a rule is kept."""

    REJECT = "reject"
    ACCEPT = "accept"


class OnWrongPrice(StrEnum):
    """A line whose `sum` is not what the menu says. UNKNOWN for the legacy API."""

    IGNORE = "ignore"
    NOTE = "note"
    REJECT = "reject"


class NomenclatureAnswer(StrEnum):
    """What the nomenclature answers to a client that names the present revision."""

    BY_REVISION = "by_revision"
    """`null`."""
    FULL = "full"
    """The whole tree, always."""


class Wrapping(StrEnum):
    """How a list comes; of the marketing sources it is UNKNOWN."""

    WRAPPED = "wrapped"
    BARE = "bare"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One field for each thing that can be switched; its texts in JSON are the members' values."""

    duplicate: OnRepeat = OnRepeat.REJECT
    """A repeated `order.id`: code 192, or the order that exists."""
    external_id: OnRepeat = OnRepeat.ACCEPT
    """A repeated `externalId` under another `order.id`. "Should be unique" (field reports); enforcement UNKNOWN."""
    confirm: bool = False
    """Orders begin UNCONFIRMED and wait for an operator (a stage of the status walk)."""
    address: OnStrangeAddress = OnStrangeAddress.NOTE
    stale_id: OnStaleId = OnStaleId.REFUSE
    missing_guest: OnMissingGuest = OnMissingGuest.BAD_REQUEST
    unknown_customer: Enforced = Enforced.REJECT
    """An order with a `customer.id` that no guest has."""
    stop_list: Enforced = Enforced.REJECT
    """An order with a stopped product, or with more of it than is left."""
    stop_text: str = "Product '{name}' is in the stop list"
    """Of that refusal: `{name}`, `{id}`, `{balance}`."""
    price: OnWrongPrice = OnWrongPrice.NOTE
    paid_delivery: bool = False
    """Courier orders get the delivery fee as an item of Iiko's own (`deliveryServiceProductInfo`)."""
    nomenclature: NomenclatureAnswer = NomenclatureAnswer.BY_REVISION
    marketing_sources: Wrapping = Wrapping.WRAPPED


_NOT_FOR = {"duplicate": OnRepeat.ACCEPT, "external_id": OnRepeat.RETURN_EXISTING}


def changed(policy: Policy, changes: Mapping[str, object]) -> Policy:
    """The policy with these changes, as JSON has them; raises ValueError for what is no policy."""
    known = {one.name for one in fields(Policy)}
    values: dict[str, object] = {}
    for name, value in changes.items():
        values[name] = _value(getattr(policy, name), value) if name in known else None
        if values[name] is None or values[name] == _NOT_FOR.get(name):
            message = f"policy {name!r} cannot be {value!r}"
            raise ValueError(message)
    return replace(policy, **values)  # type: ignore[arg-type]


def _value(present: object, value: object) -> object:
    """Of the same kind as the present one, or None."""
    if isinstance(present, StrEnum):
        return next((one for one in type(present) if one.value == value), None)
    return value if isinstance(value, type(present)) else None
