"""The main job on real input: everything together, as the demo plays and checks it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.processes import Processes, processes

LONGEST_S = 120.0
STORY = (
    "WEB-201: 422 Margherita: choose exactly 1 of Crust (Thin crust, Thick crust); 0 chosen.",
    "WEB-201: 202, corrected.",
    "WEB-207: the POS refused ids that have changed there; sending once more.",
    "(WEB-309): the guest changed their mind",  # as the printer has it
    "REF1234: table 10 has paid 29.70 CHF by POST /v1/payments, its check is closed.",  # 33.00 less 10 %
    "asked, and the POS has it",  # of the order in doubt
)


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Processes]:
    """A machine without a database; its temporary files are seen."""
    (tmp_path / "tmp").mkdir()
    with processes(tmp_path, TMPDIR=str(tmp_path / "tmp")) as found:
        yield found


def test_each_order_ends_as_planned(bare: Processes) -> None:
    demo = bare.start("demo")
    assert demo.wait(LONGEST_S) == 0, demo.said
    counted = "23 orders: 21 at the POS exactly once, 2 rejected as planned; 4 checks paid, 1 cancel printed;"
    assert counted in demo.said
    for words in STORY:
        assert words in demo.said, demo.said
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
