"""The restaurant at work: takes orders, walks them through their statuses, answers questions about them."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from app.simulators.durable import BookFile
from app.simulators.iiko import policy
from app.simulators.iiko.address_book import AddressBook
from app.simulators.iiko.book import Book, Order, Problem, Sighting
from app.simulators.iiko.catalog import Catalog
from app.simulators.iiko.checks import NO_DELIVERY_POINT, Resolved, Restaurant
from app.simulators.iiko.config import DURATION_MINUTES, IikoConfig
from app.simulators.iiko.dictionaries import Dictionaries, Kind
from app.simulators.iiko.errors import DUPLICATE_CODE, ORDER_NOT_FOUND_CODE, Refusal
from app.simulators.iiko.guests import Guests
from app.simulators.iiko.nomenclature import Nomenclature
from app.simulators.iiko.policy import OnRepeat, Policy
from app.simulators.iiko.request import OrderRequest
from app.simulators.iiko.stops import Stops
from app.simulators.iiko.venue_clock import VenueClock
from app.simulators.iiko.walk import Stage, steps_after


class Kitchen:
    """All state of the simulated restaurant but tokens and faults."""

    def __init__(self, config: IikoConfig, clock: VenueClock, file: BookFile) -> None:
        self.config = config
        self._file = file
        self.policy: Policy = config.policy
        self.auto = config.auto
        self.book = Book()
        self.dictionaries = Dictionaries(config)
        self.catalog = Catalog(config)
        self.nomenclature = Nomenclature(self.catalog, self.dictionaries, clock)
        self.stops = Stops(self.catalog, self.dictionaries)
        self.guests = Guests(config.guests)
        self.addresses = AddressBook(config.organization_id, config.streets)
        self.restaurant = Restaurant(
            config=config,
            dictionaries=self.dictionaries,
            catalog=self.catalog,
            stops=self.stops,
            guests=self.guests,
            addresses=self.addresses,
        )
        self._clock = clock

    def reset(self) -> None:
        """As new: no orders; menu, ids, policy and automatic walk as configured."""
        self.book = Book()
        self.dictionaries.reset()
        self.catalog.reset()
        self.stops.reset()
        self.guests.reset()
        self.policy = self.config.policy
        self.auto = self.config.auto

    def rotate(self, kind: Kind | None, named: str | None, rename: str | None) -> dict[str, dict[str, str]]:
        """An edit in the back office, see `Dictionaries.rotate`. The menu names terminals by id, so it changes too."""
        before = {one.id: one.name for one in self.dictionaries.terminals}
        rotated = self.dictionaries.rotate(kind, named, rename=rename)
        if kind in (None, Kind.TERMINALS):
            self.catalog.touch()
            for old_id in rotated[Kind.TERMINALS] if rename else ():
                self.catalog.rename_terminal(before[old_id], rename or "")
                self.stops.rename_terminal(before[old_id], rename or "")
        return rotated

    def remove_entry(self, kind: Kind, named: str) -> None:
        """An entry of a dictionary is deleted."""
        self.dictionaries.remove(kind, named)
        if kind is Kind.TERMINALS:
            self.catalog.touch()

    def check(self, request: OrderRequest) -> tuple[str | None, Resolved]:
        """`checkCreate`: why the order has no delivery point, or None. Raises what `create` would."""
        resolved = self._resolve(request)
        return NO_DELIVERY_POINT if self.restaurant.below_minimum(request) else None, resolved

    def create(self, request: OrderRequest, sighting: Sighting, *, unconfirmed: bool = False) -> Order:
        """The new order, or the existing one where the policy says so. Synchronous, so a repeat cannot slip between."""
        if existing := self.book.orders.get(sighting.id):
            return self._repeated(existing)
        self._check_external_id(request, sighting)
        resolved = self._resolve(request)
        if self.restaurant.below_minimum(request):
            raise Refusal("DeliveryPointNotFound", NO_DELIVERY_POINT)
        order = self._new_order(request, resolved, sighting.id)
        self.book.add(order, sighting)
        self.stops.take(request.items, resolved.terminal)
        self._enter(order, Stage.UNCONFIRMED if unconfirmed or self.policy.confirm else Stage.NEW)
        self._file.write("order", order)
        return order

    def find(self, order_id: str) -> Order:
        """The order as `orders/info` sees it now; code 110 when there is none, or none to be seen yet."""
        order = self.book.orders.get(order_id)
        if order is None or order.hidden:
            if order is not None and order.hidden_looks > 0:
                order.hidden_looks -= 1
            message = f"Order with id '{order_id}' not found"
            raise Refusal("OrderNotFound", message, code=ORDER_NOT_FOUND_CODE, status=500)
        return self.walked(order)

    def flag(self, order_id: str, problem: str) -> None:
        """`add_order_problem`: the last word stands in the order, all of them in the control API."""
        order = self.find(order_id)
        order.problem = problem
        self.book.problems.append(
            Problem(order_id=order.id, external_id=order.request.external_id, text=problem, at=self._clock.now())
        )

    def visible(self) -> list[Order]:
        """Every order that `orders/deliveryOrders` may show."""
        found = [self.walked(order) for order in self.book.recent if not order.hidden]
        if (listed_s := self.config.listed_s) is not None:
            oldest = self._clock.now() - self._clock.real(listed_s)
            self.book.recent = [one for one in self.book.recent if one.entered.get(Stage.CLOSED, oldest) >= oldest]
        return found

    def walked(self, order: Order) -> Order:
        """The order after all steps that are due. Lazy: nothing runs between two looks."""
        now_s, now = self._clock.elapsed_s(), self._clock.now()
        while self.auto and order.steps and order.steps[0].due_s <= now_s:
            step, *rest = order.steps
            order.enter(step.stage, now - self._clock.real(now_s - step.due_s))
            order.steps = rest
        return order

    def move(self, order: Order, stage: Stage) -> None:
        """By hand; the walk goes on from there."""
        self.walked(order)
        self._enter(order, stage)
        self._file.write("stage", order.id, stage, order.entered[stage])

    def resume(self, order: Order) -> None:
        """An order of an earlier life of this process goes on from where it stood."""
        since_s = (self._clock.now() - order.entered[order.stage]).total_seconds() * self._clock.factor
        self._plan(order, begun_s=self._clock.elapsed_s() - since_s)

    def set_auto(self, *, on: bool) -> None:
        """Hold or resume the automatic walk; each order's present stage begins anew when it resumes."""
        for order in self.book:
            self.walked(order)
            if on and not self.auto:
                self._plan(order)
        self.auto = on

    def set_policy(self, changes: Mapping[str, object]) -> Policy:
        self.policy = policy.changed(self.policy, changes)
        return self.policy

    def _resolve(self, request: OrderRequest) -> Resolved:
        return self.restaurant.resolve(request, policy=self.policy, now=self._clock.local())

    def _repeated(self, existing: Order) -> Order:
        if self.policy.duplicate is OnRepeat.RETURN_EXISTING:
            return self.walked(existing)
        message = f"Order with id '{existing.id}' already exists"
        raise Refusal("DuplicatedOrderId", message, code=DUPLICATE_CODE)

    def _check_external_id(self, request: OrderRequest, sighting: Sighting) -> None:
        others = self.book.created_for(request.external_id)
        if not others:
            return
        if self.policy.external_id is OnRepeat.REJECT:
            raise Refusal("DuplicatedExternalId", f"Order with externalId '{request.external_id}' already exists")
        sighting.notes.append(f"externalId repeated, first used by {others[0]}")

    def _new_order(self, request: OrderRequest, resolved: Resolved, order_id: str) -> Order:
        now = self._clock.now()
        return Order(
            id=order_id,
            number=self.book.next_number(),
            request=request,
            resolved=resolved,
            created_at=now,
            deliver_at=request.date or self._promised(),
            stage=Stage.NEW,
            entered={},
        )

    def _promised(self) -> datetime:
        return self._clock.local() + timedelta(minutes=DURATION_MINUTES)

    def _enter(self, order: Order, stage: Stage) -> None:
        order.enter(stage, self._clock.now())
        self._plan(order)

    def _plan(self, order: Order, *, begun_s: float | None = None) -> None:
        wanted = order.request.date
        order.steps = steps_after(
            order.stage,
            now_s=self._clock.elapsed_s() if begun_s is None else begun_s,
            pickup=order.pickup,
            wanted_in_s=None if wanted is None else (wanted - self._clock.local()).total_seconds(),
            stages=self.config.stages,
        )
