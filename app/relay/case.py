"""An order, a payment or a message under lock: changed in memory, written once, at the end."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.attention import FADES_WITH_PROGRESS, AttentionCode, guidance
from app.domain.status import FailureCode, Source, Status
from app.relay.schedule import looks
from app.store.orders import ChangedOrder, HistoryLine, LockedOrder, lock_orders, save_orders

_KEEPS_STATUS = frozenset({AttentionCode.REJECTED, AttentionCode.FAILED})
_STANDS = frozenset(AttentionCode) - FADES_WITH_PROGRESS - _KEEPS_STATUS
"""Attention that only a person ends; what would end by itself, or with the status, does not replace it."""


class Case:
    """A locked row, and what this transaction does to it. What a POS's word does to it, ``OrderCase`` knows."""

    def __init__(self, order: LockedOrder, polled_systems: Collection[str]) -> None:
        self.order = order
        self.status = order.status
        self.milestones: dict[str, str] = dict(order.milestones)
        self._polled_systems = polled_systems
        self._changes: dict[str, Any] = {}
        self._history: list[HistoryLine] = []
        self._touched = False

    @classmethod
    async def open(
        cls, connection: AsyncConnection, location_id: str, order_id: UUID, *, polled_systems: Collection[str]
    ) -> Self | None:
        """Locks the order. None where there is none. ``polled_systems``: the POS systems that do not call us."""
        cases = await cls.open_all(connection, [(location_id, order_id)], polled_systems=polled_systems)
        return cases.get(order_id)

    @classmethod
    async def open_all(
        cls, connection: AsyncConnection, keys: Collection[tuple[str, UUID]], *, polled_systems: Collection[str]
    ) -> dict[UUID, Self]:
        """Locks several, by id. Those that are not there are left out."""
        found = await lock_orders(connection, keys)
        return {order_id: cls(order, polled_systems) for order_id, order in found.items()}

    @property
    def now(self) -> datetime:
        """The database's clock."""
        return self.order.now

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
        """A person should look. What only a person can end is not replaced by what would end by itself. A message that
        is not shown is nobody's trouble but that of the order that it is about."""
        if self.order.kind == "message":
            return
        present = self.attention
        if present is code or present is AttentionCode.DOUBLE_IN_POS or (present in _STANDS and code not in _STANDS):
            return
        meaning, action = guidance(self.order.kind, code)
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

    def touch(self) -> None:
        """What is shown of the order has changed, though nothing in its own row: its version rises."""
        self._touched = True

    async def save(self, connection: AsyncConnection) -> None:
        """Writes the order and its new history, if anything happened."""
        await self.save_all(connection, [self])

    @classmethod
    async def save_all(cls, connection: AsyncConnection, cases: Iterable[Self]) -> None:
        """Writes several that were opened together, each once."""
        happened = [case for case in cases if case._changes or case._history or case._touched]
        for case in happened:
            case._schedule()
        await save_orders(
            connection,
            [ChangedOrder(order=case.order, changes=case._changes, history=case._history) for case in happened],
        )

    def _value(self, name: str) -> Any:
        return self._changes.get(name, getattr(self.order, name))

    def _schedule(self) -> None:
        names = ("watch_at", "follow_until")
        after = looks(
            self.order,
            self.status,
            at=(self._value("watch_at"), self._value("follow_until")),
            verdict_due=self._value("verdict_due_at"),
            polled=self.order.pos_system in self._polled_systems,
        )
        self._changes |= {name: at for name, at in zip(names, after, strict=True) if at != self._value(name)}
