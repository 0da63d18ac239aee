"""What Iiko calls its payment types, order types, marketing sources and terminals. Pure.

The Iiko integration tips print the paths as ``/api0/...``; the API itself has them under ``/api/0`` (field reports).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.adapters.iiko.loose import listed, members, storable, text
from app.domain.catalog import Entry, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictionary:
    """Where one is read, and how its entries name themselves."""

    path: str
    wrappers: tuple[str, ...]
    ids: tuple[str, ...] = ("id",)
    names: tuple[str, ...] = ("name",)


DICTIONARIES: Mapping[Kind, Dictionary] = {
    Kind.PAYMENT_TYPES: Dictionary(
        path="/api/0/rmsSettings/getPaymentTypes", wrappers=("paymentTypes", "items", "payments")
    ),
    Kind.ORDER_TYPES: Dictionary(path="/api/0/rmsSettings/getOrderTypes", wrappers=("items", "orderTypes")),
    Kind.MARKETING_SOURCES: Dictionary(
        path="/api/0/rmsSettings/getMarketingSources", wrappers=("marketingSources", "items", "sources")
    ),
    Kind.TERMINALS: Dictionary(
        path="/api/0/deliverySettings/getDeliveryTerminals",
        wrappers=("deliveryTerminals", "terminals", "items"),
        ids=("deliveryTerminalId", "id"),
        names=("name", "deliveryRestaurantName", "restaurantName", "deliveryGroupName"),
    ),
}
RESTAURANT = "deliveryRestaurantName"
"""A terminal's other name: which of its names people know is not the same everywhere (field reports)."""


def entries_of(kind: Kind, body: object) -> list[Entry] | None:
    """The entries, whatever the wrapper; None where the answer holds no list."""
    dictionary = DICTIONARIES[kind]
    rows = listed(body, *dictionary.wrappers)
    if rows is None:
        return None
    found = [_entry(members(row), dictionary) for row in rows]
    return [entry for entry in found if entry is not None]


def _entry(row: Mapping[str, Any], dictionary: Dictionary) -> Entry | None:
    entry_id = _first(row, dictionary.ids)
    if entry_id is None:
        return None
    name = _first(row, dictionary.names)
    more = {key: storable(value) for key, value in row.items() if key not in ("id", "code", "name")}
    more = {key: value for key, value in more.items() if value not in (None, "", [], {})}
    return Entry(id=entry_id.lower(), code=text(row.get("code")), name=name, **more)


def _first(row: Mapping[str, Any], names: Sequence[str]) -> str | None:
    return next((found for name in names if (found := text(row.get(name)))), None)


def is_deleted(entry: Entry) -> bool:
    """Whether Iiko lists it as a thing of the past."""
    more = entry.model_extra or {}
    return more.get("deleted") is True or more.get("isDeleted") is True


def said_of(entry: Entry, member: str) -> str | None:
    """A further text that Iiko gives of it."""
    return text((entry.model_extra or {}).get(member))
