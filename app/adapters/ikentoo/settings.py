"""What a location's settings must say for iKentoo (Lightspeed Restaurant K-Series)."""

from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from app.domain.fields import StrictModel, Text
from app.domain.location import PosSettings, WebAddress
from app.domain.order import ServiceType

SKU_LENGTH = 25
"""Longest SKU (K-Series reference; the API guide names no length)."""
Code = Annotated[Text, Field(min_length=1, max_length=64)]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=8192)]


class IkentooAuth(StrictModel):
    """Either a lasting ``access_token``, or all four of OAuth (renewed by us; a new refresh_token begins anew)."""

    access_token: Secret | None = None
    token_url: WebAddress | None = None
    client_id: Annotated[Text, Field(min_length=1, max_length=256)] | None = None
    client_secret: Secret | None = None
    refresh_token: Secret | None = None

    @field_validator("access_token")
    @classmethod
    def _fits_a_header(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not all("!" <= sign <= "~" for sign in value.get_secret_value()):
            message = "must be printable ASCII without spaces"
            raise ValueError(message)
        return value

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        oauth = (self.token_url, self.client_id, self.client_secret, self.refresh_token)
        if not (self.access_token is None and None not in oauth) and not (self.access_token and oauth == (None,) * 4):
            message = "must hold access_token alone, or token_url, client_id, client_secret and refresh_token"
            raise ValueError(message)
        return self


class AccountProfiles(StrictModel):
    """Account profile codes by service, as set up by the merchant. None: the POS uses its own default."""

    pickup: Code | None = None
    delivery: Code | None = None
    dine_in: Code | None = None

    def of(self, service: ServiceType) -> str | None:
        """The profile of this service."""
        profiles = {
            ServiceType.PICKUP: self.pickup,
            ServiceType.DELIVERY: self.delivery,
            ServiceType.DINE_IN: self.dine_in,
        }
        return profiles[service]


class IkentooSettings(PosSettings):
    """Access to one business location, and the names of things in it."""

    system: Literal["ikentoo"]
    # base_url holds the gateway's prefix, such as https://host/o: the guide's paths lack it (field report).
    auth: IkentooAuth | None = None
    """None: nothing is sent (a gateway of the restaurant's own may add it)."""
    business_location_id: Annotated[int, Field(ge=1, lt=2**63)]
    endpoint_id: Annotated[Text, Field(min_length=1, max_length=128)]
    """Case-sensitive. Named in each order; our callback address is registered under it."""
    callback_username: Annotated[Text, Field(min_length=1, max_length=255)] | None = None
    callback_password: Annotated[SecretStr, Field(min_length=1, max_length=255)] | None = None
    """HTTP Basic of the callbacks. Without both no callback is let in."""
    staff_id: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    account_profiles: AccountProfiles = AccountProfiles()
    payment_methods: dict[Code, Code] = Field(default_factory=dict)
    """Our payment method -> the payment method code of the merchant's account."""
    payment_account_key: Annotated[
        Literal["guide", "k_series"],
        Field(
            description="How a payment names its check: ikaccountIdentifier (guide) or iKaccountIdentifier (k_series)."
        ),
    ] = "guide"
    """The API guide and today's K-Series reference spell it differently. Whether iKentoo takes both is UNKNOWN."""
    discount_sku: Annotated[Text, Field(min_length=1, max_length=SKU_LENGTH)] | None = None
    """A product with the pricing strategy CUSTOMIZED_ITEM_PRICE_WILL_BE_NEGATIVE: discounts without a code."""
    send_customer_reference: bool = False
    """The POS refuses an email address that it knows with another reference, so this is off unless the website's
    customer references are stable (K-Series reference)."""

    @field_validator("callback_username")
    @classmethod
    def _no_colon(cls, value: str | None) -> str | None:
        if value is not None and ":" in value:
            message = "must not hold a colon (HTTP Basic)"
            raise ValueError(message)
        return value

    @property
    def skus(self) -> tuple[str, ...]:
        """Products that the settings name."""
        return (self.discount_sku,) if self.discount_sku else ()

    @property
    def venue(self) -> str:
        """The same address may serve many restaurants."""
        return f"{self.base_url} {self.business_location_id}"
