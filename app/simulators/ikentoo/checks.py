"""Open checks as getCheck shows them: iKentoo API guide, Check Lookup."""

import uuid
from decimal import Decimal
from typing import Any

from app.simulators.ikentoo.book import Check
from app.simulators.ikentoo.config import Product
from app.simulators.ikentoo.errors import wire_time
from app.simulators.ikentoo.orders import Line

_NAMESPACE = uuid.UUID("75f68180-c952-11e7-9858-a396fd84e821")


def check_view(check: Check) -> dict[str, Any]:
    """Show one check."""
    menu = {each.sku: each for each in check.location.products}
    entries = [_entry(n, line, amount, menu.get(line.sku)) for n, (line, amount) in enumerate(check.lines)]
    if check.carried:
        entries.insert(0, _carried(check.carried))
    methods = check.location.payment_methods
    view: dict[str, Any] = {
        "clientCount": check.client_count or 1,
        "uuid": str(uuid.uuid5(_NAMESPACE, f"{check.location.id}/{check.identifier}")),
        "openDate": wire_time(check.opened),
        "paidAmount": _money(check.paid),
        "name": check.name,
        "currentAmount": _money(check.due),
        "staffName": "Online",
        "staffId": 942,
        "salesEntries": entries,
        "paymentEntries": [
            {
                "paymentMethodCode": payment.method or "CASH",
                "amountPaid": _money(payment.amount - payment.tip),
                "active": True,
                "paymentMethodDescription": methods.get(payment.method or "CASH", "Cash"),
                "paymentDate": wire_time(at),
            }
            for payment, at in check.payments
        ],
        "ikaccountId": check.identifier,
        "posId": check.location.pos_id,
    }
    return view if check.table is None else {**view, "tableNumber": check.table}


def _entry(number: int, line: Line, amount: Decimal, product: Product | None) -> dict[str, Any]:
    tax_rate = product.tax_rate if product else Decimal(0)
    unit = amount / line.quantity
    return {
        "id": 46_802_258_625_104 + number,
        "unitAmount": _money(unit),
        "quantity": float(line.quantity),
        "discountedAmount": "0.00",
        "active": True,
        "taxIncluded": True,
        "itemName": line.custom_name or (product.name if product else line.sku),
        "itemSku": line.sku,
        "amountWithTax": _money(amount),
        "amountLessTax": _money(amount / (1 + tax_rate)),
        "grossUnitAmount": _money(unit),
    }


def _carried(amount: Decimal) -> dict[str, Any]:
    line = Line(sku="5569", quantity=1, custom_name="Ordered before")
    return _entry(0, line, amount, None)


def _money(amount: Decimal) -> str:
    return str(amount.quantize(Decimal("0.01")))
