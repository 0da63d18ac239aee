"""The three restaurants of the demo, as an operator would describe them to the API."""

from collections.abc import Mapping
from typing import Any

from app.simulators.iiko import ids

ZHYTOMYR, GENEVA, LAUSANNE = "zhytomyr-1", "geneva-1", "lausanne-1"
LAUSANNE_BUSINESS = 25769805870
GENEVA_BUSINESS = 123
"""The business location of the API guide's examples."""


def restaurants(
    iiko_url: str, ikentoo_url: str, *, token: str, callback_password: str
) -> Mapping[str, Mapping[str, Any]]:
    """Location documents by slug."""
    swiss = {"timezone": "Europe/Zurich", "currency": "CHF"}
    ikentoo = {
        "system": "ikentoo",
        "base_url": f"{ikentoo_url}/o",
        "auth": {"access_token": token},
        "callback_username": "order-relay",
        "callback_password": callback_password,
        "account_profiles": {"pickup": "PICKUP", "delivery": "DELIVERY"},
        "payment_methods": {"CARD": "CARD", "CASH": "CASH"},
        "send_customer_reference": True,
    }
    return {
        ZHYTOMYR: _zhytomyr(iiko_url),
        GENEVA: {
            "name": "Chez Asabix, Geneva",
            **swiss,
            "pos": {**ikentoo, "business_location_id": GENEVA_BUSINESS, "endpoint_id": "GENEVA"},
        },
        LAUSANNE: {
            "name": "Chez Asabix, Lausanne",
            **swiss,
            "pos": {**ikentoo, "business_location_id": LAUSANNE_BUSINESS, "endpoint_id": "LAUSANNE"},
        },
    }


def _zhytomyr(base_url: str) -> Mapping[str, Any]:
    """All but the organization by name: ids change with every edit in the back office."""
    return {
        "name": "Asabix Trattoria, Zhytomyr",
        "timezone": "Europe/Kyiv",
        "currency": "UAH",
        "check_policy": "strict",
        "pos": {
            "system": "iiko",
            "base_url": base_url,
            "user_id": "demo",
            "user_secret": "demo-secret",
            "organization_id": ids.ORGANIZATION,
            "delivery_terminal": "Centre",
            "order_types": {"pickup": "Pickup", "delivery": "Delivery by courier"},
            "payment_types": {"CARD": "Bank card", "CASH": "CASH"},
            "marketing_source": "website",
            "customers": "create",
            "tip_sku": "TIP",
        },
    }
