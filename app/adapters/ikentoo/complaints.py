"""Refusals that are about the location's settings, not about the order.

A wrong ``endpointId``, ``businessLocationId`` or ``staffId`` is wrong in every order of the location, so refusing
paid orders one by one would lose them all. That iKentoo answers these with a 400 at all is INFERRED: the guide and
the K-Series reference are silent. Account profile and payment method are per service and per payment: the order's.
"""

import re

from app.adapters.ikentoo.reasons import failure_code
from app.adapters.ikentoo.words import named_fields, said
from app.adapters.transport import Answer
from app.domain.status import FailureCode

_SETTINGS = (
    # the field, how a message may name it (INFERRED), the setting, what to do
    (
        "endpointId",
        r"(?:webhook )?endpoint(?: ?id)?",
        "endpoint_id",
        "register the callbacks first, or correct it (it is case-sensitive)",
    ),
    ("businessLocationId", r"business ?location(?: ?id)?", "business_location_id", "correct it"),
    ("staffId", r"staff(?: ?(?:id|member))?", "staff_id", "correct or remove it"),
)
# The thing itself is the one that is unknown: "item X not found for businessLocationId 1" is about the item.
_NOT = r"(?:not (?:be )?(?:found|known|exist|registered|valid|null|blank|configured)|unknown|invalid|missing|required)"
_FIRST = r"^\W*(?:the )?{name}\b[ :=]*(?:'[^']*'|\"[^\"]*\"|[\w-]*\d[\w-]*)? ?(?:is |was |does |could |must )?{no}\b"
_AFTER = r"^\W*(?:unknown|invalid|no such|missing|unregistered) {name}(?:\W*$|\W+[\w-]*\d|\s*[:='\"(])"


def wrong_setting(answer: Answer) -> str | None:
    """Which setting the answer complains of and what to do, in a sentence; None where it is about the order."""
    fields, words = named_fields(answer), said(answer)
    for field, name, setting, remedy in _SETTINGS:
        if field in fields or (not fields and _complains_of(name, words)):
            told = f" iKentoo said: {words}" if words else ""
            return f"iKentoo does not take the location's {setting} ({answer.status}): {remedy}.{told}"
    return None


def _complains_of(name: str, words: str) -> bool:
    # A known reason is about the order, or about the till at the moment.
    if failure_code(words) is not FailureCode.POS_REJECTED:
        return False
    text = words.replace("_", " ")
    patterns = (each.format(name=name, no=_NOT) for each in (_FIRST, _AFTER))
    return any(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)
