"""`Prefer: wait=N` (RFC 7240): the answer comes when there is news of an order, or when the time is over."""

import time
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from app.domain.status import Status
from app.relay.views import is_final, version_of
from app.relay.watching import Watching
from app.store.views import SummaryRow

MOST_S = 25
"""Below the 30 s after which many proxies and clients give up."""

PREFER: dict[str, Any] = {
    "name": "Prefer",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "example": "wait=20",
    "description": f"`wait=N`: answer when there is news, after N seconds (at most {MOST_S}) at the latest. RFC 7240: "
    "what is not understood is ignored; `Preference-Applied` says what was honoured. The server may answer earlier: "
    "it stops, or too many clients wait.",
}
"""For `openapi_extra=`."""
APPLIED: dict[str, Any] = {
    "Preference-Applied": {"schema": {"type": "string"}, "description": "`wait=N`, as honoured."}
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """What came of waiting."""

    changed: bool
    """What the caller knows of the order is old."""
    headers: dict[str, str]


def preferred_wait(request: Request) -> int:
    """The seconds that the caller would wait; 0: it would not, or nobody can tell what it wants."""
    preferences = ",".join(request.headers.getlist("prefer")).split(",")
    for preference in preferences:
        name, _, value = (part.strip() for part in preference.partition(";")[0].partition("="))
        if name.lower() == "wait":  # the first one counts
            digits = value.removeprefix('"').removesuffix('"')
            if not (digits.isascii() and digits.isdigit()):
                return 0
            return min(int(digits), MOST_S) if len(digits) < 10 else MOST_S
    return 0


async def wait_for_news(
    watching: Watching, order: SummaryRow, seconds: int, *, since: int, status: Status | None
) -> Waited:
    """While this is the order's status (None: while nothing of it changes) and more will come. ``since``: the mark
    before the order was read. Holds no connection to the database."""
    applied = {"Preference-Applied": f"wait={seconds}"}
    if is_final(order) or status not in (None, order.status):
        return Waited(changed=False, headers=applied)
    changed = False
    ends_at = time.monotonic() + seconds
    with watching.watch(order.id, version_of(order), since=since) as watch:
        if watch.over:
            return Waited(changed=False, headers={})
        while row := await watch.change(ends_at - time.monotonic()):
            changed = True
            if status is not row.status or is_final(row):
                break
    return Waited(changed=changed, headers=applied)
