"""A neutral order in Iiko's language: the body of ``orders/add``. Pure.

Which field goes where: the table "One neutral order, two POSs" of the documentation. Food, money, time and place are
sent, folded into a comment, or refused; courtesy fields that Iiko has no place for are kept by us and listed.
"""

from app.adapters.base import Submission, Translation, WireRequest
from app.adapters.iiko.address import spoken_address, wire_address
from app.adapters.iiko.comment import wire_comment
from app.adapters.iiko.customer import CUSTOMER_ID, shown_name, wire_customer
from app.adapters.iiko.guid import is_guid
from app.adapters.iiko.items import Shop, wire_fee, wire_item
from app.adapters.iiko.names import check_terminal, marketing_source_id, order_type_id, terminal_id
from app.adapters.iiko.payments import coupon, total_tip, wire_payments, wire_tip
from app.adapters.iiko.settings import IikoSettings
from app.adapters.iiko.wire import OrderRequest, WireCustomer, WireItem, WireOrder
from app.adapters.ledger import Ledger
from app.domain.catalog import Menu
from app.domain.location import Location
from app.domain.money import written
from app.domain.order import Order, ServiceType

ADD = "/api/0/orders/add"
DATE_TIME = "%Y-%m-%d %H:%M:%S"
"""The venue's wall clock, without a zone (Iiko integration tips: ``Y-m-d H:i:s``)."""


def translate(location: Location, settings: IikoSettings, submission: Submission) -> Translation:
    """Raises OrderNotExpressible with everything that is wrong with the order, or Misconfigured."""
    ledger = Ledger()
    order, menu = submission.order, submission.menu
    _check_service(order, ledger)
    customer = wire_customer(order.customer, ledger, known_as=submission.facts.get(CUSTOMER_ID))
    code = coupon(order.discounts, ledger)
    terminal = terminal_id(settings, menu, ledger)
    wired = _order(location, settings, submission, customer, ledger)
    ledger.settle()
    check_terminal(settings, menu)
    request = OrderRequest(
        organization=settings.organization_id,
        delivery_terminal_id=terminal,
        coupon=code,
        customer=customer,
        order=wired,
    )
    return Translation(
        request=WireRequest(method="POST", path=ADD, body=request.body()),
        folded=tuple(ledger.folded),
        not_sent=tuple(ledger.kept),
    )


def _order(
    location: Location, settings: IikoSettings, submission: Submission, customer: WireCustomer, ledger: Ledger
) -> WireOrder:
    order, menu = submission.order, submission.menu
    shop = Shop(menu=menu, currency=location.settings.currency)
    source_id, source = _source(order, settings, menu, ledger)
    ledger.keep("/metadata", order.metadata)
    date, missed = _wanted(location, submission, ledger)
    return WireOrder(
        id=str(submission.reference),
        external_id=f"{settings.reference_prefix}{order.reference}",
        date=date,
        phone=customer.phone,
        customer_name=shown_name(customer),
        full_sum=written(order.total + total_tip(order.payments), shop.currency),
        is_self_service=order.service_type is ServiceType.PICKUP,
        order_type_id=order_type_id(settings, order.service_type, menu, ledger),
        persons_count=order.guests,
        comment=wire_comment(order, (*missed, *spoken_address(order, ledger)), ledger),
        marketing_source=source,
        marketing_source_id=source_id,
        items=_items(order, settings, shop, ledger),
        address=wire_address(order, ledger),
        payment_items=wire_payments(order.payments, settings, shop, ledger) or None,
    )


def _wanted(location: Location, submission: Submission, ledger: Ledger) -> tuple[str | None, tuple[str, ...]]:
    """The date, or a line of the comment: Iiko refuses the past ("Order has too small delivery date"), and an order
    that had to wait for the POS is cooked late rather than not at all. Past by the wall clock, which is all that Iiko
    is told: in the hour that comes twice in autumn, the second half past two is before the first quarter to three."""
    wanted = submission.order.requested_for
    if wanted is None:
        return None, ()
    on_the_wall, now = (at.astimezone(location.zone).replace(tzinfo=None) for at in (wanted, submission.now))
    if on_the_wall > now:
        return on_the_wall.strftime(DATE_TIME), ()
    ledger.fold("/requested_for")
    return None, (f"Wanted at {on_the_wall:%Y-%m-%d %H:%M}",)


def _items(order: Order, settings: IikoSettings, shop: Shop, ledger: Ledger) -> tuple[WireItem, ...]:
    items = [wire_item(item, f"/items/{n}", shop, ledger) for n, item in enumerate(order.items)]
    fees = [wire_fee(fee, f"/fees/{n}", shop, ledger) for n, fee in enumerate(order.fees)]
    return (*items, *fees, *wire_tip(order.payments, settings, shop, ledger))


def _source(order: Order, settings: IikoSettings, menu: Menu, ledger: Ledger) -> tuple[str | None, str | None]:
    """Id, or free text. The order's own source where Iiko knows it, else the location's."""
    given, usual = order.marketing_source, settings.marketing_source
    own = None if is_guid(given) else marketing_source_id(given, menu)
    if own is not None:
        return own, None
    ledger.keep("/marketing_source", given is not None and given != usual)
    found = marketing_source_id(usual, menu)
    return found, usual if found is None else None


def _check_service(order: Order, ledger: Ledger) -> None:
    if order.service_type is ServiceType.DINE_IN:
        ledger.refuse("/service_type", "not_supported", "Iiko's delivery API takes no dine_in orders.")
    if order.table is not None:
        ledger.refuse("/table", "not_supported", "Iiko's delivery API knows no tables.")
