"""Clocks that are set forward and back: a wanted time is one moment, however either side writes it.

Zones with a change of an hour in spring and autumn, of half an hour (Lord Howe), and of none (Kolkata).
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from app.domain.fields import Moment
from app.domain.rules import check
from tests.domain.orders import SMALL, order

ZONES = ("Europe/Kyiv", "Europe/Zurich", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - see timezones


@settings(max_examples=50, deadline=None)
@given(MOMENTS, st.sampled_from(ZONES))
def test_any_way_to_write_a_moment_is_that_moment(moment: datetime, zone: str) -> None:
    written = moment.astimezone(ZoneInfo(zone)).isoformat()
    assert MOMENT.validate_python(written) == moment


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-03-29T02:30:00+01:00", "2026-03-29T01:30:00Z"),  # there is no half past two in Zurich: half past three
        ("2026-03-29T02:30:00+02:00", "2026-03-29T00:30:00Z"),  # or half past one, as the offset says
        ("2026-10-25T02:30:00+02:00", "2026-10-25T00:30:00Z"),  # the first of the two
        ("2026-10-25T02:30:00+01:00", "2026-10-25T01:30:00Z"),
        ("2027-04-04T01:45:00+11:00", "2027-04-03T14:45:00Z"),  # Lord Howe, twice within half an hour
        ("2027-04-04T01:45:00+10:30", "2027-04-03T15:15:00Z"),
    ],
)
def test_the_offset_decides_where_the_wall_clock_does_not(written: str, utc: str) -> None:
    assert MOMENT.validate_python(written) == datetime.fromisoformat(utc)


def test_a_wall_clock_without_an_offset_is_refused() -> None:
    with pytest.raises(ValidationError, match="offset"):
        MOMENT.validate_python("2026-10-25T02:30:00")


@settings(max_examples=50, deadline=None)
@given(MOMENTS, st.sampled_from(ZONES), st.sampled_from(ZONES), st.integers(-7200, 7200))
def test_past_is_past_in_every_zone(now: datetime, here: str, there: str, seconds: int) -> None:
    """An hour that comes twice, or never, makes no order too late and none too early."""
    wanted = (now + timedelta(seconds=seconds)).astimezone(ZoneInfo(there))
    wants = order(SMALL | {"requested_for": wanted.isoformat()})
    findings = check(wants, currency="CHF", now=now.astimezone(ZoneInfo(here)))
    assert ("/requested_for" in [finding.pointer for finding in findings]) is (seconds < -60)
