"""The body of `orders/add` and `orders/checkCreate`: types, required fields, lengths, the phone pattern.

Needs no dictionary; what the ids point at is checked in `checks` and `menu_checks`. Limits: field reports.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app.simulators.iiko.errors import Refusal
from app.simulators.iiko.fields import Fields
from app.simulators.iiko.request_parts import Item, Payment, read_item, read_payment

PHONE = re.compile(r"^(8|\+?\d{1,3})?[ -]?\(?(\d{3})\)?[ -]?(\d{3})[ -]?(\d{2})[ -]?(\d{2})$")
SHORT_ADDRESS_FIELDS = ("housing", "apartment", "entrance", "floor", "doorphone")


@dataclass(frozen=True, kw_only=True)
class Customer:
    id: str | None
    name: str
    phone: str
    raw: dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Address:
    city: str
    street: str
    home: str
    street_id: str | None
    raw: dict[str, object]


@dataclass(frozen=True, kw_only=True)
class OrderRequest:
    organization: str
    terminal_id: str | None
    customer: Customer
    order_id: str | None
    external_id: str | None
    date: datetime | None
    """Wanted time, wall clock of the venue; None = as soon as possible."""
    phone: str
    self_service: bool
    address: Address | None
    full_sum: Decimal | None
    order_type_id: str | None
    marketing_source_id: str | None
    persons: int | None
    comment: str | None
    items: Sequence[Item]
    payments: Sequence[Payment]
    coupon: str | None
    custom_data: str | None
    referrer_id: str | None
    order_raw: dict[str, object]


def read_order_request(raw: object) -> OrderRequest:
    """The request, or the first error in it."""
    body = Fields(raw, "")
    organization = body.required_guid("organization")
    customer = _read_customer(body.required_child("customer"))
    order = body.required_child("order")
    self_service = order.required_flag("isSelfService")
    persons = order.int32("personsCount")
    _check_texts(body, order)
    return OrderRequest(
        organization=organization,
        terminal_id=body.guid("deliveryTerminalId"),
        customer=customer,
        order_id=order.guid("id"),
        external_id=order.text("externalId"),
        date=order.moment("date"),
        phone=check_phone(order),
        self_service=self_service,
        address=_read_address(order, self_service=self_service),
        full_sum=_not_negative(order, "fullSum"),
        order_type_id=order.guid("orderTypeId"),
        marketing_source_id=order.guid("marketingSourceId"),
        persons=None if persons is None else int(persons),
        comment=order.text("comment", limit=500),
        items=_read_items(order),
        payments=tuple(read_payment(one) for one in order.children("paymentItems")),
        coupon=body.text("coupon"),
        custom_data=body.text("customData"),
        referrer_id=body.guid("referrerId"),
        order_raw=order.raw,
    )


def _check_texts(body: Fields, order: Fields) -> None:
    body.text("emailForFailedOrderInfo")
    order.text("customerName", limit=60)
    order.text("marketingSource")
    order.text("conception")
    order.guid("discountCardTypeId")
    order.number("discountOrIncreaseSum")


def check_phone(fields: Fields) -> str:
    """The phone of an order, its customer or a guest."""
    phone = fields.required_text("phone", limit=40)
    if not PHONE.fullmatch(phone):
        raise Refusal("InvalidPhone", f"Field '{fields.at('phone')}' has invalid phone format: '{phone}'")
    return phone


def _not_negative(fields: Fields, name: str) -> Decimal | None:
    number = fields.number(name)
    if number is not None and number < 0:
        raise Refusal("NegativeSum", f"Field '{fields.at(name)}' cannot be negative")
    return number


def _read_customer(fields: Fields) -> Customer:
    for name in ("email", "nick", "middleName", "surName"):
        fields.text(name, limit=60)
    fields.text("comment")
    fields.flag("shouldReceivePromoActionsInfo")
    fields.int32("sex")
    return Customer(
        id=fields.guid("id"),
        name=fields.required_text("name", limit=60),
        phone=check_phone(fields),
        raw=fields.raw,
    )


def _read_items(order: Fields) -> tuple[Item, ...]:
    items = tuple(read_item(one) for one in order.children("items"))
    if not items:
        raise Refusal("OrderItemsNotExists", f"Field '{order.at('items')}' is required and cannot be empty")
    return items


def _read_address(order: Fields, *, self_service: bool) -> Address | None:
    """Needed for a courier; sent with a pickup it is ignored, as many clients send one."""
    if self_service:
        return None
    fields = order.required_child("address")
    for name in SHORT_ADDRESS_FIELDS:
        fields.text(name, limit=10)
    for name in ("streetClassifierId", "index"):
        fields.text(name, limit=255)
    fields.text("comment", limit=500)
    fields.guid("regionId")
    return Address(
        street_id=fields.guid("streetId"),
        city=fields.required_text("city", limit=255),
        street=fields.required_text("street", limit=255),
        home=fields.required_text("home", limit=10),
        raw=fields.raw,
    )
