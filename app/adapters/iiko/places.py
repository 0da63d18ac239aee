"""The organizations that these credentials can see."""

from collections.abc import Mapping
from typing import Any

from app.adapters.iiko.connection import Connection
from app.adapters.iiko.errors import unclear
from app.adapters.iiko.loose import listed, members, storable, text
from app.domain.venue import Place

ORGANIZATIONS = "/api/0/organization/list"
_MORE = ("address", "phone", "isActive", "currencyIsoName", "workTime", "website", "description")


async def read(connection: Connection) -> list[Place]:
    """``organization/list``. Raises a PosError."""
    answer = await connection.read(ORGANIZATIONS, {})
    rows = listed(answer.json(), "organizations", "items")
    if rows is None:
        raise unclear(answer, "Iiko answered with something that is not a list of organizations: is base_url right?")
    found = [_place(members(row)) for row in rows]
    return [place for place in found if place is not None]


def _place(row: Mapping[str, Any]) -> Place | None:
    place_id = text(row.get("id"), limit=64)
    if place_id is None:
        return None
    more = {name: storable(row[name]) for name in _MORE if row.get(name) not in (None, "")}
    return Place(id=place_id, name=text(row.get("name")) or place_id, more=more)
