"""The bodies that Iiko reads and writes, in Iiko's names.

Outgoing models forbid anything extra and are dumped without nulls and blanks: an empty string where Iiko wants a GUID
is refused (field report). Money and amounts are strings such as ``"613.00"``, as the Iiko integration tips print them.
Incoming models ignore what they do not know and never fail on a strange type of a field that we can do without.
"""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator
from pydantic.alias_generators import to_camel


class Outgoing(BaseModel):
    """Part of a request."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, validate_by_name=True, hide_input_in_errors=True
    )

    @model_validator(mode="before")
    @classmethod
    def _blank_is_absent(cls, data: dict[str, Any]) -> dict[str, Any]:
        blank = [key for key, value in data.items() if isinstance(value, str) and (not value or value.isspace())]
        if not blank:  # nearly always
            return data
        return {key: value for key, value in data.items() if key not in blank or cls.model_fields[key].is_required()}


class WireCustomer(Outgoing):
    """The guest. Names and email: at most 60 characters."""

    id: str | None = None
    """As linked to the phone in Iiko; an order without it is taken, too."""
    name: str
    sur_name: str | None = None
    phone: str
    email: str | None = None
    comment: str | None = None


class WireModifier(Outgoing):
    """An option. ``amount`` is per one unit of the item; a group modifier needs both group fields."""

    id: str
    name: str
    amount: str
    group_id: str | None = None
    group_name: str | None = None


class WireItem(Outgoing):
    """A line. ``sum`` is of the whole line, modifiers included."""

    id: str
    name: str | None = None
    amount: str
    code: str | None = None
    sum: str
    comment: str | None = None
    modifiers: tuple[WireModifier, ...] | None = None


class WireAddress(Outgoing):
    """Street and city are matched by their exact names in Iiko. ``home`` to ``doorphone``: 10 characters at most."""

    city: str | None = None
    street: str
    home: str
    housing: str | None = None
    apartment: str | None = None
    entrance: str | None = None
    floor: str | None = None
    doorphone: str | None = None
    index: str | None = None
    comment: str | None = None


class WirePaymentType(Outgoing):
    """One of the two."""

    id: str | None = None
    code: str | None = None


class WirePaymentItem(Outgoing):
    """Nested: the tips' flat print of it lacks ``sum`` and is a flattening (field reports)."""

    sum: str
    payment_type: WirePaymentType
    is_processed_externally: bool
    """True: paid already, online."""


class WireOrder(Outgoing):
    """The order itself. ``date`` is the venue's wall clock without a zone; absent = as soon as possible."""

    id: str
    external_id: str
    date: str | None = None
    phone: str
    customer_name: str | None = None
    full_sum: str
    is_self_service: bool
    order_type_id: str | None = None
    persons_count: int | None = None
    comment: str
    marketing_source: str | None = None
    marketing_source_id: str | None = None
    items: tuple[WireItem, ...]
    address: WireAddress | None = None
    payment_items: tuple[WirePaymentItem, ...] | None = None


class OrderRequest(Outgoing):
    """The body of ``orders/add``."""

    organization: str
    delivery_terminal_id: str | None = None
    coupon: str | None = None
    customer: WireCustomer
    order: WireOrder

    def body(self) -> dict[str, Any]:
        """As JSON, without nulls."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


def _text(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip()[:500] or None


LooseText = Annotated[str | None, BeforeValidator(_text)]


def _part(value: object) -> object:
    return value if isinstance(value, dict) else None


class Incoming(BaseModel):
    """Part of an answer."""

    model_config = ConfigDict(extra="ignore", alias_generator=to_camel, hide_input_in_errors=True)


class Problem(Incoming):
    """What Iiko or its operator finds wrong with an order."""

    has_problem: Annotated[bool, BeforeValidator(lambda value: value is True)] = False
    problem: LooseText = None


class CancelCause(Incoming):
    """Why an order was cancelled."""

    name: LooseText = None


class OrderInfo(Incoming):
    """An order as ``orders/add``, ``orders/info`` and ``orders/deliveryOrders`` answer it: the parts we use."""

    order_id: str
    number: LooseText = None
    status: LooseText = None
    """Text in the server's language."""
    status_code: LooseText = None
    problem: Annotated[Problem | None, BeforeValidator(_part)] = None
    delivery_cancel_cause: Annotated[CancelCause | None, BeforeValidator(_part)] = None
    delivery_cancel_comment: LooseText = None
