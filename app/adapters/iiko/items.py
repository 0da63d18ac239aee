"""Products and fees, in Iiko's words.

What the order leaves out is filled in from the menu as last synced: a product's id by its SKU, its name and price. A
product given by its id is sent also where the menu does not have it: Iiko decides.
"""

from dataclasses import dataclass
from decimal import Decimal

from app.adapters.iiko.choices import Chosen, chosen_of
from app.adapters.iiko.guid import is_guid
from app.adapters.iiko.text import said
from app.adapters.iiko.wire import WireItem
from app.adapters.ledger import Ledger
from app.domain.catalog import Menu, Product
from app.domain.errors import ITEM_NOT_FOUND
from app.domain.fields import written_quantity
from app.domain.money import written
from app.domain.order import Fee, Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """What products are looked up in, and what their prices are in."""

    menu: Menu
    currency: str

    def lacks(self, what: str) -> str:
        """The menu does not have it: a sentence."""
        if self.menu.synced_at is None:
            return f"The menu was not read from Iiko yet, so {what} cannot be looked up: sync the location."
        return f"The restaurant's menu has no {what}."


def wire_item(item: Item, pointer: str, shop: Shop, ledger: Ledger) -> WireItem:
    """A line. ``sum`` = (unit price + modifiers) x quantity: Iiko wants the whole line."""
    product = _product(item, pointer, shop, ledger)
    if item.discount_code is not None:
        message = "Iiko takes no discount on a single item."
        ledger.refuse(f"{pointer}/discount_code", "not_supported", message)
    ledger.keep(f"{pointer}/course", item.course is not None)
    price = _price(item, product, pointer, shop, ledger)
    chosen = chosen_of(item, product, pointer, ledger)
    return WireItem(
        id=item.product_id or (product.product_id if product else None) or "-",
        name=said(item.name) or (product.name if product else item.sku),
        amount=str(written_quantity(item.quantity)),
        code=item.sku or (product.sku if product else None),
        sum=written(_sum(price, chosen) * item.quantity, shop.currency),
        comment=item.note,
        modifiers=tuple(one.wired for one in chosen) or None,
    )


def _sum(price: Decimal, chosen: list[Chosen]) -> Decimal:
    return price + sum((one.price * one.quantity for one in chosen), Decimal(0))


def _product(item: Item, pointer: str, shop: Shop, ledger: Ledger) -> Product | None:
    if item.product_id is not None and not is_guid(item.product_id):
        ledger.refuse(f"{pointer}/product_id", "wrong_format", "product_id must be the product's id in Iiko (a GUID).")
        return None
    product = shop.menu.product(sku=item.sku, product_id=item.product_id)
    if product is None and item.product_id is None:
        what = f"product with the SKU {item.sku!r}" if item.sku else "such product"
        ledger.refuse(f"{pointer}/sku", ITEM_NOT_FOUND, shop.lacks(what))
    return product


def _price(item: Item, product: Product | None, pointer: str, shop: Shop, ledger: Ledger) -> Decimal:
    if item.unit_price is not None:
        return item.unit_price
    if product is None and is_guid(item.product_id):
        message = f"unit_price is missing. {shop.lacks(f'product {item.product_id} to take it from')}"
        ledger.refuse(f"{pointer}/unit_price", ITEM_NOT_FOUND, message)
    elif product is not None and product.price is None:
        message = f"unit_price is missing, and the menu has no price of {product.name!r} either."
        ledger.refuse(f"{pointer}/unit_price", "missing", message)
    return (product.price if product else None) or Decimal(0)


def wire_fee(fee: Fee, pointer: str, shop: Shop, ledger: Ledger) -> WireItem:
    """Iiko has no fees: a fee is a product of the menu, named by its SKU or its id."""
    product = sold_as(fee.sku, shop)
    if fee.sku is None:
        message = "Iiko sells a fee as a product of the menu: give its sku."
        ledger.refuse(f"{pointer}/sku", "missing", message)
    elif product is None and not is_guid(fee.sku):
        what = f"product with the SKU {fee.sku!r}, which this fee is sold as"
        ledger.refuse(f"{pointer}/sku", ITEM_NOT_FOUND, shop.lacks(what))
    return WireItem(
        id=(product.product_id if product else None) or fee.sku or "-",
        name=said(fee.name) or (product.name if product else None),
        amount="1",
        code=product.sku if product else None,
        sum=written(fee.amount, shop.currency),
    )


def sold_as(sku: str | None, shop: Shop) -> Product | None:
    """The product that something else is sold as, by its SKU or its id."""
    if sku is None:
        return None
    return shop.menu.product(sku=sku) or (shop.menu.product(product_id=sku) if is_guid(sku) else None)
