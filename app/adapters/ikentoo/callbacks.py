"""iKentoo's calls to us: is it really iKentoo, and what does it say?"""

import base64
import binascii
import hmac
import json
from typing import Any

from app.adapters.base import CallbackRequest
from app.adapters.ikentoo.reasons import failure_code
from app.adapters.ikentoo.settings import IkentooSettings
from app.adapters.transport import readable
from app.domain.errors import CallbackUnauthenticated, CallbackUnreadable
from app.domain.status import StatusEvent, Word

WORDS = {
    "SUCCESS": Word.ACCEPTED,
    "FAILURE": Word.REJECTED,
    "READY_FOR_PICKUP": Word.READY,
    "CLOSED": Word.CLOSED,
    "CHECK_WAS_UPDATED": Word.CHECK_UPDATED,
    # Not in the guide, but in the K-Series reference:
    "IN_DELIVERY": Word.IN_DELIVERY,
    "CANCELLED": Word.CANCELLED,
    "ABANDONED": Word.CANCELLED,
}
"""The POS's words and ours. Whatever else it says is ``UNKNOWN``."""

_PAYMENT = "PAYMENT"
_ORDER = "ORDER"  # also where there is no type, as in the guide; ITEM and ORDER_API are about other things
_WORD_LENGTH = 64
_ID_LENGTH = 128


def authenticate(settings: IkentooSettings, request: CallbackRequest) -> None:
    """HTTP Basic with what we registered: iKentoo has no other proof. Without both settings nobody is let in."""
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    given = _decoded(credentials.strip()) if scheme.lower() == "basic" else b""
    expected = _expected(settings)
    # Compared also where it cannot succeed, so that a missing header takes as long as a wrong password.
    same = hmac.compare_digest(given, expected or b"\x00")
    if not (same and expected):
        raise CallbackUnauthenticated("The callback's credentials are missing or wrong.")


def _expected(settings: IkentooSettings) -> bytes:
    if settings.callback_username is None or settings.callback_password is None:
        return b""
    return f"{settings.callback_username}:{settings.callback_password.get_secret_value()}".encode()


def _decoded(credentials: str) -> bytes:
    try:
        return base64.b64decode(credentials.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return b""


def read_callback(body: bytes) -> StatusEvent:
    """What the callback says. Any JSON object is read; unknown words and fields are no error."""
    data = _object(body)
    kind, raw = _scalar(data, "type") or _ORDER, _scalar(data, "status") or ""
    word = WORDS.get(raw, Word.UNKNOWN) if kind in (_ORDER, _PAYMENT) else Word.UNKNOWN
    reason = _reason(data)
    # The guide writes ikentooAccountId, today's schema iKentooAccountId; strings and numbers both occur.
    old_id = _account(data, "ikentooAccountId", "iKentooAccountId")
    snapshot = data.get("account")
    told = _account(snapshot, "ikaccountId", "identifier", "id") if isinstance(snapshot, dict) else None
    return StatusEvent(
        word=word,
        raw=raw[:_WORD_LENGTH],
        reference=_limited(_scalar(data, "thirdPartyReference")),
        reason=reason,
        failure_code=failure_code(reason, payment=kind == _PAYMENT) if word is Word.REJECTED else None,
        order_id=_limited(old_id),
        account=_limited(_account(data, "ikentooAccountIdentifier", "iKentooAccountIdentifier") or told or old_id),
        about_payment=kind == _PAYMENT,
    )


def _object(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise CallbackUnreadable("The callback is not JSON.") from None
    if not isinstance(data, dict):
        raise CallbackUnreadable("The callback is JSON, but not an object.")
    return data


def _scalar(data: dict[str, Any], *names: str) -> str | None:
    for name in names:
        match data.get(name):
            case str(text) if text.strip():
                return readable(text.strip())
            case bool() | float():
                continue
            case int(number) if abs(number) < 10**30:
                return str(number)
    return None


def _account(data: dict[str, Any], *names: str) -> str | None:
    """An account id. A 0 is none: a real payload has it beside an identifier (field report)."""
    return next((said for name in names if (said := _scalar(data, name)) not in (None, "0")), None)


def _limited(text: str | None) -> str | None:
    return None if text is None else text[:_ID_LENGTH]


def _reason(data: dict[str, Any]) -> str | None:
    """``reason``, or what a refused payment says in ``errors`` instead (K-Series reference)."""
    errors = data.get("errors")
    said = [_scalar(data, "reason")]
    for part, names in (("timeout", ("message", "errorKey")), ("account", ("type",))):
        detail = errors.get(part) if isinstance(errors, dict) else None
        said.append(_scalar(detail, *names) if isinstance(detail, dict) else None)
    return next((text for text in said if text), None)
