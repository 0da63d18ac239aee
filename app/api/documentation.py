"""What makes `/openapi.json` complete: bodies that we read ourselves, problems, scopes."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel

from app.api.admission import limited
from app.api.problems import KINDS, MEDIA_TYPE
from app.api.security import Require

Json = dict[str, Any]

REF = "#/components/schemas/{model}"
DESCRIPTION = """\
Send a paid order once; it is stored durably and answered at once, then relayed into the restaurant's POS.
The reference is the idempotency key, for ever: repeating a request is always safe.

Errors are `application/problem+json` (RFC 9457), with JSON pointers to what is wrong. Money is a string
(`"12.50"`), times are RFC 3339 with an offset, `null` means absent, unknown members are refused.
Each route names its scope; none implies another. A key bound to locations sees nothing of the others."""

SECURITY_SCHEMES: Json = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "A key of `order-relay keys create`.",
    },
    "callback": {
        "type": "http",
        "scheme": "basic",
        "description": "`callback_username` and `callback_password` of the location.",
    },
}

PROBLEM_SCHEMA: Json = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "examples": ["/problems/validation-failed"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": {name: {"type": "string"} for name in ("pointer", "code", "message")},
            },
        },
        "order_id": {"type": "string", "format": "uuid", "description": "With reference-conflict."},
        "state": {"type": "string", "description": "With state-conflict: the present state."},
    },
}


def problems(*slugs: str) -> dict[int | str, Json]:
    """For `responses=`: the problems that are a route's own. Those of its key, its body and its parameters come by
    themselves."""
    answers: dict[int | str, Json] = {}
    for slug in slugs:
        kind = KINDS[slug]
        answer = answers.setdefault(kind.status, _empty_answer(kind.status))
        answer["description"] = ", ".join(filter(None, [answer["description"], f"`{slug}`"]))
        answer["content"][MEDIA_TYPE]["examples"][slug] = {"value": _example(slug)}
    return answers


def takes(model: type[BaseModel], *, required: bool = True, **examples: Any) -> Json:
    """For `openapi_extra=`: the JSON body of a route that reads it with `read_json`."""
    schema = model.model_json_schema(ref_template=REF)
    content: Json = {"schema": schema}
    if examples:
        content["examples"] = {name: {"value": value} for name, value in examples.items()}
    return {"requestBody": {"required": required, "content": {"application/json": content}}}


def describe(app: FastAPI) -> Json:
    """The whole OpenAPI document of the app."""
    document = get_openapi(title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes)
    schemas: Json = document.setdefault("components", {}).setdefault("schemas", {})
    for route, operation in _operations(app, document):
        _complete(route, operation)
        _lift_definitions(operation, schemas)
    schemas["Problem"] = PROBLEM_SCHEMA
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    document["components"]["securitySchemes"] = SECURITY_SCHEMES
    return document


def _operations(app: FastAPI, document: Mapping[str, Any]) -> Iterator[tuple[APIRoute, Json]]:
    for route in app.routes:
        if isinstance(route, APIRoute) and route.include_in_schema:
            for method in route.methods or ():
                yield route, document["paths"][route.path_format][method.lower()]


def _complete(route: APIRoute, operation: Json) -> None:
    scopes = _scopes(route)
    slugs: list[str] = []
    if scopes:
        operation["security"] = [{"key": []}]
        named = " or ".join(f"`{scope}`" for scope in scopes)
        operation["description"] = f"{operation.get('description', '')}\n\nScope: {named}.".strip()
        slugs += ["unauthenticated", "forbidden", "storage-unavailable"]
    if any(limited(method, route.path_format) for method in route.methods or ()):
        slugs.append("too-many-requests")
    if "application/json" in operation.get("requestBody", {}).get("content", {}):
        slugs += ["malformed-json", "payload-too-large", "unsupported-media-type", "validation-failed"]
    answers: Json = operation["responses"]
    if "422" in answers and MEDIA_TYPE not in answers["422"].get("content", {}):  # FastAPI's own form of it
        del answers["422"]
        slugs.append("validation-failed")
    for status, answer in problems(*slugs).items():
        present = answers.setdefault(str(status), answer)
        if present is not answer and MEDIA_TYPE in present.get("content", {}):
            present["content"][MEDIA_TYPE]["examples"].update(answer["content"][MEDIA_TYPE]["examples"])
    operation["responses"] = dict(sorted(answers.items()))


def _scopes(route: APIRoute) -> tuple[str, ...]:
    calls = [dependency.call for dependency in route.dependant.dependencies]
    return next((call.scopes for call in calls if isinstance(call, Require)), ())


def _lift_definitions(operation: Json, schemas: Json) -> None:
    """A body's schema brings its definitions along; OpenAPI keeps them in one place."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        schemas.update(content.get("schema", {}).pop("$defs", {}))


def _empty_answer(status: int) -> Json:
    answer: Json = {
        "description": "",
        "content": {MEDIA_TYPE: {"schema": {"$ref": REF.format(model="Problem")}, "examples": {}}},
    }
    header = {401: "WWW-Authenticate", 405: "Allow"}.get(status, "Retry-After" if status in (429, 502, 503) else "")
    if header:
        answer["headers"] = {header: {"schema": {"type": "string"}}}
    return answer


def _example(slug: str) -> Json:
    kind = KINDS[slug]
    findings = [{"pointer": "/items/0/sku", "code": "missing", "message": "is required"}]
    errors = findings if kind.status == HTTPStatus.UNPROCESSABLE_ENTITY else []
    return {
        "type": f"/problems/{slug}",
        "title": kind.title,
        "status": kind.status,
        "detail": "/items/0/sku: is required" if errors else kind.title + ".",
        "errors": errors,
    }
