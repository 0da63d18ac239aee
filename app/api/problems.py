"""Every error as a problem document (RFC 9457): one table from what happened to how HTTP says it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from starlette.responses import Response

from app.domain.errors import (
    CallbackUnauthenticated,
    Finding,
    LocationUnknown,
    NotFound,
    NotSupportedByPos,
    OrderInvalid,
    OrderNotExpressible,
    PosUnavailable,
    ReferenceConflict,
    RelayError,
    StateConflict,
    StorageUnavailable,
)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 2
"""What we ask of a caller where nobody told us better."""
MOST_ERRORS = 50
"""An order can be wrong in thousands of places; nobody reads on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A row of the table: the HTTP status of a slug, and its title."""

    status: int
    title: str


KINDS: dict[str, Kind] = {
    "bad-request": Kind(status=400, title="Bad request"),
    "malformed-json": Kind(status=400, title="The body is not JSON"),
    "unauthenticated": Kind(status=401, title="Not authenticated"),
    "forbidden": Kind(status=403, title="The key lacks the scope"),
    "not-found": Kind(status=404, title="Not found"),
    "location-unknown": Kind(status=404, title="No such location"),
    "method-not-allowed": Kind(status=405, title="Method not allowed"),
    "not-acceptable": Kind(status=406, title="Not acceptable"),
    "reference-conflict": Kind(status=409, title="The reference was used for another order"),
    "state-conflict": Kind(status=409, title="The state does not allow it"),
    "not-supported-by-pos": Kind(status=409, title="This POS cannot do that"),
    "payload-too-large": Kind(status=413, title="The body is too large"),
    "unsupported-media-type": Kind(status=415, title="The body must be application/json"),
    "validation-failed": Kind(status=422, title="The request breaks a rule"),
    "order-not-expressible": Kind(status=422, title="This POS cannot be told a part of the order"),
    "too-many-requests": Kind(status=429, title="Too many requests"),
    "internal-error": Kind(status=500, title="An error of ours"),
    "pos-unavailable": Kind(status=502, title="The POS gave no usable answer"),
    "storage-unavailable": Kind(status=503, title="The storage does not answer"),
}

_NOTHING_PROMISED = "Nothing was promised. Repeating the same request later is safe."
_NOT_FOUND = "There is no such thing, or this key may not see it."


class Problem(Exception):
    """Something wrong with the HTTP request itself; the routes and their helpers raise it."""

    def __init__(
        self,
        slug: str,
        detail: str,
        *,
        errors: Sequence[Finding] = (),
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.slug = slug
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.members = dict(members or {})

    def response(self) -> Response:
        """The document, ready to send."""
        kind = KINDS[self.slug]
        document = {
            "type": f"/problems/{self.slug}",
            "title": kind.title,
            "status": kind.status,
            "detail": self.detail,
            "errors": [asdict(error) for error in self.errors[:MOST_ERRORS]],
            **self.members,
        }
        # ASCII: a lone surrogate in a pointer has no UTF-8, and must not make a 500 of a 422.
        body = json.dumps(document, ensure_ascii=True, separators=(",", ":"))
        return Response(body, kind.status, self.headers, MEDIA_TYPE)


SLUGS: dict[type[RelayError], str] = {
    LocationUnknown: "location-unknown",
    OrderInvalid: "validation-failed",
    OrderNotExpressible: "order-not-expressible",
    ReferenceConflict: "reference-conflict",
    NotFound: "not-found",
    StateConflict: "state-conflict",
    NotSupportedByPos: "not-supported-by-pos",
}
"""Errors that are told in their own words."""


def from_error(error: RelayError) -> Problem:
    """How an error of the product is told. What is in no table is a defect of ours."""
    match error:
        case StorageUnavailable():  # its own text names hosts
            return Problem("storage-unavailable", _NOTHING_PROMISED, headers=retry_after(None))
        case PosUnavailable():
            return Problem("pos-unavailable", str(error), headers=retry_after(error.retry_after_s))
        case CallbackUnauthenticated():
            return unauthenticated("Basic")
        case OrderInvalid() | OrderNotExpressible():
            return Problem(SLUGS[type(error)], counted(error.findings), errors=error.findings)
        case _ if type(error) in SLUGS:
            return Problem(SLUGS[type(error)], str(error) or _NOT_FOUND, members=_members(error))
    return internal_error()


def _members(error: RelayError) -> dict[str, Any]:
    match error:
        case ReferenceConflict():
            return {"order_id": str(error.order_id)}
        case StateConflict():
            return {"state": error.state}
    return {}


def invalid(findings: Sequence[Finding]) -> Problem:
    """422 with all that was found."""
    return Problem("validation-failed", counted(findings), errors=findings)


def counted(findings: Sequence[Finding]) -> str:
    """The first finding in words, and how many more there are."""
    if not findings:
        return "The request breaks a rule."
    first = findings[0]
    words = f"{first.pointer or 'The body'}: {first.message}"
    if len(findings) > MOST_ERRORS:  # there may be more than were looked for
        return f"{words} (and many more)"
    return words if len(findings) == 1 else f"{words} (and {len(findings) - 1} more)"


def unauthenticated(scheme: str, headers: Mapping[str, str] | None = None) -> Problem:
    """401, the same whatever was wrong with the credentials. `headers`: about the connection."""
    realm = 'Basic realm="order-relay", charset="UTF-8"' if scheme == "Basic" else scheme
    return Problem(
        "unauthenticated", "Valid credentials are needed.", headers={"WWW-Authenticate": realm, **(headers or {})}
    )


def internal_error() -> Problem:
    """500. What happened stands in the log, not here."""
    return Problem("internal-error", "Something went wrong on our side. It was logged.")


def retry_after(seconds: float | None) -> dict[str, str]:
    """The header, in whole seconds."""
    return {"Retry-After": str(max(1, round(seconds)) if seconds else RETRY_AFTER_S)}
