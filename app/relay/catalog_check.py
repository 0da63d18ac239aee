"""The catalog's say in an order: what the location's ``check_policy`` makes of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.domain.catalog import Menu
from app.domain.errors import Finding
from app.domain.location import Location
from app.domain.menu_rules import check_menu
from app.domain.order import Order

REFUSES_FOR = timedelta(hours=24)
"""An older catalog may be wrong about what the POS would take: it warns, and refuses nothing."""


def against_menu(location: Location, order: Order, menu: Menu) -> Sequence[Finding]:
    """What the synced catalog says against the order; nothing where it is not asked or was never synced."""
    if location.settings.check_policy == "off":
        return ()
    return check_menu(order, menu, currency=location.settings.currency)


def refuses(location: Location, menu: Menu, now: datetime) -> bool:
    """Whether findings refuse the order (422) instead of being told as its warnings."""
    fresh = menu.synced_at is not None and now - menu.synced_at < REFUSES_FOR
    return location.settings.check_policy == "strict" and fresh
