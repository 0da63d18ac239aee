"""Products that the catalog does not have, or that cannot be ordered now."""

from collections.abc import Iterator

from app.domain.catalog import Product
from app.domain.errors import ITEM_NOT_FOUND, Finding
from app.domain.menu_lines import Reader
from app.domain.menu_words import described, identity, title
from app.domain.order import Fee, Item, SubItem
from app.domain.status import FailureCode


def item_product(item: Item, product: Product | None, pointer: str, reader: Reader) -> Iterator[Finding]:
    """Of an item."""
    where = f"{pointer}/{named_by(item)}"
    if product is not None:
        yield from unavailable(title(item, product), product, where)
    elif item.product_id or item.sku:  # else the order is wrong without a catalog
        text = f"The catalog has no product with the {described(item)}"
        now = reader.product(sku=item.sku, product_id=None)
        hint = f"; the {identity(item, by_id=False)} is {now.name} with the id {now.product_id}" if now else ""
        yield Finding(where, ITEM_NOT_FOUND, f"{text}{hint}.")


def fee_product(fee: Fee, pointer: str, reader: Reader) -> Iterator[Finding]:
    """Of a fee, which is sold as a product."""
    if fee.sku is None:
        return
    product = reader.fee(fee.sku)
    if product is not None:
        yield from unavailable(title(fee, product), product, f"{pointer}/sku")
    else:
        text = f"The catalog has no product with the {described(fee)}, which the fee is to be sold as."
        yield Finding(f"{pointer}/sku", ITEM_NOT_FOUND, text)


def unavailable(name: str, product: Product, pointer: str) -> Iterator[Finding]:
    """Where the POS does not sell it now."""
    if not product.available:
        text = f"{name} cannot be ordered now: it is sold out, or not on this location's menu."
        yield Finding(pointer, FailureCode.ITEM_UNAVAILABLE, text)


def named_by(given: Item | SubItem) -> str:
    """The member that names it: the id, else the SKU."""
    return "product_id" if given.product_id else "sku"
