"""The settings of a location on Iiko."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.adapters.iiko.settings import IikoSettings
from tests.adapters.iiko.places import SECRET, SETTINGS


def test_what_is_optional() -> None:
    needed = ("system", "base_url", "user_id", "user_secret", "organization_id")
    settings = IikoSettings.model_validate({name: SETTINGS[name] for name in needed})
    assert settings.customers == "none"
    assert settings.payment_types == {}
    assert settings.order_types.pickup is None


def test_the_secret_does_not_show() -> None:
    settings = IikoSettings.model_validate(SETTINGS)
    assert SECRET not in repr(settings) + str(settings) + settings.model_dump_json()


@pytest.mark.parametrize(
    "wrong",
    [
        {"organization_id": "my restaurant"},
        {"base_url": "https://card.iiko.co.uk/api/0"},
        {"base_url": "card.iiko.co.uk"},
        {"customers": "maybe"},
        {"order_types": {"dine_in": "Hall"}},
        {"user_secret": ""},
        {"colour": "red"},
        {"system": "ikentoo"},
    ],
)
def test_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        IikoSettings.model_validate({**SETTINGS, **wrong})
