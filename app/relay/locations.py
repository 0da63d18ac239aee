"""Locations: read through a cache by all, replaced and deleted by an operator."""

from typing import Protocol

from app.adapters.base import Adapter
from app.domain.location import Location


class OpenAdapters(Protocol):
    """The open adapters of this process, one a location."""

    def get(self, location: Location) -> Adapter:
        """The location's adapter, opened where it is not, anew where its settings have changed."""


class Locations:
    """Skeleton."""

    async def get(self, location_id: str) -> Location:
        """The location. Raises LocationUnknown."""
        raise NotImplementedError
