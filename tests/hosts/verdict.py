"""What came of it: promises against books and histories, the manner of refusals, and the figures to report."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.e2e import city
from tests.e2e.crowd import settled, stories, summaries
from tests.e2e.ledger import Entry, Promise, findings, oddities
from tests.hosts.town import ANSWERED_WITHIN_S, Town
from tests.hosts.website import Answer, Website

SETTLED_S = 90.0
"""A safety net. Rarely a fault hits between a claim and its call: a lease (8 s), and two looks that say "absent"."""
UNREACHED = ("ConnectError", "ConnectTimeout", "ReadError", "ReadTimeout", "RemoteProtocolError", "WriteError")


def now() -> str:
    """As the API wants it; all hosts have one clock."""
    return datetime.now(UTC).isoformat()


def broken_promises(town: Town, api: httpx.Client, prefix: str, promises: Sequence[Promise], since: str) -> list[str]:
    """What is not as promised, once everything has come to rest: lost, doubled, mislabelled, or an odd history."""
    settled(api, seconds=SETTLED_S, received_from=since)
    views = [
        view for view in stories(api, summaries(api, received_from=since)) if view["reference"].startswith(f"{prefix}-")
    ]
    unsettled = [f"{view['reference']}: {view['dispatch']}" for view in views if view["dispatch"]["state"] != "done"]
    odd = [words for view in views for words in oddities(view)]
    return [*findings(promises, {view["id"]: view for view in views}, books(town, prefix)), *odd, *unsettled]


def books(town: Town, prefix: str) -> list[Entry]:
    """What both POSs hold of these orders."""
    entries = [*city.book(town.url("iiko")), *city.book(town.url("ikentoo"))]
    return [entry for entry in entries if entry.number.startswith(f"{prefix}-")]


def impolite(answers: Iterable[Answer], *, out_of_reach: Collection[str] = ()) -> list[str]:
    """Answers that are neither a promise nor a 503 with Retry-After in time. A host that is out of reach or killed
    cannot answer."""
    return [
        f"{answer.host} said {answer.said} (Retry-After {answer.retry_after}) after {answer.seconds:.1f} s"
        for answer in answers
        if not (answer.taken or _is_polite(answer) or (answer.host in out_of_reach and answer.said in UNREACHED))
    ]


def _is_polite(answer: Answer) -> bool:
    return answer.said == 503 and (answer.retry_after or "").isdigit() and answer.seconds < ANSWERED_WITHIN_S


def figures(website: Website, fault_at: float) -> dict[str, Any]:
    """How it went for the website."""
    refusals = [answer for answer in website.answers if not answer.taken]
    return {
        "orders": len(website.promises),
        "nothing_taken_for_s": round(website.silence_from(fault_at), 1),
        "not_taken": dict(Counter(str(answer.said) for answer in refusals)),
        "longest_refusal_s": round(max((answer.seconds for answer in refusals), default=0.0), 1),
    }
