"""What the routes of locations are asked and answer, for the documentation."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from app.api.documentation import REF
from app.domain.location import SLUG_PATTERN

Slug = Annotated[
    str, Path(json_schema_extra={"pattern": SLUG_PATTERN}, description="The location's slug.", examples=["geneva-1"])
]


class LocationQuery(BaseModel):
    """The page. Unknown names are refused."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Field(pattern=SLUG_PATTERN)] = None


class LocationAttention(BaseModel):
    """What to look at."""

    code: Literal["access_denied", "misconfigured", "pos_down", "callbacks_silent"]
    since: str | None
    message: str
    action: str


class LocationHold(BaseModel):
    """Why nothing is sent, where no person had paused the location."""

    reason: Literal["restored"]
    since: str
    message: str
    action: str


class CatalogState(BaseModel):
    """What is known of the POS's menu."""

    synced_at: str | None
    age_s: float | None
    error: Annotated[str | None, Field(description="Why the last sync failed.")]


class LocationView(BaseModel):
    """A location. Its settings are shown without secrets; `secrets_set` names those that are set."""

    model_config = ConfigDict(extra="allow")

    location: str
    version: int
    name: str
    timezone: str
    currency: str
    pos: dict[str, Any]
    secrets_set: list[str]
    callback_url: str | None
    paused: bool
    hold: LocationHold | None
    blocked: Literal["access_denied", "misconfigured"] | None
    waiting: int
    in_doubt: int
    oldest_waiting_s: float | None
    last_sent_at: str | None
    last_callback_at: str | None
    catalog: CatalogState
    attention: LocationAttention | None
    created_at: str
    updated_at: str


class LocationPage(BaseModel):
    """Locations by slug."""

    items: list[LocationView]
    next_cursor: str | None


class CallbackRegistered(BaseModel):
    """What the POS did with our callback address."""

    action: Literal["created", "updated", "unchanged"]
    url: str


def add_pos_settings(document: dict[str, Any], models: Mapping[str, type[BaseModel]]) -> dict[str, Any]:
    """Puts the forms of `pos` into the body of PUT; which there are, only the registry knows."""
    schemas = document["components"]["schemas"]
    forms = {}
    for system, model in models.items():
        schema = model.model_json_schema(ref_template=REF)
        parts = schema.pop("$defs", {})
        for part in parts.values():
            _may_be_empty(part)
        schemas.update(parts)
        schemas[model.__name__] = schema
        _may_be_empty(schema)
        forms[system] = REF.format(model=model.__name__)
    operation = document["paths"]["/v1/locations/{location}"]["put"]
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    discriminator = {"propertyName": "system", "mapping": forms}
    body["properties"]["pos"] = {"oneOf": [{"$ref": form} for form in forms.values()], "discriminator": discriminator}
    body["required"] = [*body["required"], "pos"]
    return document


def _may_be_empty(schema: dict[str, Any]) -> None:
    """An optional secret may be `""`, which takes it away before the model sees it."""
    for member in schema.get("properties", {}).values():
        for form in member.get("anyOf", ()):
            if form.get("writeOnly"):
                form.pop("minLength", None)


IKENTOO: dict[str, Any] = {
    "name": "Bistro Geneva",
    "timezone": "Europe/Zurich",
    "currency": "CHF",
    "pos": {
        "system": "ikentoo",
        "base_url": "https://pos.example.com/o",
        "auth": {"access_token": "the token"},
        "business_location_id": 25769803788,
        "endpoint_id": "TEST",
        "callback_username": "relay",
        "callback_password": "a long random password",
        "account_profiles": {"pickup": "PICKUP", "delivery": "DELIVERY"},
        "payment_methods": {"CARD": "CARD"},
    },
}
IIKO: dict[str, Any] = {
    "name": "Kyiv 1",
    "timezone": "Europe/Kyiv",
    "currency": "UAH",
    "pos": {
        "system": "iiko",
        "base_url": "https://pos.example.com",
        "user_id": "user",
        "user_secret": "the secret",
        "organization_id": "3c5e0d92-2d4b-11e4-80cc-0025901210e0",
        "payment_types": {"CARD": "CARD"},
    },
}
