"""Every event in every dispatch state, measured against the design's table."""

from itertools import product

import pytest

from app.domain.attention import AttentionCode
from app.domain.status import Status
from app.domain.submission import Dispatch, DispatchEvent, ImpossibleEvent, Step, step
from tests.domain.tables import read

TABLE = read(
    """
| event | waiting | sending | in_doubt | parked | done |
| claim | sending | - | sending (ask, or same-reference repeat) | - | - |
| not sent | - | waiting; in_doubt if an earlier attempt is open | in_doubt | - | facts only |
| in doubt, lease over | - | in_doubt | in_doubt | - | facts only |
| taken | - | done | done | done | facts only |
| POS said no | - | done, rejected; in_doubt if an earlier attempt is open | stays, attention | - | facts only |
| denied, misconfigured | - | waiting or in_doubt; lane blocked | same | - | - |
| cannot be translated | parked | parked | - | - | - |
| callback, any word | done | done, fenced | done | done | status rule |
| deadline | done, failed (if PNS) | at the end of the attempt | attention, never failed | done, failed (if PNS) | no_verdict watch |
| retry | due now | 409 | ask now | waiting | failed: waiting again, same reference; else 409: resend |
| cancel | done, cancelled (if PNS, else requested) | requested | requested | done, cancelled (if PNS) | tell the POS |
| resolve | 409 | 409 | done | done | clears attention |
"""  # noqa: E501 - as the design writes it
)


def meaning(cell: str, state: Dispatch, *, doubt: bool, status: Status) -> Step | None:  # noqa: C901 - cell by cell
    """What the cell says; None: it cannot happen. PNS (proven never sent, or confirmed absent) is: no doubt."""
    stays = Step(state=state)
    match cell:
        case "-":
            return None
        case "409":
            return Step(state=state, conflict=True)
        case "facts only" | "status rule" | "no_verdict watch" | "at the end of the attempt" | "clears attention":
            return stays
        case "sending" | "sending (ask, or same-reference repeat)":
            return Step(state=Dispatch.SENDING)
        case "waiting; in_doubt if an earlier attempt is open" | "waiting or in_doubt; lane blocked" | "same":
            return Step(state=Dispatch.IN_DOUBT if doubt else Dispatch.WAITING)
        case "in_doubt":
            return Step(state=Dispatch.IN_DOUBT)
        case "done" | "done, fenced":
            return Step(state=Dispatch.DONE)
        case "done, rejected; in_doubt if an earlier attempt is open" if not doubt:
            return Step(state=Dispatch.DONE, ends_order=Status.REJECTED)
        case "done, rejected; in_doubt if an earlier attempt is open" | "stays, attention":
            return Step(state=Dispatch.IN_DOUBT, attention=AttentionCode.IN_DOUBT)
        case "parked":
            return Step(state=Dispatch.PARKED, attention=AttentionCode.PARKED)
        case "done, failed (if PNS)" if not doubt:
            return Step(state=Dispatch.DONE, ends_order=Status.FAILED)
        case "done, failed (if PNS)" | "attention, never failed":
            return Step(state=state, attention=AttentionCode.IN_DOUBT)
        case _:
            return asked_by_a_person(cell, state, doubt=doubt, status=status)


def asked_by_a_person(cell: str, state: Dispatch, *, doubt: bool, status: Status) -> Step:
    match cell:
        case "due now" | "ask now":
            return Step(state=state, due_now=True)
        case "waiting":  # of a parked one: a send before it was parked may have arrived, then it is asked for first
            return Step(state=Dispatch.IN_DOUBT if doubt else Dispatch.WAITING, due_now=True)
        case "failed: waiting again, same reference; else 409: resend":
            if status is Status.FAILED:
                return Step(state=Dispatch.WAITING, due_now=True)
            return Step(state=state, conflict=True)
        case "done, cancelled (if PNS, else requested)" | "done, cancelled (if PNS)" if not doubt:
            return Step(state=Dispatch.DONE, ends_order=Status.CANCELLED)
        case "done, cancelled (if PNS, else requested)" | "done, cancelled (if PNS)" | "requested":
            return Step(state=state, cancel_requested=True)
        case "tell the POS":
            return Step(state=state, tell_pos=True)
    raise AssertionError(f"no meaning for the cell {cell!r}")


def test_the_table_speaks_of_every_event_and_state() -> None:
    assert list(TABLE) == [event.value for event in DispatchEvent]
    assert all(list(row) == [state.value for state in Dispatch] for row in TABLE.values())


@pytest.mark.parametrize("state", Dispatch)
@pytest.mark.parametrize("event", DispatchEvent)
def test_an_event_does_what_its_cell_says(event: DispatchEvent, state: Dispatch) -> None:
    for doubt, status in product((False, True), Status):
        want = meaning(TABLE[event.value][state.value], state, doubt=doubt, status=status)
        if want is None:
            with pytest.raises(ImpossibleEvent):
                step(state, event, doubt=doubt, status=status)
        else:
            assert step(state, event, doubt=doubt, status=status) == want


@pytest.mark.parametrize("event", DispatchEvent)
@pytest.mark.parametrize("state", Dispatch)
def test_doubt_never_ends_an_order(event: DispatchEvent, state: Dispatch) -> None:
    """Neither failed, nor cancelled, nor rejected while some attempt may have created it."""
    if TABLE[event.value][state.value] != "-":
        assert step(state, event, doubt=True).ends_order is None


@pytest.mark.parametrize("event", DispatchEvent)
def test_a_submission_in_doubt_never_goes_back_to_waiting_by_itself(event: DispatchEvent) -> None:
    if TABLE[event.value]["in_doubt"] != "-":
        assert step(Dispatch.IN_DOUBT, event, doubt=True).state is not Dispatch.WAITING
