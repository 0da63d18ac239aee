"""Versions and forms of an answer: ETag, If-None-Match, Accept."""

from starlette.requests import Request


def etag(version: int) -> str:
    """The version of a view."""
    return f'"{version}"'


def is_known(request: Request, tag: str) -> bool:
    """Whether the caller has this version already (RFC 9110, 13.1.2; a weak tag counts as well)."""
    known = request.headers.get("if-none-match", "")
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
