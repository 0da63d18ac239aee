"""The campaign's judgement: a lost, a doubled and a mislabelled order are named; what may be is left alone."""

from typing import Any

import pytest

from tests.e2e.ledger import Entry, Promise
from tests.torture.checker import Verdict, judge
from tests.torture.customers import Told

PLACE = "iiko"


def view(
    status: str = "accepted", state: str = "done", *, attention: str | None = None, failure: str | None = None
) -> dict[str, Any]:
    return {
        "status": status,
        "dispatch": {"state": state, "attempts": 1},
        "pos": {"reference": "r-1"},
        "attention": attention and {"code": attention},
        "failure": failure and {"code": failure, "message": "said so"},
    }


def entry(*, times: int = 1, reference: str = "r-1", number: str = "T-1") -> Entry:
    return Entry(place=PLACE, number=number, reference=reference, times=times)


def judged(seen: dict[str, Any] | None, *books: Entry, told: Told | None = None) -> Verdict:
    promised = told or Told(promises=[Promise(id="1", number="T-1", place=PLACE)])
    return judge(promised, {"1": seen} if seen else {}, books, [])


def test_once_at_its_pos_is_right() -> None:
    verdict = judged(view(), entry())
    assert (verdict.violations, verdict.at_the_pos, verdict.outcomes) == ([], 1, {"accepted": 1})


@pytest.mark.parametrize(
    ("seen", "named"),
    [
        (None, "lost: the relay forgot it"),
        (view(), "lost: at no POS, and the relay says accepted, done"),
        (view("received", "waiting"), "lost: at no POS, and the relay says received, waiting"),
        (view("failed", failure="expired"), "lost: at no POS, and the relay says failed, done"),  # nobody was told
        (view("submitted"), "lost: at no POS, and the relay says submitted, done"),
    ],
)
def test_a_lost_order_is_named(seen: dict[str, Any] | None, named: str) -> None:
    assert judged(seen, entry(times=0)).violations == [f"T-1: {named}"]


@pytest.mark.parametrize(
    "seen",
    [
        view("failed", attention="failed", failure="expired"),
        view("rejected", attention="rejected", failure="pos_rejected"),
        view("received", "parked", attention="parked"),
        view("received", "in_doubt"),
        view("submitted", attention="no_verdict"),
    ],
)
def test_an_order_that_visibly_is_not_there_is_no_loss(seen: dict[str, Any]) -> None:
    assert judged(seen, entry(times=0)).violations == []


@pytest.mark.parametrize(
    ("status", "failure"), [("failed", "expired"), ("rejected", "pos_rejected"), ("cancelled", None)]
)
def test_a_mislabelled_order_is_named(status: str, failure: str | None) -> None:
    verdict = judged(view(status, attention=status, failure=failure), entry())
    assert verdict.violations == [f"T-1: mislabelled: at the POS, but the relay says {status}, done"]


def test_a_doubled_order_is_named_unless_it_is_flagged() -> None:
    twice = (entry(), entry(reference="r-2"))
    assert "T-1: doubled: 2 times at the POS" in judged(view(), *twice).violations
    flagged = judged(view(attention="double_in_pos"), entry(times=2))
    assert (flagged.violations, flagged.flagged_doubles) == ([], 1)


def test_what_nobody_had_an_answer_for_may_be_at_a_pos_or_not() -> None:
    stray = entry(number="T-2")
    assert judged(view(), entry(), stray).violations == ["T-2: stray: at a POS, and nobody was told that it was taken"]
    told = Told(promises=[Promise(id="1", number="T-1", place=PLACE)], unanswered={"T-2"})
    assert judged(view(), entry(), stray, told=told).violations == []


def test_wrong_answers_to_the_website_are_violations() -> None:
    told = Told(promises=[Promise(id="1", number="T-1", place=PLACE)], wrong=["T-1: answered 500: oops"])
    assert judged(view(), entry(), told=told).violations == ["T-1: answered 500: oops"]
