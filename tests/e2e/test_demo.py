"""The main job on real input: everything together, as the demo plays and checks it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.processes import Processes, processes

LONGEST_S = 120.0


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Processes]:
    """A machine without a database; its temporary files are seen."""
    (tmp_path / "tmp").mkdir()
    with processes(tmp_path, TMPDIR=str(tmp_path / "tmp")) as found:
        yield found


def test_each_order_ends_as_planned(bare: Processes) -> None:
    demo = bare.start("demo")
    assert demo.wait(LONGEST_S) == 0, demo.said
    assert "23 orders: 21 at the POS exactly once, 2 rejected as planned" in demo.said
    assert "asked, and the POS has it" in demo.said  # the story of the order in doubt
    assert not list((bare.directory / "tmp").glob("order-relay-demo-*"))


def test_the_next_demo_clears_away_what_a_killed_one_left(bare: Processes) -> None:
    killed = bare.start("demo", "--stay")
    killed.wait_for(r"is back")
    killed.kill9()
    left = list((bare.directory / "tmp").glob("order-relay-demo-*"))
    assert left

    demo = bare.start("demo", "--stay")
    demo.wait_for(r"Ctrl-C ends it", LONGEST_S)
    assert not left[0].exists()
    demo.interrupt()
    assert demo.wait() == 0, demo.said
    assert not list((bare.directory / "tmp").glob("order-relay-demo-*"))
