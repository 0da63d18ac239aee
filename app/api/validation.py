"""Reading a JSON body: its type, its size, its form, and then straight into the model."""

from collections.abc import Iterator
from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json
from starlette.requests import Request

from app.api.beginnings import LONG, read_beginnings
from app.api.body import BODY_LIMIT, read_bytes
from app.api.problems import Problem, invalid
from app.domain.errors import Finding
from app.relay.findings import findings, pointer_of, words

Model = TypeVar("Model", bound=BaseModel)


async def read_json(request: Request, model: type[Model], *, limit: int = BODY_LIMIT, optional: bool = False) -> Model:
    """The body as the model. Raises Problem: 400, 413, 415, or 422 with pointers.

    `optional`: no body at all is read as `{}`.
    """
    body = await _json_bytes(request, limit)
    if optional and not body:
        body = b"{}"
    try:
        if len(body) > LONG:
            read_beginnings(model, _parsed(body))
        return model.model_validate_json(body)
    except ValidationError as error:
        document = _parsed(body)
        raise invalid(findings(error, document)) from None


async def read_object(request: Request, *, limit: int = BODY_LIMIT) -> dict[str, Any]:
    """The body as a plain JSON object, for documents whose model is known only after a look into them."""
    document = _parsed(await _json_bytes(request, limit))
    if not isinstance(document, dict):
        raise invalid([Finding("", "wrong_type", "must be an object")])
    return document


async def _json_bytes(request: Request, limit: int) -> bytes:
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    declared = "content-type" in request.headers
    if declared and (media_type.strip().lower() != "application/json" or not _is_utf8(parameters)):
        raise Problem("unsupported-media-type", "Send application/json in UTF-8.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem("unsupported-media-type", "Send the body without a content-encoding.")
    body = await read_bytes(request, limit=limit)
    if body and not declared:
        raise Problem("unsupported-media-type", "Send the header Content-Type: application/json.")
    return body


def _is_utf8(parameters: str) -> bool:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip().strip('"').lower() not in ("utf-8", "utf8"):
            return False
    return True


def _parsed(body: bytes) -> Any:
    """Plain JSON. Stricter than the models' own reading: NaN and Infinity are no JSON."""
    if not body:
        raise Problem("malformed-json", "The body is empty; a JSON object is expected.")
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise Problem("malformed-json", f"The body is not JSON: {_where(str(error))}.") from None


def _where(said: str) -> str:
    """jiter's words; they name a place and never repeat the input."""
    return said.splitlines()[0] if said else "unreadable"


def from_request_error(error: RequestValidationError) -> Problem:
    """What FastAPI found in the path and in the query: pointers such as `/query/limit`."""
    return invalid(list(dict.fromkeys(_parameters(error))))


def _parameters(error: RequestValidationError) -> Iterator[Finding]:
    for details in error.errors():
        code, message = words(details)
        yield Finding(pointer_of(details["loc"][:2]), code, message)
