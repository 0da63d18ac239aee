"""Reading JSON the way the server does: lenient with strings, merciless with wrong types.

`"true"` is a boolean and `"502.00"` a number; `1` for a boolean ends in a stack trace (Iiko integration tips).
"""

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation

from app.simulators.iiko.errors import BindingError, Refusal, Unhandled, invalid_guid, required

GUID = re.compile(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
LARGEST_DECIMAL = Decimal("79228162514264337593543950335")
LARGEST_INT32 = 2**31 - 1
DATE_TIME = "%Y-%m-%d %H:%M:%S"


def parse_guid(value: str) -> str:
    """The GUID in lower case; 217 when it is none."""
    if not GUID.fullmatch(value):
        raise invalid_guid(value)
    return value.lower()


def _wrong_type(path: str, value: object, wanted: str) -> Unhandled:
    shown = f"Error converting value {value!r} to type '{wanted}'. Path '{path}'."
    return Unhandled("Newtonsoft.Json.JsonSerializationException", shown[:400])


class Fields:
    """One JSON object of the request, with its path for messages."""

    def __init__(self, raw: object, path: str) -> None:
        if not isinstance(raw, dict):
            raise _wrong_type(path, raw, "object")
        self.raw: dict[str, object] = raw
        self.path = path

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def text(self, name: str, *, limit: int | None = None) -> str | None:
        value = self.raw.get(name)
        if value is None:
            return None
        if isinstance(value, dict | list):
            raise _wrong_type(self.at(name), value, "System.String")
        text = value if isinstance(value, str) else str(value)
        if limit is not None and len(text) > limit:
            raise Refusal("FieldTooLong", f"Field '{self.at(name)}' is too long: it cannot be greater than {limit}")
        return text

    def required_text(self, name: str, *, limit: int | None = None) -> str:
        text = self.text(name, limit=limit)
        if text is None or not text.strip():
            raise required(self.at(name))
        return text

    def guid(self, name: str) -> str | None:
        value = self.raw.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise _wrong_type(self.at(name), value, "System.Guid")
        return parse_guid(value)

    def required_guid(self, name: str) -> str:
        guid = self.guid(name)
        if guid is None:
            raise required(self.at(name))
        return guid

    def flag(self, name: str) -> bool | None:
        value = self.raw.get(name)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in {"true", "false"}:
            return value.lower() == "true"
        raise _wrong_type(self.at(name), value, "System.Boolean")

    def required_flag(self, name: str) -> bool:
        flag = self.flag(name)
        if flag is None:
            raise required(self.at(name))
        return flag

    def number(self, name: str) -> Decimal | None:
        value = self.raw.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
            raise _wrong_type(self.at(name), value, "System.Decimal")
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise _wrong_type(self.at(name), value, "System.Decimal") from None
        if not number.is_finite() or abs(number) > LARGEST_DECIMAL:
            raise Unhandled("System.OverflowException", "Value was either too large or too small for a Decimal.")
        return number

    def required_number(self, name: str) -> Decimal:
        number = self.number(name)
        if number is None:
            raise required(self.at(name))
        return number

    def int32(self, name: str) -> Decimal | None:
        """A number kept in an Int32: a larger one is the stack trace that the tips warn of."""
        number = self.number(name)
        if number is not None and abs(number) > LARGEST_INT32:
            raise Unhandled("System.OverflowException", "Value was either too large or too small for an Int32.")
        return number

    def moment(self, name: str) -> datetime | None:
        """A wall-clock time of the venue: `yyyy-MM-dd HH:mm:ss`, no zone."""
        value = self.raw.get(name)
        if value is None:
            return None
        try:
            return datetime.strptime(str(value), DATE_TIME)  # noqa: DTZ007 - Iiko's times have no zone
        except ValueError:
            raise BindingError(self.at(name), f"Could not convert string to DateTime: {value}.") from None

    def child(self, name: str) -> "Fields | None":
        value = self.raw.get(name)
        return None if value is None else Fields(value, self.at(name))

    def required_child(self, name: str) -> "Fields":
        child = self.child(name)
        if child is None:
            raise required(self.at(name))
        return child

    def children(self, name: str) -> Iterator["Fields"]:
        value = self.raw.get(name)
        if value is None:
            return
        if not isinstance(value, list):
            raise _wrong_type(self.at(name), value, "array")
        for position, one in enumerate(value):
            yield Fields(one, f"{self.at(name)}[{position}]")
