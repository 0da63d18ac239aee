"""Field types of the neutral order: text without control characters, quantities, times with an offset."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    EmailStr,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROL_IN_NOTES = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_QUANTITY = re.compile(r"[0-9]{1,4}(\.[0-9]{1,3})?")
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


class StrictModel(BaseModel):
    """Refuses unknown fields and wrong types; ``null`` of a known field means absent."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        if None not in data.values():  # nearly always
            return data
        known = cls.model_fields
        return {key: value for key, value in data.items() if value is not None or key not in known}


def _no_control(value: str) -> str:
    if _CONTROL.search(value):
        message = "must not hold control characters"
        raise ValueError(message)
    return value


def _no_control_but_newline(value: str) -> str:
    if _CONTROL_IN_NOTES.search(value):
        message = "must not hold control characters other than newline"
        raise ValueError(message)
    return value


Text = Annotated[str, AfterValidator(_no_control)]
"""One line of text. Give it a length with ``Field(max_length=...)``."""

Note = Annotated[str, AfterValidator(_no_control_but_newline)]
"""Text that may hold newlines."""


def _quantity(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str) and _QUANTITY.fullmatch(value):
        return Decimal(value)
    message = 'must be a whole number such as 2, or a decimal string such as "0.5"'
    raise ValueError(message)


def _positive_and_small(value: Decimal) -> Decimal:
    if not 0 < value < 1000:
        message = "must be more than 0 and less than 1000"
        raise ValueError(message)
    return value


def written_quantity(value: Decimal) -> int | str:
    """An integer where it is one, else a decimal string."""
    return int(value) if value == value.to_integral_value() else f"{value.normalize():f}"


Quantity = Annotated[
    Decimal,
    BeforeValidator(_quantity),
    AfterValidator(_positive_and_small),
    PlainSerializer(written_quantity, when_used="json"),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": 999},
                {"type": "string", "pattern": r"^\d{1,3}(\.\d{1,3})?$"},
            ],
            "examples": [1, "0.5"],
        }
    ),
]
"""How many. Whole, or a decimal string where the POS can take it."""


def _rfc3339(value: object) -> object:
    if isinstance(value, datetime) or (isinstance(value, str) and _RFC3339.fullmatch(value)):
        return value
    message = "must be a time with an offset, such as 2026-11-22T19:30:00+01:00 (RFC 3339)"
    raise ValueError(message)


def _near(value: datetime) -> datetime:
    """Times at the ends of the calendar cannot be put into another time zone."""
    if not 2000 <= value.year < 2200:
        message = "must lie between the years 2000 and 2199"
        raise ValueError(message)
    return value


Moment = Annotated[
    AwareDatetime,
    Field(strict=False),  # from a string; the validator below keeps everything else out
    BeforeValidator(_rfc3339),
    AfterValidator(_near),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-22T19:30:00+01:00"]}),
]
"""A point in time, written with its offset."""


def _bare_address(value: object) -> object:
    """Pydantic would take "Ann <ann@example.com>" and drop the name: an order is never silently changed."""
    if isinstance(value, str) and (value != value.strip() or "<" in value):
        message = "must be an email address"
        raise ValueError(message)
    return value


Email = Annotated[EmailStr, Field(max_length=128), BeforeValidator(_bare_address)]
"""A bare email address. Whether it exists is not looked up."""

Sku = Annotated[Text, Field(min_length=1, max_length=64)]
Name = Annotated[Text, Field(min_length=1, max_length=255)]
Line = Annotated[Text, Field(max_length=255)]
