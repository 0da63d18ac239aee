"""What the synced catalog knows of the products that an order names.

iKentoo is not told names and prices: it has its own. Those of a known product are compared with the catalog's (the
location's ``check_policy`` says what comes of it). Those of a product that the catalog does not have, or of any where
nothing was ever synced, are listed among what was not sent.
"""

from collections.abc import Collection
from dataclasses import dataclass

from app.adapters.ikentoo.ledger import Ledger
from app.domain.catalog import Menu, ModifierChoice, Pricing, Product
from app.domain.money import written
from app.domain.order import Item, Modifier, SubItem

_PRODUCT = ("name", "unit_price")
_MODIFIER = ("id", "sku", "name", "group_id", "group_name", "unit_price")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The catalog, as far as this order needs it, and the currency of the location."""

    menu: Menu
    currency: str

    def product(self, sku: str | None) -> Product | None:
        """The product with this SKU, as last synced."""
        return self.menu.product(sku=sku) if self.menu.synced_at is not None else None

    def keep_name_and_price(
        self, given: Item | SubItem, product: Product | None, pointer: str, ledger: Ledger, *, sent: Collection[str]
    ) -> None:
        """Lists what is neither ``sent`` nor compared."""
        unsure = _PRODUCT if product is None else ("unit_price",) if product.pricing is Pricing.PERCENTAGE else ()
        _keep(given, unsure, pointer, ledger, sent)

    def keep_choice(self, given: Modifier, pointer: str, ledger: Ledger, *, sent: str, known: bool) -> None:
        """The same for a modifier, which is named by one of its two names."""
        _keep(given, ("id", "sku") if known else _MODIFIER, pointer, ledger, (sent,))

    def price(
        self, given: Item | SubItem | Modifier, product: Product | None, pointer: str, ledger: Ledger
    ) -> str | None:
        """``customItemPrice``: only for products whose pricing strategy takes one.

        A product with a negative price counts against the total there and for it here, so it is refused.
        """
        if product is None or given.unit_price is None:
            return None
        if product.pricing is Pricing.NEGATIVE and given.unit_price:
            message = f"iKentoo takes the price of {product.name} off the total; give it as a discount."
            ledger.refuse(f"{pointer}/unit_price", "not_possible", message)
        return written(given.unit_price, self.currency) if product.pricing is Pricing.OPEN else None


def choice_of(product: Product | None, given: Modifier) -> ModifierChoice | None:
    """The choice of the product that is meant: by its id, else by its SKU, where the POS has no id for it."""
    choices = [choice for group in product.modifier_groups for choice in group.modifiers] if product else []
    by_id = next((choice for choice in choices if choice.id and choice.id == given.id), None)
    return by_id or next(
        (choice for choice in choices if not choice.id and choice.sku and choice.sku == given.sku), None
    )


def _keep(
    given: Item | SubItem | Modifier, members: Collection[str], pointer: str, ledger: Ledger, sent: Collection[str]
) -> None:
    for member in members:
        # A price of 0 is a price.
        ledger.keep(f"{pointer}/{member}", member not in sent and getattr(given, member) not in (None, ""))
