"""The catalog's say in an order that is taken: what ``check_policy`` makes of it, and what may only be old news."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.adapters.base import Pos, Submission, Translation
from app.domain.catalog import Menu
from app.domain.errors import Finding, Misconfigured, OrderNotExpressible
from app.domain.location import Location
from app.domain.menu_rules import check_menu
from app.domain.order import Order
from app.relay.prepare import curable

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


def as_warning(finding: Finding) -> dict[str, str]:
    """A finding as the order's view tells it."""
    return {"code": finding.code, "message": finding.message, "pointer": finding.pointer}


def translated(pos: Pos, location: Location, submission: Submission) -> Translation | None:
    """The order as the POS would get it now; None where that cannot be told yet, for a reason that is not the order's:
    what is known of the POS may be old (a sync is made when it is sent), or the venue's settings are wrong (its lane
    will be blocked). Raises OrderNotExpressible."""
    try:
        return pos.translate(location, submission)
    except OrderNotExpressible as refused:
        if not curable(refused):
            raise
    except Misconfigured:
        pass
    return None
