"""Iiko's words for where an order stands, in ours."""

from app.adapters.iiko.wire import OrderInfo
from app.adapters.transport import readable
from app.domain.status import StatusEvent, Word

CODES = {
    "UNCONFIRMED": Word.SUBMITTED,
    "NEW": Word.ACCEPTED,
    "WAITING": Word.READY,
    "ON_WAY": Word.IN_DELIVERY,
    "DELIVERED": Word.COMPLETED,
    "CLOSED": Word.COMPLETED,
    "CANCELLED": Word.CANCELLED,
}
"""``statusCode``, which is stable. The codes of "being cooked" and "cooked" are UNKNOWN: their texts are below."""

TEXTS = (
    ("не подтвержд", Word.SUBMITTED),
    ("not confirmed", Word.SUBMITTED),
    ("unconfirmed", Word.SUBMITTED),
    ("созда", Word.SUBMITTED),  # a passing "is being created" (field report)
    ("ждет отправки", Word.READY),
    ("ждёт отправки", Word.READY),
    ("awaiting delivery", Word.READY),
    ("в пути", Word.IN_DELIVERY),
    ("on the way", Word.IN_DELIVERY),
    ("доставлен", Word.COMPLETED),
    ("delivered", Word.COMPLETED),
    ("закрыт", Word.COMPLETED),
    ("closed", Word.COMPLETED),
    ("отмен", Word.CANCELLED),
    ("cancel", Word.CANCELLED),
    ("готовится", Word.IN_PREPARATION),
    ("in progress", Word.IN_PREPARATION),
    ("cooking", Word.IN_PREPARATION),
    ("готов", Word.READY),
    ("ready", Word.READY),
    ("нов", Word.ACCEPTED),
    ("new", Word.ACCEPTED),
)
"""Part of the text in the server's language, lower case; the first that fits. English ones also fit unknown codes."""
_NO = ("не ", "not ", "un")


def word_of(info: OrderInfo) -> Word:
    """By the stable code, else by the text; UNKNOWN for anything else."""
    code = (info.status_code or "").upper()
    return CODES.get(code) or _by_text(code.replace("_", " ")) or _by_text(info.status or "") or Word.UNKNOWN


def _by_text(said: str) -> Word | None:
    text = said.lower().strip()
    found = next((word for part, word in TEXTS if part in text), None)
    # "Not delivered" must not end an order as delivered.
    return None if text.startswith(_NO) and found is not Word.SUBMITTED else found


def event_of(info: OrderInfo) -> StatusEvent:
    """What Iiko says of one order. ``orderId`` is the id that we gave it."""
    return StatusEvent(
        word=word_of(info),
        raw=readable(info.status_code or info.status or "?"),
        reference=info.order_id.lower(),
        reason=_reason(info),
        order_id=info.order_id,
        number=readable(info.number) if info.number else None,
    )


def known_event_of(info: OrderInfo) -> StatusEvent:
    """As ``event_of``, where the news is that Iiko has the order at all: at least submitted, whatever its word."""
    event = event_of(info)
    if event.word is not Word.UNKNOWN:
        return event
    return StatusEvent(
        word=Word.SUBMITTED,
        raw=event.raw,
        reference=event.reference,
        reason=event.reason,
        order_id=event.order_id,
        number=event.number,
    )


def _reason(info: OrderInfo) -> str | None:
    parts = []
    if info.problem and info.problem.has_problem:
        parts.append(info.problem.problem or "The POS marks a problem without a text.")
    if info.delivery_cancel_cause and info.delivery_cancel_cause.name:
        parts.append(info.delivery_cancel_cause.name)
    if info.delivery_cancel_comment:
        parts.append(info.delivery_cancel_comment)
    return readable("; ".join(parts)) or None
