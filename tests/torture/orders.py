"""The orders of the campaign, and what shall happen to each at its POS: marks in notes tell the simulator. Pure."""

import random
from dataclasses import dataclass
from typing import Any

from app.simulators.iiko import ids
from tests.torture.places import HASTY_IKENTOO, IKENTOO, SLUGS

Weights = dict[str, int]
SHARES = 1000

CONNECTION: Weights = {
    "[sim:drop_after]": 15,
    "[sim:drop_before]": 10,
    "[sim:reset_after]": 5,
    "[sim:cut_body]": 4,
    "[sim:hang]": 5,
    "[sim:slow_body seconds=9]": 4,
    "[sim:garbage]": 4,
    "[sim:garbage_before]": 4,
    "[sim:error_500_html]": 4,
    "[sim:status status=503]": 5,
    "[sim:status status=503 created=yes]": 5,
    "[sim:rate_limited retry_after=1]": 5,
    "[sim:delay seconds=2]": 20,
}
"""Marks, in thousandths of the orders. Each spoils the first send only, unless it says otherwise."""
OF_IIKO: Weights = {
    "[sim:timeout_408]": 4,
    "[sim:timeout_408_after]": 4,
    "[sim:stack_trace_500_after]": 4,
    "[sim:rabbit_701]": 4,
    "[sim:late_visible seconds=9] [sim:drop_after]": 4,
    "[sim:unconfirmed]": 4,
    "[sim:rejected reason=closed]": 8,
    # The POS has it, and never manages to say so to a create request: only looking it up helps.
    "[sim:drop_after times=all]": 8,
}
OF_IKENTOO: Weights = {
    "[sim:duplicate count=3]": 30,
    "[sim:early]": 30,
    "[sim:out_of_order]": 30,
    "[sim:early] [sim:drop_after]": 8,
    "[sim:silence]": 15,
    "[sim:unknown_word]": 4,
    "[sim:malformed]": 4,
    "[sim:fail reason=closed]": 8,
}
HOPELESS = "[sim:drop_after times=all] [sim:silence]"
"""iKentoo has it, never manages to say so, and calls nobody: in doubt for ever, which is all that can be known."""
HOPELESS_EVERY, MOST_HOPELESS = 500, 8
REFUSED = ("[sim:rejected", "[sim:fail")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One order as its guest submits it."""

    number: str
    slug: str
    mark: str
    """What is to happen to it at its POS; empty: nothing special."""
    asked: str
    """How the website asks: ``once``, ``again`` (after the answer), ``twice`` (at the same time)."""

    @property
    def body(self) -> dict[str, Any]:
        more = {"note": self.mark} if self.mark else {}
        dish = _OF_IKENTOO if self.slug in IKENTOO else _OF_IIKO
        return {"location": self.slug, "reference": self.number, "service_type": "pickup", **dish, **more}


_OF_IIKO: dict[str, Any] = {
    "customer": {"phone": "+380979981891"},
    "items": [{"product_id": ids.BORSCHT, "quantity": 1, "unit_price": "98.00"}],
    "payments": [{"method": "CARD", "amount": "98.00", "paid": True}],
    "total": "98.00",
}
_OF_IKENTOO: dict[str, Any] = {
    "customer": {"first_name": "Luc"},
    "items": [{"sku": "11", "quantity": 1, "unit_price": "16.50"}],
    "total": "16.50",
}


def planned(seed: int, number: int, more: Weights) -> Planned:
    """The same for the same seed, number and ``more``: further marks, in thousandths."""
    dice = random.Random(f"order {seed} {number}")
    slug = SLUGS[number % len(SLUGS)]
    mark = _drawn(dice, CONNECTION | (OF_IKENTOO if slug in IKENTOO else OF_IIKO) | more)
    if number % HOPELESS_EVERY == 0 and number // HOPELESS_EVERY < MOST_HOPELESS:
        slug, mark = HASTY_IKENTOO, HOPELESS  # or the settling would have to wait for a patient location's deadline
    return Planned(
        number=f"T-{seed}-{number}",
        slug=slug,
        mark=mark,
        asked=dice.choices(("once", "again", "twice"), (90, 6, 4))[0],
    )


def _drawn(dice: random.Random, weights: Weights) -> str:
    rest = max(SHARES - sum(weights.values()), 0)
    return dice.choices(("", *weights), (rest, *weights.values()))[0]


def kind_of(mark: str) -> str:
    """For counting: the marks' names."""
    return "+".join(part.split()[0].removesuffix("]") for part in mark.split("[sim:")[1:])
