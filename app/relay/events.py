"""The one place where a fact changes an order.

A case is an order under lock: facts are told to it in any number, and it is written once, at the end.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.attention import FADES_WITH_PROGRESS, GUIDANCE, AttentionCode
from app.domain.status import ENDS, RANK, FailureCode, Source, Status, StatusEvent, Word
from app.domain.status_table import GOOD_WORDS, OrderState, decide
from app.store.orders import HistoryLine, LockedOrder, lock_order, save_order

NOT_CONFIRMED_AFTER = timedelta(minutes=15)
"""An order that the restaurant must confirm by hand (Iiko UNCONFIRMED) is worth a look after this."""
SWEEP_AFTER = timedelta(hours=6)
"""After the wanted time: an order that was accepted and never spoken of again counts as completed."""
FOLLOW_FOR = timedelta(hours=24)
"""After the wanted time a polled order is not asked for any more."""

_LIVE = frozenset(RANK) - ENDS - {Status.RECEIVED, Status.SUBMITTED}
_KEEPS_STATUS = frozenset({AttentionCode.REJECTED, AttentionCode.FAILED})
_STANDS = frozenset(AttentionCode) - FADES_WITH_PROGRESS - _KEEPS_STATUS
"""Attention that only a person ends; what would end by itself, or with the status, does not replace it."""


class OrderCase:
    """An order under lock, and what this transaction does to it."""

    def __init__(self, order: LockedOrder, polled_systems: Collection[str]) -> None:
        self.order = order
        self.status = order.status
        self.milestones: dict[str, str] = dict(order.milestones)
        self._polled = order.pos_system in polled_systems
        self._changes: dict[str, Any] = {}
        self._history: list[HistoryLine] = []
        self._touched = False

    @classmethod
    async def open(
        cls, connection: AsyncConnection, location_id: str, order_id: UUID, *, polled_systems: Collection[str]
    ) -> Self | None:
        """Locks the order. None where there is none. ``polled_systems``: the POS systems that do not call us."""
        order = await lock_order(connection, location_id, order_id)
        return cls(order, polled_systems) if order else None

    @property
    def now(self) -> datetime:
        """The database's clock."""
        return self.order.now

    @property
    def cancel_pending(self) -> bool:
        """Whether somebody here asked for a cancel that is not settled yet."""
        cancellation = self._value("cancellation")
        return bool(cancellation) and cancellation["state"] in ("requested", "pos_told")

    @property
    def attention(self) -> AttentionCode | None:
        """Why a person should look, as it stands."""
        attention = self._value("attention")
        return AttentionCode(attention["code"]) if attention else None

    def tell(
        self,
        source: Source,
        event: str,
        detail: str | None = None,
        *,
        callback_id: UUID | None = None,
        raw: Mapping[str, Any] | None = None,
    ) -> None:
        """Adds a line to the history."""
        self._history.append(
            HistoryLine(
                at=self.now,
                status=self.status,
                source=source,
                event=event,
                detail=detail,
                callback_id=callback_id,
                raw=raw,
            )
        )

    def set(self, **changes: Any) -> None:
        """Changes columns of the order."""
        self._changes |= changes

    def move(self, status: Status) -> None:
        """Puts the order into a status and sets its milestone."""
        self.status = status
        self.reach(status.value)
        self.set(status=status.value)

    def reach(self, *names: str) -> None:
        """Sets milestones that are not set yet."""
        for name in names:
            self.milestones.setdefault(f"{name}_at", self.now.isoformat())
        self.set(milestones=self.milestones)

    def raise_attention(self, code: AttentionCode, message: str | None = None) -> None:
        """A person should look. What only a person can end is not replaced by what would end by itself."""
        present = self.attention
        if present is code or present is AttentionCode.DOUBLE_IN_POS or (present in _STANDS and code not in _STANDS):
            return
        meaning, action = GUIDANCE[code]
        self.set(
            attention={
                "code": code.value,
                "since": self.now.isoformat(),
                "message": f"{meaning} {message}".strip() if message else meaning,
                "action": action,
            }
        )

    def clear_attention(self, *codes: AttentionCode) -> None:
        """Nobody need look any more. Without codes: whatever it was."""
        if self.attention is not None and (not codes or self.attention in codes):
            self.set(attention=None)

    def fail(self, code: FailureCode, message: str, pos_message: str | None = None) -> None:
        """Why the order was rejected or failed."""
        self.set(failure={"code": code.value, "message": message, "pos_message": pos_message})

    def warn(self, code: str, message: str) -> None:
        """Something odd that needs nobody."""
        warnings = [*self._value("warnings"), {"code": code, "message": message}]
        self.set(warnings=warnings)

    def ask_cancel(self, detail: str) -> None:
        """Somebody here wants the order cancelled; it takes effect when the order is surely not at the POS."""
        self._cancelled("requested", detail)

    def settle_cancel(self, state: str, detail: str) -> None:
        """What became of a cancel that was asked for. Nothing, where none was, or where it is settled."""
        if self.cancel_pending:
            self._cancelled(state, detail)

    def hear(
        self,
        event: StatusEvent,
        source: Source,
        *,
        superseded: bool = False,
        callback_id: UUID | None = None,
        detail: str | None = None,
    ) -> None:
        """A POS (or a person) said something of the order: the table decides what it does."""
        change = decide(self._state(), event.word, superseded=superseded)
        news = self._news(event)
        if not superseded:
            self._remember(event)
        if change.milestones:
            self.reach(*change.milestones)
        if change.status is not None:
            self._follow_to(change.status, by_pos=change.by_pos)
        if change.store_reason:
            self._refused(event)
        if change.attention is AttentionCode.DOUBLE_IN_POS:
            self.raise_attention(change.attention, self._both(event))
        elif change.attention is not None:
            self.raise_attention(change.attention, event.reason)
        elif event.word in GOOD_WORDS and not superseded:
            self.clear_attention(*FADES_WITH_PROGRESS)
        self.tell(source, event.raw, _sentence(event, detail, news, superseded=superseded), callback_id=callback_id)

    def touch(self) -> None:
        """What is shown of the order has changed, though nothing in its own row: its version rises."""
        self._touched = True

    async def save(self, connection: AsyncConnection) -> None:
        """Writes the order and its new history, if anything happened."""
        if not (self._changes or self._history or self._touched):
            return
        self._schedule()
        await save_order(connection, self.order, self._changes, self._history)

    def _cancelled(self, state: str, detail: str) -> None:
        self.set(cancellation={"state": state, "at": self.now.isoformat(), "detail": detail})

    def _value(self, name: str) -> Any:
        return self._changes.get(name, getattr(self.order, name))

    def _state(self) -> OrderState:
        return OrderState(
            status=self.status,
            cancelled_by_pos=bool(self._value("cancelled_by_pos")),
            cancel_asked=bool(self._value("cancellation")),
            prepaid=self.order.prepaid,
            milestones=frozenset(name.removesuffix("_at") for name in self.milestones),
        )

    def _both(self, event: StatusEvent) -> str:
        """The two sends by what staff can find them by."""
        old = [event.reference and f"reference {event.reference}", event.number, event.account]
        new = [f"reference {self.order.current_reference}", self.order.pos_number, self.order.pos_account]
        replaced, present = (", ".join(str(part) for part in parts if part) for parts in (old, new))
        return f"Replaced: {replaced or 'an earlier reference'}. Present: {present}."

    def _news(self, event: StatusEvent) -> str:
        """What the POS calls the order, where it had not said so before."""
        named = (("number", "pos_number", event.number), ("account", "pos_account", event.account))
        return ", ".join(f"{word} {name}" for word, column, name in named if name and name != self._value(column))

    def _remember(self, event: StatusEvent) -> None:
        known = {
            "pos_status": event.raw,
            "pos_order_id": event.order_id,
            "pos_number": event.number,
            "pos_account": event.account,
        }
        self.set(**{name: value for name, value in known.items() if value and value != self._value(name)})

    def _follow_to(self, status: Status, *, by_pos: bool) -> None:
        if self.status in (Status.REJECTED, Status.FAILED, Status.CANCELLED):  # the POS has it after all
            self.set(failure=None)
            self.clear_attention(AttentionCode.REJECTED, AttentionCode.FAILED)
            if self._value("cancellation"):
                self._cancelled("not_possible", "The POS took the order after all.")
        if by_pos:
            self.set(cancelled_by_pos=True)
            if self._value("cancellation"):
                self._cancelled("stopped", "The POS cancelled the order.")
                self.clear_attention(AttentionCode.CANCEL_NOT_POSSIBLE)
        if status in ENDS:
            self.clear_attention(*FADES_WITH_PROGRESS)
        self.move(status)

    def _refused(self, event: StatusEvent) -> None:
        code = event.failure_code or FailureCode.POS_REJECTED
        self.fail(code, event.reason or "The POS gave no reason.", event.reason)

    def _schedule(self) -> None:
        """When silence is worth a look, and how long a polled order is followed."""
        wanted = max(self.order.requested_for or self.order.received_at, self.order.received_at)
        watch: datetime | None = self._value("watch_at")
        follow: datetime | None = self._value("follow_until")
        match self.status:
            case Status.RECEIVED:
                follow = None
            case Status.SUBMITTED if self.order.status is not Status.SUBMITTED:
                verdict_due: datetime | None = self._value("verdict_due_at")
                watch = verdict_due or self.now + NOT_CONFIRMED_AFTER
            case status if status in _LIVE and (watch is None or status is not self.order.status):
                watch = None if self._polled else max(self.now, wanted) + SWEEP_AFTER
            case status if status in ENDS:
                watch = follow = None
            case _:
                pass
        if self._polled and self.status in (Status.SUBMITTED, *_LIVE):
            follow = max(self.now, wanted) + FOLLOW_FOR if follow is None else follow
        for name, value in (("watch_at", watch), ("follow_until", follow)):
            if value != self._value(name):
                self._changes[name] = value


def _sentence(event: StatusEvent, detail: str | None, news: str, *, superseded: bool) -> str | None:
    parts = [
        detail,
        event.reason,
        news,
        "a word that we do not know; it changes nothing" if event.word is Word.UNKNOWN else None,
        "about a send that was replaced" if superseded else None,
    ]
    return "; ".join(part for part in parts if part) or None
