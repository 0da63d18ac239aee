"""Names and prices that iKentoo is not told: it has its own, which only a synced catalog could be compared with.

The catalog comes with a later release, and its check takes the place of this list. Until then nothing is known of
them at the POS, so each is named among what was not sent.
"""

from collections.abc import Collection

from app.adapters.ikentoo.ledger import Ledger
from app.domain.order import Item, Modifier, SubItem

_PRODUCT = ("name", "unit_price")
_MODIFIER = ("id", "sku", "name", "group_id", "group_name", "unit_price")


def keep_unchecked(given: Item | SubItem | Modifier, pointer: str, ledger: Ledger, *, sent: Collection[str]) -> None:
    """Lists what was given of a line's names and prices, but for the members that were ``sent``."""
    for member in _MODIFIER if isinstance(given, Modifier) else _PRODUCT:
        # A price of 0 is a price.
        ledger.keep(f"{pointer}/{member}", member not in sent and getattr(given, member) not in (None, ""))
