"""What must be true at the end, by the books of both POSs: each order exactly once, the refused ones not at all."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.cli.demo.evening import Planned
from app.cli.demo.play import View
from app.cli.demo.stage import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What both POSs hold: how often each order, by our reference and by the website's own number."""

    by_reference: Mapping[str, int]
    by_number: Mapping[str, int]


async def read_books(stage: Stage) -> Books:
    """Asks both simulators. What was refused counts as not there."""
    by_reference: Counter[str] = Counter()
    by_number: Counter[str] = Counter()
    for row in (await stage.iiko.get("/_sim/orders")).raise_for_status().json():
        by_reference[row["id"]] += row["created"]
        by_number[str(row["externalId"])] += row["created"]
    for row in (await stage.ikentoo.get("/_sim/orders")).raise_for_status().json():
        there = row["state"] != "failed"
        by_reference[row["reference"]] += there
        by_number[_first_line(row["body"])] += there
    return Books(by_reference=by_reference, by_number=by_number)


def _first_line(body: Mapping[str, Any]) -> str:
    """The website's own number stands first in every note."""
    return str(body.get("orderNote", "")).partition("\n")[0]


def differences(orders: Sequence[Planned], views: Sequence[View], books: Books) -> Iterator[str]:
    """What is not as it should be, in words."""
    for planned, view in zip(orders, views, strict=True):
        yield from (f"{planned.reference}: {words}" for words in _of_one(planned, view, books))
    strange = {number for number, times in books.by_number.items() if times} - {each.reference for each in orders}
    yield from (f"{number}: at a POS, and nobody ordered it" for number in sorted(strange))


def _of_one(planned: Planned, view: View, books: Books) -> Iterator[str]:
    if view["status"] != planned.status:
        yield f"is {view['status']} (dispatch {view['dispatch']['state']}), expected {planned.status}"
    failure = view["failure"]["code"] if view["failure"] else None
    if failure != planned.failure:
        yield f"failure is {failure}, expected {planned.failure}"
    for times in (books.by_reference.get(view["pos"]["reference"], 0), books.by_number.get(planned.reference, 0)):
        if times != planned.at_the_pos:
            yield f"is at the POS {times} times, expected {int(planned.at_the_pos)}"
            return
