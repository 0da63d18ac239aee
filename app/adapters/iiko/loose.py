"""Reading Iiko's JSON without trusting it: what is not of the expected kind is absent, never an error.

The legacy API writes absent values as nulls or empty strings, numbers now and then as strings, and some names with a
capital first letter (field reports).
"""

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from app.adapters.transport import readable

Json = Mapping[str, Any]
_DEEP = 6
_LARGEST = Decimal(10) ** 9


def members(value: object) -> Json:
    """An object's members with a small first letter; none of anything else."""
    if not isinstance(value, dict):
        return {}
    return {name[:1].lower() + name[1:]: member for name, member in value.items()}


def objects(value: object) -> Iterator[Json]:
    """The objects of a list, as Iiko writes them on the wire."""
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))


def text(value: object, *, limit: int = 500) -> str | None:
    """Text that can be stored, or None where there is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    found = str(value).strip()
    if not found.isprintable():  # a line break, or something that cannot be stored
        found = readable(found)
    return found[:limit] or None


def number(value: object) -> Decimal | None:
    """A finite number of a size that means something, be it a string."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < _LARGEST else None


def whole(value: object) -> int | None:
    """A whole number."""
    found = number(value) if value is not None else None
    return None if found is None else int(found)


def listed(body: object, *names: str) -> list[Any] | None:
    """A list, bare or wrapped: under one of the names, or as the only list of its object. None: there is no list.

    Of some dictionaries the wrapper is UNKNOWN, and siblings differ.
    """
    if isinstance(body, list):
        return body
    found = members(body)
    known = [found[name] for name in names if name in found]
    if known and known[0] is None:
        return []
    lists = [one for one in (known or found.values()) if isinstance(one, list)]
    return lists[0] if len(lists) == 1 else None


def storable(value: object, depth: int = 0) -> Any:
    """Any JSON as it can be stored: no characters that PostgreSQL refuses, no infinities, not too deep."""
    match value:
        case str():
            return readable(value)
        case dict() if depth < _DEEP:
            return {readable(str(name)): storable(one, depth + 1) for name, one in value.items()}
        case list() if depth < _DEEP:
            return [storable(one, depth + 1) for one in value]
        case float() if not math.isfinite(value):
            return None
        case bool() | int() | float():
            return value
        case _:
            return None
