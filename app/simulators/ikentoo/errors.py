"""The ways iKentoo says no: Spring's envelope, bean validation inside it, and the envelope of used references.

The shapes are those of the Lightspeed K-Series reference; the API guide has none.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from starlette.responses import Response


class ApiError(Exception):
    """Ends a request with an answer other than 200; `path` and `timestamp` are filled in by the application."""

    def __init__(self, status: int, message: str, *, errors: Sequence["FieldError"] = (), of: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = tuple(errors)
        self.object_name = of

    def body(self, path: str, now: datetime) -> dict[str, Any]:
        """Build Spring's envelope."""
        body: dict[str, Any] = {
            "timestamp": wire_time(now),
            "status": self.status,
            "error": HTTPStatus(self.status).phrase,
            "message": self.message,
        }
        if self.errors:
            body["errors"] = [each.body(self.object_name) for each in self.errors]
        return {**body, "path": path}


class ReferenceUsed(ApiError):
    """409 in an envelope of its own."""

    def __init__(self, reference: str) -> None:
        super().__init__(409, f"reference has already been used {reference}")

    def body(self, path: str, now: datetime) -> dict[str, Any]:  # noqa: ARG002 - the other envelope has neither
        """Build the short envelope."""
        return {"status": "fail", "msg": self.message}


class PaymentReferenceUsed(ApiError):
    """400 in Spring's envelope: payments do not answer as orders do."""

    def __init__(self, reference: str) -> None:
        super().__init__(400, f"reference has already been used {reference}")


class BackendDown(ApiError):
    """503 of menu/load in yet another envelope, where the status is a text."""

    def __init__(self, message: str) -> None:
        super().__init__(503, message)

    def body(self, path: str, now: datetime) -> dict[str, Any]:  # noqa: ARG002 - this envelope has no path
        """Build the envelope with apiSubExceptions."""
        sub = {"field": "menuId", "rejectedValue": None, "message": self.message}
        return {"status": "503", "timestamp": wire_time(now), "message": self.message, "apiSubExceptions": [sub]}


class AccessRefused(ApiError):
    """401 or 403 in the manner of OAuth2 (INFERRED: nobody documents these bodies)."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(status, description)
        self.error = error

    def body(self, path: str, now: datetime) -> dict[str, Any]:  # noqa: ARG002 - the other envelope has neither
        """Build the OAuth2 envelope."""
        return {"error": self.error, "error_description": self.message}


@dataclass(frozen=True, kw_only=True)
class FieldError:
    """One violated constraint, e.g. field `customerInfo.firstName`, code `NotNull`."""

    field: str
    code: str
    message: str
    rejected: Any = None
    java_type: str = "java.lang.String"

    def body(self, of: str) -> dict[str, Any]:
        """Build one entry of `errors`."""
        codes = [
            f"{self.code}.{of}.{self.field}",
            f"{self.code}.{self.field}",
            f"{self.code}.{self.java_type}",
            self.code,
        ]
        argument = {"codes": [f"{of}.{self.field}", self.field], "defaultMessage": self.field, "code": self.field}
        return {
            "codes": codes,
            "arguments": [argument],
            "defaultMessage": self.message,
            "objectName": of,
            "field": self.field,
            "rejectedValue": self.rejected,
            "bindingFailure": False,
            "code": self.code,
        }


def invalid(of: str, errors: Sequence[FieldError]) -> ApiError:
    """Build the 400 of bean validation."""
    message = f"Validation failed for object='{of}'. Error count: {len(errors)}"
    return ApiError(400, message, errors=errors, of=of)


def wire_time(at: datetime) -> str:
    """Write a UTC time as `2017-11-14T15:42:46.000+0000`."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}+0000"


def reply(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Answer JSON as iKentoo prints it."""
    text = json.dumps(data, indent=2, separators=(",", " : "), ensure_ascii=False)
    return Response(text, status, headers, media_type="application/json;charset=UTF-8")
