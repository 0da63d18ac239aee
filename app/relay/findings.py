"""What pydantic found wrong with a document, as findings: JSON pointers and plain words that never repeat the input."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.domain.errors import Finding

# pydantic's type of error -> our code and words. {name} is filled from pydantic's context.
WORDS: dict[str, tuple[str, str]] = {
    "missing": ("missing", "is required"),
    "extra_forbidden": ("unknown", "is not a known member"),
    "string_type": ("wrong_type", "must be a string"),
    "int_type": ("wrong_type", "must be a whole number"),
    "int_from_float": ("wrong_type", "must be a whole number"),
    "int_parsing": ("wrong_type", "must be a whole number"),
    "int_parsing_size": ("out_of_range", "must be a smaller number"),
    "float_type": ("wrong_type", "must be a number"),
    "float_parsing": ("wrong_type", "must be a number"),
    "finite_number": ("out_of_range", "must be a finite number"),
    "bool_type": ("wrong_type", "must be true or false"),
    "bool_parsing": ("wrong_type", "must be true or false"),
    "tuple_type": ("wrong_type", "must be a list"),
    "list_type": ("wrong_type", "must be a list"),
    "dict_type": ("wrong_type", "must be an object"),
    "model_type": ("wrong_type", "must be an object"),
    "model_attributes_type": ("wrong_type", "must be an object"),
    "too_short": ("too_short", "must have at least {min_length}"),
    "too_long": ("too_long", "must have at most {max_length}"),
    "string_too_short": ("too_short", "must have at least {min_length} characters"),
    "string_too_long": ("too_long", "must have at most {max_length} characters"),
    "string_pattern_mismatch": ("pattern", "must match {pattern}"),
    "greater_than": ("out_of_range", "must be more than {gt}"),
    "greater_than_equal": ("out_of_range", "must be at least {ge}"),
    "less_than": ("out_of_range", "must be less than {lt}"),
    "less_than_equal": ("out_of_range", "must be at most {le}"),
    "enum": ("not_one_of", "must be {expected}"),
    "literal_error": ("not_one_of", "must be {expected}"),
    "union_tag_invalid": ("not_one_of", "must be {expected_tags}"),
    "string_unicode": ("wrong_type", "must be text in UTF-8"),
    "uuid_parsing": ("invalid", "must be a UUID"),
    "uuid_type": ("invalid", "must be a UUID"),
    "url_parsing": ("invalid", "must be a web address, such as https://example.com"),
    "url_scheme": ("invalid", "must begin with http:// or https://"),
    "url_type": ("invalid", "must be a web address, such as https://example.com"),
}
MOST = 500
"""A document can be wrong in a hundred thousand places, and somebody else's request waits meanwhile."""
_EMAIL = "value is not a valid email address"


def findings(error: ValidationError, document: Any, *, under: str = "") -> list[Finding]:
    """Everything that is wrong, in the document's order. `document`: what was read, as plain JSON; `under`: the
    pointer of the part of it that was read. A list whose members are wrong is not also called too short."""
    errors = error.errors(include_url=False, include_input=False)[:MOST]
    found = [_finding(details, document, under) for details in errors]
    pointers = {finding.pointer for finding in found}
    parents = {pointer[:cut] for pointer in pointers for cut in _cuts(pointer)}
    kept = [finding for finding in found if finding.code != "too_short" or finding.pointer not in parents]
    return list(dict.fromkeys(kept))


def pointer_of(parts: Sequence[str | int]) -> str:
    """RFC 6901."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def _cuts(pointer: str) -> list[int]:
    return [place for place, letter in enumerate(pointer) if letter == "/"]


def _finding(details: ErrorDetails, document: Any, under: str) -> Finding:
    code, message = words(details)
    return Finding(under + pointer_of(_members(details["loc"], document, details["type"])), code, message)


def _members(loc: Sequence[str | int], document: Any, kind: str) -> list[str | int]:
    """The path without the names of models, validators and keys that pydantic puts into it."""
    path: list[str | int] = []
    here = document
    for place, part in enumerate(loc):
        last = place == len(loc) - 1
        if isinstance(here, Mapping) and (part in here or (last and kind == "missing")):
            path.append(part)
            here = here.get(part)
        elif isinstance(here, (list, tuple)) and isinstance(part, int):
            path.append(part)
            here = here[part] if part < len(here) else None
    return path


def words(details: Mapping[str, Any]) -> tuple[str, str]:
    """The code and the words of one error of pydantic's."""
    kind, context = details["type"], details.get("ctx", {})
    if kind == "value_error":
        return _own_words(details["msg"], context.get("error"))
    if kind in WORDS:
        code, phrase = WORDS[kind]
        return code, phrase.format_map(context)
    if details["msg"].startswith("Input should be "):  # what follows a comma may repeat the input
        return "invalid", f"must be {details['msg'].removeprefix('Input should be ').partition(',')[0]}"
    return "invalid", "is not valid"


def _own_words(message: str, error: object) -> tuple[str, str]:
    if isinstance(error, ValidationError):  # a validator that asked another one, such as HttpUrl
        return words(error.errors(include_url=False)[0])
    if message.startswith(_EMAIL):
        return "invalid", "must be an email address"
    return "invalid", message.removeprefix("Value error, ")
