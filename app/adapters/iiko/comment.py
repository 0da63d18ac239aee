"""The order's comment, which staff read first: the caller's reference, the guest's note, what has no other place."""

from collections.abc import Sequence

from app.adapters.iiko.text import said
from app.adapters.ledger import Ledger
from app.domain.order import Order

LIMIT = 500
"""Characters (field reports)."""


def wire_comment(order: Order, folded: Sequence[str], ledger: Ledger) -> str:
    """One thing a line, the reference first."""
    lines = [order.reference]
    if note := said(order.note):
        lines.append(note)
    if code := said(order.collection_code):
        ledger.fold("/collection_code")
        lines.append(f"Collection code: {code}")
    lines.extend(folded)
    comment = "\n".join(lines)
    if len(comment) > LIMIT:
        message = (
            f"Iiko takes {LIMIT} characters of comment; reference, note and what is folded into it make {len(comment)}."
        )
        ledger.refuse("/note" if note else "/delivery_address", "too_long", message)
    return comment
