"""What iKentoo's answers mean: the POS-neutral table, narrowed by what this POS is known to say."""

from app.adapters.base import Taken
from app.adapters.ikentoo.complaints import wrong_setting
from app.adapters.ikentoo.reasons import failure_code
from app.adapters.ikentoo.words import said
from app.adapters.transport import Answer, classify
from app.domain.errors import InDoubt, Misconfigured, PosError, Rejected
from app.domain.status import StatusEvent, Word

_USED = "reference has already been used"
_NO_ACCOUNT = "account not found"  # also: none on this table (K-Series reference)


def taken(answer: Answer, reference: str | None, *, payment: bool = False) -> Taken:
    """The order or payment as taken, or the PosError that the answer means.

    200 says only that iKentoo's servers have it; the verdict of the till comes by callback. A used reference (409)
    confirms it: nobody but us can have used a reference of ours. A payment's used reference comes as a 400.
    """
    if answer.status == 200 and says_ok(answer):
        return _taken(answer, reference, raw="ok")
    if answer.status == 409 or (answer.status == 400 and _USED in said(answer).casefold()):
        return _taken(answer, reference, raw=said(answer) or "409", duplicate=True)
    error = refusal(answer)
    if isinstance(error, Misconfigured) and no_account(answer):
        error = _no_such_check(error)
    if payment and isinstance(error, Rejected):
        error.code = failure_code(error.pos_message, payment=True)
    if isinstance(error, Rejected) and (message := wrong_setting(answer)):
        raise Misconfigured(message, http_status=answer.status, answer=error.answer, pos_message=error.pos_message)
    raise error or InDoubt(
        f"iKentoo answered {answer.status}, but not that all is well.",
        http_status=answer.status,
        answer=answer.excerpt(),
    )


def no_account(answer: Answer) -> bool:
    """Whether the POS says that there is no such check, and not that there is no such address."""
    return answer.status == 404 and _NO_ACCOUNT in said(answer).casefold()


def _no_such_check(error: PosError) -> Rejected:
    return Rejected(
        f"The POS has no such open check. iKentoo said: {error.pos_message}",
        http_status=error.http_status,
        answer=error.answer,
        pos_message=error.pos_message,
        code=failure_code(error.pos_message),
    )


def _taken(answer: Answer, reference: str | None, *, raw: str, duplicate: bool = False) -> Taken:
    return Taken(
        event=StatusEvent(word=Word.SUBMITTED, raw=raw, reference=reference),
        http_status=answer.status,
        answer=answer.excerpt(),
        duplicate=duplicate,
    )


def printed(answer: Answer) -> Taken:
    """A message as taken: nothing more is heard of it. Raises the PosError that any other answer means."""
    if answer.status == 200 and says_ok(answer):
        return Taken(event=StatusEvent(word=Word.ACCEPTED, raw="ok"), http_status=200, answer=answer.excerpt())
    raise refusal(answer) or InDoubt(
        f"iKentoo answered {answer.status}, but not that all is well.",
        http_status=answer.status,
        answer=answer.excerpt(),
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
