"""What the simulated iKentoo remembers: orders by reference, checks, consumers. The oldest orders are forgotten."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.simulators.control import Fault
from app.simulators.ikentoo.config import Location
from app.simulators.ikentoo.errors import ApiError, ReferenceUsed
from app.simulators.ikentoo.orders import Line, Order, Payment


class State(StrEnum):
    """Where an order is."""

    HELD = "held"  # scheduled: iKentoo keeps it back
    QUEUED = "queued"  # to be delivered to a till
    ACCEPTED = "accepted"
    READY = "ready"
    CLOSED = "closed"
    FAILED = "failed"
    CANCELLED = "cancelled"


OVER = frozenset({State.CLOSED, State.FAILED, State.CANCELLED})


@dataclass(kw_only=True)
class Check:
    """An account at the till. `identifier` is V3 (A1234.56) or V2 (digits), `number` is always the V2 one."""

    identifier: str
    number: int
    location: Location
    name: str
    opened: datetime
    table: int | None = None
    client_count: int | None = None
    lines: list[tuple[Line, Decimal]] = field(default_factory=list)
    payments: list[tuple[Payment, datetime]] = field(default_factory=list)
    carried: Decimal = Decimal(0)  # ordered before the simulator started
    closed: bool = False

    @property
    def due(self) -> Decimal:
        """What all of it costs."""
        return self.carried + sum((amount for _, amount in self.lines), Decimal(0))

    @property
    def paid(self) -> Decimal:
        """What has been paid of it, without tips."""
        return sum((payment.amount - payment.tip for payment, _ in self.payments), Decimal(0))


@dataclass(kw_only=True)
class Held:
    """An order as iKentoo holds it."""

    order: Order
    body: dict[str, Any]
    received: datetime
    knobs: dict[str, Fault] = field(default_factory=dict)
    state: State = State.QUEUED
    reason: str | None = None
    check: Check | None = None
    total: Decimal | None = None
    offline: bool = False
    callbacks: list["Callback"] = field(default_factory=list)

    @classmethod
    def unseen(cls, order: Order) -> "Held":
        """Make one of an order that never came, to send callbacks about it."""
        return cls(order=order, body={}, received=datetime.now(UTC))


@dataclass(kw_only=True)
class Callback:
    """One callback: its body and what became of each try, a status or the name of an error."""

    word: str
    url: str
    body: str
    at: datetime
    answers: list[int | str] = field(default_factory=list)
    over: bool = False


class Book:
    """The memory of one simulator."""

    def __init__(self, locations: Iterable[Location], now: datetime, *, most: int, unique_codes: bool) -> None:
        """Open the checks that the configuration says are open."""
        self.locations = {each.id: each for each in locations}
        self.orders: OrderedDict[str, Held] = OrderedDict()
        self.checks: OrderedDict[str, Check] = OrderedDict()
        self._consumers: dict[str, str] = {}
        self._codes: dict[tuple[int, str], str] = {}
        self._unique_codes = unique_codes
        self._most = most
        self._last_account = 23_500
        self.clear(now)

    def clear(self, now: datetime) -> None:
        """Forget everything but the checks that were open from the start. Account numbers go on."""
        for memory in (self.orders, self.checks, self._consumers, self._codes):
            memory.clear()
        for location in self.locations.values():
            self._open_configured(location, now)

    def _open_configured(self, location: Location, now: datetime) -> None:
        for account in location.open_accounts:
            self.checks[account.identifier] = Check(
                identifier=account.identifier,
                number=_number(location, account.identifier),
                location=location,
                name=account.name,
                opened=now,
                table=account.table,
                carried=account.amount,
            )

    def hold(self, held: Held) -> None:
        """Take an order in; raises ReferenceUsed, and 400 for a collection code that another order has."""
        order = held.order
        if order.reference in self.orders:
            raise ReferenceUsed(order.reference)
        self._take_code(order)
        self.orders[order.reference] = held
        while len(self.orders) > self._most:
            _, oldest = self.orders.popitem(last=False)
            if oldest.check is not None:
                self.checks.pop(oldest.check.identifier, None)

    def _take_code(self, order: Order) -> None:
        if not self._unique_codes or order.collection_code is None:
            return
        key = (order.location_id, order.collection_code)
        other = self.orders.get(self._codes.get(key, ""))
        if other is not None and other.state not in OVER:
            raise ApiError(400, f"collection code has already been used {order.collection_code}")
        self._codes[key] = order.reference
        _trim(self._codes, self._most)

    def find_check(self, location_id: int, identifier: str) -> Check | None:
        """Find an open check of this location."""
        check = self.checks.get(identifier)
        return check if check is not None and check.location.id == location_id and not check.closed else None

    def open_check(self, order: Order, now: datetime, *, v3: bool) -> Check:
        """Find the check the order is for, or open a new one."""
        if order.account is not None and (known := self.find_check(order.location_id, order.account)) is not None:
            return known
        self._last_account += 1
        location = self.locations[order.location_id]
        number = 46_802_258_600_000 + self._last_account
        identifier = f"A{location.pos_id}.{self._last_account}" if v3 else str(number)
        where = f"Table {order.table}" if order.table is not None else order.collection_code or order.kind
        check = self.checks[identifier] = Check(
            identifier=identifier,
            number=number,
            location=location,
            name=f"Order {_letters(self._last_account)}, {where}",
            opened=now,
            table=order.table,
            client_count=order.client_count,
        )
        return check

    def consumer_clashes(self, email: str | None, reference: str | None) -> bool:
        """Remember which reference a consumer's address came with, and tell whether it came with another before."""
        if email is None or reference is None:
            return False
        clash = self._consumers.setdefault(email.lower(), reference) != reference
        _trim(self._consumers, self._most)
        return clash


def _trim(memory: dict[Any, str], most: int) -> None:
    while len(memory) > most:
        del memory[next(iter(memory))]


def _number(location: Location, identifier: str) -> int:
    if identifier.isdecimal():
        return int(identifier)
    return location.pos_id * 100_000 + int(identifier.rpartition(".")[2])


def _letters(number: int) -> str:
    return "".join(chr(65 + number // 26**power % 26) for power in (3, 2, 1, 0))
