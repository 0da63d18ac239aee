"""An order and its current submission under lock, while a person acts on them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.errors import StateConflict
from app.domain.status import Source, Status
from app.domain.submission import DispatchEvent, Step, step
from app.relay.events import OrderCase
from app.store.erase import Gone
from app.store.submissions import LockedSubmission


@dataclass(slots=True)
class AtHand:
    """An order and its current submission under lock, while a person acts on them."""

    connection: AsyncConnection
    case: OrderCase
    submission: LockedSubmission
    doubt: bool
    """Whether some attempt may have created the order."""
    actor: str
    askable: bool
    """Whether the POS can be asked for the order."""
    tellable: bool
    """Whether the POS can be told something in words."""
    gone: Gone
    """What was erased or purged of it."""

    def step(self, event: DispatchEvent) -> Step:
        """What the table says. Raises StateConflict where it says no."""
        after = step(self.submission.state, event, doubt=self.doubt, status=self.case.status)
        if after.conflict:
            kind, status = self.case.order.kind, self.case.status
            self.refuse(f"The {kind} is {status} and its dispatch {self.submission.state}: no {event} now.")
        return after

    def refuse(self, message: str) -> None:
        """Not in this state."""
        raise StateConflict(message, state=f"{self.case.status}/{self.submission.state}")

    def tell(self, event: str, detail: str) -> None:
        """A line of history, with the person's name."""
        self.case.tell(Source.OPERATOR, event, f"{detail}; by {self.actor}")


def starts_again(case: OrderCase, wanted: datetime | None) -> None:
    case.status = Status.RECEIVED
    case.milestones = {}
    watch = wanted if wanted is not None and wanted > case.now else None
    case.set(status=Status.RECEIVED.value, milestones={}, failure=None, cancellation=None, watch_at=watch)
