"""A neutral order in iKentoo's words: two builders, local and to-go, over the same parts. Pure."""

from datetime import timedelta
from typing import Any

from app.adapters.base import Submission, Translation, WireRequest
from app.adapters.ikentoo.charges import fee_lines, payment
from app.adapters.ikentoo.discounts import discounts
from app.adapters.ikentoo.guest import customer_info
from app.adapters.ikentoo.items import item_line
from app.adapters.ikentoo.known import Known
from app.adapters.ikentoo.ledger import Ledger
from app.adapters.ikentoo.place import (
    account,
    collection_code,
    delivery_address,
    fold_address,
    refuse_address,
    refuse_table,
    table_and_guests,
)
from app.adapters.ikentoo.settings import IkentooSettings
from app.adapters.ikentoo.times import Schedule, schedule, time_to_live, written
from app.adapters.ikentoo.wire import ItemLine, LocalOrder, OrderBody, ToGoOrder
from app.domain.location import Location
from app.domain.order import Order, ServiceType

LOCAL = "/op/1/order/local"
TO_GO = "/op/1/order/toGo"


def translate(location: Location, settings: IkentooSettings, submission: Submission) -> Translation:
    """The creating request, and what became of fields without a place. Raises OrderNotExpressible with all findings."""
    order = submission.order
    ledger = Ledger(order.reference)
    if order.note:
        ledger.lines.append(f"Note: {order.note}")
    ledger.keep("/marketing_source", order.marketing_source)
    ledger.keep("/metadata", order.metadata)
    local = order.service_type is ServiceType.DINE_IN
    body = (_local if local else _to_go)(location, settings, submission, ledger)
    ledger.settle()
    return Translation(
        request=WireRequest(method="POST", path=LOCAL if local else TO_GO, body=body.body()),
        folded=tuple(ledger.folded),
        not_sent=tuple(ledger.kept),
    )


def _local(location: Location, settings: IkentooSettings, submission: Submission, ledger: Ledger) -> OrderBody:
    order = submission.order
    refuse_address(order, ledger)
    times = _schedule(location, submission, ledger)
    account_id, identifier = account(order, ledger)
    table, guests = table_and_guests(order, ledger)
    if order.collection_code:
        ledger.note("/collection_code", f"Collection code {order.collection_code}")
    return LocalOrder(
        account_id=account_id,
        account_identifier=identifier,
        table_number=table,
        client_count=guests,
        **_shared(location, settings, submission, times, ledger),
    )


def _to_go(location: Location, settings: IkentooSettings, submission: Submission, ledger: Ledger) -> OrderBody:
    order = submission.order
    delivery = order.service_type is ServiceType.DELIVERY
    refuse_table(order, ledger)
    times = _schedule(location, submission, ledger)
    address = delivery_address(order.delivery_address, ledger) if delivery else None
    if not delivery:
        fold_address(order.delivery_address, ledger)
    if order.guests is not None:
        ledger.note("/guests", f"Guests: {order.guests}")
    return ToGoOrder(
        collection_code=collection_code(order, ledger),
        order_collection_time_as_iso8601=written(times.collection, location.zone),
        take_away=not delivery,  # INFERRED from the guide's example: a delivery is takeAway false with an address
        delivery_address=address,
        **_shared(location, settings, submission, times, ledger),
    )


def _shared(
    location: Location, settings: IkentooSettings, submission: Submission, times: Schedule, ledger: Ledger
) -> dict[str, Any]:
    order, currency = submission.order, location.settings.currency
    items = _items(order, settings, Known(menu=submission.menu, currency=currency), ledger)
    paid = payment(order, settings, currency, ledger)
    guest = customer_info(order.customer, settings, ledger)
    return {
        "business_location_id": settings.business_location_id,
        "third_party_reference": str(submission.reference),
        "endpoint_id": settings.endpoint_id,
        "customer_info": guest,
        "order_note": "\n".join(ledger.lines),  # last: by now all has been folded
        "max_time_to_attempt_order_deliver_to_pos": time_to_live(submission) // timedelta(milliseconds=1),
        "staff_id": settings.staff_id,
        "account_profile_code": settings.account_profiles.of(order.service_type),
        "scheduled_time_for_order_as_iso8601": written(times.scheduled, location.zone),
        "payment": paid,
        "items": items,
    }


def _items(order: Order, settings: IkentooSettings, known: Known, ledger: Ledger) -> tuple[ItemLine, ...]:
    order_code, discount_lines = discounts(order, settings, known, ledger)
    local = order.service_type is ServiceType.DINE_IN
    items = [
        item_line(item, f"/items/{number}", known, ledger, order_code=order_code, local=local)
        for number, item in enumerate(order.items)
    ]
    return (*items, *fee_lines(order, known, ledger), *discount_lines)


def _schedule(location: Location, submission: Submission, ledger: Ledger) -> Schedule:
    times = schedule(submission, location.settings.lead_time_s)
    wanted = submission.order.requested_for
    if wanted is not None and times == Schedule():
        ledger.note("/requested_for", f"Wanted at {wanted.astimezone(location.zone):%Y-%m-%d %H:%M}")
    return times
