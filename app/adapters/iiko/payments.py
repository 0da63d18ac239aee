"""Payments, tips and discounts, in Iiko's words."""

from collections.abc import Sequence
from decimal import Decimal

from app.adapters.iiko.guid import is_guid
from app.adapters.iiko.names import payment_type
from app.adapters.iiko.settings import IikoSettings
from app.adapters.iiko.text import said
from app.adapters.iiko.wire import WireItem, WirePaymentItem, WirePaymentType
from app.adapters.ledger import Ledger
from app.domain.money import written
from app.domain.order import Discount, Payment


def wire_payments(
    payments: Sequence[Payment], settings: IikoSettings, currency: str, ledger: Ledger
) -> tuple[WirePaymentItem, ...]:
    """One item each. The guest is charged amount + tip, so that is its sum."""
    sent = []
    for number, payment in enumerate(payments):
        kind = payment_type(settings, payment.method)
        if kind is None:
            known = ", ".join(sorted(settings.payment_types)) or "none"
            message = f"The location's payment_types have no {payment.method!r}; they have: {known}."
            ledger.refuse(f"/payments/{number}/method", "unknown_method", message)
        charged = payment.amount + payment.tip
        if charged == 0:
            # Iiko refuses a payment of nothing (field report: PaymentSumShouldBePositive).
            ledger.keep(f"/payments/{number}", given=True)
            continue
        sent.append(
            WirePaymentItem(
                sum=written(charged, currency),
                payment_type=kind or WirePaymentType(),
                is_processed_externally=payment.paid,
            )
        )
    return tuple(sent)


def total_tip(payments: Sequence[Payment]) -> Decimal:
    """What the guest gives to the staff."""
    return sum((payment.tip for payment in payments), Decimal(0))


def wire_tip(
    payments: Sequence[Payment], settings: IikoSettings, currency: str, ledger: Ledger
) -> tuple[WireItem, ...]:
    """Iiko has no tips: a tip is sold as a product, which the settings name."""
    tip = total_tip(payments)
    if tip == 0:
        return ()
    if not is_guid(settings.tip_sku):
        message = "Iiko sells a tip as a product: the location's tip_sku must be the product's id (a GUID)."
        number = next(n for n, payment in enumerate(payments) if payment.tip > 0)
        ledger.refuse(f"/payments/{number}/tip", "not_supported", message)
    return (WireItem(id=settings.tip_sku or "-", name="Tip", amount="1", sum=written(tip, currency)),)


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
