"""The streets that Iiko knows. It matches city and street by their exact names (field reports).

They are not asked for before a send: an address book is large, and an order does not wait for it. They are asked for
when an address was refused, so that the refusal says what to write instead.
"""

import asyncio
import difflib
from collections.abc import Mapping
from typing import Any

from app.adapters.base import WireRequest
from app.adapters.iiko.connection import Connection
from app.adapters.iiko.errors import reworded
from app.adapters.iiko.loose import listed, members, objects, text
from app.domain.errors import PosError, Rejected
from app.domain.status import FailureCode

CITIES = "/api/0/cities/cities"
STREETS = "/api/0/streets/streets"
EXPLAIN_S = 3.0
_SHOWN = 5


async def read_cities(connection: Connection) -> list[tuple[str, str, int]]:
    """Id, name and number of streets of each city. Raises a PosError."""
    answer = await connection.read(CITIES, connection.organization)
    found = []
    for row in map(members, listed(answer.json(), "cities", "items") or []):
        city = members(row.get("city")) or row
        city_id, name = text(city.get("id")), text(city.get("name"))
        if city_id and name:
            found.append((city_id, name, len(list(objects(row.get("streets"))))))
    return found


async def read_streets(connection: Connection, city_id: str) -> list[str]:
    """Names of a city's streets. Raises a PosError."""
    answer = await connection.read(STREETS, {**connection.organization, "city": city_id})
    names = [text(members(row).get("name")) for row in listed(answer.json(), "streets", "items") or []]
    return [name for name in names if name]


async def with_known_streets(connection: Connection, error: PosError, request: WireRequest) -> PosError:
    """The error, with what Iiko knows instead where it refused the address. Never takes longer than a moment."""
    address = request.body.get("order", {}).get("address")
    if not isinstance(error, Rejected) or error.code != FailureCode.ADDRESS_INVALID or not address:
        return error
    try:
        async with asyncio.timeout(EXPLAIN_S):
            hint = await _hint(connection, address)
    except (PosError, TimeoutError):
        return error
    return error if hint is None else reworded(error, f"{error.message} {hint}")


async def _hint(connection: Connection, address: Mapping[str, Any]) -> str | None:
    city, street = str(address.get("city")), str(address.get("street"))
    cities = await read_cities(connection)
    if not cities:
        return None
    found = next((one for one, name, _ in cities if name == city), None)
    if found is None:
        return f"Iiko knows no city {city!r}; it knows {_shown([name for _, name, _ in cities], city)}."
    streets = await read_streets(connection, found)
    if not streets or street in streets:
        return None
    return f"Iiko knows no street {street!r} in {city}; it knows {_shown(streets, street)}."


def _shown(names: list[str], wanted: str) -> str:
    """The nearest by spelling."""
    near = difflib.get_close_matches(wanted, names[:2000], n=_SHOWN, cutoff=0.3) or names[:_SHOWN]
    return ", ".join(repr(name) for name in near) + (" ..." if len(names) > len(near) else "")
