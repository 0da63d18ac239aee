"""Catalogs and dictionaries as OpenAPI tells them."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from app.api.order_models import Shown, Time
from app.domain.catalog import Entry, Group, Product


class CatalogView(Shown):
    """What the POS sells, as last read from it."""

    synced_at: Annotated[Time | None, Field(description="When it was read. Null: never, and the rest is empty.")]
    age_s: Annotated[float | None, Field(description="How old it is, in seconds.")]
    error: Annotated[
        str | None, Field(description="Why the last sync failed; what is shown is then the last good one.")
    ]
    groups: list[Group]
    products: list[Product]


class DictionariesView(Shown):
    """What the POS calls things. A kind that the POS does not have is empty."""

    synced_at: Time | None
    payment_types: list[Entry]
    order_types: list[Entry]
    marketing_sources: list[Entry]
    terminals: list[Entry]
    discounts: list[Entry]
    modifiers: list[Entry]
    menus: list[Entry]


class SyncedView(Shown):
    """What a sync found."""

    synced_at: Time
    counts: Annotated[dict[str, int], Field(description="How much is known now, by kind.")]
    changed: Annotated[int, Field(description="Products, groups and dictionaries that are not what they were.")]


class Nothing(BaseModel):
    """A query that takes nothing: unknown names are refused."""

    model_config = {"extra": "forbid", "hide_input_in_errors": True}


SYNCED: dict[str, Any] = {
    "synced_at": "2026-11-22T18:30:00Z",
    "counts": {"products": 20, "groups": 8, "payment_types": 2, "order_types": 2, "terminals": 2},
    "changed": 1,
}
CATALOG: dict[str, Any] = {
    "synced_at": "2026-11-22T18:30:00Z",
    "age_s": 61.0,
    "error": None,
    "groups": [{"id": "60000000-0000-4000-8000-000000000001", "name": "Pizza", "parent_id": None}],
    "products": [
        {
            "sku": "00034",
            "product_id": "70000000-0000-4000-8000-000000000004",
            "name": "Pepperoni",
            "price": "289.00",
            "group_id": "60000000-0000-4000-8000-000000000001",
            "tax": None,
            "available": True,
            "modifier_groups": [
                {
                    "id": "90000000-0000-4000-8000-000000000001",
                    "name": "Crust",
                    "min": 1,
                    "max": 1,
                    "each_limited": False,
                    "modifiers": [
                        {
                            "id": "80000000-0000-4000-8000-000000000004",
                            "sku": "M4",
                            "name": "Thin crust",
                            "price": "0",
                            "min": 0,
                            "max": 1,
                            "default": None,
                        }
                    ],
                }
            ],
            "deals": [],
            "texts": [],
            "allergens": [],
            "image_url": None,
            "pricing": "fixed",
            "custom_name": False,
        }
    ],
}
DICTIONARIES: dict[str, Any] = {
    "synced_at": "2026-11-22T18:30:00Z",
    "payment_types": [{"id": "50000000-0000-4000-8000-000000000002", "code": "CARD", "name": "Bank card"}],
    "order_types": [{"id": "30000000-0000-4000-8000-000000000002", "code": None, "name": "Pickup"}],
    "marketing_sources": [],
    "terminals": [{"id": "20000000-0000-4000-8000-000000000001", "code": None, "name": "Centre"}],
    "discounts": [],
    "modifiers": [],
    "menus": [],
}
