"""Reading a request: its token, its query, its body. Unknown query keys are ignored, both time-out spellings too."""

from datetime import datetime, time

from starlette.requests import Request

from app.simulators.iiko.errors import BindingError, Refusal
from app.simulators.iiko.fields import DATE_TIME, GUID, parse_guid
from app.simulators.iiko.numbers import loads
from app.simulators.iiko.tokens import Tokens


def check_token(request: Request, tokens: Tokens) -> None:
    """401 without a living token. The shape of that answer is UNKNOWN; shape 1 is used."""
    if not tokens.valid(request.query_params.get("access_token", "")):
        raise wrong_token()


def wrong_token() -> Refusal:
    return Refusal("WrongAccessToken", "Wrong access token", status=401)


def query(request: Request, name: str) -> str:
    """A query value that must be there."""
    value = request.query_params.get(name)
    if value is None:
        raise BindingError(name, f"The '{name}' parameter is required.")
    return value


def query_guid(request: Request, name: str) -> str:
    """Shape 1 code 217 when it is no GUID."""
    return parse_guid(query(request, name))


def query_bound_guid(request: Request, name: str) -> str:
    """Shape 2 when it is no GUID: what `orders/info` does with its order id (field report)."""
    value = query(request, name)
    if not GUID.fullmatch(value):
        raise BindingError(name, f"The value '{value}' is not valid for Guid.")
    return value.lower()


def query_day(request: Request, name: str, *, end: bool) -> datetime:
    """`yyyy-MM-dd`, or a full time; both ends inclusive (INFERRED)."""
    value = query(request, name)
    try:
        if " " in value:
            return datetime.strptime(value, DATE_TIME)  # noqa: DTZ007 - Iiko's times have no zone
        return datetime.combine(datetime.strptime(value, "%Y-%m-%d"), time.max if end else time.min)  # noqa: DTZ007
    except ValueError:
        raise BindingError(name, f"The value '{value}' is not valid for DateTime.") from None


async def json_body(request: Request) -> object:
    """The body with Decimals; shape 2 when it is no JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refusal("UnsupportedMediaType", f"The request entity's media type '{kind}' is not supported", status=415)
    raw = await request.body()
    if not raw.strip():
        raise BindingError("request", "A non-empty request body is required.")
    try:
        return loads(raw)
    except (ValueError, RecursionError) as error:
        raise BindingError("request", f"Unexpected token when parsing JSON: {error}") from None
