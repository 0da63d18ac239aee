"""Payments, tips and discounts, in Iiko's words."""

from collections.abc import Sequence
from decimal import Decimal

from app.adapters.iiko.guid import is_guid
from app.adapters.iiko.items import Shop, sold_as
from app.adapters.iiko.names import payment_type
from app.adapters.iiko.settings import IikoSettings
from app.adapters.iiko.text import said
from app.adapters.iiko.wire import WireItem, WirePaymentItem
from app.adapters.ledger import Ledger
from app.domain.errors import ITEM_NOT_FOUND
from app.domain.money import written
from app.domain.order import Discount, Payment


def wire_payments(
    payments: Sequence[Payment], settings: IikoSettings, shop: Shop, ledger: Ledger
) -> tuple[WirePaymentItem, ...]:
    """One item each. The guest is charged amount + tip, so that is its sum."""
    sent = []
    for number, payment in enumerate(payments):
        pointer = f"/payments/{number}/method"
        kind = payment_type(settings, payment.method, pointer, shop.menu, ledger)
        charged = payment.amount + payment.tip
        if charged == 0:
            # Iiko refuses a payment of nothing (field report: PaymentSumShouldBePositive).
            ledger.keep(f"/payments/{number}", given=True)
            continue
        sent.append(
            WirePaymentItem(
                sum=written(charged, shop.currency),
                payment_type=kind,
                is_processed_externally=payment.paid,
            )
        )
    return tuple(sent)


def total_tip(payments: Sequence[Payment]) -> Decimal:
    """What the guest gives to the staff."""
    return sum((payment.tip for payment in payments), Decimal(0))


def wire_tip(payments: Sequence[Payment], settings: IikoSettings, shop: Shop, ledger: Ledger) -> tuple[WireItem, ...]:
    """Iiko has no tips: a tip is sold as a product, which the settings name by its SKU or its id."""
    tip = total_tip(payments)
    if tip == 0:
        return ()
    sku = settings.tip_sku
    product = sold_as(sku, shop)
    pointer = f"/payments/{next(n for n, payment in enumerate(payments) if payment.tip > 0)}/tip"
    if sku is None:
        message = "Iiko sells a tip as a product: the location's pos.tip_sku must name it."
        ledger.refuse(pointer, "not_supported", message)
    elif product is None and not is_guid(sku):
        what = f"product with the SKU {sku!r}, which tips are sold as (pos.tip_sku)"
        ledger.refuse(pointer, ITEM_NOT_FOUND, shop.lacks(what))
    return (
        WireItem(
            id=(product.product_id if product else None) or sku or "-",
            name=product.name if product else "Tip",
            amount="1",
            code=product.sku if product else None,
            sum=written(tip, shop.currency),
        ),
    )


def coupon(discounts: Sequence[Discount], ledger: Ledger) -> str | None:
    """Iiko works discounts out itself: it can be told one coupon, and nothing else."""
    for number, discount in enumerate(discounts):
        if number > 0:
            ledger.refuse(f"/discounts/{number}", "not_supported", "Iiko takes one discount on an order.")
        if not said(discount.code):
            message = "Iiko takes a discount by its coupon's code only."
            ledger.refuse(f"/discounts/{number}/code", "missing", message)
        ledger.keep(f"/discounts/{number}/name", discount.name)
    return discounts[0].code if discounts else None
