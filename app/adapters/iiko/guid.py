"""Iiko's ids."""

import re

GUID_PATTERN = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_GUID = re.compile(GUID_PATTERN, re.ASCII)


def is_guid(text: str | None) -> bool:
    """Whether this is an id of Iiko's, and not a name."""
    return text is not None and _GUID.fullmatch(text) is not None
