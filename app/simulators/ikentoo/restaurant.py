"""A restaurant to simulate: what the examples of the iKentoo API guide use, and enough more for a real evening."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.simulators.ikentoo.config import IkentooConfig, Location, OpenAccount, Pricing, Product

COOKING = frozenset({567, 568})  # Well Done, Rear
REQUESTS = frozenset({601, 602, 603})  # No onion, Extra sauce, Gluten free base


def _product(sku: str, name: str, price: str, **more: Any) -> Product:
    return Product(sku=sku, name=name, price=Decimal(price), **more)


MENU = (
    _product("11", "Margherita", "16.50", modifiers=REQUESTS),
    _product("12", "Fondue moitie-moitie", "24.00"),
    _product("13", "Quattro stagioni", "21.00", modifiers=REQUESTS),
    _product("14", "Caesar salad", "14.50", modifiers=REQUESTS),
    _product("15", "Tiramisu", "9.50"),
    _product("SKU1", "Coke", "5.50"),
    _product("SKU2", "Coke in a deal", "0.00"),
    _product("SKUBEE", "Beef Patty", "8.00", modifiers=COOKING),
    _product("CBD1", "Cheese Burger Deal", "10.00"),
    _product("100", "Cappuccino", "2.10"),
    _product("5569", "Albert Bichot Meursault 2013 - 750ml", "85.00"),
    _product("CHEESE", "Extra cheese", "2.00"),
    _product("FEE", "Delivery fee", "0.00", pricing=Pricing.POSITIVE, custom_name=True),
    _product("OPEN", "Open item", "0.00", pricing=Pricing.POSITIVE, custom_name=True),
    _product("DISCOUNT", "Discount", "0.00", pricing=Pricing.NEGATIVE, custom_name=True),
    _product("SOLDOUT", "Oysters", "32.00", restricted=True),
)

_DEMO = Location(
    id=25769803788,
    name="Demo",
    pos_id=2724,
    products=MENU,
    discounts={"10PCT": Decimal("10.00"), "STAFF": Decimal("15.00")},
    profiles=frozenset({"PICKUP", "DELIVERY", "TABLE"}),
    payment_methods={"CARD": "Card", "CASH": "Cash"},
    open_accounts=(
        OpenAccount(identifier="A1232.23443", table=1, name="Order FMGV, Table 1", amount=Decimal("87.10")),
        OpenAccount(identifier="46802258625135", table=1, name="Order LEAC, Table 1", amount=Decimal("85.00")),
    ),
)


def default_config() -> IkentooConfig:
    """Build a simulator with the locations 25769803788 (Demo), 25769805870 (iKentoo 2) and 123 of the API guide."""
    second = replace(_DEMO, id=25769805870, name="iKentoo 2", pos_id=2801, open_accounts=())
    guide = replace(_DEMO, id=123, name="API guide", pos_id=1234, open_accounts=())
    return IkentooConfig(locations=(_DEMO, second, guide))
