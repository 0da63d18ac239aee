"""What the seed decides is decided for good; and the guarantees can still be broken on purpose."""

from itertools import islice
from pathlib import Path

import pytest

from tests.torture.breaking import BREAKAGES, broken_copy
from tests.torture.kinds import Kind
from tests.torture.orders import planned
from tests.torture.schedule import schedule


def test_the_same_seed_gives_the_same_faults() -> None:
    first, second = (list(islice(schedule(7, tuple(Kind), longest_pause_s=2), 60)) for _ in range(2))
    assert first == second
    assert first != list(islice(schedule(8, tuple(Kind), longest_pause_s=2), 60))


def test_each_round_has_every_kind_once() -> None:
    strikes = list(islice(schedule(7, tuple(Kind), longest_pause_s=2), 2 * len(Kind)))
    for turn in (strikes[: len(Kind)], strikes[len(Kind) :]):
        assert {strike.kind for strike in turn} == set(Kind)


def test_the_same_seed_gives_the_same_orders() -> None:
    assert [planned(7, number, {}) for number in range(50)] == [planned(7, number, {}) for number in range(50)]
    assert len({planned(7, number, {}).slug for number in range(50)}) > 10


@pytest.mark.parametrize("name", BREAKAGES)
def test_each_break_fits_the_code(name: str, tmp_path: Path) -> None:
    copy = broken_copy(name, tmp_path)
    assert BREAKAGES[name].after in (copy / BREAKAGES[name].file).read_text()
