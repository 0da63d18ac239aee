"""What Iiko's refusals mean.

Three shapes of bodies, and some answers that have none (Iiko integration tips; field reports for the keys):

    handled by Iiko, 4xx or 5xx      {"code": "217", "message": ..., "httpStatusCode": 400, ...}
    not bound by its framework, 400  {"Message": ..., "ModelState": {"order": [...]}}
    not handled, 500                 {"Message", "ExceptionMessage", "StackTrace"}, or a stack trace as text or HTML
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.adapters.iiko.failure_codes import failure_code
from app.adapters.transport import Answer, classify, readable
from app.domain.errors import AccessDenied, InDoubt, Misconfigured, NotSent, PosError, Rejected
from app.domain.status import FailureCode

NOT_FOUND = "110"
"""``orders/info``: no such order. The one certain absence (field report)."""
DUPLICATE = "192"
"""This ``order.id`` exists. INFERRED from early answers of the newer API of the same engine."""
NOT_CONNECTED = "701"
""""RabbitMq queue is not found": the restaurant is not connected to Iiko's server (field report)."""
_TAG = re.compile(r"<(style|script).*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_FRAME = re.compile(r"[\r\n]\s*at [\w.$<>`]+")
_SHOWN = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What Iiko said, whatever the shape."""

    code: str | None
    """Iiko's number, where it handled the error itself."""
    message: str | None
    handled: bool = False


def complaint(answer: Answer) -> Complaint:
    """Reads any body. Numbers such as the code come as strings or numbers."""
    body = answer.json()
    if isinstance(body, dict):
        return _enveloped(body, answer)
    # A page, a bare stack trace, or a JSON string; any other JSON holds no words.
    text = body if isinstance(body, str) else _TAG.sub("\n", answer.text()) if body is None else ""
    return Complaint(code=None, message=_shown([text], answer))


def _enveloped(body: dict[str, Any], answer: Answer) -> Complaint:
    if "code" in body and ("message" in body or "httpStatusCode" in body):
        code = None if body["code"] is None else str(body["code"])
        said = [body.get("message"), body.get("description"), body.get("uiMessage")]
        return Complaint(code=code, message=_shown(said, answer), handled=True)
    said = [body.get("ExceptionMessage") or body.get("Message") or body.get("message"), *_model_state(body)]
    return Complaint(code=None, message=_shown(said, answer))


def _model_state(body: dict[str, Any]) -> list[str]:
    state = body.get("ModelState")
    if not isinstance(state, dict):
        return []
    return [
        f"{field}: {message}"
        for field, messages in state.items()
        for message in (messages if isinstance(messages, list) else [messages])
    ]


def _shown(parts: Sequence[object], answer: Answer) -> str | None:
    """On one line, without secrets. The same answer gives the same text, so that two can be compared."""
    texts = dict.fromkeys(_gist(part) for part in parts if isinstance(part, str | int | float))
    return readable("; ".join(text for text in texts if text), mask=answer.mask)[:_SHOWN] or None


def _gist(part: str | float) -> str:
    text = str(part).strip()
    if _FRAME.search(text):
        text = text.splitlines()[0]  # of a stack trace
    return " ".join(text.split())


def is_duplicate(said: Complaint) -> bool:
    """Whether Iiko has an order with this ``order.id`` already. A used ``externalId`` is another matter."""
    text = (said.message or "").lower()
    if "externalid" in text or "external id" in text:
        return False
    return said.code == DUPLICATE or "duplicatedorderid" in text or "order already exists" in text


def pos_error(answer: Answer) -> PosError | None:
    """What an answer other than 2xx says about a send; None for 2xx."""
    error = classify(answer)
    if error is None:
        return None
    said = complaint(answer)
    error.pos_message = said.message
    if isinstance(error, AccessDenied | Misconfigured | NotSent):
        return error
    if said.code == NOT_CONNECTED:
        return _like(InDoubt, error, "The restaurant is not connected to Iiko's server.", FailureCode.POS_OFFLINE)
    if answer.status == 408:
        # Iiko stopped waiting for the restaurant, which may still be working on it.
        return _like(InDoubt, error, "The restaurant did not answer Iiko in time (408).", FailureCode.POS_TIMEOUT)
    if isinstance(error, Rejected) or (said.handled and answer.status < 500):
        number = f", code {said.code}" if said.code else ""
        code = failure_code(said.message or "")
        return _like(Rejected, error, f"Iiko refused the order ({answer.status}{number}).", code)
    return error


def unclear(answer: Answer, message: str) -> InDoubt:
    """A 2xx that does not hold what was asked for."""
    return InDoubt(message, http_status=answer.status, answer=answer.excerpt())


def reworded(error: PosError, message: str) -> PosError:
    """The same error in other words of ours."""
    return _like(type(error), error, message, error.code)


def _like(kind: type[PosError], error: PosError, message: str, code: str | None) -> PosError:
    return kind(
        message,
        http_status=error.http_status,
        answer=error.answer,
        pos_message=error.pos_message,
        code=code,
        retry_after_s=error.retry_after_s,
    )
