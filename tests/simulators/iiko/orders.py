"""Orders to send: the one printed in the Iiko integration tips, and the smallest possible one."""

import copy
import uuid
from typing import Any

from app.simulators.iiko import ids

Body = dict[str, Any]


def asabix_order(order_id: str | None = None) -> Body:
    """The order of the tips: nested payment, payment sum added (the print there is flattened), no date."""
    return {
        "organization": ids.ORGANIZATION,
        "deliveryTerminalId": ids.TERMINAL_CENTRE,
        "customer": {"name": "Asabix", "phone": "+380979981891", "email": "orders@asabix.example"},
        "order": {
            "id": order_id or str(uuid.uuid4()),
            "externalId": f"WEB-{uuid.uuid4().hex[:8]}",
            "date": None,
            "phone": "+380979981891",
            "customerName": "Asabix",
            "fullSum": "613.00",
            "isSelfService": True,
            "orderTypeId": ids.ORDER_TYPE_PICKUP,
            "personsCount": 2,
            "marketingSourceId": ids.MARKETING_WEBSITE,
            "items": [
                {"id": ids.QUATTRO_FORMAGGI, "name": "First Product", "amount": "1", "code": "00031", "sum": "502.00"},
                {
                    "id": ids.BURGER,
                    "name": "Second Product",
                    "amount": "1",
                    "code": "00032",
                    "sum": "111.00",
                    "modifiers": [
                        {"id": ids.BBQ_SAUCE, "name": "First Modifier", "amount": 1},
                        {"id": ids.PICKLES, "name": "Second Modifier", "amount": 2},
                    ],
                },
            ],
            "address": {
                "city": "Zhytomyr",
                "street": "Vitruka",
                "home": "9v",
                "housing": None,
                "apartment": None,
                "entrance": None,
                "floor": None,
                "doorphone": None,
                "comment": "From Small To Extra Large. Everywhere. Everytime",
            },
            "paymentItems": [
                {
                    "sum": 613,
                    "paymentType": {"id": ids.PAYMENT_CARD, "code": "CARD", "name": "", "comment": "full"},
                    "isProcessedExternally": False,
                }
            ],
        },
    }


def delivery_order(order_id: str | None = None, *, comment: str | None = None, date: str | None = None) -> Body:
    """The same, brought by a courier."""
    body = asabix_order(order_id)
    body["order"] |= {
        "isSelfService": False,
        "orderTypeId": ids.ORDER_TYPE_DELIVERY,
        "comment": comment,
        "date": date,
    }
    return body


def changed(body: Body, path: str, value: Any) -> Body:
    """A copy with one field set (`order.items.0.amount`), or taken out where the value is `...`."""
    result = copy.deepcopy(body)
    target: Any = result
    *parents, last = path.split(".")
    for part in parents:
        target = target[int(part) if isinstance(target, list) else part]
    key: Any = int(last) if isinstance(target, list) else last
    if value is ...:
        del target[key]
    else:
        target[key] = value
    return result


def with_item(body: Body, item: Body) -> Body:
    """A copy with this item instead of all."""
    return changed(body, "order.items", [item])
