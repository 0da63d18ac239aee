"""A POS's call on its way in: how the front door hands it down, without knowing adapters."""

from collections.abc import Iterable

from app.adapters.base import CallbackRequest


def incoming(headers: Iterable[tuple[str, str]], body: bytes) -> CallbackRequest:
    """The call as it came, with lower-case header names."""
    return CallbackRequest(headers={name.lower(): value for name, value in headers}, body=body)
