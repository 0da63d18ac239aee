"""What of an order is about the guest, and what is left when that is taken out. Pure.

Only what is about the food, the money and the time stays; whatever somebody may have typed a name into goes.
"""

from collections.abc import Mapping
from typing import Any

_STAYS = frozenset(
    "location reference service_type currency requested_for table guests items fees discounts payments total".split()
)
_OF_PRODUCT = frozenset(
    "sku product_id id name custom_name quantity unit_price course group_id group_name modifiers sub_items".split()
)
_OF_FEE = frozenset({"sku", "amount"})
_OF_DISCOUNT = frozenset({"amount"})
_OF_PAYMENT = frozenset({"method", "amount", "tip", "paid"})


def without_guest(body: Mapping[str, Any]) -> dict[str, Any]:
    """The stored order without personal data: the members that were given are still there, as null. It stays an order
    that the model reads."""
    left: dict[str, Any] = {name: value if name in _STAYS else None for name, value in body.items()}
    for name, of in (("fees", _OF_FEE), ("discounts", _OF_DISCOUNT), ("payments", _OF_PAYMENT)):
        if left.get(name):
            left[name] = [_only(of, entry) for entry in left[name]]
    if left.get("items"):
        left["items"] = [_product(item) for item in left["items"]]
    return left


def _product(product: Mapping[str, Any]) -> dict[str, Any]:
    left = _only(_OF_PRODUCT, product)
    if product.get("custom_name"):  # words of the website's own, such as a greeting
        left["name"] = None
    for name in ("modifiers", "sub_items"):
        if left.get(name):
            left[name] = [_product(part) for part in left[name]]
    return left


def _only(stays: frozenset[str], entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if name in stays else None for name, value in entry.items()}
