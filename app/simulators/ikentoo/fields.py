"""Reading a request body: types as Jackson would refuse them, constraints as bean validation collects them."""

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from app.simulators.ikentoo.errors import ApiError, FieldError

_EMAIL = re.compile(r"[^@\s,;<>()\"]+@[^@\s,;<>()\"]+\.?[^@\s,;<>()\".]")
_JAVA = {str: "java.lang.String", int: "java.lang.Integer", bool: "java.lang.Boolean", Decimal: "java.math.BigDecimal"}


def wrong_type(path: str, wanted: str) -> ApiError:
    """Build the 400 that Spring answers before any validation."""
    return ApiError(400, f"JSON parse error: Cannot deserialize value of type `{wanted}` (field '{path}')")


class Node:
    """One JSON object of a request. null counts as absent. Unknown fields are ignored but remembered in `unknown`.

    A wrong type raises at once; violated constraints are collected in `errors`, which children share.
    """

    def __init__(self, data: Any, path: str, errors: list[FieldError], unknown: list[str]) -> None:
        """Read `data`, which stands at `path` ("" is the root)."""
        if not isinstance(data, dict):
            raise wrong_type(path, "java.util.LinkedHashMap")
        self.data = data
        self.path = path
        self.errors = errors
        self.unknown = unknown
        self._read: set[str] = set()

    def at(self, name: str) -> str:
        """Name a member the way Spring does."""
        return f"{self.path}.{name}" if self.path else name

    def violate(self, name: str, code: str, message: str, kind: type = str) -> None:
        """Collect one violated constraint."""
        self.errors.append(
            FieldError(
                field=self.at(name), code=code, message=message, rejected=self.data.get(name), java_type=_JAVA[kind]
            )
        )

    def raw(self, name: str) -> Any:
        """Take a member, whatever it is."""
        self._read.add(name)
        return self.data.get(name)

    def finish(self) -> None:
        """Remember which members nobody asked for."""
        self.unknown.extend(self.at(name) for name in self.data if name not in self._read)

    def text(self, name: str, *, required: bool = False, least: int = 0, most: int | None = None) -> str | None:
        """Read a String with its lengths."""
        value = self.raw(name)
        if value is None:
            if required:
                self.violate(name, "NotNull", "must not be null")
            return None
        if not isinstance(value, str):
            raise wrong_type(self.at(name), _JAVA[str])
        if len(value) < least or (most is not None and len(value) > most):
            self.violate(name, "Size", f"size must be between {least} and {2147483647 if most is None else most}")
        return value

    def integer(
        self, name: str, *, required: bool = False, least: int | None = None, digits: int | None = None
    ) -> int | None:
        """Read an Integer (also a long); neither a text nor a fraction will do."""
        value = self.raw(name)
        if value is None:
            if required:
                self.violate(name, "NotNull", "must not be null", int)
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            raise wrong_type(self.at(name), _JAVA[int])
        if digits is not None and len(str(abs(value))) > digits:
            self.violate(name, "Digits", _digits(digits), int)
        if least is not None and value < least:
            self.violate(name, "Min", f"must be greater than or equal to {least}", int)
        return value

    def location(self) -> int | None:
        """Read businessLocationId, which may come as a text of digits (field report)."""
        value = self.raw("businessLocationId")
        if isinstance(value, str) and re.fullmatch(r"\d{1,19}", value):
            return int(value)
        return self.integer("businessLocationId", required=True)

    def decimal(self, name: str, *, required: bool = False) -> Decimal | None:
        """Read a Decimal: a text as in the guide's examples, or a JSON number as today's reference has it."""
        value = self.raw(name)
        if value is None:
            if required:
                self.violate(name, "NotNull", "must not be null", Decimal)
            return None
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise wrong_type(self.at(name), _JAVA[Decimal])
        try:
            amount = Decimal(str(value))
        except InvalidOperation as error:
            raise wrong_type(self.at(name), _JAVA[Decimal]) from error
        if not amount.is_finite():
            raise wrong_type(self.at(name), _JAVA[Decimal])
        return amount

    def boolean(self, name: str) -> bool | None:
        """Read a Boolean."""
        value = self.raw(name)
        if value is not None and not isinstance(value, bool):
            raise wrong_type(self.at(name), _JAVA[bool])
        return value

    def numeric_text(self, name: str, *, digits: int) -> str | None:
        """Read a String that holds a whole number of so many digits."""
        value = self.text(name)
        if value is not None and not re.fullmatch(rf"\d{{1,{digits}}}", value, re.ASCII):
            self.violate(name, "Digits", _digits(digits))
        return value

    def pattern(self, name: str, regex: str) -> str | None:
        """Read a String of a certain form."""
        value = self.text(name)
        if value is not None and not re.fullmatch(regex, value, re.ASCII):
            self.violate(name, "Pattern", f'must match "{regex}"')
        return value

    def email(self, name: str) -> str | None:
        """Read an address: well-formed, or empty as Java's check also allows."""
        value = self.text(name)
        if value and not _EMAIL.fullmatch(value):
            self.violate(name, "Email", "must be a well-formed email address")
        return value or None

    def future(self, name: str, now: datetime) -> datetime | None:
        """Read an ISO-8601 time with an offset that has not come yet. No offset is an error (INFERRED)."""
        value = self.text(name)
        if value is None:
            return None
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            at = None
        if at is None or at.tzinfo is None:
            self.violate(name, "DateTimeFormat", "must be an ISO-8601 date and time")
            return None
        if at <= now:
            self.violate(name, "Future", "must be in the future")
        return at

    def child(self, name: str) -> "Node | None":
        """Open a member that is an object."""
        value = self.raw(name)
        return None if value is None else Node(value, self.at(name), self.errors, self.unknown)

    def children(self, name: str) -> list["Node"]:
        """Open a member that is a list of objects."""
        value = self.raw(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise wrong_type(self.at(name), "java.util.ArrayList")
        return [Node(each, f"{self.at(name)}[{n}]", self.errors, self.unknown) for n, each in enumerate(value)]


def _digits(most: int) -> str:
    return f"numeric value out of bounds (<{most} digits>.<0 digits> expected)"
