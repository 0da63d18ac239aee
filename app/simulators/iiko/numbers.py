"""JSON with numbers as Iiko prints them: money and amounts with nine decimals (`613.000000000`)."""

import json
from decimal import Decimal

from starlette.responses import Response


def dumps(value: object) -> str:
    """JSON text; every Decimal becomes a number with nine decimals."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(str(key))}:{dumps(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(dumps(one) for one in value) + "]"
    if isinstance(value, Decimal):
        return f"{value:.9f}"
    return json.dumps(value, ensure_ascii=False)


def answer(value: object, status: int = 200) -> Response:
    """A JSON answer in that style."""
    return Response(dumps(value), status_code=status, media_type="application/json; charset=utf-8")


def loads(raw: bytes) -> object:
    """JSON with Decimals, and without NaN and Infinity; ValueError when it is none."""
    return json.loads(raw.decode("utf-8"), parse_float=Decimal, parse_constant=_refuse)


def _refuse(constant: str) -> None:
    message = f"{constant} is not JSON"
    raise ValueError(message)
