"""Versions and forms of an answer: ETag, If-None-Match, Accept."""

import hashlib

from starlette.requests import Request
from starlette.responses import Response

VARY = "Accept, Authorization"
"""What decides about the form of an order: ticket or JSON, with or without what was said to the POS."""


def tagged(answer: Response) -> Response:
    """The answer with its ETag: of its very bytes. The version of an order would not do, since a claim, a repeated
    callback and the scope of the key change what is shown and not the version."""
    answer.headers["ETag"] = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
    return answer


def is_known(request: Request, answer: Response) -> bool:
    """Whether the caller has this answer already (RFC 9110, 13.1.2; a weak tag counts as well)."""
    known = request.headers.get("if-none-match", "")
    tag = answer.headers["ETag"]
    return tag in (part.strip().removeprefix("W/") for part in known.split(",")) or known.strip() == "*"


def wants_plain_text(request: Request) -> bool:
    """Whether text/plain is asked for by name and wanted more than JSON."""
    wishes: dict[str, float] = {}
    for part in request.headers.get("accept", "").split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        wishes[name] = next((_weight(p) for p in parameters if p.startswith("q=")), 1.0)
    return wishes.get("text/plain", 0.0) > wishes.get("application/json", 0.0)


def _weight(parameter: str) -> float:
    try:
        return float(parameter.removeprefix("q="))
    except ValueError:
        return 0.0
