"""Whether what the relay promised is what the POSs hold. Pure: promises, views and books in, findings in words out."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from app.domain.status import RANK, Status

View = Mapping[str, Any]
AT_THE_POS = frozenset(RANK) - {Status.RECEIVED}
"""Statuses that say: the POS has it."""
LOCKED = timedelta(seconds=5)
"""A line's time is that of its transaction's begin, which may have waited so long for the order's row."""
LOOKS_NEEDED = 2
HAS_IT = ("taken", "duplicate", "found")
"""Outcomes of attempts that say the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """An order that was answered with 202 or 200."""

    id: str
    number: str
    """The website's own; no two orders of a test share one."""
    place: str
    """The restaurant that must cook it, as its POS tells them apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a POS's book says of one reference."""

    place: str
    number: str
    reference: str
    """Ours."""
    times: int
    """How often it was created. What was only asked for and never made is 0."""
    asked: int = 1
    """How often it was asked for."""


def _never(_view: View) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What may be besides "exactly once, or visibly in doubt", where a test makes such things happen."""

    may_be_missing: Callable[[View], bool] = _never
    """The relay says of it, so that a person sees it, that it is not at the POS."""
    may_be_double: Callable[[View], bool] = _never
    """The relay says of it, so that a person sees it, that it is there twice."""
    ignored: Collection[str] = ()
    """Numbers of orders for which the website never had an answer: anything may have become of them."""


STRICT = Rules()


def findings(
    promises: Iterable[Promise], views: Mapping[str, View], books: Iterable[Entry], rules: Rules = STRICT
) -> list[str]:
    """What is not as promised: each order at its POS exactly once, or visibly in doubt. ``views`` by id."""
    there: dict[str, list[Entry]] = defaultdict(list)
    for entry in books:
        if entry.times:
            there[entry.number].append(entry)
    told: list[str] = []
    for promise in promises:
        view = views.get(promise.id)
        entries = there.pop(promise.number, [])
        words = _of_one(promise, view, entries, rules) if view else ["lost: the relay forgot it"]
        told += [f"{promise.number}: {word}" for word in words]
    told += [
        f"{number}: stray: at a POS, and nobody was told that it was taken"
        for number in there
        if number not in rules.ignored
    ]
    return told


def _of_one(promise: Promise, view: View, entries: Sequence[Entry], rules: Rules) -> Iterator[str]:
    times = sum(entry.times for entry in entries)
    says = f"the relay says {view['status']}, {view['dispatch']['state']}"
    if times > 1 and not rules.may_be_double(view):
        yield f"doubled: {times} times at the POS"
    elif times == 0 and view["dispatch"]["state"] != "in_doubt" and not rules.may_be_missing(view):
        yield f"lost: at no POS, and {says}"
    elif times == 1 and not _agrees(view):
        yield f"mislabelled: at the POS, but {says}"
    for entry in entries:
        if entry.place != promise.place:
            yield f"misdirected: at {entry.place} instead of {promise.place}"
        if entry.reference != view["pos"]["reference"]:
            yield f"mislabelled: at the POS under {entry.reference}, the relay says {view['pos']['reference']}"


def _agrees(view: View) -> bool:
    state = view["dispatch"]["state"]
    return state == "in_doubt" or (state == "done" and view["status"] in AT_THE_POS)


def oddities(view: View, *, held_up: timedelta = timedelta()) -> list[str]:
    """What cannot be so in one order's story, told from its whole view.

    ``held_up``: how long a test has made transactions wait (for a frozen database), so that their times are older.
    """
    return [f"{view['reference']}: {words}" for words in (*_of_history(view, held_up), *_of_attempts(view, held_up))]


def _of_history(view: View, held_up: timedelta) -> Iterator[str]:
    history = view["history"]
    events = [line["event"] for line in history]
    if events[:1] != ["received"] or events.count("received") != 1:
        yield f"does not begin by being received, once: {events}"
    times = [_moment(line["at"]) for line in history]
    if any(later < earlier - LOCKED - held_up for earlier, later in pairwise(times)):
        yield f"its history is out of order: {[line['at'] for line in history]}"
    ranks = [RANK[Status(line["status"])] for line in history if line["status"] in RANK]
    if ranks != sorted(ranks):
        yield f"went backwards: {[line['status'] for line in history]}"
    if history and history[-1]["status"] != view["status"]:
        yield f"is {view['status']}, its history ends with {history[-1]['status']}"


def _of_attempts(view: View, held_up: timedelta) -> Iterator[str]:
    attempts = view["attempts"]
    numbers = [attempt["number"] for attempt in attempts]
    if numbers != list(range(1, view["dispatch"]["attempts"] + 1)):
        yield f"attempts {numbers}, counted {view['dispatch']['attempts']}"
    if sum(attempt["outcome"] == "taken" for attempt in attempts) > 1:
        yield "taken twice"
    known_at = _known_to_be_there(view)
    for attempt in attempts:
        if known_at is not None and _moment(attempt["at"]) > known_at + held_up:
            yield f"attempt {attempt['number']} began when it was known to be there"
    for before, after in pairwise(attempts):
        if not _went_silent(view, before["number"]) and not _had_ended(before, _moment(after["at"])):
            yield f"attempt {after['number']} began before attempt {before['number']} had ended"
    if view["pos"]["system"] == "iiko":
        yield from _sent_without_asking(attempts)
    if view["dispatch"]["state"] == "done" and known_at is None and view["status"] in AT_THE_POS:
        yield "nobody ever said that it is there"


def _sent_without_asking(attempts: Sequence[View]) -> Iterator[str]:
    """A POS that can be asked is asked, and says twice that it has no such order, before that is sent again."""
    in_doubt, looks = False, 0
    for attempt in attempts:
        if attempt["kind"] == "ask":
            looks += attempt["outcome"] == "absent"
            continue
        if in_doubt and looks < LOOKS_NEEDED:
            yield f"attempt {attempt['number']} sent it again while it was in doubt"
        in_doubt, looks = attempt["outcome"] in (None, "in_doubt"), 0


def _known_to_be_there(view: View) -> datetime | None:
    """Since when it is on record. An answer may come to a worker that cannot tell: frozen, or without a database."""
    heard = [_moment(line["at"]) for line in view["history"] if line["source"] in ("callback", "poll")]
    lines = [line for line in view["history"] if line["source"] == "pos_response" and line["event"] != "rejected"]
    recorded = [_moment(line["at"]) for line in lines]
    answered = [_end(attempt) for attempt in view["attempts"] if attempt["outcome"] in HAS_IT]
    return min((*heard, *((recorded or answered) if answered else ())), default=None)


def _went_silent(view: View, number: int) -> bool:
    words = f"attempt {number} went silent"
    return any(line["event"] == "lease_over" and words in line["detail"] for line in view["history"])


def _had_ended(attempt: View, at: datetime) -> bool:
    # Durations are whole milliseconds: the next one may seem to begin half of one too early.
    return attempt["duration_ms"] is not None and _end(attempt) <= at + timedelta(milliseconds=1)


def _end(attempt: View) -> datetime:
    return _moment(attempt["at"]) + timedelta(milliseconds=attempt["duration_ms"])


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
