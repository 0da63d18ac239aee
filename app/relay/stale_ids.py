"""The POS refused ids that it had changed since the last sync (Iiko integration tips: every edit gives new ids)."""

from app.domain.errors import PosError
from app.domain.status import Source
from app.domain.submission import Dispatch
from app.relay.no_result import end_by_cancel
from app.relay.outcome import Settling


def sends_once_more(settling: Settling, error: PosError) -> None:
    """The catalog was synced, and the next send names other ids. Once for a submission: a second no stands."""
    case = settling.case
    settling.changes |= {
        "state": Dispatch.WAITING,
        "lease_until": None,
        "due_at": case.now,
        "resynced": True,
        "trigger": "new_ids",
        "last_error": error.message,
    }
    said = error.pos_message or error.message
    case.tell(
        Source.RELAY, "new_ids", f"the POS refused ids that have changed there; sending once more. It said: {said}"
    )
    if case.cancel_pending:
        end_by_cancel(case, settling.changes)
