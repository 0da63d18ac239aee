"""What must be true at the end, by the books of both POSs: each order exactly once, the refused ones not at all, each
check paid once, and who wanted to be called off is."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from app.cli.demo.evening import CALLED_OFF, Planned
from app.cli.demo.scene import View
from app.cli.demo.stage import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What both POSs hold: how often each order, by our reference and by the website's own number; how often each
    check was paid; what was printed at a till."""

    by_reference: Mapping[str, int]
    by_number: Mapping[str, int]
    paid: Mapping[str, int]
    printed: Sequence[str]


async def read_books(stage: Stage) -> Books:
    """Asks both simulators. What was refused counts as not there."""
    by_reference: Counter[str] = Counter()
    by_number: Counter[str] = Counter()
    for row in await _rows(stage.iiko, "orders"):
        by_reference[row["id"]] += row["created"]
        by_number[str(row["externalId"])] += row["created"]
    for row in await _rows(stage.ikentoo, "orders"):
        there = row["state"] != "failed"
        by_reference[row["reference"]] += there
        by_number[_first_line(row["body"])] += there
    payments = await _rows(stage.ikentoo, "payments")
    messages = await _rows(stage.ikentoo, "messages")
    return Books(
        by_reference=by_reference,
        by_number=by_number,
        paid=Counter(str(row["account"]) for row in payments if row["state"] == "accepted"),
        printed=[row["message"] for row in messages if row["printer"]],
    )


async def _rows(pos: httpx.AsyncClient, what: str) -> Any:
    return (await pos.get(f"/_sim/{what}")).raise_for_status().json()


def _first_line(body: Mapping[str, Any]) -> str:
    """The website's own number stands first in every note."""
    return str(body.get("orderNote", "")).partition("\n")[0]


def differences(orders: Sequence[Planned], views: Mapping[str, View], books: Books) -> Iterator[str]:
    """What is not as it should be, in words."""
    for planned in orders:
        yield from (f"{planned.reference}: {words}" for words in _of_one(planned, views.get(planned.reference), books))
    strange = {number for number, times in books.by_number.items() if times} - {each.reference for each in orders}
    yield from (f"{number}: at a POS, and nobody ordered it" for number in sorted(strange))


def _of_one(planned: Planned, view: View | None, books: Books) -> Iterator[str]:
    if view is None:
        yield "was never submitted"
        return
    if view["status"] != planned.status:
        yield f"is {view['status']} (dispatch {view['dispatch']['state']}), expected {planned.status}"
    failure = view["failure"]["code"] if view["failure"] else None
    if failure != planned.failure:
        yield f"failure is {failure}, expected {planned.failure}"
    for times in {books.by_reference.get(view["pos"]["reference"], 0), books.by_number.get(planned.reference, 0)}:
        if times != planned.at_the_pos:
            yield f"is at the POS {times} times, expected {int(planned.at_the_pos)}"
    if planned.pays_at_the_table and (times := books.paid.get(view["pos"]["account"], 0)) != 1:
        yield f"its check was paid {times} times"
    if (
        planned.reference == CALLED_OFF
        and len(told := [each for each in books.printed if planned.reference in each]) != 1
    ):
        yield f"the till was told {len(told)} times to cancel it"
