"""The order book: what was asked, what was created, and how far each order has come."""

import itertools
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.simulators.iiko.checks import Resolved
from app.simulators.iiko.request import OrderRequest
from app.simulators.iiko.walk import Stage, Step

FIRST_NUMBER = 1001


@dataclass(kw_only=True)
class Order:
    """An order that exists in the restaurant."""

    id: str
    number: str
    request: OrderRequest
    resolved: Resolved
    created_at: datetime
    deliver_at: datetime
    """Wanted or promised time, wall clock of the venue."""
    stage: Stage
    entered: dict[Stage, datetime]
    steps: Sequence[Step] = ()
    problem: str | None = None
    hidden_looks: int = 0
    """`orders/info` says "not found" this many times more."""
    hidden_until: float = 0.0
    """The same until this moment of the monotonic clock: real seconds, like all of a fault's."""

    @property
    def pickup(self) -> bool:
        return self.request.self_service

    def enter(self, stage: Stage, at: datetime) -> None:
        self.stage = stage
        self.entered[stage] = at

    @property
    def hidden(self) -> bool:
        return self.hidden_looks > 0 or time.monotonic() < self.hidden_until


@dataclass(kw_only=True)
class Sighting:
    """Every create request seen under one order id, created or not."""

    id: str
    external_id: str | None = None
    requests: int = 0
    created: int = 0
    answers: list[str] = field(default_factory=list)
    """Each request's end: "answered" with the order, or the reason of a refusal or fault."""
    notes: list[str] = field(default_factory=list)
    body: object = None
    """As received, the last one."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One call of `orders/add_order_problem`."""

    order_id: str
    external_id: str | None
    text: str
    at: datetime


class Book:
    """Orders by id, sightings by id; ids in lower case."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.recent: list[Order] = []
        """What lists may show, oldest first."""
        self._orders: dict[str, Order] = {}
        self._sightings: dict[str, Sighting] = {}
        self._by_external_id: dict[str, list[str]] = {}
        self._numbers = itertools.count(FIRST_NUMBER)

    @property
    def orders(self) -> Mapping[str, Order]:
        return self._orders

    @property
    def sightings(self) -> Mapping[str, Sighting]:
        return self._sightings

    def created_for(self, external_id: str | None) -> Sequence[str]:
        """Ids of the orders created with this externalId: more than one is a double."""
        return tuple(self._by_external_id.get(external_id, ())) if external_id else ()

    def see(self, body: object) -> Sighting:
        """Count a create request; one without `order.id` gets a fresh id."""
        order = body.get("order") if isinstance(body, dict) else None
        given = order.get("id") if isinstance(order, dict) else None
        external_id = order.get("externalId") if isinstance(order, dict) else None
        key = given.lower() if isinstance(given, str) and given else str(uuid.uuid4())
        sighting = self.sighting(key)
        sighting.requests += 1
        sighting.external_id = external_id if isinstance(external_id, str) else None
        sighting.body = body
        return sighting

    def sighting(self, order_id: str) -> Sighting:
        return self._sightings.setdefault(order_id, Sighting(id=order_id))

    def add(self, order: Order, sighting: Sighting) -> None:
        self._orders[order.id] = order
        self.recent.append(order)
        sighting.created += 1
        sighting.notes.extend(order.resolved.notes)
        if order.request.external_id:
            self._by_external_id.setdefault(order.request.external_id, []).append(order.id)

    def next_number(self) -> str:
        return str(next(self._numbers))

    def __iter__(self) -> Iterator[Order]:
        return iter(self._orders.values())
