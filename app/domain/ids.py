"""Identifiers: UUIDv7, so that newest-first by id is newest-first in time and index pages stay warm."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return uuid7()
