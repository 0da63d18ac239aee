"""Menus as both POSs give them, small enough to keep in the head."""

from datetime import UTC, datetime
from typing import Any

from app.domain.catalog import DealChoice, DealGroup, Menu, ModifierChoice, ModifierGroup, Pricing, Product
from app.domain.errors import Finding
from app.domain.menu_rules import check_menu
from tests.domain.orders import order

SYNCED = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def choice(name: str, price: str = "0", **more: Any) -> ModifierChoice:
    return ModifierChoice.model_validate({"name": name, "price": price} | more)


CRUST = ModifierGroup(
    id="AAAA-crust",
    name="Crust",
    min=1,
    max=1,
    each_limited=False,
    modifiers=(choice("Thin crust", id="thin", sku="T"), choice("Thick crust", "1.50", id="thick", sku="K")),
)
EXTRAS = ModifierGroup(
    id="bbbb-extras",
    name="Extras",
    max=3,
    modifiers=(
        choice("Bacon", "2.00", id="bacon", max=2),
        choice("Olives", "1.00", id="olives", max=1),
        choice("Onions", "0.50", id="onions", max=1),
    ),
)
DIPS = ModifierGroup(
    id="cccc-dips",
    name="Dips",
    max=4,
    each_limited=False,
    modifiers=(choice("Garlic dip", id="garlic", max=1), choice("Chili dip", id="chili", max=1)),
)
SINGLES = ModifierGroup(
    name="",
    modifiers=(
        choice("Pizza box", "0.30", id="box", min=1, max=1, default=1),
        choice("Candle", "0.10", id="candle", max=5),
    ),
)
PIZZA = Product(
    sku="00031", product_id="P-Pizza", name="Margherita", price="9.50", modifier_groups=(CRUST, EXTRAS, DIPS, SINGLES)
)
WATER = Product(sku="00040", product_id="p-water", name="Water", price="2.000000000")
SOUP = Product(sku="00050", product_id="p-soup", name="Soup", price="6.00", available=False)
COURIER = Product(sku="90001", product_id="p-courier", name="Delivery", price="5.00")
IIKO = Menu(synced_at=SYNCED, products=(PIZZA, WATER, SOUP, COURIER))
"""Iiko: a required crust, extras with limits of their own, dips without, singles of which one is required."""

COOKING = ModifierGroup(
    id="123", name="Cooking", max=1, modifiers=(choice("Well Done", id="567"), choice("Rare", id="568"))
)
SAUCES = ModifierGroup(
    name="Sauces", modifiers=(choice("Pepper sauce", "1.20", sku="SAU1"), choice("Jus", "1.00", sku="SAU2"))
)
PATTY = Product(sku="SKUBEE", name="Beef Patty", price="8.00", modifier_groups=(COOKING, SAUCES))
COKE = Product(sku="SKU1", name="Coke", price="5.50")
DRINKS = DealGroup(
    name="Drinks",
    required=True,
    items=(DealChoice(sku="SKU1", name="Sprite"), DealChoice(sku="SKU2", name="Coke", price="0.50")),
)
SIDES = DealGroup(
    name="Sides",
    multiple=True,
    items=(DealChoice(sku="FRI", name="Fries", price="1.00"), DealChoice(sku="SKUBEE", name="Patty")),
)
DEAL = Product(sku="CBD1", name="Cheese Burger Deal", price="10.00", deals=(DRINKS, SIDES))
TIP = Product(sku="OPEN", name="Donation", price="0.00", pricing=Pricing.OPEN)
VOUCHER = Product(sku="NEG", name="Voucher", price="0.00", pricing=Pricing.NEGATIVE)
SERVICE = Product(sku="PCT", name="Service", price="10.00", pricing=Pricing.PERCENTAGE)
IKENTOO = Menu(synced_at=SYNCED, products=(PATTY, COKE, DEAL, TIP, VOUCHER, SERVICE))
"""iKentoo: cooking instructions by id, sauces as products below, a deal whose SKU1 is another drink than by itself."""


def pizza(*modifiers: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A Margherita with what it cannot do without, and more."""
    needed = [{"id": "thin"}, {"id": "box"}]
    return {"product_id": "p-pizza", "quantity": 1, "modifiers": [*needed, *modifiers]} | more


def deal(*sub_items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"sku": "CBD1", "quantity": 1, "sub_items": [*sub_items]} | more


def findings(menu: Menu, *items: dict[str, Any], **changes: Any) -> list[Finding]:
    """Of an order of which nobody knows whether its total is right: an item has a discount of the POS's."""
    first, *others = items
    unknown_total = {"discount_code": "10PCT"} | first
    return check_menu(order(items=[unknown_total, *others], **changes), menu, currency="CHF")


def told(menu: Menu, *items: dict[str, Any], **changes: Any) -> list[tuple[str, str, str]]:
    return [(finding.pointer, str(finding.code), finding.message) for finding in findings(menu, *items, **changes)]
