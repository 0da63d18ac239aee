"""How the catalog check says what is wrong: with names and amounts, for a cook or for who writes a checkout."""

from collections.abc import Sequence
from decimal import Decimal

from app.domain.catalog import Product
from app.domain.fields import written_quantity
from app.domain.money import written
from app.domain.order import Fee, Item, Modifier, SubItem

_LISTED = 8
"""So many names are listed; the others are counted."""


def title(given: Item | SubItem | Modifier | Fee, product: Product | None = None) -> str:
    """What people call it: by the menu, else by the order."""
    named = product.name if product else None
    return named or given.name or given.sku or identity(given)


def identity(given: Item | SubItem | Modifier | Fee, *, by_id: bool = True) -> str:
    """What the order names it by: ``id "m9"``, ``SKU "00031"``."""
    own = None if isinstance(given, Fee) else given.id if isinstance(given, Modifier) else given.product_id
    return f'id "{own}"' if own and by_id else f'SKU "{given.sku}"'


def described(given: Item | SubItem | Modifier | Fee) -> str:
    """With its name where the order gives one: ``SKU "00031" (Four cheese)``."""
    return f"{identity(given)} ({given.name})" if given.name else identity(given)


def amount_of(amount: Decimal) -> str:
    """``2``, or ``0.5``."""
    return str(written_quantity(amount))


def price(amount: Decimal, currency: str) -> str:
    """``9.50 CHF``."""
    return f"{written(amount, currency)} {currency}"


def choose(what: str, least: int, most: int | None, chosen: Decimal) -> str:
    """``choose exactly 1 of Crust (Thin crust, Thick crust); 0 chosen.``"""
    bound = f"exactly {most}" if least == most else f"at least {least}" if chosen < least else f"at most {most}"
    return f"choose {bound} of {what}; {amount_of(chosen)} chosen."


def listed(names: Sequence[str]) -> str:
    """``Thin crust, Thick crust and 4 more``."""
    shown = ", ".join(names[:_LISTED])
    return f"{shown} and {len(names) - _LISTED} more" if len(names) > _LISTED else shown
