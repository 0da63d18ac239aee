"""A location: one restaurant, the unit of failure, with the settings a person gives it."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, HttpUrl, SecretStr, field_validator

from app.domain.fields import StrictModel, Text
from app.domain.money import Currency

SLUG_PATTERN = r"^[a-z0-9][a-z0-9-]{0,62}$"

_ADDRESS = re.compile(r"https?://[^\s\\/]\S*", re.IGNORECASE)


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = "must be a time zone of the IANA database, such as Europe/Zurich"
        raise ValueError(message) from None
    return value


def _web_address(value: str) -> str:
    HttpUrl(value)
    if not _ADDRESS.fullmatch(value):  # a browser's parser mends "http:host" and spaces; a client would not
        message = "must be a web address, such as https://example.com"
        raise ValueError(message)
    if "?" in value or "#" in value:
        message = "must have no query and no fragment"
        raise ValueError(message)
    return value.rstrip("/")


WebAddress = Annotated[Text, Field(max_length=500), AfterValidator(_web_address)]
"""An http(s) address without a trailing slash. That plain http is for loopback only is checked at PUT."""


class LocationSettings(StrictModel):
    """What holds for a location whatever its POS. Times in seconds."""

    name: Annotated[Text, Field(min_length=1, max_length=120)]
    timezone: Annotated[Text, Field(max_length=64), AfterValidator(_zone)]
    currency: Currency
    give_up_after_s: Annotated[int, Field(ge=30, le=86_400)] = 300
    """From receipt of an order until we stop trying, if it surely is not in the POS."""
    max_in_flight: Annotated[int, Field(ge=1, le=64)] = 4
    """Sends to this POS at the same time."""
    rate_per_s: Annotated[float, Field(gt=0, le=1000)] | None = None
    """Sends per second, at most; a burst is one second's worth."""
    check_policy: Literal["off", "warn", "strict"] = "warn"
    lead_time_s: Annotated[int, Field(ge=0, le=86_400)] | None = None
    """How long before the wanted time the POS should release the order to the kitchen (iKentoo)."""
    status_url: WebAddress | None = None
    status_secret: SecretStr | None = None


class PosSettings(StrictModel):
    """What every POS's settings have. Each adapter has its own subclass; ``SecretStr`` fields are stored encrypted."""

    system: str
    base_url: WebAddress

    @field_validator("base_url")
    @classmethod
    def _no_credentials(cls, value: str) -> str:
        if "@" in value:
            message = "must not hold a user or password"
            raise ValueError(message)
        return value

    @property
    def skus(self) -> tuple[str, ...]:
        """Products that the settings themselves name, such as the one that tips are sold as."""
        return ()

    @property
    def venue(self) -> str:
        """Who is spoken to. Another venue knows nothing of what this one was told."""
        return self.base_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A location as the rest of the product sees it."""

    id: str
    """The slug. Every key of every table begins with it."""
    version: int
    """Rises with each PUT: whoever built something from an older version builds it anew."""
    settings: LocationSettings
    pos: PosSettings
    callback_key: str
    """Random, and in the callback address of exactly this location."""

    @property
    def zone(self) -> ZoneInfo:
        """The restaurant's own time zone."""
        return ZoneInfo(self.settings.timezone)

    def same_as(self, other: Self) -> bool:
        """Whether nothing was changed between the two."""
        return (self.id, self.version) == (other.id, other.version)
