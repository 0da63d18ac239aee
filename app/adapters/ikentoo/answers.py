"""What iKentoo's answers mean: the POS-neutral table, narrowed by what this POS is known to say."""

from app.adapters.base import Taken
from app.adapters.ikentoo.complaints import wrong_setting
from app.adapters.ikentoo.reasons import failure_code
from app.adapters.ikentoo.words import said
from app.adapters.transport import Answer, classify
from app.domain.errors import InDoubt, Misconfigured, PosError, Rejected
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
    error = refusal(answer)
    if isinstance(error, Rejected) and (message := wrong_setting(answer)):
        raise Misconfigured(message, http_status=answer.status, answer=error.answer, pos_message=error.pos_message)
    raise error or InDoubt(
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
    error.pos_message = words or None
    if words:
        error.message = f"{error.message} iKentoo said: {words}"
        error.args = (error.message,)
    if isinstance(error, Rejected):
        error.code = failure_code(words)
    return error
