"""Fees, discounts and the payment. iKentoo has no order-level fee or discount: each is a product or an item's code."""

from app.adapters.ikentoo.items import known_sku
from app.adapters.ikentoo.ledger import Ledger
from app.adapters.ikentoo.settings import IkentooSettings
from app.adapters.ikentoo.wire import ItemLine, PaymentInfo
from app.domain.money import written
from app.domain.order import Order


def fee_lines(order: Order, currency: str, ledger: Ledger) -> list[ItemLine]:
    """Each fee as its own product, whose pricing strategy must allow a price given by us."""
    lines = []
    for number, fee in enumerate(order.fees):
        pointer = f"/fees/{number}"
        if not fee.sku and not fee.amount:
            ledger.keep(pointer, fee)
            continue
        ledger.keep(f"{pointer}/name", fee.name)
        sku = known_sku(fee.sku, None, pointer, ledger)
        lines.append(ItemLine(quantity=1, sku=sku, custom_item_price=written(fee.amount, currency)))
    return lines


def discounts(
    order: Order, settings: IkentooSettings, currency: str, ledger: Ledger
) -> tuple[str | None, list[ItemLine]]:
    """A code for every item, and products for the discounts that no code can carry.

    The price of a discount's product is sent without a sign: its pricing strategy makes it negative.
    """
    order_code: str | None = None
    lines = []
    for number, discount in enumerate(order.discounts):
        pointer = f"/discounts/{number}"
        if not discount.code and not discount.amount:
            ledger.keep(pointer, discount)
            continue
        ledger.keep(f"{pointer}/name", discount.name)
        if discount.code and order_code is None and _all_take(order, discount.code):
            order_code = discount.code
        elif settings.discount_sku:
            ledger.keep(f"{pointer}/code", discount.code)
            price = written(discount.amount, currency)
            lines.append(ItemLine(quantity=1, sku=settings.discount_sku, custom_item_price=price))
        else:
            message = "iKentoo takes a discount as one code on all items; for others the location needs discount_sku."
            ledger.refuse(pointer, "not_possible", message)
    return order_code, lines


def _all_take(order: Order, code: str) -> bool:
    # An item carries one code.
    return all(item.discount_code in (None, code) for item in order.items)


def payment(order: Order, settings: IkentooSettings, currency: str, ledger: Ledger) -> PaymentInfo | None:
    """The paid payment. What is still to be paid is taken at the till."""
    paid = [number for number, each in enumerate(order.payments) if each.paid]
    for number, each in enumerate(order.payments):
        if not each.paid:
            ledger.keep(f"/payments/{number}", each)
    for number in paid[1:]:
        ledger.refuse(f"/payments/{number}", "not_possible", "An iKentoo order carries one paid payment.")
    if not paid:
        return None
    given = order.payments[paid[0]]
    method = settings.payment_methods.get(given.method)
    if method is None:
        message = f"The location's payment_methods have no {given.method!r}."
        ledger.refuse(f"/payments/{paid[0]}/method", "unknown_method", message)
    return PaymentInfo(
        payment_method=method or "",
        # The order's amount includes the tip; that of /pay does not (K-Series reference).
        payment_amount=written(given.amount + given.tip, currency),
        tip_amount=written(given.tip, currency) if given.tip else None,
    )
