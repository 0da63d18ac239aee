"""Times with an offset, and quantities as they are written."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from app.domain.fields import Moment, Quantity, written_quantity

MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)
QUANTITY: TypeAdapter[Decimal] = TypeAdapter(Quantity)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-22T19:30:00+01:00", datetime(2026, 11, 22, 18, 30, tzinfo=UTC)),
        ("2026-11-22T19:30:00Z", datetime(2026, 11, 22, 19, 30, tzinfo=UTC)),
        ("2026-11-22t19:30:00z", datetime(2026, 11, 22, 19, 30, tzinfo=UTC)),
        ("2026-11-22T19:30:00.5-00:00", datetime(2026, 11, 22, 19, 30, 0, 500_000, tzinfo=UTC)),
        ("2026-11-22T00:15:00+05:45", datetime(2026, 11, 21, 18, 30, tzinfo=UTC)),
        ("2026-11-22T19:30:00.123456789Z", datetime(2026, 11, 22, 19, 30, 0, 123_456, tzinfo=UTC)),
    ],
)
def test_times_that_are_taken(text: str, utc: datetime) -> None:
    assert MOMENT.validate_python(text) == utc


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-22T19:30:00",
        "2026-11-22 19:30:00Z",
        "2026-11-22T19:30Z",
        "2026-11-22",
        "2026-11-22T19:30:00+1:00",
        "2026-11-22T19:30:00+0100",
        "2026-13-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T19:30:00+99:00",
        "٢٠٢٦-11-22T19:30:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "1999-12-31T23:59:59Z",
        "2200-01-01T00:00:00Z",
        "now",
        "",
        1_800_000_000,
        1.5,
        True,
    ],
)
def test_times_that_are_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        MOMENT.validate_python(value)


@pytest.mark.parametrize(
    ("quantity", "written"),
    [("1", 1), ("10", 10), ("1.000", 1), ("0.5", "0.5"), ("1.250", "1.25"), ("999.999", "999.999")],
)
def test_a_quantity_is_written_as_it_would_be_sent(quantity: str, written: int | str) -> None:
    assert written_quantity(Decimal(quantity)) == written


@given(st.decimals(min_value="0.001", max_value="999.999", places=3))
def test_a_written_quantity_reads_as_the_same(quantity: Decimal) -> None:
    assert QUANTITY.validate_python(written_quantity(quantity)) == quantity
