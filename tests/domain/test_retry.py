"""When the next attempt is due, with the least and the most jitter."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.retry import lane_delay, retry_after, submission_delay

CHANCE = st.floats(min_value=0, max_value=1, exclude_max=True)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 1), (1, 1), (2, 2), (3, 4), (4, 8), (5, 15), (6, 30), (7, 30), (1000, 30)]
)
def test_a_submission_waits_by_the_schedule(failures: int, seconds: float) -> None:
    assert submission_delay(failures, lambda: 0.5) == seconds


@given(st.integers(min_value=0, max_value=10_000), CHANCE)
def test_jitter_is_a_fifth_at_most(failures: int, chance: float) -> None:
    middle = submission_delay(failures, lambda: 0.5)
    assert 0.8 * middle - 1e-9 <= submission_delay(failures, lambda: chance) <= 1.2 * middle + 1e-9


def test_two_submissions_do_not_come_back_together() -> None:
    assert submission_delay(3, lambda: 0.1) != submission_delay(3, lambda: 0.9)


@pytest.mark.parametrize("failures", range(5))
def test_the_lane_runs_while_it_fails_less_than_five_times(failures: int) -> None:
    assert lane_delay(failures, lambda: 0.5) is None


@pytest.mark.parametrize(("failures", "seconds"), [(5, 10), (6, 20), (7, 40), (8, 60), (9, 60), (1000, 60)])
def test_the_lane_backs_off_from_ten_seconds_to_a_minute(failures: int, seconds: float) -> None:
    assert lane_delay(failures, lambda: 0.5) == seconds


@given(st.integers(min_value=5, max_value=10_000), CHANCE)
def test_the_lane_jitters_by_a_tenth_at_most(failures: int, chance: float) -> None:
    delay, middle = lane_delay(failures, lambda: chance), lane_delay(failures, lambda: 0.5)
    assert delay is not None
    assert middle is not None
    assert 0.9 * middle - 1e-9 <= delay <= 1.1 * middle + 1e-9


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [(None, 1), (0, 1), (-5, 1), (0.2, 1), (1.5, 1.5), (300, 300), (301, 300), (math.inf, 300), (math.nan, 1)],
)
def test_what_the_pos_asks_is_heard_within_bounds(asked: float | None, seconds: float) -> None:
    assert retry_after(asked) == seconds
