"""Fees and the payment. iKentoo has no order-level fee: each is a product."""

from app.adapters.ikentoo.items import known_sku
from app.adapters.ikentoo.known import Known
from app.adapters.ikentoo.ledger import Ledger
from app.adapters.ikentoo.settings import IkentooSettings
from app.adapters.ikentoo.wire import ItemLine, PaymentInfo
from app.domain.catalog import Pricing
from app.domain.money import written
from app.domain.order import Order


def fee_lines(order: Order, known: Known, ledger: Ledger) -> list[ItemLine]:
    """Each fee as its own product, whose pricing strategy must allow a price given by us."""
    lines = []
    for number, fee in enumerate(order.fees):
        pointer = f"/fees/{number}"
        if not fee.sku and not fee.amount:
            ledger.keep(pointer, fee)
            continue
        ledger.keep(f"{pointer}/name", fee.name)
        sku = known_sku(fee.sku, None, pointer, ledger)
        product = known.product(sku)
        if product is not None and product.pricing is not Pricing.OPEN:
            message = (
                f"iKentoo takes no price of ours for {product.name} ({sku}); a fee needs a product with an open price."
            )
            ledger.refuse(f"{pointer}/sku", "not_possible", message)
        lines.append(ItemLine(quantity=1, sku=sku, custom_item_price=written(fee.amount, known.currency)))
    return lines


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
