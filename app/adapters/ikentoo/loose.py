"""Values out of what iKentoo answered, read leniently: whatever is odd is absent, and never an error.

The guide calls nearly every field of an answer optional, writes most decimals as strings and some as numbers, and ids
come as both.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from app.adapters.transport import readable

Json = Mapping[str, Any]

_LARGEST = Decimal(10) ** 15
_SHORT = 4000


def objects(value: Any) -> Iterator[Json]:
    """The objects of a list; nothing where it is none."""
    for each in value if isinstance(value, list) else ():
        if isinstance(each, dict):
            yield each


def part(data: Json, name: str) -> Json:
    """The object that is a member; an empty one where there is none."""
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def text(data: Json, *names: str) -> str | None:
    """The first of these members that is a text with something in it, or a whole number."""
    for name in names:
        value = data.get(name)
        if isinstance(value, str) and (plain := value.strip()):
            # Nearly all texts are short and printable, and a large menu has a hundred thousand of them.
            return plain if len(plain) <= _SHORT and plain.isprintable() else readable(plain)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**30:
            return str(value)
    return None


def amount(data: Json, *names: str) -> Decimal | None:
    """The first of these members that is an amount, as a string or as a number."""
    for name in names:
        value = data.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            continue
        try:
            number = Decimal(str(value).strip())
        except InvalidOperation:
            continue
        if number.is_finite() and abs(number) < _LARGEST:
            return number
    return None


def whole(data: Json, *names: str) -> int | None:
    """The first of these members that is a whole number, also one in a string."""
    number = amount(data, *names)
    return None if number is None or number != number.to_integral_value() else int(number)


def flag(data: Json, name: str) -> bool | None:
    """A boolean, also one in a string."""
    match data.get(name):
        case bool(value):
            return value
        case str(word) if word.strip().lower() in ("true", "false"):
            return word.strip().lower() == "true"
    return None
