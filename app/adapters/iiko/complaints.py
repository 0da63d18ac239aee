"""Refusals that are about the location's settings, not about the order.

A wrong organization or delivery terminal is wrong in every order of the location, so refusing paid orders one by one
would lose them all. How Iiko words these is UNKNOWN (INFERRED here), so only a text that begins with the thing itself
counts. Order types, payment types and marketing sources get new ids with each edit in Iiko (Iiko integration tips)
and concern some orders only: those are refused.
"""

import re
from collections.abc import Collection

from app.adapters.iiko.errors import Complaint
from app.adapters.iiko.failure_codes import failure_code
from app.domain.errors import Misconfigured, PosError, Rejected
from app.domain.status import FailureCode

ORGANIZATION = "organization"
TERMINAL = "deliveryTerminalId"
_SETTINGS = (
    # the member that is sent, how a text may name it, the setting, what to do
    (ORGANIZATION, r"organi[sz]ation(?: ?id)?", "organization_id", "correct it"),
    (TERMINAL, r"delivery ?terminal(?: ?id)?", "delivery_terminal", "correct or remove it; an edit in Iiko changes it"),
)
_NOT = r"(?:not ?(?:be )?(?:found|known|exist|registered|valid|visible)|unknown|invalid|missing|required|deleted)"
_GUID = r"[({{]?[0-9a-f-]{{36}}[)}}]?"
_PATTERNS = (
    r"(?:the )?{name}\b[ :=]*(?:'[^']*'|\"[^\"]*\"|" + _GUID + r")? ?(?:is |was |does )?{no}\b",
    r"{name}(?:NotFound|Unknown|Invalid)\b",
    r"(?:unknown|invalid|no such|missing) {name}(?:\W*$|\s*[:='\"(]| " + _GUID + ")",
    r"(?:[\w]+\.)?{name}: ",  # a key of ModelState
)


def wrong_setting(error: PosError, said: Complaint, sent: Collection[str]) -> Misconfigured | None:
    """The refusal as one of the whole location; None where it is about the order. ``sent``: what the request named."""
    words = said.message or ""
    # A known reason is about the order, or about the restaurant at the moment.
    if not isinstance(error, Rejected) or failure_code(words) is not FailureCode.POS_REJECTED:
        return None
    for member, name, setting, remedy in _SETTINGS:
        if member in sent and _complains_of(name, words):
            return Misconfigured(
                f"Iiko does not take the location's {setting} ({error.http_status}): {remedy}. Iiko said: {words}",
                http_status=error.http_status,
                answer=error.answer,
                pos_message=error.pos_message,
            )
    return None


def _complains_of(name: str, words: str) -> bool:
    patterns = [each.format(name=name, no=_NOT) for each in _PATTERNS]
    return any(re.match(pattern, text, re.IGNORECASE) for text in words.split("; ") for pattern in patterns)
