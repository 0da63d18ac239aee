"""What an attempt can bring, and what is known while it is being recorded."""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from app.adapters.base import Found, Taken, Translation
from app.domain.errors import OrderNotExpressible, PosError
from app.domain.submission import Dispatch
from app.relay.events import OrderCase
from app.store.claim import Claimed
from app.store.submissions import AttemptResult, EndedAttempt, LockedSubmission

ANSWER_LIMIT = 16_384
"""Characters of a POS's answer that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotBegun:
    """The attempt was given back before anything was sent: a stop of this process, or its lease was nearly over."""

    reason: str
    held: bool = False
    """To send it again would not be finding out any more: a person decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an attempt brought, whatever it was."""

    result: Taken | Found | PosError | OrderNotExpressible | NotBegun
    translation: Translation | None = None
    """What was sent, where something was."""
    verdict_within_s: float | None = None
    """How long the POS itself tries, where it speaks later."""
    stale_ids: bool = False
    """The POS said no, and the request would be another one with the ids that it has now."""
    absence_counts_after_s: float = 0.0
    """A look-up that says "absent" is not believed sooner after the last creating attempt ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Times that settling needs, in seconds, and which POS systems are polled."""

    longest_send_s: float
    """From a claim until its attempt is surely over: the lease."""
    verdict_grace_s: float
    polled_systems: frozenset[str]
    askable_systems: frozenset[str]


@dataclass(slots=True)
class Settling:
    """One attempt's result on its way into the tables."""

    claimed: Claimed
    outcome: Outcome
    patience: Patience
    connection: AsyncConnection
    case: OrderCase
    submission: LockedSubmission
    doubt: bool
    """Whether an earlier attempt of the submission may have created the order."""
    changes: dict[str, object] = field(default_factory=dict)
    """Of the submission."""

    @property
    def fenced(self) -> bool:
        """Whether somebody else may hold the submission by now."""
        return self.submission.state is not Dispatch.SENDING or self.submission.attempt != self.claimed.number

    @property
    def superseded(self) -> bool:
        """Whether a resend has replaced this submission."""
        return self.submission.reference != self.case.order.current_reference

    @property
    def sends_once_more(self) -> bool:
        """It said no to ids that it does not have any more, and nothing was created."""
        return self.outcome.stale_ids and not self.fenced and not self.doubt and not self.superseded


def as_stored(claimed: Claimed, outcome: Outcome) -> EndedAttempt:
    """The row of the attempt."""
    return EndedAttempt(
        location_id=claimed.location_id,
        reference=claimed.reference,
        number=claimed.number,
        result=_result(claimed, outcome),
    )


def _result(claimed: Claimed, outcome: Outcome) -> AttemptResult:
    request = None
    if outcome.translation is not None and claimed.kind == "send":
        wire = outcome.translation.request
        request = {"method": wire.method, "path": wire.path, "body": dict(wire.body)}
    match outcome.result:
        case Taken() as taken:
            word = "duplicate" if taken.duplicate else "taken"
            return AttemptResult(
                outcome=word, http_status=taken.http_status, request=request, response=taken.answer[:ANSWER_LIMIT]
            )
        case Found() as found:
            word = "absent" if found.event is None else "found"
            return AttemptResult(outcome=word, http_status=found.http_status, response=found.answer[:ANSWER_LIMIT])
        case PosError() as error:
            return AttemptResult(
                outcome=error.outcome,
                http_status=error.http_status,
                error=_words(error),
                request=request,
                response=(error.answer or "")[:ANSWER_LIMIT] or None,
            )
        case OrderNotExpressible() as refused:
            return AttemptResult(outcome="not_translatable", error=str(refused))
        case NotBegun() as given_back:
            return AttemptResult(outcome="not_begun", error=given_back.reason)


def _words(error: PosError) -> str:
    """What we make of it, and what the POS itself said where that says more."""
    said = error.pos_message
    return f"{error.message} It said: {said}" if said and said not in error.message else error.message
