"""What a POS answered, and the one table from HTTP status to our errors."""

import json as jsonlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from app.domain.errors import AccessDenied, InDoubt, Misconfigured, NotSent, PosError, Rejected, no_clear_answer

MAX_BODY = 1_048_576
"""Bytes of an answer that are read; the rest is left."""
MAX_MENU = 33_554_432
"""The same for a menu, which may be large."""
EXCERPT = 16_384
"""Bytes of an answer that are kept for people."""
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_DIGITS = re.compile(r"\d{1,10}(\.\d{1,6})?", re.ASCII)


def readable(text: str, *, mask: Sequence[str] = ()) -> str:
    """Text of a POS as we may store and show it: no secret, nothing PostgreSQL refuses, at most ``EXCERPT`` bytes."""
    for secret in mask:
        for form in {secret, quote(secret), quote(secret, safe="")} - {""}:
            text = text.replace(form, "***")
    stored = _UNSTORABLE.sub("\ufffd", text).encode()
    return stored[:EXCERPT].decode(errors="ignore")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the POS answered."""

    status: int
    headers: Mapping[str, str]
    """Lower-case names."""
    body: bytes
    truncated: bool = False
    """The body went on after what is read."""
    mask: tuple[str, ...] = field(default=(), repr=False)

    def text(self) -> str:
        """The whole body; use ``excerpt`` for anything that is stored or shown."""
        return self.body.decode("utf-8-sig", errors="replace")

    def excerpt(self) -> str:
        """The body for people: no secrets, at most 16 KB."""
        return readable(self.text(), mask=self.mask)

    def json(self) -> Any:
        """The parsed body; None where it is not JSON (a bare ``null`` says no more)."""
        try:
            return jsonlib.loads(self.body.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            return None


def classify(answer: Answer) -> PosError | None:
    """What a status means for any POS; None for 2xx, which the adapter reads. Adapters narrow this, never widen it."""
    kind, message = _kind(answer)
    if kind is None:
        return None
    return kind(
        message,
        http_status=answer.status,
        answer=answer.excerpt(),
        retry_after_s=retry_after(answer) if answer.status in (429, 503) else None,
    )


def _kind(answer: Answer) -> tuple[type[PosError] | None, str]:
    status = answer.status
    if 200 <= status < 300:
        return None, ""
    if status == 429:
        return NotSent, "The POS asked us to slow down (429)."
    if status in (401, 403):
        return AccessDenied, f"The POS does not accept our credentials or rights ({status})."
    if 300 <= status < 400 or status in (404, 405):
        return Misconfigured, f"The POS knows no such address ({status}): is base_url right?"
    if 400 <= status < 500 and status != 408 and answer.json() is None:
        # A POS explains its no in JSON; anything else comes from a gateway or web server in front of it.
        return Misconfigured, f"Something other than the POS's API answered ({status}, not JSON): is base_url right?"
    if status in (400, 422):
        return Rejected, f"The POS refused the request ({status})."
    return InDoubt, no_clear_answer(status)


def retry_after(answer: Answer) -> float | None:
    """Seconds that the POS asked us to wait (RFC 9110: seconds or an HTTP date); None where it said nothing usable."""
    said = answer.headers.get("retry-after", "").strip()
    if _DIGITS.fullmatch(said):
        return float(said)
    when = _http_date(said)
    if when is None:
        return None
    # Measured by the POS's own clock where it tells the time.
    now = _http_date(answer.headers.get("date", "")) or datetime.now(UTC)
    return max((when - now).total_seconds(), 0.0)


def _http_date(text: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)
