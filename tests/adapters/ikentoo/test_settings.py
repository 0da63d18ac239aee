"""A location's iKentoo settings: contract, secrets, and what is refused."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.adapters.ikentoo.settings import IkentooSettings

FULL: dict[str, Any] = {
    "system": "ikentoo",
    "base_url": "https://pos.example.com/o/",
    "auth": {"access_token": "s3cret-1"},
    "business_location_id": 25769803788,
    "endpoint_id": "TEST",
    "callback_username": "relay",
    "callback_password": "s3cret-2",
    "staff_id": None,
    "account_profiles": {"pickup": "PICKUP", "delivery": "DELIVERY", "dine_in": None},
    "payment_methods": {"CARD": "CARD"},
    "discount_sku": None,
    "send_customer_reference": False,
    "payment_account_key": "k_series",
}
OAUTH = {
    "token_url": "https://auth.example.com/token",
    "client_id": "id",
    "client_secret": "s3cret-3",
    "refresh_token": "s3cret-4",
}


@pytest.mark.parametrize("auth", [None, {"access_token": "s3cret-1"}, OAUTH])
def test_the_contracts_example(auth: Any) -> None:
    settings = IkentooSettings.model_validate({**FULL, "auth": auth})
    assert settings.base_url == "https://pos.example.com/o"
    assert "s3cret" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    assert IkentooSettings.model_validate_json(
        '{"system":"ikentoo","base_url":"http://127.0.0.1","business_location_id":1,"endpoint_id":"E"}'
    )


@pytest.mark.parametrize(
    "change",
    [
        {"system": "iiko"},
        {"base_url": "pos.example.com"},
        {"auth": {}},
        {"auth": {"access_token": "a", "client_id": "b"}},
        {"auth": {**OAUTH, "refresh_token": None}},
        {"auth": {"access_token": "two words"}},
        {"auth": {"access_token": "line\nbreak"}},
        {"auth": {"access_token": "\u00e4"}},
        {"business_location_id": "123"},
        {"business_location_id": 0},
        {"business_location_id": 2**63},
        {"endpoint_id": ""},
        {"callback_username": "a:b"},
        {"callback_password": ""},
        {"account_profiles": {"takeaway": "X"}},
        {"payment_methods": {"CARD": ""}},
        {"discount_sku": "S" * 26},
        {"payment_account_key": "v3"},
        {"unknown": 1},
    ],
)
def test_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        IkentooSettings.model_validate({**FULL, **change})
    assert "s3cret" not in str(caught.value)
