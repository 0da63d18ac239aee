"""What a request is about: for the journal, and for faults that are meant for one order."""

from collections.abc import Iterator
from urllib.parse import parse_qs

from app.simulators.control import Subject
from app.simulators.iiko.numbers import loads

PREFIXES = ("/api/0/", "/api0/")
CREATE = "orders/add"
LIST = "organization/list"
_WITHOUT_ID = {"nomenclature": "nomenclature", "organization": "organization"}


def endpoint_of(path: str) -> str:
    """`orders/add` of `/api/0/orders/add`; the id is cut from `nomenclature/{organization}` and its like."""
    for prefix in PREFIXES:
        if path.startswith(prefix):
            endpoint = path.removeprefix(prefix).strip("/")
            return _WITHOUT_ID.get(endpoint.partition("/")[0], endpoint) if endpoint != LIST else endpoint
    return path.strip("/")


def describe(method: str, path: str, query_string: str, body: bytes) -> Subject:  # noqa: ARG001 - the gate's signature
    """Never fails: what cannot be read is left out."""
    endpoint = endpoint_of(path)
    query = {name: values[0] for name, values in parse_qs(query_string).items()}
    document = _document(body)
    order = _object(document.get("order"))
    reference = _text(order.get("id")) or query.get("order") or _text(document.get("orderId"))
    return Subject(
        endpoint=endpoint,
        reference=(reference.lower() if reference else None) or _text(order.get("externalId")),
        location=query.get("organization") or _text(document.get("organization")),
        skus=frozenset(_skus(order)),
        note=_text(order.get("comment")) or "",
        creates=endpoint == CREATE,
    )


def _document(body: bytes) -> dict[str, object]:
    if not body:
        return {}
    try:
        return _object(loads(body))
    except (ValueError, RecursionError):
        return {}


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _skus(order: dict[str, object]) -> Iterator[str]:
    items = order.get("items")
    for item in items if isinstance(items, list) else []:
        for name in ("id", "code"):
            if text := _text(_object(item).get(name)):
                yield text
