"""The checker itself: what is planted is found and named; what is right is left alone."""

from typing import Any

import pytest

from tests.e2e.ledger import Entry, Promise, findings, oddities

PROMISE = Promise(id="1", number="W-1", place="iiko")
ENTRY = Entry(place="iiko", number="W-1", reference="r-1", times=1)
ASKED_ONLY = Entry(place="iiko", number="W-1", reference="r-1", times=0)
SECOND = Entry(place="iiko", number="W-1", reference="r-2", times=1)


def view(status: str = "accepted", state: str = "done", reference: str = "r-1") -> dict[str, Any]:
    return {
        "status": status,
        "dispatch": {"state": state, "attempts": 1},
        "pos": {"system": "iiko", "reference": reference},
    }


def found(seen: dict[str, Any] | None, *books: Entry) -> list[str]:
    return findings([PROMISE], {"1": seen} if seen else {}, books)


@pytest.mark.parametrize("status", ["submitted", "accepted", "in_preparation", "ready", "in_delivery", "completed"])
def test_once_at_its_pos_is_right(status: str) -> None:
    assert found(view(status), ENTRY) == []


@pytest.mark.parametrize("books", [(), (ASKED_ONLY,), (ENTRY,)])
def test_visibly_in_doubt_is_right_whether_it_is_there_or_not(books: tuple[Entry, ...]) -> None:
    assert found(view("received", "in_doubt"), *books) == []


@pytest.mark.parametrize(
    ("status", "state"),
    [("accepted", "done"), ("received", "waiting"), ("received", "sending"), ("failed", "done"), ("rejected", "done")],
)
def test_a_lost_order_is_named(status: str, state: str) -> None:
    assert found(view(status, state), ASKED_ONLY) == [f"W-1: lost: at no POS, and the relay says {status}, {state}"]


def test_an_order_that_the_relay_forgot_is_named() -> None:
    assert "W-1: lost: the relay forgot it" in found(None)


def test_a_doubled_order_is_named() -> None:
    assert found(view(), Entry(place="iiko", number="W-1", reference="r-1", times=2)) == [
        "W-1: doubled: 2 times at the POS"
    ]
    assert "W-1: doubled: 2 times at the POS" in found(view("received", "in_doubt"), ENTRY, SECOND)


@pytest.mark.parametrize(
    ("status", "state"), [("failed", "done"), ("rejected", "done"), ("received", "waiting"), ("received", "done")]
)
def test_a_mislabelled_order_is_named(status: str, state: str) -> None:
    assert found(view(status, state), ENTRY) == [f"W-1: mislabelled: at the POS, but the relay says {status}, {state}"]


def test_an_order_under_another_reference_is_named() -> None:
    assert found(view(reference="r-9"), ENTRY) == ["W-1: mislabelled: at the POS under r-1, the relay says r-9"]


def test_an_order_in_the_wrong_kitchen_is_named() -> None:
    elsewhere = Entry(place="ikentoo 123", number="W-1", reference="r-1", times=1)
    assert found(view(), elsewhere) == ["W-1: misdirected: at ikentoo 123 instead of iiko"]


def test_an_order_that_nobody_promised_is_named() -> None:
    stray = Entry(place="iiko", number="W-2", reference="r-2", times=1)
    assert found(view(), ENTRY, stray) == ["W-2: stray: at a POS, and nobody was told that it was taken"]


def line(second: int, status: str, event: str, source: str = "relay", detail: str = "") -> dict[str, Any]:
    return {"at": at(second), "status": status, "event": event, "source": source, "detail": detail}


def attempt(
    number: int, second: int, outcome: str | None, *, seconds: int | None = 1, kind: str = "send"
) -> dict[str, Any]:
    return {
        "number": number,
        "kind": kind,
        "at": at(second),
        "duration_ms": None if seconds is None else seconds * 1000,
        "outcome": outcome,
    }


def at(second: int) -> str:
    return f"2026-01-01T12:00:{second:02}Z"


def story(history: list[dict[str, Any]], attempts: list[dict[str, Any]], *, counted: int | None = None) -> list[str]:
    seen = {
        **view(history[-1]["status"]),
        "reference": "W-1",
        "history": history,
        "attempts": attempts,
        "dispatch": {"state": "done", "attempts": len(attempts) if counted is None else counted},
    }
    return oddities(seen)


def asked_before(second_look: str) -> list[dict[str, Any]]:
    looks = [attempt(2, 10, "absent", kind="ask"), attempt(3, 20, second_look, kind="ask")]
    return [attempt(1, 1, "in_doubt"), *looks, attempt(4, 29, "taken")]


RECEIVED = line(0, "received", "received", "api")
SILENT = line(20, "received", "lease_over", detail="the worker of attempt 1 went silent; finding out")
NOTED = line(2, "accepted", "NEW", "pos_response")
NOTED_LATE = line(25, "accepted", "NEW", "pos_response")
ACCEPTED = line(30, "accepted", "NEW", "pos_response")


def test_ordinary_stories_are_left_alone() -> None:
    assert story([RECEIVED, ACCEPTED], [attempt(1, 29, "taken")]) == []
    crashed = [attempt(1, 1, None, seconds=None), attempt(2, 29, "found", kind="ask")]
    assert story([RECEIVED, SILENT, ACCEPTED], crashed) == []
    spoke_first = [RECEIVED, line(2, "accepted", "SUCCESS", "callback")]
    assert story(spoke_first, [attempt(1, 1, None, seconds=None)]) == []
    late = [attempt(1, 1, "in_doubt", seconds=58), attempt(2, 29, "found", kind="ask")]
    assert story([RECEIVED, SILENT, ACCEPTED], late) == []
    assert story([RECEIVED, ACCEPTED], asked_before("absent")) == []
    frozen = [attempt(1, 1, "taken", seconds=20), attempt(2, 22, "duplicate")]
    assert story([RECEIVED, SILENT, NOTED_LATE], frozen) == []  # the worker could tell only after it had woken


@pytest.mark.parametrize(
    ("history", "attempts", "named"),
    [
        ([ACCEPTED], [attempt(1, 29, "taken")], "does not begin by being received"),
        ([RECEIVED, RECEIVED, ACCEPTED], [attempt(1, 29, "taken")], "does not begin by being received"),
        ([RECEIVED, ACCEPTED, line(1, "accepted", "ok")], [attempt(1, 29, "taken")], "out of order"),
        ([RECEIVED, ACCEPTED, line(31, "submitted", "ok")], [attempt(1, 29, "taken")], "went backwards"),
        ([RECEIVED, ACCEPTED], [attempt(1, 1, "taken"), attempt(2, 29, "taken")], "taken twice"),
        ([RECEIVED, NOTED], [attempt(1, 1, "taken"), attempt(2, 29, "duplicate")], "known to be there"),
        (
            [RECEIVED, ACCEPTED],
            [attempt(1, 28, None, seconds=None), attempt(2, 29, "found", kind="ask")],
            "before attempt 1",
        ),
        (
            [RECEIVED, ACCEPTED],
            [attempt(1, 27, "in_doubt", seconds=9), attempt(2, 29, "found", kind="ask")],
            "before attempt 1",
        ),
        ([RECEIVED, ACCEPTED], asked_before("in_doubt"), "attempt 4 sent it again while it was in doubt"),
        ([RECEIVED, SILENT, ACCEPTED], [attempt(1, 1, None, seconds=None), attempt(2, 29, "taken")], "while it was in"),
        ([RECEIVED, ACCEPTED], [attempt(2, 29, "taken")], "attempts [2], counted 1"),
        ([RECEIVED, ACCEPTED], [attempt(1, 29, "in_doubt")], "nobody ever said that it is there"),
    ],
)
def test_what_cannot_be_is_named(history: list[dict[str, Any]], attempts: list[dict[str, Any]], named: str) -> None:
    assert named in "\n".join(story(history, attempts))
