"""Cursors of lists: the id of the last thing shown, in a form that nobody is tempted to build."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from uuid import UUID

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
