"""Long bodies: 256 KiB can be wrong in a hundred thousand places, and to find them all would keep everybody else's
request waiting for half a second. So the beginning is read first, then twice as much, until something is wrong."""

from typing import Any

from pydantic import BaseModel
from pydantic_core import to_json

LONG = 16 * 1024
"""Bytes. A shorter body is read in one go."""
MEMBERS = 2_000
"""Of all lists together, at first. Hardly an order has so many items and modifiers."""


def read_beginnings(model: type[BaseModel], document: Any) -> None:
    """Raises pydantic's ValidationError for the first part of the document's lists in which something is wrong."""
    wanted = MEMBERS
    while True:
        beginning = _Beginning(wanted)
        part = beginning.of(document)
        if beginning.whole:
            return
        model.model_validate_json(to_json(part))
        wanted *= 2


class _Beginning:
    """The document with the first so many members of its lists. Objects stay whole."""

    def __init__(self, members: int) -> None:
        self._left = members
        self.whole = True

    def of(self, value: Any) -> Any:
        match value:
            case dict():
                return {name: self.of(member) for name, member in value.items()}
            case list():
                return self._members(value)
        return value

    def _members(self, members: list[Any]) -> list[Any]:
        kept: list[Any] = []
        for member in members:
            if self._left <= 0 and kept:  # an empty list would be wrong in another way
                self.whole = False
                break
            self._left -= 1
            kept.append(self.of(member))
        return kept
