"""The settings that every location has."""

from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from app.domain.location import Location, LocationSettings, PosSettings

SETTINGS: dict[str, Any] = {"name": "Geneva", "timezone": "Europe/Zurich", "currency": "CHF"}


def settings(**changes: Any) -> LocationSettings:
    return LocationSettings.model_validate(SETTINGS | changes)


def pos(base_url: str) -> PosSettings:
    return PosSettings.model_validate({"system": "iiko", "base_url": base_url})


def location(version: int) -> Location:
    return Location(
        id="geneva-1", version=version, settings=settings(), pos=pos("https://pos.example"), callback_key="k"
    )


def test_what_is_not_given_has_the_defaults_of_the_contract() -> None:
    found = settings()
    assert (found.give_up_after_s, found.max_in_flight, found.rate_per_s) == (300, 4, None)
    assert (found.check_policy, found.lead_time_s, found.status_url, found.status_secret) == ("warn", None, None, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "x" * 121},
        {"timezone": "Mars/Base"},
        {"timezone": "Europe"},
        {"timezone": ""},
        {"timezone": "../Europe/Zurich"},
        {"currency": "chf"},
        {"give_up_after_s": 29},
        {"give_up_after_s": 86_401},
        {"give_up_after_s": "300"},
        {"give_up_after_s": True},
        {"max_in_flight": 0},
        {"max_in_flight": 65},
        {"rate_per_s": 0},
        {"rate_per_s": float("nan")},
        {"rate_per_s": float("inf")},
        {"check_policy": "loud"},
        {"lead_time_s": -1},
        {"unheard_of": 1},
    ],
)
def test_wrong_settings_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(**changes)


@pytest.mark.parametrize("url", ["https://pos.example", "http://127.0.0.1:8080", "HTTPS://pos.example/api/0"])
def test_web_addresses_that_are_taken(url: str) -> None:
    assert pos(url).base_url == url


def test_a_web_address_has_no_slash_at_its_end() -> None:
    assert pos("https://pos.example/o/").base_url == "https://pos.example/o"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "pos.example",
        "ftp://pos.example",
        "https://",
        "https:pos.example",
        "https:///pos.example",
        "https:\\\\pos.example",
        " https://pos.example",
        "https://pos.example ",
        "https://pos.example/a b",
        "https://pos.example?a=1",
        "https://pos.example#a",
        "https://user:password@pos.example",
        "https://pos.example/\nHost: other",
    ],
)
def test_web_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        pos(url)


def test_a_secret_is_not_shown() -> None:
    found = settings(status_secret=SecretStr("hush"))
    assert "hush" not in f"{found!r} {found}"
    assert "hush" not in found.model_dump_json()


def test_a_location_is_the_same_until_it_is_put_again() -> None:
    assert location(1).same_as(location(1))
    assert not location(1).same_as(location(2))
    assert str(location(1).zone) == "Europe/Zurich"
