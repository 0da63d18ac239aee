"""What one run showed, as numbers, and all runs as a table."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from tests.hosts.website import Answer


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Of one fault. Times in seconds from the fault on."""

    fault: str
    timing: str
    electors: str
    pooled: bool
    orders: int
    """All that were submitted, each of which was taken in the end."""
    promoted_after: float
    intake_refused_for: float
    """The longest time in which no order was taken, where the new primary could be reached."""
    deliveries_paused_for: float
    """The longest time in which no POS took one."""
    callbacks_paused_for: float
    whole_after_heal: float
    """From the end of the fault on, until commits wait for a standby again."""
    answers: Mapping[str, int]
    """From the fault until it was healed: by status, or by the error of the connection."""
    slowest_answer: float
    """Of those."""
    repeats: int
    """Requests that were made again under the same reference."""
    replays: int
    """Of these, answered that the order was there already."""
    refused_on_cut_off_side: int
    taken_on_cut_off_side: int
    doubts: int
    """Attempts of which it was not known whether the POS had the order."""
    findings: Sequence[str] = field(default_factory=tuple)


HEADS: Mapping[str, str] = {
    "fault": "fault",
    "timing": "timing",
    "electors": "etcd",
    "pooled": "pgbouncer",
    "orders": "orders",
    "promoted_after": "new primary, s",
    "intake_refused_for": "intake refused, s",
    "deliveries_paused_for": "deliveries paused, s",
    "callbacks_paused_for": "callbacks paused, s",
    "whole_after_heal": "whole again, s",
    "slowest_answer": "slowest answer, s",
    "answers": "answers during the fault",
    "repeats": "repeats",
    "replays": "replays",
    "taken_on_cut_off_side": "taken on the cut-off side",
    "doubts": "in doubt for a while",
    "findings": "lost, doubled or mislabelled",
}


def as_json(figures: Figures) -> dict[str, Any]:
    return asdict(figures)


def as_markdown(runs: Sequence[Mapping[str, Any]]) -> str:
    """A table with one line a run, and under it what was found wrong."""
    rows = [HEADS.values(), ["---"] * len(HEADS), *([_cell(run[name]) for name in HEADS] for run in runs)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    found = "\n".join(f"- {run['fault']}: {words}" for run in runs for words in run["findings"])
    return f"{table}\n\n{found}\n" if found else f"{table}\n"


def _cell(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.1f}"
        case Mapping():
            return ", ".join(f"{name}: {count}" for name, count in value.items())
        case list() | tuple():
            return str(len(value))
    return str(value)


def counted(answers: Iterable[Answer]) -> dict[str, int]:
    return dict(sorted(Counter(str(answer.said) for answer in answers).items()))


def longest_silence(moment: datetime, times: Iterable[datetime]) -> float:
    """The longest time without any of these from a moment on; infinite where none came."""
    later = [moment, *sorted(time for time in times if time > moment)]
    return max(((after - before).total_seconds() for before, after in pairwise(later)), default=float("inf"))


def delivered(stories: Iterable[Mapping[str, Any]]) -> Iterator[datetime]:
    """When a POS said that it has it."""
    for story in stories:
        for attempt in story["attempts"]:
            if attempt["outcome"] == "taken":
                yield _moment(attempt["at"]) + timedelta(milliseconds=attempt["duration_ms"])


def called_back(stories: Iterable[Mapping[str, Any]]) -> Iterator[datetime]:
    for story in stories:
        yield from (_moment(line["at"]) for line in story["history"] if line["source"] == "callback")


def doubts(stories: Iterable[Mapping[str, Any]]) -> int:
    return sum(attempt["outcome"] in (None, "in_doubt") for story in stories for attempt in story["attempts"])


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
