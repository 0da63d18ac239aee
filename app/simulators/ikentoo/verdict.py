"""What the till says about an order: what it costs, or why not.

The texts were seen in the field or stand in the Lightspeed K-Series examples, those marked INFERRED did not.
"""

from dataclasses import dataclass
from decimal import Decimal

from app.simulators.ikentoo.config import Location, Pricing, Product
from app.simulators.ikentoo.orders import Line, Order

VALIDITY_ENDED = "Not processed before validity ended"
# Short names, each a fault of its own; {sku} and so on are filled in from the order.
REASONS = {
    "validity_ended": VALIDITY_ENDED,
    "no_devices": "No devices available to handle the task, the task has been rejected.",
    "not_accepting": "The specified business location doesn't accept online orders at the moment.",
    "reload_error": "reload error: NF",
    "update_error": "update error:  An error occurred while connecting to iPad-1 (8271)",
    "could_not_add": "Could not add item {id} (not found)",
    "no_such_item": "No such item id: {id}, sku: {sku}, blId: {location}",
    "sales_restriction": "Could not add item {name} (check sales restrictions)",
    "overpaid": "the payment amount is greater than the amount due",
    "consumer_conflict": "A consumer already exists for this email address with a different external reference.",
    "account_not_found": "Account not found",
}


def reason_for(name: str, order: Order, location: Location) -> str:
    """Write out a reason by its short name, about the first item of the order."""
    line = order.lines[0] if order.lines else None
    sku = line.sku if line else ""
    product = next((each for each in location.products if each.sku == sku), None)
    return REASONS[name].format(id=sku or 0, sku=sku, location=location.id, name=product.name if product else sku)


class Refused(Exception):
    """The till says no; the text is the reason of the FAILURE callback."""


@dataclass(frozen=True, kw_only=True)
class Priced:
    """Each line with its amount, modifiers and sub-items and discount included."""

    lines: tuple[tuple[Line, Decimal], ...]

    @property
    def total(self) -> Decimal:
        """The sum of all lines."""
        return sum((amount for _, amount in self.lines), Decimal(0))


def price(order: Order, location: Location) -> Priced:
    """Price the whole order; raises Refused at the first thing that is wrong, as one bad item refuses the order."""
    if order.profile is not None and order.profile not in location.profiles:
        raise Refused(f"Account profile not found: {order.profile}")  # INFERRED text
    payment = order.payment
    if payment is not None and payment.method is not None and payment.method not in location.payment_methods:
        raise Refused(f"Payment method not found: {payment.method}")  # INFERRED text
    menu = {each.sku: each for each in location.products}
    return Priced(lines=tuple((line, _line(line, menu, location)) for line in order.lines))


def check_payment(order: Order, due: Decimal) -> None:
    """Raise Refused for a payment above the amount due; below it is taken and the check stays open (field report)."""
    if order.payment is not None and order.payment.amount - order.payment.tip > due:
        raise Refused(REASONS["overpaid"])


def _line(line: Line, menu: dict[str, Product], location: Location) -> Decimal:
    each = _unit(line, menu, location) + sum(
        (_unit(sub, menu, location) * sub.quantity for sub in line.sub_lines), Decimal(0)
    )
    amount = each * line.quantity
    if line.discount is not None:
        if line.discount not in location.discounts:
            raise Refused(f"Discount not found: {line.discount}")  # INFERRED text
        amount -= amount * location.discounts[line.discount] / 100
    return amount.quantize(Decimal("0.01"))


def _unit(line: Line, menu: dict[str, Product], location: Location) -> Decimal:
    product = menu.get(line.sku)
    if product is None:
        raise Refused(REASONS["no_such_item"].format(id=0, sku=line.sku, location=location.id))
    if product.restricted:
        raise Refused(REASONS["sales_restriction"].format(name=product.name))
    for modifier in line.modifiers:
        if not modifier.isdecimal() or int(modifier) not in product.modifiers:
            raise Refused(REASONS["could_not_add"].format(id=modifier))
    if line.custom_name is not None and not product.custom_name:
        raise Refused(f"Could not add item {product.name} (name cannot be customized)")  # INFERRED text
    return _price(line, product)


def _price(line: Line, product: Product) -> Decimal:
    if line.custom_price is None:
        return product.price
    match product.pricing:
        case Pricing.POSITIVE:
            return abs(line.custom_price)
        case Pricing.NEGATIVE:
            return -abs(line.custom_price)
        case Pricing.PERCENTAGE:  # UNKNOWN of which total; taken of the item's own price
            return product.price * line.custom_price / 100
        case Pricing.FIXED:
            raise Refused(f"Could not add item {product.name} (price cannot be customized)")  # INFERRED text
