"""The orders of one evening: the three of the POSs' own documents, and twenty more."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

ORDERS = Path(__file__).parent / "orders"
FILES = ("asabix", "ref1234", "order-ref-123", "iiko", "ikentoo")
REFUSED = {"WEB-206": "item_unavailable", "WEB-304": "item_not_found"}
"""What the POS says no to, and why."""
DOUBTFUL = "WEB-202"
"""The order whose story is told at the end."""
MISTAKEN = "WEB-201"
"""Its checkout forgets a choice first."""
AFTER_THE_EDIT = "WEB-207"
"""Comes when the POS's back office has just changed every id that the settings mean."""
CALLED_OFF = "WEB-309"
"""The guest calls it off when it is on the till."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A neutral order, and how it must end."""

    order: dict[str, Any]
    status: str
    failure: str | None

    @property
    def reference(self) -> str:
        """The website's own number."""
        return str(self.order["reference"])

    @property
    def location(self) -> str:
        """Where it is ordered."""
        return str(self.order["location"])

    @property
    def at_the_pos(self) -> bool:
        """Whether the kitchen must have it at the end, perhaps as a cancelled one."""
        return self.failure is None

    @property
    def pays_at_the_table(self) -> bool:
        """Whether its check stays open until somebody pays."""
        return "table" in self.order and "payments" not in self.order


def evening(now: datetime) -> Sequence[Planned]:
    """All of them. A wanted time such as "in 45 minutes" is counted from ``now``."""
    orders = [order for file in FILES for order in _read(file)]
    return [_planned(_dated(order, now)) for order in orders]


def _read(file: str) -> list[dict[str, Any]]:
    document = json.loads((ORDERS / f"{file}.json").read_text("utf-8"))
    return document if isinstance(document, list) else [document]


def _planned(order: dict[str, Any]) -> Planned:
    reference = order["reference"]
    failure = REFUSED.get(reference)
    status = "rejected" if failure else "cancelled" if reference == CALLED_OFF else "completed"
    return Planned(order=order, status=status, failure=failure)


def _dated(order: dict[str, Any], now: datetime) -> dict[str, Any]:
    words = str(order.get("requested_for", "")).split()
    match words:
        case ["in", minutes, "minutes"]:
            wanted = now + timedelta(minutes=int(minutes))
            return {**order, "requested_for": wanted.isoformat(timespec="seconds")}
        case _:
            return order
