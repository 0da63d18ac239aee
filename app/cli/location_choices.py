"""Things of a POS to choose from: shown by name, and written into the settings so that they are found again."""

from collections.abc import Sequence
from typing import Any

from app.cli.asking import pick
from app.domain.catalog import Entry


def in_use(entries: Sequence[Entry]) -> list[Entry]:
    """Without those that the POS has deleted, and those that nothing could name."""

    def gone(entry: Entry) -> bool:
        more = entry.model_extra or {}
        return more.get("deleted") is True or more.get("isDeleted") is True

    return [entry for entry in entries if not gone(entry) and (entry.code or entry.name or entry.id)]


def lasting_name(entry: Entry, among: Sequence[Entry]) -> str:
    """Its code or its name, where that is nobody else's; its id changes with every edit in the POS."""
    for word in (entry.code, entry.name):
        if word and sum(1 for other in among if word.casefold() in _words(other)) == 1:
            return word
    return entry.id or entry.code or entry.name or ""


def place_of(entries: Sequence[Entry], *hints: str) -> int | None:
    """The first entry that speaks of the first hint, else of the next."""
    for hint in hints:
        for place, entry in enumerate(entries):
            if hint.casefold() in " ".join(_texts(entry)).casefold():
                return place
    return None


def choose(question: str, entries: Sequence[Entry], *hints: str, none: str) -> str | None:
    """The lasting name of one of them; None where the person wants none."""
    found = in_use(entries)
    if not found:
        return None
    number = pick(question, [_shown(entry) for entry in found], default=place_of(found, *hints), none=none)
    return None if number is None else lasting_name(found[number], found)


def _words(entry: Entry) -> set[str]:
    return {word.casefold() for word in (entry.code, entry.name) if word}


def _texts(entry: Entry) -> list[str]:
    more: dict[str, Any] = entry.model_extra or {}
    return [text for text in (entry.code, entry.name, *more.values()) if isinstance(text, str)]


def _shown(entry: Entry) -> str:
    if entry.code and entry.name and entry.code != entry.name:
        return f"{entry.name} ({entry.code})"
    return entry.name or entry.code or entry.id or "?"
