"""What iKentoo's answers mean: the POS-neutral table, narrowed by what this POS is known to say.

Errors come in three envelopes and as anything at all (K-Series reference): Spring's ``message`` and ``errors``,
``status`` and ``msg``, and ``message`` and ``apiSubExceptions``.
"""

from collections.abc import Iterator
from typing import Any

from app.adapters.base import Taken
from app.adapters.ikentoo.reasons import failure_code
from app.adapters.transport import Answer, classify, readable
from app.domain.errors import InDoubt, PosError, Rejected
from app.domain.status import StatusEvent, Word

_USED = "reference has already been used"


def taken(answer: Answer, reference: str | None) -> Taken:
    """The order as taken, or the PosError that the answer means.

    200 says only that iKentoo's servers have it; the verdict of the till comes by callback. A used reference (409)
    confirms it: nobody but us can have used a reference of ours.
    """
    if answer.status == 200 and says_ok(answer):
        return _taken(answer, reference, raw="ok")
    if answer.status == 409 or (answer.status == 400 and _USED in said(answer).casefold()):
        return _taken(answer, reference, raw=said(answer) or "409", duplicate=True)
    raise refusal(answer) or InDoubt(
        f"iKentoo answered {answer.status}, but not that all is well.",
        http_status=answer.status,
        answer=answer.excerpt(),
    )


def _taken(answer: Answer, reference: str | None, *, raw: str, duplicate: bool = False) -> Taken:
    return Taken(
        event=StatusEvent(word=Word.SUBMITTED, raw=raw, reference=reference),
        http_status=answer.status,
        answer=answer.excerpt(),
        duplicate=duplicate,
    )


def says_ok(answer: Answer) -> bool:
    """The guide: "no response body", next to an example with ``{"status": "ok"}``. Both are fine."""
    if answer.truncated:
        return False
    data = answer.json()
    return not answer.body.strip() or (isinstance(data, dict) and data.get("status") == "ok")


def refusal(answer: Answer) -> PosError | None:
    """The error that the status means, with the POS's own words; None for 2xx."""
    error = classify(answer)
    if error is None:
        return None
    words = said(answer)
    error.pos_message = answer.excerpt() or None
    if words:
        error.message = f"{error.message} iKentoo said: {words}"
        error.args = (error.message,)
    if isinstance(error, Rejected):
        error.code = failure_code(words)
    return error


def said(answer: Answer) -> str:
    """The gist of an error body in one line; "" where there is none."""
    data = answer.json()
    if not isinstance(data, dict):
        return ""
    texts = list(_field_errors(data)) or [_text(data, "message", "msg", "error_description", "error")]
    return readable("; ".join(text for text in texts if text), mask=answer.mask)[:1000]


def _field_errors(data: dict[str, Any]) -> Iterator[str]:
    for list_name, text_name in (("errors", "defaultMessage"), ("apiSubExceptions", "message")):
        entries = data.get(list_name)
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict):
                yield f"{_text(entry, 'field')} {_text(entry, text_name)}".strip()


def _text(data: dict[str, Any], *names: str) -> str:
    found = (data.get(name) for name in names)
    return next((value for value in found if isinstance(value, str) and value), "")
