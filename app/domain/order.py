"""The neutral order: what a website's checkout sends, whatever the POS. Written once, used everywhere."""

import hashlib
import json
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from app.domain.fields import Email, Line, Moment, Name, Note, Quantity, Sku, StrictModel, Text, written_quantity
from app.domain.money import Currency, Money, written


class ServiceType(StrEnum):
    """How the guest gets the food."""

    DINE_IN = "dine_in"
    PICKUP = "pickup"
    DELIVERY = "delivery"


Phone = Annotated[Text, StringConstraints(pattern=r"^\+?[0-9][0-9 ()./-]{4,38}$")]


class Customer(StrictModel):
    """The guest, as far as the website knows."""

    first_name: Annotated[Text, Field(max_length=128)] | None = None
    last_name: Annotated[Text, Field(max_length=128)] | None = None
    phone: Phone | None = None
    email: Email | None = None
    reference: Annotated[Text, Field(max_length=128)] | None = None
    salutation: Annotated[Text, Field(max_length=32)] | None = None
    notes: Annotated[Note, Field(max_length=500)] | None = None


class Address(StrictModel):
    """Where a delivery goes. Give ``line1``/``line2``, or ``street`` and ``house``, or both."""

    line1: Line | None = None
    line2: Line | None = None
    street: Line | None = None
    house: Annotated[Text, Field(max_length=32)] | None = None
    building: Annotated[Text, Field(max_length=32)] | None = None
    entrance: Annotated[Text, Field(max_length=32)] | None = None
    floor: Annotated[Text, Field(max_length=32)] | None = None
    apartment: Annotated[Text, Field(max_length=32)] | None = None
    door_code: Annotated[Text, Field(max_length=32)] | None = None
    postal_code: Annotated[Text, Field(max_length=32)] | None = None
    city: Line | None = None
    comment: Annotated[Note, Field(max_length=500)] | None = None


class Table(StrictModel):
    """The table of a dine-in order, or the open check it joins."""

    number: Annotated[int, Field(ge=1, le=99999)] | None = None
    check: Annotated[Text, Field(min_length=1, max_length=64)] | None = None


class Modifier(StrictModel):
    """An option on an item. ``quantity`` is per one unit of the item."""

    id: Annotated[Text, Field(min_length=1, max_length=64)] | None = None
    sku: Sku | None = None
    name: Name | None = None
    group_id: Annotated[Text, Field(min_length=1, max_length=64)] | None = None
    group_name: Name | None = None
    quantity: Quantity = Decimal(1)
    unit_price: Money | None = None


class SubItem(StrictModel):
    """A product that belongs to an item, such as the drink of a deal. ``quantity`` is per one unit of the item."""

    sku: Sku | None = None
    product_id: Annotated[Text, Field(min_length=1, max_length=64)] | None = None
    name: Name | None = None
    quantity: Quantity = Decimal(1)
    unit_price: Money | None = None
    modifiers: Annotated[tuple[Modifier, ...], Field(strict=False, max_length=50)] = ()


class Item(StrictModel):
    """A product and how many. ``unit_price`` is without modifiers and sub-items."""

    sku: Sku | None = None
    product_id: Annotated[Text, Field(min_length=1, max_length=64)] | None = None
    name: Name | None = None
    custom_name: bool = False
    quantity: Quantity
    unit_price: Money | None = None
    discount_code: Annotated[Text, Field(min_length=1, max_length=64)] | None = None
    course: Annotated[int, Field(ge=0, le=99)] | None = None
    note: Annotated[Note, Field(max_length=255)] | None = None
    modifiers: Annotated[tuple[Modifier, ...], Field(strict=False, max_length=50)] = ()
    sub_items: Annotated[tuple[SubItem, ...], Field(strict=False, max_length=50)] = ()


class Fee(StrictModel):
    """A charge beside the food, such as delivery or packaging."""

    sku: Sku | None = None
    name: Name | None = None
    amount: Money


class Discount(StrictModel):
    """Something taken off the whole order."""

    code: Annotated[Text, Field(min_length=1, max_length=64)] | None = None
    name: Name | None = None
    amount: Money


class Payment(StrictModel):
    """How the order is paid. The guest is charged ``amount + tip``."""

    method: Annotated[Text, Field(min_length=1, max_length=64)]
    amount: Money
    tip: Money = Decimal(0)
    paid: bool
    """True: paid already, online. False: to be paid on delivery or at the till."""


MetadataKey = Annotated[Text, Field(min_length=1, max_length=64)]
MetadataValue = Annotated[Note, Field(max_length=500)]


class Order(StrictModel):
    """One order of a guest at one location."""

    location: Annotated[Text, Field(min_length=1, max_length=63)]
    reference: Annotated[Text, Field(min_length=1, max_length=48)]
    """The caller's own number of the order, and the idempotency key, for ever."""
    service_type: Annotated[ServiceType, Field(strict=False)]
    currency: Currency | None = None
    """The location's currency where absent; any other is refused."""
    requested_for: Moment | None = None
    """When the guest wants it; absent = as soon as possible. The POS holds the order, not we."""
    customer: Customer | None = None
    delivery_address: Address | None = None
    table: Table | None = None
    guests: Annotated[int, Field(ge=1, le=999)] | None = None
    collection_code: Annotated[Text, Field(min_length=1, max_length=32)] | None = None
    items: Annotated[tuple[Item, ...], Field(strict=False, min_length=1, max_length=200)]
    fees: Annotated[tuple[Fee, ...], Field(strict=False, max_length=20)] = ()
    discounts: Annotated[tuple[Discount, ...], Field(strict=False, max_length=20)] = ()
    payments: Annotated[tuple[Payment, ...], Field(strict=False, max_length=20)] = ()
    total: Money
    """Items + fees - discounts, taxes included, tip excluded."""
    note: Annotated[Note, Field(max_length=500)] | None = None
    marketing_source: Annotated[Text, Field(max_length=64)] | None = None
    metadata: Annotated[dict[MetadataKey, MetadataValue], Field(max_length=50)] = Field(default_factory=dict)

    @property
    def prepaid(self) -> bool:
        """Whether any part was paid online."""
        return any(payment.paid for payment in self.payments)


def fingerprint(order: Order) -> bytes:
    """Equal for orders with equal content: key order, ``"613"`` or ``"613.00"``, and the offset do not matter.

    Nor does a field that has its default: so a field which a later release adds changes no stored fingerprint.
    """
    content = order.model_dump(exclude_defaults=True)
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), default=_canonical)
    return hashlib.sha256(canonical.encode()).digest()


def _canonical(value: Decimal | datetime) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value.astimezone(UTC).isoformat()


def as_received(order: Order, currency: str) -> dict[str, Any]:
    """The order as plain JSON for storage and views: what was given, money with all places of the currency."""
    return {key: _plain(key, value, currency) for key, value in order.model_dump(exclude_unset=True).items()}


def _plain(key: str, value: Any, currency: str) -> Any:
    if isinstance(value, str):  # most are
        return value
    if isinstance(value, Decimal):
        return written_quantity(value) if key == "quantity" else written(value, currency)
    if isinstance(value, dict):
        return {name: _plain(name, member, currency) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(key, member, currency) for member in value]
    return value.isoformat() if isinstance(value, datetime) else value


def searchable(order: Order) -> str:
    """What an operator finds the guest by: the name in lower case, and the digits of the phone."""
    customer = order.customer
    if customer is None:
        return ""
    digits = "".join(letter for letter in customer.phone or "" if letter.isdigit())
    return " ".join(part for part in (customer.first_name, customer.last_name, digits) if part).lower()


def differences(old: Any, new: Any, pointer: str = "") -> list[str]:
    """What was changed between two stored orders, leaf by leaf: ``/total "20.00" -> "12.50"``."""
    if isinstance(old, dict) and isinstance(new, dict):
        names = [*old, *(name for name in new if name not in old)]
        return [line for name in names for line in differences(old.get(name), new.get(name), f"{pointer}/{name}")]
    if isinstance(old, list) and isinstance(new, list):
        places = range(max(len(old), len(new)))
        pairs = ((_at(old, place), _at(new, place), f"{pointer}/{place}") for place in places)
        return [line for before, after, where in pairs for line in differences(before, after, where)]
    return [] if old == new else [f"{pointer} {json.dumps(old)} -> {json.dumps(new)}"]


def _at(values: list[Any], place: int) -> Any:
    return values[place] if place < len(values) else None
