"""What a location's settings must say for Iiko."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator

from app.adapters.iiko.guid import GUID_PATTERN
from app.domain.fields import Name, Sku, StrictModel, Text
from app.domain.location import PosSettings

Method = Annotated[Text, Field(min_length=1, max_length=64)]


class OrderTypes(StrictModel):
    """Iiko's order types by service, each by name or id. None = Iiko's own default."""

    pickup: Name | None = None
    delivery: Name | None = None


class IikoSettings(PosSettings):
    """Access to one organization, and the names of things in it.

    Names are looked up in the dictionaries as last synced, because Iiko gives a thing a new id with every edit (Iiko
    integration tips). An id is taken, too, and stays what it is.
    """

    system: Literal["iiko"]
    user_id: Annotated[Text, Field(min_length=1, max_length=128, repr=False)]
    user_secret: Annotated[SecretStr, Field(min_length=1, max_length=256)]
    organization_id: Annotated[Text, Field(pattern=GUID_PATTERN)]
    delivery_terminal: Name | None = None
    """Name or id. None: Iiko picks one by zone and schedule."""
    order_types: OrderTypes = OrderTypes()
    payment_types: dict[Method, Method] = Field(default_factory=dict)
    """Our payment method -> the payment type's code (such as CARD), name or id."""
    marketing_source: Name | None = None
    """Name or id. A name that Iiko does not know is sent as free text."""
    customers: Literal["none", "find", "create"] = "none"
    """Find or create the guest before the first send: within 2 s, and an order never fails for it."""
    tip_sku: Sku | None = None
    """The product that a tip is sold as, by its SKU or id. None: a tip is refused."""
    reference_prefix: Annotated[Text, Field(max_length=16)] = ""
    """Put before the caller's reference in Iiko's ``externalId``, which must be unique in the organization."""

    @field_validator("base_url")
    @classmethod
    def _host_only(cls, value: str) -> str:
        if value.endswith(("/api/0", "/api")):
            message = "must end before /api/0, which is added here"
            raise ValueError(message)
        return value

    @property
    def skus(self) -> tuple[str, ...]:
        """Products that the settings name."""
        return (self.tip_sku,) if self.tip_sku else ()

    @property
    def venue(self) -> str:
        """The same address may serve many restaurants."""
        return f"{self.base_url} {self.organization_id}"
