"""What goes over the wire to iKentoo, as typed in the iKentoo Order and payment API guide.

Money is a string with the currency's places, ids are integers, ``tableNumber`` and ``modifierId`` are strings. What is
None is left out: "left empty" in the guide means no key at all. Not here on purpose: ``min_TTL`` and
``payment.min_TTL``, which the guide lists without a meaning and today's reference no longer has.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Wire(BaseModel):
    """Refuses what the guide does not name."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=False,
    )

    def body(self) -> dict[str, Any]:
        """As JSON, without nulls."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class CustomerInfo(Wire):
    """The guest. ``thirdPartyReference`` must be empty if ``email`` is."""

    first_name: str
    last_name: str | None = None
    third_party_reference: str | None = None
    email: str | None = None
    contact_number_as_e164: str | None = None
    notes: str | None = None
    salutation: str | None = None


class ModifierRef(Wire):
    """A production instruction; it carries no price."""

    modifier_id: str


class SubLine(Wire):
    """A product that belongs to an item. One level: the guide has no sub-item of a sub-item."""

    quantity: int
    sku: str
    custom_item_price: str | None = None
    modifiers: tuple[ModifierRef, ...] | None = None


class ItemLine(Wire):
    """One ordered item. ``course`` is for local orders only."""

    quantity: int
    sku: str
    custom_item_name: str | None = None
    custom_item_price: str | None = None
    modifiers: tuple[ModifierRef, ...] | None = None
    discount_code: str | None = None
    course: int | None = None
    sub_items: tuple[SubLine, ...] | None = None


class PaymentInfo(Wire):
    """The one payment an order can carry. ``payment_amount`` includes the tip."""

    payment_method: str
    payment_amount: str
    tip_amount: str | None = None


class DeliveryAddress(Wire):
    """All that there is: no country, no region, no place for instructions."""

    address_line1: str | None = None
    address_line2: str | None = None
    zip: str | None = None
    city: str | None = None


class OrderBody(Wire):
    """What local and to-go orders have in common."""

    business_location_id: int
    third_party_reference: str
    endpoint_id: str
    customer_info: CustomerInfo
    order_note: str
    max_time_to_attempt_order_deliver_to_pos: int
    """Milliseconds, at least 60000; counted from the scheduled time where there is one."""
    staff_id: int | None = None
    account_profile_code: str | None = None
    scheduled_time_for_order_as_iso8601: str | None = None
    payment: PaymentInfo | None = None
    items: tuple[ItemLine, ...]


class LocalOrder(OrderBody):
    """``POST /op/1/order/local``. A table, or one of the two account ids, never both."""

    account_id: str | None = None
    account_identifier: str | None = None
    table_number: str | None = None
    client_count: int | None = None


class ToGoOrder(OrderBody):
    """``POST /op/1/order/toGo``."""

    collection_code: str | None = None
    order_collection_time_as_iso8601: str | None = None
    take_away: bool
    delivery_address: DeliveryAddress | None = None


class CheckPaymentBody(Wire):
    """``POST /op/1/pay``. One of the two accounts; ``payment_amount`` is without the tip."""

    payment_method: str
    payment_amount: str
    tip_amount: str | None = None
    third_party_payment_reference: str
    endpoint_id: str
    business_location_id: int
    task_ttl_in_ms: int
    """At least 60000."""
    staff_id: int | None = None
    ikaccount_id: int | None = None
    """V2; an integer here, although it is a string in an order and in an answer."""
    ikaccount_identifier: str | None = None


class TillMessageBody(Wire):
    """``POST /op/1/printMsg``."""

    message: str
    also_to_printer: bool
    third_party_reference: str | None = None


class EventSubscription(Wire):
    """One kind of event that is sent only when asked for."""

    resource: str
    name: str


class WebhookEndpoint(Wire):
    """``PUT`` creates it, ``POST`` replaces it: a flag left out of an update falls back to its default."""

    endpoint_id: str
    url: str
    with_basic_auth: bool
    username: str
    password: str
    subscribe_to: tuple[EventSubscription, ...]
