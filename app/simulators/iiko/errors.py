"""The three shapes of an Iiko error (Iiko integration tips; field reports for the exact keys).

    Refusal       4xx or 5xx, handled by Iiko: code, message, httpStatusCode ...
    BindingError  400, the framework could not bind the request: Message, ModelState
    Unhandled     500 with a stack trace: a wrong type, a number too large

Each answer also carries `X-Sim-Reason`, a stable word for tests. The real system sends no such header, and most of its
numeric codes are UNKNOWN: an adapter must not read it.
"""

from starlette.responses import JSONResponse, Response

GUID_CODE = "217"
ORDER_NOT_FOUND_CODE = "110"
DUPLICATE_CODE = "192"
RABBIT_CODE = "701"


class PosError(Exception):
    """Something the simulated server answers instead of a result."""

    reason = "Error"

    def response(self, unknown_code: str) -> Response:
        """The answer on the wire; `unknown_code` stands in for a number that nobody knows."""
        raise NotImplementedError

    def _json(self, content: dict[str, object], status: int) -> Response:
        return JSONResponse(content, status_code=status, headers={"X-Sim-Reason": self.reason})


class Refusal(PosError):
    """Shape 1. `code` None means "the real number is UNKNOWN": the configured stand-in is sent."""

    def __init__(self, reason: str, message: str, *, code: str | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.code = code
        self.status = status

    def response(self, unknown_code: str) -> Response:
        return self._json(
            {
                "code": self.code or unknown_code,
                "message": self.message,
                "description": None,
                "httpStatusCode": self.status,
                "uiMessage": None,
                "isIntegrationError": None,
            },
            self.status,
        )


class BindingError(PosError):
    """Shape 2, HTTP 400 with PascalCase keys."""

    reason = "ModelState"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message

    def response(self, unknown_code: str) -> Response:  # noqa: ARG002 - this shape has no code
        return self._json({"Message": "The request is invalid.", "ModelState": {self.field: [self.message]}}, 400)


class Unhandled(PosError):
    """Shape 3, HTTP 500 with a stack trace. That it is ASP.NET's shape is INFERRED from shape 2."""

    reason = "StackTrace"

    def __init__(self, exception_type: str, message: str) -> None:
        super().__init__(message)
        self.exception_type = exception_type
        self.message = message

    def response(self, unknown_code: str) -> Response:  # noqa: ARG002 - this shape has no code
        trace = [
            "   at Iiko.Delivery.Web.Converters.JsonModelBinder.ReadValue(JsonReader reader, Type objectType)",
            "   at Iiko.Delivery.Web.Controllers.OrdersController.Add(OrderRequest request)",
            "   at System.Web.Http.Dispatcher.HttpControllerDispatcher.SendAsync(HttpRequestMessage request)",
        ]
        return self._json(
            {
                "Message": "An error has occurred.",
                "ExceptionMessage": self.message,
                "ExceptionType": self.exception_type,
                "StackTrace": "\r\n".join(trace),
            },
            500,
        )


def required(path: str) -> Refusal:
    """A field that must be there is missing or null."""
    return Refusal("FieldRequired", f"Field '{path}' is required")


def invalid_guid(value: str) -> Refusal:
    """Code 217; as in the real system the message does not say which field."""
    return Refusal("InvalidGuid", f"Invalid format for GUID:'{value}'", code=GUID_CODE)
