"""What the simulated restaurant cooks: the examples of the iKentoo API guide, and enough more for a real evening."""

from decimal import Decimal
from typing import Any

from app.simulators.ikentoo.menu import (
    Choice,
    DealGroup,
    Discount,
    Instruction,
    InstructionGroup,
    Menu,
    MenuGroup,
    Pricing,
    Product,
    RichData,
    Text,
)

COOKING, REQUESTS, DONENESS, ICE = 123, 124, 125, 126


def _instructions(group_id: int, name: str, first: int, *options: str, **more: Any) -> InstructionGroup:
    numbered = tuple(Instruction(id=first + n, name=option) for n, option in enumerate(options))
    return InstructionGroup(id=group_id, name=name, options=numbered, **more)


INSTRUCTIONS = (
    _instructions(COOKING, "Cooking", 567, "Well Done", "Rear"),  # sic: the guide's example
    _instructions(REQUESTS, "Requests", 601, "No onion", "Extra sauce", "Gluten free base", multi=True),
    _instructions(DONENESS, "Doneness", 611, "Blue", "Rare", "Medium", "Well done", required=True),
    _instructions(ICE, "Ice", 621, "With ice", "Without ice"),
)


def _product(sku: str, name: str, price: str, **more: Any) -> Product:
    return Product(sku=sku, name=name, price=Decimal(price), **more)


def _rich(sku: str, english: str, french: str, *allergens: str) -> RichData:
    where = f"https://images.example.com/{sku.lower()}"
    (name, text), (nom, texte) = (each.split(": ", 1) for each in (english, french))
    texts = Text(locale="en", name=name, description=text), Text(locale="fr", name=nom, description=texte)
    return RichData(square_image=f"{where}-square.jpg", raw_image=f"{where}.jpg", texts=texts, allergens=allergens)


_COLA = RichData(
    square_image="https://imageUrl.com",
    raw_image="https://imageUrl.com/raw",
    texts=(Text(locale="en", name="Coca cola", description="This is a coca cola"),),
    allergens=("soybeans",),
)
_MARGHERITA = _rich(
    "11",
    "Pizza Margherita: Tomato, mozzarella, basil",
    "Pizza Margherita: Tomate, mozzarella, basilic",
    "gluten",
    "milk",
)
_FONDUE = _rich(
    "12",
    "Fondue half and half: Gruyere and Vacherin, bread, for one",
    "Fondue moitie-moitie: Gruyere et Vacherin, pain, pour une personne",
    "gluten",
    "milk",
    "sulphites",
)
_TIRAMISU = _rich("15", "Tiramisu: Mascarpone, coffee", "Tiramisu: Mascarpone, cafe", "eggs", "gluten", "milk")
_DRINKS = (
    Choice(sku="SKU1", name="Sprite", color="GREEN"),  # sic: SKU1 is Coke everywhere else in the guide
    Choice(sku="SKU2", name="Coke", color="RED"),
)
_LUNCH = (
    DealGroup(
        description="Starter",
        choices=(
            Choice(sku="14", name="Caesar salad"),
            Choice(sku="SOUP", name="Soup of the day", color="BROWN"),
        ),
    ),
    DealGroup(
        description="Main course",
        choices=(
            Choice(sku="11", name="Margherita", color="RED"),
            Choice(sku="ENTRECOTE", name="Entrecote", price=Decimal("12.00"), color="BROWN"),
        ),
    ),
    DealGroup(
        description="Sweets",
        must_select=False,
        multi=True,
        choices=(Choice(sku="15", name="Tiramisu"), Choice(sku="SORBET", name="Lemon sorbet", price=Decimal("2.50"))),
    ),
)
_ALCOHOL: dict[str, Any] = {"tax_rate": Decimal("0.081"), "color": "RED"}

PRODUCTS = (
    _product("11", "Margherita", "16.50", instructions=(REQUESTS,), rich=_MARGHERITA),
    _product("12", "Fondue moitie-moitie", "24.00", rich=_FONDUE),
    _product("13", "Quattro stagioni", "21.00", instructions=(REQUESTS,)),
    _product("14", "Caesar salad", "14.50", instructions=(REQUESTS,)),
    _product("15", "Tiramisu", "9.50", rich=_TIRAMISU),
    _product("SOUP", "Soup of the day", "8.50", color="BROWN"),
    _product("ENTRECOTE", "Entrecote", "38.00", color="BROWN", instructions=(DONENESS, REQUESTS)),
    _product("RISOTTO", "Saffron risotto", "27.00", custom_name=True),
    _product("SORBET", "Lemon sorbet", "7.00"),
    _product("SKU1", "Coke", "5.50", color="RED", rich=_COLA),
    _product("SKU2", "Coke in a deal", "0.00", color="RED"),
    _product("SKUBEE", "Beef Patty", "8.00", instructions=(COOKING,)),
    _product(
        "CBD1",
        "Cheese Burger Deal",
        "10.00",
        color="BROWN",
        tax_included=False,
        deal=(DealGroup(description="Drinks", choices=_DRINKS),),
    ),
    _product("LUNCH", "Business lunch", "32.00", color="BLUE", deal=_LUNCH),
    _product("100", "Cappuccino", "2.10", color="BROWN", tax_rate=Decimal("0.20")),
    _product("ESPRESSO", "Espresso", "4.20", color="BROWN"),
    _product("WATER", "Mineral water 0.5 l", "5.00", color="BLUE", instructions=(ICE,)),
    _product("ICETEA", "Home made iced tea", "6.50", color="GREEN", instructions=(ICE,)),
    _product("BEER", "Lager 0.3 l", "6.80", **_ALCOHOL),
    _product("FENDANT", "Fendant du Valais 1 dl", "7.20", **_ALCOHOL),
    _product("5569", "Albert Bichot Meursault 2013 - 750ml", "85.00", color="RED", tax_rate=Decimal("0.20")),
    _product("CHEESE", "Extra cheese", "2.00", as_sub_item=True),
    _product("BACON", "Extra bacon", "3.50", as_sub_item=True),
    _product("FT1", "Item text", "0.00", custom_name=True),
    _product("FEE", "Delivery fee", "0.00", pricing=Pricing.POSITIVE, custom_name=True),
    _product("OPEN", "Open item", "0.00", pricing=Pricing.POSITIVE, custom_name=True),
    _product("DISCOUNT", "Discount", "0.00", pricing=Pricing.NEGATIVE, custom_name=True),
    _product("SERVICE", "Service charge", "0.00", pricing=Pricing.PERCENTAGE),
    _product("SOLDOUT", "Oysters", "32.00", restricted=True),
)


def _group(name: str, color: str, skus: str) -> MenuGroup:
    return MenuGroup(name=name, color=color, skus=tuple(skus.split()))


MENUS = (
    Menu(
        id=1234,
        name="Carte",
        groups=(
            _group("Starters", "GREEN", "14 SOUP SOLDOUT"),
            _group("Pizza", "RED", "11 CHEESE 13 CHEESE"),
            _group("Main courses", "BROWN", "12 ENTRECOTE RISOTTO SKUBEE CHEESE BACON"),
            _group("Deals", "BLUE", "LUNCH CBD1"),
            _group("Desserts", "GREEN", "15 SORBET"),
            _group("Open prices", "BLUE", "OPEN FEE DISCOUNT SERVICE FT1"),
        ),
    ),
    Menu(
        id=4321,
        name="Drinks",
        groups=(
            _group("Soft drinks", "GREEN", "SKU1 WATER ICETEA"),
            _group("Coffee", "BROWN", "100 ESPRESSO"),
            _group("Beer and wine", "RED", "BEER FENDANT 5569"),
        ),
    ),
    Menu(
        id=123,
        name="Demo Menu",
        tax_percentage=False,
        groups=(_group("Menu Group", "RED", "SKU1 SKUBEE"), _group("Menu Group Deal Example", "BLUE", "CBD1")),
    ),
)
DISCOUNTS = (
    Discount(code="10PCT", name="10 % Discount", percentage=Decimal("10.00")),
    Discount(code="STAFF", name="Staff Discount", percentage=Decimal("15.00")),
)
