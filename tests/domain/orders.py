"""Orders as a website sends them: plain JSON."""

from copy import deepcopy
from typing import Any

from app.domain.order import Order

MODIFIER = {
    "id": "m1",
    "sku": "M-1",
    "name": "Cheese",
    "group_id": "g1",
    "group_name": "Toppings",
    "quantity": 2,
    "unit_price": "0.50",
}
FULL: dict[str, Any] = {
    "location": "geneva-1",
    "reference": "WEB-10042",
    "service_type": "delivery",
    "currency": "CHF",
    "requested_for": "2026-11-22T19:30:00+01:00",
    "customer": {
        "first_name": "Ann",
        "last_name": "Lee",
        "phone": "+41 22 000 00 00",
        "email": "ann@example.com",
        "reference": "C-1",
        "salutation": "Ms",
        "notes": "rings twice",
    },
    "delivery_address": {
        "line1": "Main street 1",
        "line2": "back door",
        "street": "Main street",
        "house": "1",
        "building": "2",
        "entrance": "3",
        "floor": "4",
        "apartment": "5",
        "door_code": "6",
        "postal_code": "1204",
        "city": "Geneva",
        "comment": "blue door",
    },
    "table": {"number": 10, "check": "A1234.56"},
    "guests": 2,
    "collection_code": "ABC",
    "items": [
        {
            "sku": "P-1",
            "product_id": "p1",
            "name": "Pizza",
            "custom_name": True,
            "quantity": 2,
            "unit_price": "5.50",
            "discount_code": "D-1",
            "course": 1,
            "note": "no nuts",
            "modifiers": [dict(MODIFIER)],
            "sub_items": [
                {
                    "sku": "S-1",
                    "product_id": "s1",
                    "name": "Water",
                    "quantity": 3,
                    "unit_price": "1.10",
                    "modifiers": [dict(MODIFIER)],
                }
            ],
        }
    ],
    "fees": [{"sku": "F-1", "name": "Delivery", "amount": "3.00"}],
    "discounts": [{"code": "TEN", "name": "Ten", "amount": "1.00"}],
    "payments": [{"method": "CARD", "amount": "20.00", "tip": "1.20", "paid": True}],
    "total": "27.60",
    "note": "quick\nplease",
    "marketing_source": "website",
    "metadata": {"campaign": "autumn"},
}
"""Every field, none with its default: 2 x (5.50 + 2 x 0.50 + 3 x (1.10 + 2 x 0.50)) + 3.00 - 1.00."""

SMALL: dict[str, Any] = {
    "location": "geneva-1",
    "reference": "WEB-1",
    "service_type": "pickup",
    "items": [{"sku": "P-1", "quantity": 1}],
    "total": "5.50",
}
"""What is required, and no more."""

Path = tuple[str | int, ...]


def leaves(value: Any, path: Path = ()) -> list[Path]:
    """The places of every value that is neither object nor list."""
    match value:
        case dict():
            return [leaf for key, member in value.items() for leaf in leaves(member, (*path, key))]
        case list():
            return [leaf for place, member in enumerate(value) for leaf in leaves(member, (*path, place))]
        case _:
            return [path]


def get(document: Any, path: Path) -> Any:
    for part in path:
        document = document[part]
    return document


def put(document: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """A copy with another value in one place."""
    changed = deepcopy(document)
    get(changed, path[:-1])[path[-1]] = value
    return changed


def without(document: dict[str, Any], path: Path) -> dict[str, Any]:
    """A copy without one member."""
    changed = deepcopy(document)
    del get(changed, path[:-1])[path[-1]]
    return changed


def order(document: dict[str, Any] | None = None, **changes: Any) -> Order:
    """The validated order; ``changes`` replace members of the small one."""
    return Order.model_validate((SMALL if document is None else document) | changes)
