"""Checks as getCheck and callbacks show them: iKentoo API guide, Check Lookup."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.simulators.ikentoo.bill import Check, Paid, Sold
from app.simulators.ikentoo.errors import wire_time

_NAMESPACE = uuid.UUID("75f68180-c952-11e7-9858-a396fd84e821")
_FIRST_ENTRY = 46_802_258_625_104


def check_view(check: Check, *, k: bool = False) -> dict[str, Any]:
    """Show one check; in K mode with what the Lightspeed K-Series reference adds to the account in callbacks."""
    closing = {} if check.closed_at is None else {"closeDate": wire_time(check.closed_at)}
    view: dict[str, Any] = {
        "clientCount": check.client_count or 1,
        "uuid": str(uuid.uuid5(_NAMESPACE, f"{check.location.id}/{check.identifier}")),
        "openDate": wire_time(check.opened),
        **closing,
        "paidAmount": _money(check.paid),
        "name": check.name,
        "currentAmount": _money(check.due),
        "staffName": "Online",
        "staffId": 942,
        "salesEntries": [_entry(check, n, sold, at, k=k) for n, (sold, at) in enumerate(check.lines)],
        "paymentEntries": [_payment(check, each, k=k) for each in check.payments],
        "ikaccountId": check.identifier,
        "posId": check.pos_id,
    }
    if k:
        view["serviceCharge"] = "0.00"
    return view if check.table is None else {**view, "tableNumber": check.table}


def _payment(check: Check, payment: Paid, *, k: bool) -> dict[str, Any]:
    view: dict[str, Any] = {
        "paymentMethodCode": payment.method,
        "amountPaid": _money(payment.amount),
        "active": True,
        "paymentMethodDescription": check.location.payment_methods.get(payment.method, payment.method),
        "paymentDate": wire_time(payment.at),
    }
    return {**view, "externalReference": payment.reference} if k and payment.reference else view


def _entry(check: Check, number: int, sold: Sold, at: datetime, *, k: bool) -> dict[str, Any]:
    view = {"id": _FIRST_ENTRY + 100 * number, **_line(sold)}
    if sold.subs:  # the guide has the field but no example: INFERRED that a sub-line looks like a line
        subs = [{"id": _FIRST_ENTRY + 100 * number + n, **_line(sub)} for n, sub in enumerate(sold.subs, 1)]
        view["subLineItems"] = subs
    if k:
        view["uuid"] = str(uuid.uuid5(_NAMESPACE, f"{check.identifier}/{number}"))
        view["timeOfTransactionUtc"] = wire_time(at)
        view["modifiers"] = [{"name": name, "quantity": 1} for name in sold.modifiers]
    return view


def _line(sold: Sold) -> dict[str, Any]:
    unit = (sold.amount + sold.discount) / sold.quantity
    return {
        "unitAmount": _money(unit),
        "quantity": float(sold.quantity),
        "discountedAmount": _money(sold.discount),
        "active": True,
        "taxIncluded": sold.tax_included,
        "itemName": sold.name,
        "itemSku": sold.sku,
        "amountWithTax": _money(sold.amount),
        "amountLessTax": _money(sold.amount / (1 + sold.tax_rate)),
        "grossUnitAmount": _money(unit),
    }


def _money(amount: Decimal) -> str:
    return str(amount.quantize(Decimal("0.01")))
