"""The one place where a fact changes an order, a payment or a message.

A case is one of them under lock: facts are told to it in any number, and it is written once, at the end.
"""

from collections.abc import Collection, Iterable
from typing import Self
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.attention import FADES_WITH_PROGRESS, AttentionCode
from app.domain.status import ENDS, FailureCode, Source, Status, StatusEvent, Word
from app.domain.status_table import GOOD_WORDS, OrderState, decide
from app.relay.cancel_words import cancel_message
from app.relay.case import Case
from app.store.messages import NewMessage, message_text, store_message
from app.store.orders import LockedOrder

_OF_A_PAYMENT = frozenset({Word.SUBMITTED, Word.ACCEPTED, Word.REJECTED})
"""Words that say something of a payment. The others are about the check that it pays."""
_FINISHED = frozenset({Word.READY, Word.IN_DELIVERY, Word.COMPLETED})


class OrderCase(Case):
    """An order under lock, and what this transaction does to it."""

    def __init__(self, order: LockedOrder, polled_systems: Collection[str]) -> None:
        super().__init__(order, polled_systems)
        self._messages: list[NewMessage] = []

    @property
    def cancel_pending(self) -> bool:
        """Whether somebody here asked for a cancel that is not settled yet."""
        cancellation = self._value("cancellation")
        return bool(cancellation) and cancellation["state"] in ("requested", "pos_told")

    @property
    def till_is_told(self) -> bool:
        """Whether a message about a cancel that is not settled yet was sent to the till, or is on its way."""
        return self.cancel_pending and self.cancel_message is not None

    @property
    def cancel_message(self) -> UUID | None:
        """The message that told, or tells, the till of a cancel."""
        cancellation = self._value("cancellation")
        return UUID(cancellation["message_id"]) if cancellation and "message_id" in cancellation else None

    def ask_cancel(self, detail: str) -> None:
        """Somebody here wants the order cancelled; it takes effect when the order is surely not at the POS."""
        if not self.till_is_told:
            self._cancelled("requested", detail)

    def tell_till_to_cancel(self) -> None:
        """The POS has the order, and a cancel was asked for: the till is told in words, once. A person acts there."""
        if self.till_is_told or not self.cancel_pending:
            return
        reason = self._value("cancellation")["detail"]
        message = cancel_message(self.order, self._value("pos_number") or self._value("pos_account"), reason)
        self._messages.append(message)
        self._cancelled("requested", reason, message.id)
        self.tell(Source.RELAY, "cancel", "the POS has the order; telling the till in words")

    def message_ended(self, message_id: UUID, text: str, *, shown: bool, why: str | None) -> None:
        """A message about this order was shown at the till, or was not."""
        self.tell(Source.RELAY, "message", f"shown at the till: {text}" if shown else f"not shown: {text} ({why})")
        if message_id != self.cancel_message or not self.cancel_pending:
            return
        if shown:
            detail = "The till was told; staff must void the order there."
            self._cancelled("pos_told", detail, message_id)
        else:
            self._cancelled("not_possible", f"The POS has the order, and the till could not be told: {why}", message_id)
            self.raise_attention(AttentionCode.CANCEL_NOT_POSSIBLE, why)

    def settle_cancel(self, state: str, detail: str) -> None:
        """What became of a cancel that was asked for. Nothing, where none was, or where it is settled."""
        if self.cancel_pending:
            self._cancelled(state, detail, self.cancel_message)

    def cancel_unheard(self, detail: str) -> None:
        """The till was told to cancel the order, and nobody there seems to have done it."""
        if self._value("cancellation") and self._value("cancellation")["state"] == "pos_told":
            self._cancelled("not_possible", detail, self.cancel_message)
            self.raise_attention(AttentionCode.CANCEL_NOT_POSSIBLE, detail)

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
        foreign = self.order.kind != "order" and event.word not in _OF_A_PAYMENT
        word = Word.UNKNOWN if foreign else event.word
        change = decide(self._state(), word, superseded=superseded)
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
        elif word in GOOD_WORDS and not superseded:
            self.clear_attention(*FADES_WITH_PROGRESS)
        if not superseded and word in _FINISHED:
            self.cancel_unheard("The till was told, and the kitchen went on with the order all the same.")
        self.tell(source, event.raw, _sentence(event, detail, news, superseded=superseded), callback_id=callback_id)

    @classmethod
    async def save_all(cls, connection: AsyncConnection, cases: Iterable[Self]) -> None:
        """Writes the orders, their new history, and what the till is told."""
        written = list(cases)
        await super().save_all(connection, written)
        for case in written:
            for message in case._messages:
                await store_message(connection, message)
            await case._pass_on(connection)

    def _cancelled(self, state: str, detail: str, message_id: UUID | None = None) -> None:
        told = {"message_id": str(message_id)} if message_id else {}
        self.set(cancellation={"state": state, "at": self.now.isoformat(), "detail": detail, **told})

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
                self._cancelled("not_possible", "The POS took the order after all.", self.cancel_message)
        if by_pos:
            self.set(cancelled_by_pos=True)
            if self._value("cancellation"):
                self._cancelled("stopped", "The POS cancelled the order.", self.cancel_message)
                self.clear_attention(AttentionCode.CANCEL_NOT_POSSIBLE)
        if status in ENDS:
            self.clear_attention(*FADES_WITH_PROGRESS)
        self.move(status)

    def _refused(self, event: StatusEvent) -> None:
        code = event.failure_code or FailureCode.POS_REJECTED
        self.fail(code, event.reason or "The POS gave no reason.", event.reason)

    async def _pass_on(self, connection: AsyncConnection) -> None:
        """A message has come to its end, and the order that it is about hears of it. The order is locked after the
        message and its submission, and nobody locks them the other way round."""
        settled = self.status is not self.order.status and self.status in (Status.ACCEPTED, *ENDS)
        if not settled or self.order.about_id is None:
            return
        about = await self.open(
            connection, self.order.location_id, self.order.about_id, polled_systems=self._polled_systems
        )
        if about is not None:
            text = await message_text(connection, self.order.location_id, self.order.id)
            shown, failure = self.status is Status.ACCEPTED, self._value("failure")
            about.message_ended(self.order.id, text, shown=shown, why=failure["message"] if failure else None)
            await about.save(connection)


def _sentence(event: StatusEvent, detail: str | None, news: str, *, superseded: bool) -> str | None:
    parts = [
        detail,
        event.reason,
        news,
        "a word that we do not know; it changes nothing" if event.word is Word.UNKNOWN else None,
        "about a send that was replaced" if superseded else None,
    ]
    return "; ".join(part for part in parts if part) or None
