"""iKentoo's own words, out of whatever it answered.

Errors come in three envelopes and as anything at all (K-Series reference): Spring's ``message`` and ``errors``,
``status`` and ``msg``, and ``message`` and ``apiSubExceptions``.
"""

import re
from collections.abc import Iterator
from typing import Any

from app.adapters.transport import Answer, readable

_TAG = re.compile(r"<(style|script).*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_SHOWN = 1000


def said(answer: Answer) -> str:
    """The gist of an error body in one line; "" where there is none. The body itself is the answer's excerpt."""
    data = answer.json()
    if isinstance(data, dict):
        texts = [words for words in _field_errors(data) if words] or [_text(data, _MESSAGES)]
    elif isinstance(data, str):
        texts = [data]
    else:
        # Not JSON: a gateway's page, or a bare stack trace.
        texts = [_TAG.sub("\n", answer.text())] if data is None else []
    gist = "; ".join(_first_line(text) for text in texts)
    return readable(gist, mask=answer.mask)[:_SHOWN]


def named_fields(answer: Answer) -> set[str]:
    """The fields that the answer complains of, as it names them."""
    data = answer.json()
    entries = _entries(data) if isinstance(data, dict) else ()
    return {_text(entry, ("field",)) for entry, _ in entries} - {""}


_MESSAGES = ("message", "msg", "error_description", "error")


def _entries(data: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    for list_name, text_name in (("errors", "defaultMessage"), ("apiSubExceptions", "message")):
        entries = data.get(list_name)
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict):
                yield entry, text_name


def _field_errors(data: dict[str, Any]) -> Iterator[str]:
    for entry, text_name in _entries(data):
        yield f"{_text(entry, ('field',))} {_text(entry, (text_name,))}".strip()


def _text(data: dict[str, Any], names: tuple[str, ...]) -> str:
    found = (data.get(name) for name in names)
    return next((value for value in found if isinstance(value, str) and value), "")


def _first_line(text: str) -> str:
    # What follows the first line is a stack trace, or the rest of a gateway's page.
    return next((" ".join(line.split()) for line in text.splitlines() if line.strip()), "")
