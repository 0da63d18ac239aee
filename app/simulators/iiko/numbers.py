"""JSON with numbers as Iiko prints them: money and amounts with nine decimals (`613.000000000`)."""

import json
import re
import uuid
from decimal import Decimal

from starlette.responses import Response

JSON = "application/json; charset=utf-8"

# The json module cannot print a number in a style of our own: Decimals go through it as marked strings, which are
# then unwrapped. The mark is random, so that no text of an order can look like one.
_MARK = uuid.uuid4().hex
_MARKED = re.compile(f'"{_MARK}([^"]*)"')


def dumps(value: object) -> str:
    """JSON text; every Decimal becomes a number with nine decimals."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_marked)
    return _MARKED.sub(r"\1", text)


def _marked(value: object) -> str:
    if not isinstance(value, Decimal):
        message = f"{type(value).__name__} is not JSON"
        raise TypeError(message)
    return f"{_MARK}{value:.9f}"


def answer(value: object, status: int = 200) -> Response:
    """A JSON answer in that style."""
    content = dumps(value).encode("utf-8", "replace")  # a lone surrogate in a name must not break the answer
    return Response(content, status_code=status, media_type=JSON)


def loads(raw: bytes) -> object:
    """JSON with Decimals, and without NaN and Infinity; ValueError when it is none."""
    return json.loads(raw.decode("utf-8"), parse_float=Decimal, parse_constant=_refuse)


def _refuse(constant: str) -> None:
    message = f"{constant} is not JSON"
    raise ValueError(message)
