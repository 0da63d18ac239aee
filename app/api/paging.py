"""Pages of lists. Cursors: the id of the last thing shown, in a form that nobody is tempted to build."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import get_origin
from uuid import UUID

from pydantic import BaseModel
from starlette.requests import Request

from app.api.problems import invalid
from app.domain.errors import Finding


def cursor_of(last: UUID) -> str:
    """The cursor of the page after this id."""
    return urlsafe_b64encode(last.bytes).rstrip(b"=").decode()


def id_of(cursor: str) -> UUID:
    """The id that a cursor of ours holds. Raises Problem 422."""
    try:
        last = UUID(bytes=urlsafe_b64decode(cursor + "=="))
    except (ValueError, Error):
        last = None
    if last is None or cursor_of(last) != cursor:
        raise invalid([Finding("/query/cursor", "invalid", "must be the next_cursor of the page before")])
    return last


def refuse_repeats(request: Request, query: type[BaseModel]) -> None:
    """Raises Problem 422 for a parameter that comes twice and is no list: the framework would take the last one, and
    the caller would see another page than it thinks."""
    given = [name for name, _ in request.query_params.multi_items()]
    single = [name for name, member in query.model_fields.items() if get_origin(member.annotation) is not list]
    found = [Finding(f"/query/{name}", "repeated", "must be given once") for name in single if given.count(name) > 1]
    if found:
        raise invalid(found)
