"""What a valid order is, read from a request: iKentoo API guide, Place Local Order and Place To Go Order."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.simulators.ikentoo.errors import FieldError, invalid
from app.simulators.ikentoo.fields import Node

E164 = r"\+[1-9]\d{1,14}"
V2_ACCOUNT = r"\d{1,19}"
LEAST_TIME_TO_LIVE = 60_000


@dataclass(frozen=True, kw_only=True)
class Line:
    """An ordered item or one of its sub-items."""

    sku: str
    quantity: int
    custom_name: str | None = None
    custom_price: Decimal | None = None
    modifiers: tuple[str, ...] = ()
    discount: str | None = None
    course: int | None = None
    sub_lines: tuple["Line", ...] = ()


@dataclass(frozen=True, kw_only=True)
class Payment:
    """The one payment an order can carry; `amount` includes the tip."""

    method: str | None
    amount: Decimal
    tip: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Order:
    """An order that passed validation. `kind` is "local" or "toGo"; `time_to_live` is in milliseconds."""

    kind: str
    location_id: int
    reference: str
    endpoint_id: str
    lines: tuple[Line, ...] = ()
    payment: Payment | None = None
    email: str | None = None
    customer_reference: str | None = None
    profile: str | None = None
    scheduled: datetime | None = None
    time_to_live: int | None = None
    account: str | None = None
    table: int | None = None
    client_count: int | None = None
    collection_code: str | None = None
    unknown: tuple[str, ...] = ()


def read_order(data: Any, kind: str, now: datetime) -> Order:
    """Read a request body; raises the 400 of a wrong type at once, or that of all violated constraints."""
    errors: list[FieldError] = []
    unknown: list[str] = []
    root = Node(data, "", errors, unknown)
    values = _common(root, kind, now)
    values.update(_local(root) if kind == "local" else _to_go(root, now))
    root.raw("min_TTL")  # inert: it has no description and equals the least time to live
    root.finish()
    if errors:
        raise invalid(f"{kind}Order", errors)
    return Order(kind=kind, unknown=tuple(unknown), **values)


def _common(root: Node, kind: str, now: datetime) -> dict[str, Any]:
    email, customer_reference = _customer(root.child("customerInfo"))
    root.text("orderNote")
    root.integer("staffId")
    return {
        "location_id": root.location(),
        "reference": root.text("thirdPartyReference", required=True, least=1, most=48),
        "endpoint_id": root.text("endpointId", required=True, least=1),
        "email": email,
        "customer_reference": customer_reference,
        "profile": root.text("accountProfileCode"),
        "scheduled": root.future("scheduledTimeForOrderAsIso8601", now),
        "time_to_live": root.integer("maxTimeToAttemptOrderDeliverToPos", least=LEAST_TIME_TO_LIVE),
        "payment": _payment(root.child("payment")),
        "lines": tuple(_line(node, with_course=kind == "local") for node in root.children("items")),
    }


def _customer(node: Node | None) -> tuple[str | None, str | None]:
    if node is None:
        return None, None
    node.text("firstName", required=True, least=1, most=128)
    for name in ("lastName", "notes", "salutation"):
        node.text(name)
    node.pattern("contactNumberAsE164", E164)
    email, reference = node.email("email"), node.text("thirdPartyReference")
    if reference and not email:
        node.violate("thirdPartyReference", "Null", "must be left empty if the email is empty")
    for name in ("sendEmailReceipts", "emailNotification"):  # of today's K-Series
        node.raw(name)
    node.finish()
    return email, reference or None


def _payment(node: Node | None) -> Payment | None:
    if node is None:
        return None
    method, amount = node.text("paymentMethod"), node.decimal("paymentAmount", required=True)
    tip = node.decimal("tipAmount") or Decimal(0)
    node.raw("min_TTL")
    node.finish()
    return None if amount is None else Payment(method=method, amount=amount, tip=tip)


def _line(node: Node, *, with_course: bool = False, sub: bool = False) -> Line:
    line = Line(
        sku=node.text("sku", required=True, most=25) or "",
        quantity=node.integer("quantity", required=True, least=1) or 0,
        custom_name=node.text("customItemName"),
        custom_price=node.decimal("customItemPrice"),
        modifiers=tuple(filter(None, map(_modifier, node.children("modifiers")))),
        discount=None if sub else node.text("discountCode"),
        course=node.integer("course", least=0) if with_course else None,
        sub_lines=() if sub else tuple(_line(each, sub=True) for each in node.children("subItems")),
    )
    node.finish()
    return line


def _modifier(node: Node) -> str | None:
    modifier = node.text("modifierId")
    node.finish()
    return modifier


def _local(root: Node) -> dict[str, Any]:
    account_id = root.pattern("accountId", V2_ACCOUNT)
    identifier = root.text("accountIdentifier")
    if account_id and identifier:  # "simply use one or the other"
        root.violate("accountIdentifier", "Null", "use either accountId or accountIdentifier")
    table = root.numeric_text("tableNumber", digits=5)
    return {
        "account": identifier or account_id,
        "table": int(table) if table and table.isascii() and table.isdecimal() else None,
        "client_count": root.integer("clientCount", digits=3, least=0),
    }


def _to_go(root: Node, now: datetime) -> dict[str, Any]:
    root.future("orderCollectionTimeAsIso8601", now)
    root.boolean("takeAway")
    if (address := root.child("deliveryAddress")) is not None:
        for name in ("addressLine1", "addressLine2", "zip", "city"):
            address.text(name)
        address.finish()
    return {"collection_code": root.text("collectionCode", most=8) or None}
