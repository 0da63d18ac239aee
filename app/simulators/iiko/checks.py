"""A well-formed request against the restaurant: do the ids exist, do the parts agree, may it be delivered?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from app.simulators.iiko.address_book import AddressBook
from app.simulators.iiko.catalog import Catalog
from app.simulators.iiko.config import IikoConfig
from app.simulators.iiko.dictionaries import Dictionaries
from app.simulators.iiko.errors import PosError, Refusal, Unhandled
from app.simulators.iiko.guests import Guests
from app.simulators.iiko.menu_checks import check_item
from app.simulators.iiko.model import MarketingSource, OrderType, PaymentType, Product, ServiceType, Terminal
from app.simulators.iiko.policy import Enforced, OnStaleId, OnStrangeAddress, Policy
from app.simulators.iiko.prices import price_notes
from app.simulators.iiko.request import OrderRequest
from app.simulators.iiko.request_parts import Payment
from app.simulators.iiko.stops import Stops

NO_DELIVERY_POINT = "Не найдена точка доставки: сумма заказа меньше минимальной для зоны"


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """What the ids of a request point at."""

    terminal: Terminal | None
    order_type: OrderType | None
    source: MarketingSource | None
    payments: Sequence[tuple[Payment, PaymentType]]
    total: Decimal
    service: Product | None
    """The delivery fee that the restaurant adds by itself."""
    notes: Sequence[str]
    """Accepted, but worth a look: shown by `GET /_sim/orders`."""


@dataclass(frozen=True, kw_only=True)
class Restaurant:
    """Everything a request is checked against."""

    config: IikoConfig
    dictionaries: Dictionaries
    catalog: Catalog
    stops: Stops
    guests: Guests
    addresses: AddressBook

    def organization(self, organization_id: str) -> None:
        """Unknown ones answer 403 or 400 (INFERRED, configurable)."""
        if organization_id != self.config.organization_id:
            raise Refusal(
                "OrganizationNotFound",
                f"Organization '{organization_id}' is not found or not visible with this login",
                status=self.config.unknown_organization_status,
            )

    def resolve(self, request: OrderRequest, *, policy: Policy, now: datetime) -> Resolved:
        """`now` is the venue's wall clock. Raises the first refusal."""
        self.organization(request.organization)
        terminal = self._terminal(request, policy)
        order_type = self._order_type(request, policy)
        source = self._source(request, policy)
        self._check_customer(request, policy)
        self._check_date(request, now)
        for item in request.items:
            check_item(item, self.catalog.products, terminal)
        if policy.stop_list is Enforced.REJECT:
            self.stops.check(request.items, terminal, policy.stop_text)
        payments = tuple((one, self._payment_type(one, policy)) for one in request.payments)
        service = self.delivery_service(request, policy)
        total = self._total(request) + (service.price_on(terminal) if service else 0)
        self._check_sums(request, total)
        return Resolved(
            service=service,
            terminal=terminal,
            order_type=order_type,
            source=source,
            payments=payments,
            total=total,
            notes=(
                *self._address_notes(request, policy),
                *self._sum_notes(request),
                *price_notes(request.items, self.catalog.products, terminal, policy.price),
            ),
        )

    def delivery_service(self, request: OrderRequest, policy: Policy) -> Product | None:
        """What is added to a courier order, unless the client has it already."""
        product = self.catalog.products.get(self.config.delivery_product_id or "")
        charged = policy.paid_delivery and not request.self_service
        return product if charged and product and product.id not in {one.id for one in request.items} else None

    def below_minimum(self, request: OrderRequest) -> bool:
        """Zones and sums decide only when no terminal is named."""
        unforced = request.terminal_id is None and not request.self_service
        return unforced and self._total(request) < self.config.minimum_sum

    def _terminal(self, request: OrderRequest, policy: Policy) -> Terminal | None:
        if request.terminal_id is None:
            return next(iter(self.dictionaries.terminals), None)
        terminal = self.dictionaries.terminal(self.dictionaries.current(request.terminal_id, policy.stale_id))
        if terminal is None:
            raise _missing("DeliveryTerminal", "Delivery terminal", request.terminal_id, policy)
        return terminal

    def _order_type(self, request: OrderRequest, policy: Policy) -> OrderType | None:
        if request.order_type_id is None:
            return self.dictionaries.order_type_for(self_service=request.self_service)
        order_type = self.dictionaries.order_type(self.dictionaries.current(request.order_type_id, policy.stale_id))
        if order_type is None:
            raise _missing("OrderType", "Order type", request.order_type_id, policy)
        if (order_type.service is ServiceType.PICKUP) is not request.self_service:
            raise Refusal(
                "OrderServiceTypeDoesNotMatchSelfServiceMode",
                f"Order type '{order_type.name}' does not match isSelfService = {str(request.self_service).lower()}",
            )
        return order_type

    def _source(self, request: OrderRequest, policy: Policy) -> MarketingSource | None:
        if request.marketing_source_id is None:
            return None
        current = self.dictionaries.current(request.marketing_source_id, policy.stale_id)
        source = self.dictionaries.marketing_source(current)
        if source is None:
            raise _missing("MarketingSource", "Marketing source", request.marketing_source_id, policy)
        return source

    def _payment_type(self, payment: Payment, policy: Policy) -> PaymentType:
        type_id = self.dictionaries.current(payment.type_id, policy.stale_id) if payment.type_id else None
        found = self.dictionaries.payment_type(type_id=type_id, code=payment.type_code)
        if found is None:
            raise _missing("PaymentType", "Payment type", payment.type_id or payment.type_code, policy)
        if found.deleted:
            raise Refusal("PaymentTypeDeleted", f"Payment type '{found.name}' is deleted")
        return found

    def _check_customer(self, request: OrderRequest, policy: Policy) -> None:
        """An order without `customer.id` is fine: name and phone are enough."""
        given = request.customer.id
        if given is not None and given not in self.guests and policy.unknown_customer is Enforced.REJECT:
            raise Refusal("CustomerNotFound", f"Customer '{given}' is not found")

    def _check_date(self, request: OrderRequest, now: datetime) -> None:
        tolerance = timedelta(seconds=self.config.past_tolerance_s)
        if request.date is not None and request.date < now - tolerance:
            raise Refusal("TooSmallDeliveryDate", f"Order has too small delivery date: {request.date}, now is {now}")

    def _total(self, request: OrderRequest) -> Decimal:
        if request.full_sum is not None:
            return request.full_sum
        return sum((one.sum for one in request.items if one.sum is not None), Decimal(0))

    def _check_sums(self, request: OrderRequest, total: Decimal) -> None:
        paid = sum((one.sum for one in request.payments), Decimal(0))
        if paid > total:
            raise Refusal("PaymentSumTooLarge", f"Sum of payments {paid} is greater than order sum {total}")

    def _address_notes(self, request: OrderRequest, policy: Policy) -> list[str]:
        """City and street are matched by exact name."""
        if request.address is None:
            return []
        city, street = request.address.city, request.address.street
        if self.addresses.knows(city, street, request.address.street_id):
            return []
        if policy.address is OnStrangeAddress.REJECT:
            raise Refusal("AddressNotFound", f"Street '{street}' of city '{city}' is not found")
        return [f"address not in the address book: {city}, {street}"]

    def _sum_notes(self, request: OrderRequest) -> list[str]:
        notes = []
        sums = [one.sum for one in request.items]
        if any(one is None for one in sums):
            notes.append("an item has no sum")
        elif request.full_sum is not None and sum(one for one in sums if one is not None) != request.full_sum:
            notes.append("fullSum is not the sum of the items")
        if request.full_sum is None:
            notes.append("no fullSum")
        notes.extend(f"{one.path} has no code" for one in request.items if one.code is None)
        return notes


def _missing(kind: str, words: str, named: str | None, policy: Policy) -> PosError:
    """Unknown to the restaurant, or not known any more: it cannot tell the one from the other."""
    if policy.stale_id is OnStaleId.STACK_TRACE:
        return Unhandled("System.NullReferenceException", "Object reference not set to an instance of an object.")
    return Refusal(f"{kind}NotFound", f"{words} '{named}' is not found")
