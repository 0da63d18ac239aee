"""What each POS is told of the wanted time, around the nights when clocks are set forward and back.

Iiko is told the venue's wall clock without an offset (Iiko integration tips), iKentoo a time with one (iKentoo Order
and payment API guide).
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.adapters.base import Pos, Submission
from app.adapters.iiko.pos import Iiko
from app.adapters.ikentoo.pos import Ikentoo
from app.domain.location import Location, LocationSettings
from app.domain.order import Order
from tests.relay.house import iiko_location, iiko_order, ikentoo_location, ikentoo_order

ZONES = ("Europe/Kyiv", "Europe/Zurich", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
POS: dict[str, Pos] = {"iiko": Iiko(), "ikentoo": Ikentoo()}
NOON = datetime(2026, 3, 22, 12, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2026, 4, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - see timezones


def told(system: str, zone: str, wanted: datetime, *, now: datetime = NOON, lead_time_s: int | None = None) -> Any:
    """The body that goes out, and what was folded."""
    document = (iiko_location if system == "iiko" else ikentoo_location)("http://127.0.0.1:9")
    pos, common = document.pop("pos"), {**document, "timezone": zone, "lead_time_s": lead_time_s}
    location = Location(
        id="here",
        version=1,
        settings=LocationSettings.model_validate(common),
        pos=POS[system].settings_model.model_validate(pos),
        callback_key="key",
    )
    order: Mapping[str, Any] = (iiko_order if system == "iiko" else ikentoo_order)(requested_for=wanted.isoformat())
    sent = Submission(
        order=Order.model_validate(order),
        reference=UUID(int=7),
        now=now,
        deadline_at=now + timedelta(minutes=5),
    )
    return POS[system].translate(location, sent)


def at(written: str) -> datetime:
    return datetime.fromisoformat(written)


@pytest.mark.parametrize(
    ("zone", "wanted", "date"),
    [
        ("Europe/Kyiv", "2026-03-28T17:00:00Z", "2026-03-28 19:00:00"),  # the evening before
        ("Europe/Kyiv", "2026-03-29T16:00:00Z", "2026-03-29 19:00:00"),  # and after: the same hour on the wall
        ("Europe/Zurich", "2026-03-29T01:30:00Z", "2026-03-29 03:30:00"),  # there is no half past two
        ("Europe/Zurich", "2026-10-25T00:30:00Z", "2026-10-25 02:30:00"),
        ("Europe/Zurich", "2026-10-25T01:30:00Z", "2026-10-25 02:30:00"),  # an hour later: Iiko cannot be told apart
        ("America/New_York", "2026-11-01T23:00:00Z", "2026-11-01 18:00:00"),
        ("Asia/Kolkata", "2026-10-25T14:00:00Z", "2026-10-25 19:30:00"),
        ("Australia/Lord_Howe", "2026-10-03T15:30:00Z", "2026-10-04 02:30:00"),  # half an hour forward, at two
        ("Australia/Lord_Howe", "2026-10-03T15:29:00Z", "2026-10-04 01:59:00"),
    ],
)
def test_iiko_is_told_the_wall_clock(zone: str, wanted: str, date: str) -> None:
    assert told("iiko", zone, at(wanted)).request.body["order"]["date"] == date


@settings(max_examples=60, deadline=None)
@given(MOMENTS, st.sampled_from(ZONES))
def test_iiko_finds_the_moment_on_its_wall_but_for_the_hour_that_comes_twice(moment: datetime, zone: str) -> None:
    date = datetime.fromisoformat(told("iiko", zone, moment.replace(microsecond=0)).request.body["order"]["date"])
    meant = {date.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)}
    assert moment.replace(microsecond=0) in meant
    assert max(meant) - min(meant) <= timedelta(hours=1)


def test_iiko_is_never_told_a_time_that_its_wall_has_passed() -> None:
    """Half past two for the second time, ordered at a quarter to three for the first time: by the wall clock, which is
    all that Iiko is told, that is over; it would refuse the order."""
    translation = told("iiko", "Europe/Zurich", at("2026-10-25T01:30:00Z"), now=at("2026-10-25T00:45:00Z"))
    assert "date" not in translation.request.body["order"]
    assert "Wanted at 2026-10-25 02:30" in translation.request.body["order"]["comment"]
    assert translation.folded == ("/requested_for",)


@settings(max_examples=60, deadline=None)
@given(MOMENTS, st.sampled_from(ZONES), st.sampled_from([None, 900, 5400]))
def test_ikentoo_is_told_the_very_moment(moment: datetime, zone: str, lead_time_s: int | None) -> None:
    wanted = moment.replace(microsecond=0)
    body = told("ikentoo", zone, wanted, lead_time_s=lead_time_s).request.body
    assert at(body["orderCollectionTimeAsIso8601"]) == wanted
    assert at(body["orderCollectionTimeAsIso8601"]).utcoffset() == wanted.astimezone(ZoneInfo(zone)).utcoffset()
    if lead_time_s is not None:  # also where the clock is set between the two
        assert at(body["scheduledTimeForOrderAsIso8601"]) == wanted - timedelta(seconds=lead_time_s)


@pytest.mark.parametrize(("wanted", "hours"), [("2026-03-29T17:00:00Z", 149), ("2026-03-28T18:00:00Z", 126)])
def test_the_pos_is_waited_for_in_real_hours_not_in_those_on_the_wall(wanted: str, hours: int) -> None:
    """Scheduled across the night in which an hour is missing: iKentoo holds it until then, and so do we."""
    document = ikentoo_location("http://127.0.0.1:9")
    pos = document.pop("pos")
    location = Location(
        id="here",
        version=1,
        settings=LocationSettings.model_validate({**document, "lead_time_s": 3600}),
        pos=Ikentoo.settings_model.model_validate(pos),
        callback_key="key",
    )
    now = at("2026-03-23T11:00:00Z")
    order = Order.model_validate(ikentoo_order(requested_for=wanted))
    sent = Submission(order=order, reference=UUID(int=7), now=now, deadline_at=now + timedelta(minutes=5))
    assert Ikentoo().time_to_live_s(location, sent) == hours * 3600 + 300
