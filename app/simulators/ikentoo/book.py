"""What the simulated iKentoo remembers: orders and payments by reference, checks, consumers, what is on offer.

The oldest orders and payments are forgotten.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.simulators.control import Fault
from app.simulators.ikentoo.bill import Check, Paid, Sold
from app.simulators.ikentoo.card import Card
from app.simulators.ikentoo.config import Device, Location, OpenAccount
from app.simulators.ikentoo.errors import ApiError, PaymentReferenceUsed, ReferenceUsed
from app.simulators.ikentoo.orders import Order
from app.simulators.ikentoo.payment import CheckPayment


class State(StrEnum):
    """Where an order or a payment is."""

    HELD = "held"  # scheduled: iKentoo keeps it back
    QUEUED = "queued"  # to be delivered to a till
    ACCEPTED = "accepted"  # of a payment: paid
    READY = "ready"
    CLOSED = "closed"
    FAILED = "failed"
    CANCELLED = "cancelled"


OVER = frozenset({State.CLOSED, State.FAILED, State.CANCELLED})


@dataclass(kw_only=True)
class Callback:
    """One callback: its body and what became of each try, a status or the name of an error."""

    word: str
    url: str
    body: str
    at: datetime
    answers: list[int | str] = field(default_factory=list)
    over: bool = False


@dataclass(kw_only=True)
class Affair:
    """What callbacks are about: an order or a payment, as iKentoo holds it. `offline`: no till may take it yet."""

    body: dict[str, Any]
    received: datetime
    knobs: dict[str, Fault] = field(default_factory=dict)
    state: State = State.QUEUED
    reason: str | None = None
    check: Check | None = None
    device: Device | None = None
    offline: bool = False
    callbacks: list[Callback] = field(default_factory=list)

    @property
    def reference(self) -> str:
        """What the callbacks call it."""
        raise NotImplementedError

    @property
    def endpoint_id(self) -> str:
        """Where its callbacks go."""
        raise NotImplementedError

    @property
    def location_id(self) -> int:
        """Where it happens."""
        raise NotImplementedError


@dataclass(kw_only=True)
class Held(Affair):
    """An order."""

    order: Order
    total: Decimal | None = None
    paid_off: bool = False  # a payment has closed its check and said so

    @property
    def reference(self) -> str:
        """Its thirdPartyReference."""
        return self.order.reference

    @property
    def endpoint_id(self) -> str:
        """As it asked."""
        return self.order.endpoint_id

    @property
    def location_id(self) -> int:
        """As it asked."""
        return self.order.location_id

    @classmethod
    def unseen(cls, order: Order) -> "Held":
        """Make one of an order that never came, to send callbacks about it."""
        return cls(order=order, body={}, received=datetime.now(UTC))


@dataclass(kw_only=True)
class Paying(Affair):
    """A payment. `error` is why it was refused, in today's words: `errors.account.type`, or `timeout`."""

    payment: CheckPayment
    error: str | None = None

    @property
    def reference(self) -> str:
        """Its thirdPartyPaymentReference."""
        return self.payment.reference

    @property
    def endpoint_id(self) -> str:
        """As it asked."""
        return self.payment.endpoint_id

    @property
    def location_id(self) -> int:
        """As it asked."""
        return self.payment.location_id

    @classmethod
    def unseen(cls, payment: CheckPayment) -> "Paying":
        """Make one of a payment that never came, to send callbacks about it."""
        return cls(payment=payment, body={}, received=datetime.now(UTC))


class Book:
    """The memory of one simulator."""

    def __init__(self, locations: Iterable[Location], now: datetime, *, most: int, unique_codes: bool) -> None:
        """Open the checks that the configuration says are open."""
        self.locations = {each.id: each for each in locations}
        self.cards: dict[int, Card] = {}
        self.orders: OrderedDict[str, Held] = OrderedDict()
        self.payments: OrderedDict[str, Paying] = OrderedDict()
        self.checks: OrderedDict[str, Check] = OrderedDict()
        self._consumers: dict[str, str] = {}
        self._codes: dict[tuple[int, str], str] = {}
        self._unique_codes = unique_codes
        self._most = most
        self._last_account = 23_500
        self.clear(now)

    def clear(self, now: datetime) -> None:
        """Forget everything but the menu and the checks that were there from the start. Account numbers go on."""
        for memory in (self.orders, self.payments, self.checks, self._consumers, self._codes):
            memory.clear()
        self.cards = {each.id: Card(each) for each in self.locations.values()}
        for location in self.locations.values():
            for account in location.open_accounts:
                self.checks[account.identifier] = _configured(location, self.cards[location.id], account, now)

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

    def hold_payment(self, paying: Paying) -> None:
        """Take a payment in; raises PaymentReferenceUsed."""
        if paying.reference in self.payments:
            raise PaymentReferenceUsed(paying.reference)
        self.payments[paying.reference] = paying
        while len(self.payments) > self._most:
            self.payments.popitem(last=False)

    def _take_code(self, order: Order) -> None:
        if not self._unique_codes or order.collection_code is None:
            return
        key = (order.location_id, order.collection_code)
        other = self.orders.get(self._codes.get(key, ""))
        if other is not None and other.state not in OVER:
            raise ApiError(400, f"collection code has already been used {order.collection_code}")
        self._codes[key] = order.reference
        _trim(self._codes, self._most)

    def any_check(self, location_id: int, identifier: str) -> Check | None:
        """Find a check of this location, open or closed, by its V3 identifier or its V2 number."""
        check = self.checks.get(identifier)
        if check is None and identifier.isdecimal():
            check = next((each for each in self.checks.values() if str(each.number) == identifier), None)
        return check if check is not None and check.location.id == location_id else None

    def find_check(self, location_id: int, identifier: str) -> Check | None:
        """Find an open check of this location."""
        check = self.any_check(location_id, identifier)
        return check if check is not None and not check.closed else None

    def open_check(self, order: Order, device: Device, now: datetime, *, v3: bool) -> Check:
        """Find the check the order is for, or open a new one."""
        if order.account is not None and (known := self.find_check(order.location_id, order.account)) is not None:
            return known
        self._last_account += 1
        number = 46_802_258_600_000 + self._last_account
        identifier = f"A{device.id}.{self._last_account}" if v3 else str(number)
        where = f"Table {order.table}" if order.table is not None else order.collection_code or order.kind
        check = self.checks[identifier] = Check(
            identifier=identifier,
            number=number,
            location=self.locations[order.location_id],
            pos_id=device.id,
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


def _configured(location: Location, card: Card, account: OpenAccount, now: datetime) -> Check:
    products = (card.products[sku] for sku in account.skus)
    sold = (
        Sold(sku=each.sku, name=each.name, quantity=1, amount=each.price, tax_rate=each.tax_rate) for each in products
    )
    check = Check(
        identifier=account.identifier,
        number=_number(location, account.identifier),
        location=location,
        pos_id=location.pos_id,
        name=account.name,
        opened=now,
        table=account.table,
        client_count=account.clients,
        lines=[(each, now) for each in sold],
    )
    if account.paid:
        check.payments.append(Paid(method="CASH", amount=account.paid, at=now))
    return check


def _trim(memory: dict[Any, str], most: int) -> None:
    while len(memory) > most:
        del memory[next(iter(memory))]


def _number(location: Location, identifier: str) -> int:
    if identifier.isdecimal():
        return int(identifier)
    return location.pos_id * 100_000 + int(identifier.rpartition(".")[2])


def _letters(number: int) -> str:
    return "".join(chr(65 + number // 26**power % 26) for power in (3, 2, 1, 0))
