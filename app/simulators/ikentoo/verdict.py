"""What the till says about an order: what it costs, or why not.

The texts were seen in the field or stand in the Lightspeed K-Series examples, those marked INFERRED did not.
"""

from decimal import Decimal

from app.simulators.ikentoo.bill import Sold
from app.simulators.ikentoo.card import Card
from app.simulators.ikentoo.config import Location
from app.simulators.ikentoo.menu import InstructionGroup, Pricing, Product
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


def reason_for(name: str, order: Order, card: Card) -> str:
    """Write out a reason by its short name, about the first item of the order."""
    line = order.lines[0] if order.lines else None
    sku = line.sku if line else ""
    product = card.products.get(sku)
    found = product.name if product else sku
    return REASONS[name].format(id=sku or 0, sku=sku, location=order.location_id, name=found)


_CENT = Decimal("0.01")


class Refused(Exception):
    """The till says no; the text is the reason of the FAILURE callback."""


def price(order: Order, location: Location, card: Card) -> tuple[Sold, ...]:
    """Price the whole order; raises Refused at the first thing that is wrong, as one bad item refuses the order."""
    if order.profile is not None and order.profile not in location.profiles:
        raise Refused(f"Account profile not found: {order.profile}")  # INFERRED text
    payment = order.payment
    if payment is not None and payment.method is not None and payment.method not in location.payment_methods:
        raise Refused(method_not_found(payment.method))
    return tuple(_Pricing(card, location).line(line) for line in order.lines)


def method_not_found(method: str) -> str:
    """Write the reason for an unknown payment method (INFERRED text)."""
    return f"Payment method not found: {method}"


def total_of(lines: tuple[Sold, ...]) -> Decimal:
    """Add up all lines."""
    return sum((line.amount for line in lines), Decimal(0))


def check_payment(order: Order, due: Decimal) -> None:
    """Raise Refused for a payment above the amount due; below it is taken and the check stays open (field report)."""
    if order.payment is not None and order.payment.amount - order.payment.tip > due:
        raise Refused(REASONS["overpaid"])


class _Pricing:
    """Prices lines by what is on the card now."""

    def __init__(self, card: Card, location: Location) -> None:
        self._card = card
        self._location = location

    def line(self, line: Line) -> Sold:
        """Price an item with its sub-items and its discount."""
        product = self._product(line)
        prices = _deal_prices(product, line)
        subs = tuple(self._sub(sub, prices.get(sub.sku)) for sub in line.sub_lines)
        each = _price(line, product.price, product) + sum((sub.amount for sub in subs), Decimal(0))
        full = (each * line.quantity).quantize(_CENT)
        less = self._discount(line, full)
        return _sold(line, product, self._modifiers(line, product), full - less, discount=less, subs=subs)

    def _sub(self, line: Line, deal_price: Decimal | None) -> Sold:
        product = self._product(line)
        price = _price(line, product.price if deal_price is None else deal_price, product)
        amount = (price * line.quantity).quantize(_CENT)
        return _sold(line, product, self._modifiers(line, product), amount)

    def _product(self, line: Line) -> Product:
        product = self._card.products.get(line.sku)
        if product is None:
            raise Refused(REASONS["no_such_item"].format(id=0, sku=line.sku, location=self._location.id))
        if product.restricted:
            raise Refused(REASONS["sales_restriction"].format(name=product.name))
        if line.custom_name is not None and not product.custom_name:
            raise Refused(f"Could not add item {product.name} (name cannot be customized)")  # INFERRED text
        return product

    def _modifiers(self, line: Line, product: Product) -> tuple[str, ...]:
        groups = self._card.groups_of(product)
        names = {str(option.id): option.name for group in groups for option in group.options}
        for modifier in line.modifiers:
            if modifier not in names:
                raise Refused(REASONS["could_not_add"].format(id=modifier))
        for group in groups:
            _check_choice(product, group, line.modifiers)
        return tuple(names[each] for each in line.modifiers)

    def _discount(self, line: Line, full: Decimal) -> Decimal:
        if line.discount is None:
            return Decimal(0)
        discount = self._card.discounts.get(line.discount)
        if discount is None:
            raise Refused(f"Discount not found: {line.discount}")  # INFERRED text
        if discount.amount is not None:
            return min(discount.amount, full)
        return full - (full - full * (discount.percentage or 0) / 100).quantize(_CENT)


def _sold(
    line: Line,
    product: Product,
    modifiers: tuple[str, ...],
    amount: Decimal,
    *,
    discount: Decimal = Decimal(0),
    subs: tuple[Sold, ...] = (),
) -> Sold:
    return Sold(
        sku=line.sku,
        name=line.custom_name or product.name,
        quantity=line.quantity,
        amount=amount,
        discount=discount,
        tax_rate=product.tax_rate,
        tax_included=product.tax_included,
        modifiers=modifiers,
        subs=subs,
    )


def _check_choice(product: Product, group: InstructionGroup, modifiers: tuple[str, ...]) -> None:
    chosen = sum(str(each.id) in modifiers for each in group.options)
    if (group.required and not chosen) or (chosen > 1 and not group.multi):
        raise Refused(f"Could not add item {product.name} (choose one of {group.name})")  # INFERRED rule and text


def _deal_prices(product: Product, line: Line) -> dict[str, Decimal]:
    """Answer what the choices of a deal cost inside it. Too few or too many are refused (INFERRED rule and text)."""
    for group in product.deal:
        skus = {each.sku for each in group.choices}
        count = sum(sub.quantity for sub in line.sub_lines if sub.sku in skus)
        if (group.must_select and not count) or (count > 1 and not group.multi):
            raise Refused(f"Could not add item {product.name} (choose one of {group.description})")
    return {choice.sku: choice.price for group in product.deal for choice in group.choices}


def _price(line: Line, price: Decimal, product: Product) -> Decimal:
    if line.custom_price is None:
        return price
    match product.pricing:
        case Pricing.POSITIVE:
            return abs(line.custom_price)
        case Pricing.NEGATIVE:
            return -abs(line.custom_price)
        case Pricing.PERCENTAGE:  # UNKNOWN of which total; taken of the item's own price
            return price * line.custom_price / 100
        case Pricing.FIXED:
            raise Refused(f"Could not add item {product.name} (price cannot be customized)")  # INFERRED text
