"""The campaign's judgement: what was promised, what the relay says, what the POSs hold."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from app.domain.status import Status
from app.domain.submission import Dispatch
from tests.e2e.ledger import Entry, Promise, Rules, View, findings, oddities
from tests.torture.customers import Told

DOUBLE = "double_in_pos"
NO_VERDICT = "no_verdict"
HELD_UP = timedelta(seconds=15)
"""A frozen database, and one after it that recovers."""


@dataclass(kw_only=True)
class Verdict:
    """What was found."""

    violations: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    """Orders by what the relay says of them at the end."""
    attention: Counter[str] = field(default_factory=Counter)
    flagged_doubles: int = 0
    """At a POS twice, and shown to a person as such."""
    at_the_pos: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """Why orders are not at their POS."""
    stories_read: int = 0


def says_missing(view: View) -> bool:
    """A person sees that it is not at the POS: failed or rejected with the reason and a flag, parked, or taken by a
    POS that has never spoken of it again."""
    code = (view["attention"] or {}).get("code")
    if view["dispatch"]["state"] == Dispatch.PARKED:
        return code is not None
    if view["status"] in (Status.FAILED, Status.REJECTED):
        return code is not None and view["failure"] is not None
    return view["status"] == Status.SUBMITTED and code == NO_VERDICT


def says_double(view: View) -> bool:
    return (view["attention"] or {}).get("code") == DOUBLE


def judge(told: Told, views: Mapping[str, View], books: Iterable[Entry], stories: Iterable[View]) -> Verdict:
    """Everything that is not as promised, and what became of all orders."""
    verdict = Verdict(violations=list(told.wrong))
    entries = list(books)
    rules = Rules(may_be_missing=says_missing, may_be_double=says_double, ignored=told.unanswered)
    verdict.violations += findings(_each_once(told.promises), views, entries, rules)
    for story in stories:
        verdict.stories_read += 1
        verdict.violations += oddities(story, held_up=HELD_UP)
    verdict.at_the_pos = sum(entry.times for entry in entries)
    for view in views.values():
        _count(verdict, view)
    return verdict


def _each_once(promises: Iterable[Promise]) -> Iterable[Promise]:
    return {promise.id: promise for promise in promises}.values()


def _count(verdict: Verdict, view: Mapping[str, Any]) -> None:
    state = view["dispatch"]["state"]
    verdict.outcomes[view["status"] if state == Dispatch.DONE else f"{view['status']}, {state}"] += 1
    if view["attention"]:
        verdict.attention[view["attention"]["code"]] += 1
        verdict.flagged_doubles += view["attention"]["code"] == DOUBLE
    if view["failure"] and view["status"] in (Status.FAILED, Status.REJECTED):
        verdict.refused[f"{view['status']}: {view['failure']['code']}"] += 1
