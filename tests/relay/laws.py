"""What holds of one order at every moment, whatever happens to it and in whatever order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from app.domain.status import RANK, Status
from app.domain.submission import Dispatch

_NOT_THERE = frozenset({Status.FAILED, Status.REJECTED, Status.CANCELLED})


@dataclass(frozen=True, kw_only=True)
class Sight:
    """The order as it stands: what we show of it, what we store of it, what the POS holds of it."""

    view: dict[str, Any]
    sends: Sequence[Row[Any]]
    """Its submissions, the oldest first."""
    tries: Sequence[Row[Any]]
    """Their attempts."""
    at_pos: dict[str, bool]
    """Reference, and whether the POS still means to cook it."""
    resends: int
    """By people, so far."""
    settled_by_a_person: bool
    holders: frozenset[tuple[UUID, int]]
    """Reference and attempt of each worker whose lease has not ended."""

    @property
    def status(self) -> Status:
        return Status(self.view["status"])

    @property
    def current(self) -> Row[Any]:
        return self.sends[-1]

    @property
    def live(self) -> Row[Any] | None:
        return self.current if self.current.state != Dispatch.DONE else None

    @property
    def doubtful(self) -> list[int]:
        """Attempts that may have created the order: nobody reported, or nobody knows."""
        return [
            each.number
            for each in self.tries
            if each.reference == self.current.reference
            and each.kind == "send"
            and each.outcome in (None, "in_doubt")
            and each.number > self.current.absent_through
        ]

    @property
    def cooked(self) -> bool:
        """Whether the POS holds what we last sent."""
        return self.at_pos.get(str(self.current.reference), False)


def obeyed(now: Sight, before: Sight | None) -> None:
    """Raises AssertionError naming the law that is broken. ``before``: unless time was moved between."""
    _one_live_send(now)
    _nothing_is_created_unasked(now)
    _attempts_are_numbered(now)
    _doubt_is_kept(now)
    _never_called_failed(now)
    _a_claim_is_kept(now)
    if before is not None:
        _the_version_tells(now, before)
        _what_is_final_stays(now, before)
        _only_up(now, before)


def _one_live_send(now: Sight) -> None:
    live = [send for send in now.sends if send.state != Dispatch.DONE]
    assert len(live) <= 1, "two submissions are live"
    assert not live or live[0].reference == now.current.reference, "a replaced submission is live"
    assert now.view["pos"]["reference"] == str(now.current.reference)
    for send in now.sends:
        assert (send.state == Dispatch.SENDING) == (send.lease_until is not None), "a lease without a sender"


def _nothing_is_created_unasked(now: Sight) -> None:
    ours = {str(send.reference) for send in now.sends}
    assert now.at_pos.keys() <= ours, "the POS holds a reference that nobody knows"
    assert len(now.sends) == 1 + now.resends, "a new reference without a person's word"


def _attempts_are_numbered(now: Sight) -> None:
    numbers = [each.number for each in now.tries]
    assert numbers == list(range(1, len(numbers) + 1)), "attempts are numbered one by one"
    assert now.current.attempt == len(numbers), "the fence is the last attempt's number"


def _doubt_is_kept(now: Sight) -> None:
    state = now.current.state
    assert not (state == Dispatch.WAITING and now.doubtful), "sent freely again, while an attempt is in doubt"
    if now.status is Status.FAILED:
        assert not now.doubtful, "failed, while an attempt is in doubt"
    if state == Dispatch.IN_DOUBT and now.current.overdue and not now.settled_by_a_person:
        assert now.view["needs_attention"] or now.current.last_error, "overdue in doubt, and nobody is told"


def _never_called_failed(now: Sight) -> None:
    if not now.cooked:
        return
    assert now.status is not Status.FAILED, "failed, while the POS has it"
    by_pos = now.view["status"] == "cancelled" and now.view["history"] and _cancelled_by_pos(now)
    if now.status in _NOT_THERE and not by_pos:
        assert now.settled_by_a_person, f"{now.status}, while the POS has it"


def _a_claim_is_kept(now: Sight) -> None:
    """Until its lease ends, nothing takes a submission from its worker but its end: nobody else's late result does."""
    by_reference = {send.reference: send for send in now.sends}
    for reference, number in now.holders:
        send = by_reference[reference]
        assert send.attempt == number or send.state == Dispatch.DONE, "claimed by two at once"
        assert send.state in (Dispatch.SENDING, Dispatch.DONE), f"{send.state}, while a worker sends it"


def _cancelled_by_pos(now: Sight) -> bool:
    return any(line["event"] == "CANCELLED" for line in now.view["history"])


def _the_version_tells(now: Sight, before: Sight) -> None:
    was, shown = _shown(before), _shown(now)
    assert now.view["version"] >= before.view["version"], "the version fell"
    if was != shown:
        changed = [name for name in shown if shown[name] != was[name]]
        assert now.view["version"] > before.view["version"], f"changed without a new version: {changed}"


def _shown(sight: Sight) -> dict[str, Any]:
    """A resume, or a POS that answers again, moves the times of all that waits there, and a callback that is repeated
    is counted: no order changes by that."""
    dispatch = {**sight.view["dispatch"], "next_attempt_at": None, "deadline_at": None}
    history = [{**line, "repeats": None} for line in sight.view["history"]]
    return {**sight.view, "version": 0, "dispatch": dispatch, "history": history}


def _what_is_final_stays(now: Sight, before: Sight) -> None:
    if before.status is Status.COMPLETED:
        assert now.status is Status.COMPLETED, "a completed order came back"
    if before.view["final"] and now.resends == before.resends and now.status is not before.status:
        told = now.view["needs_attention"] or now.view["history"][-1]["source"] == "operator"
        assert told, f"{before.status} was final and became {now.status}, and nobody is told"


def _only_up(now: Sight, before: Sight) -> None:
    """While nobody starts it again, an order falls to an end only."""
    again = now.view["history"][-1]["source"] == "operator"
    if now.status in RANK and before.status in RANK and not again:
        assert RANK[now.status] >= RANK[before.status], f"{before.status} fell to {now.status}"
