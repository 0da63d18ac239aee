"""OrderInfo: the answer of `orders/add`, `orders/info` and `orders/deliveryOrders` (keys: field reports).

Absent values are explicit nulls, times are the venue's wall clock, money has nine decimals.
"""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.simulators.iiko.book import Order
from app.simulators.iiko.checks import Resolved
from app.simulators.iiko.config import DURATION_MINUTES, IikoConfig
from app.simulators.iiko.dictionaries import Dictionaries
from app.simulators.iiko.fields import DATE_TIME
from app.simulators.iiko.model import PaymentType
from app.simulators.iiko.request_parts import ChosenModifier, Item, Payment
from app.simulators.iiko.walk import TEXTS, Stage, code_of

Json = dict[str, object]

NO_ID = "00000000-0000-0000-0000-000000000000"
ADDRESS_KEYS = (
    "city street streetId streetClassifierId index home housing apartment entrance floor doorphone comment regionId "
    "externalCartographyId"
).split()
CUSTOMER_KEYS = (
    "id name surName nick middleName phone email sex birthday cultureName favouriteDish comment additionalPhones "
    "addresses shouldReceivePromoActionsInfo"
).split()
ALWAYS_NULL = (
    "movedDeliveryId deliveryCancelComment courierInfo orderLocationInfo billTime operator conception discounts "
    "iikoCard5Coupon opinion"
).split()


class Renderer:
    """Prints orders of one restaurant."""

    def __init__(self, config: IikoConfig, dictionaries: Dictionaries) -> None:
        self._config = config
        self._dictionaries = dictionaries
        self._zone = ZoneInfo(config.timezone)

    def order(self, order: Order) -> Json:
        request, resolved = order.request, order.resolved
        terminal, kind, source = resolved.terminal, resolved.order_type, resolved.source
        return {
            "orderId": order.id,
            "customerId": request.customer.id,
            "customer": _picked(request.customer.raw, CUSTOMER_KEYS),
            "customerName": request.order_raw.get("customerName") or request.customer.name,
            "customerPhone": request.phone,
            "address": _picked(request.address.raw, ADDRESS_KEYS) if request.address else None,
            "restaurantId": request.organization,
            "organization": request.organization,
            "sum": resolved.total,
            "discount": Decimal(0),
            "number": order.number,
            **self._status(order),
            **self._times(order),
            "comment": request.comment,
            "problem": {"hasProblem": order.problem is not None, "problem": order.problem},
            "marketingSource": self._dictionaries.render_marketing_source(source) if source else None,
            "durationInMinutes": DURATION_MINUTES,
            "personsCount": request.persons,
            "splitBetweenPersons": False,
            "items": [*(_item(one) for one in request.items), *_service(resolved)],
            "guests": [],
            "payments": [self._payment(*one) for one in resolved.payments],
            "orderType": self._dictionaries.render_order_type(kind) if kind else None,
            "deliveryTerminal": None if terminal is None else self._terminal(terminal.id, terminal.name),
            "customData": request.custom_data,
            "referrerId": request.referrer_id,
            **dict.fromkeys(ALWAYS_NULL),
        }

    def _status(self, order: Order) -> Json:
        cancelled = order.stage is Stage.CANCELLED
        return {
            "status": TEXTS[order.stage][self._config.language],
            "statusCode": code_of(order.stage, self._config),
            "deliveryCancelCause": {"id": NO_ID, "name": "Cancelled by the restaurant"} if cancelled else None,
        }

    def _times(self, order: Order) -> Json:
        def at(stage: Stage) -> str | None:
            moment = order.entered.get(stage)
            return None if moment is None else self._local(moment)

        return {
            "deliveryDate": order.deliver_at.strftime(DATE_TIME),
            "createdTime": self._local(order.created_at),
            "confirmTime": at(Stage.NEW),
            "printTime": at(Stage.COOKING),
            "sendTime": at(Stage.ON_WAY),
            "actualTime": at(Stage.DELIVERED),
            "closeTime": at(Stage.CLOSED),
            "cancelTime": at(Stage.CANCELLED),
        }

    def _local(self, moment: datetime) -> str:
        return moment.astimezone(self._zone).strftime(DATE_TIME)

    def _payment(self, payment: Payment, kind: PaymentType) -> Json:
        return {
            "sum": payment.sum,
            "paymentType": self._dictionaries.render_payment_type(kind),
            "additionalData": payment.additional_data,
            "isProcessedExternally": payment.processed_externally,
            "isPreliminary": payment.preliminary,
            "isExternal": payment.external,
            "chequeAdditionalInfo": None,
            "organizationDetailsInfo": None,
            "isFiscalizedExternally": False,
        }

    def _terminal(self, terminal_id: str, name: str) -> Json:
        return {
            "deliveryTerminalId": terminal_id,
            "crmId": None,
            "restaurantName": name,
            "groupName": None,
            "externalRevision": self._dictionaries.revision,
            "technicalInformation": None,
            "address": None,
            "protocolVersion": None,
        }


def _picked(raw: Json, keys: list[str]) -> Json:
    return {key: raw.get(key) for key in keys}


def _item(item: Item) -> Json:
    return {
        "id": item.id,
        "orderItemId": NO_ID,
        "code": item.code,
        "name": item.name,
        "category": item.category,
        "amount": item.amount,
        "size": None,
        "modifiers": [_modifier(one) for one in item.modifiers],
        "sum": item.sum,
        "comment": item.comment,
        "guestId": item.guest_id,
        "comboInformation": None,
    }


def _service(resolved: Resolved) -> list[Json]:
    fee = resolved.service
    if fee is None:
        return []
    price = fee.price_on(resolved.terminal)
    unset = dict.fromkeys(("category", "size", "comment", "guestId", "comboInformation"))
    known = {"id": fee.id, "orderItemId": NO_ID, "code": fee.code, "name": fee.name, "amount": Decimal(1), "sum": price}
    return [{**known, "modifiers": [], **unset}]


def _modifier(chosen: ChosenModifier) -> Json:
    return {
        "id": chosen.id,
        "orderItemId": NO_ID,
        "name": chosen.name,
        "amount": chosen.amount,
        "groupId": chosen.group_id,
        "groupName": chosen.group_name,
        "size": None,
        "comboInformation": None,
        "sum": None,
        "code": None,
        "category": None,
    }
