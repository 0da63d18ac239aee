"""What a restaurant offers, as its back office would have it: products, deals, menus, production instructions.

Everything here is a value that never changes; `card.py` holds what is on offer now.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Pricing(StrEnum):
    """How a custom price is taken; POSTIVE is how the API spells it (iKentoo API guide, Load Menu)."""

    NEGATIVE = "CUSTOMIZED_ITEM_PRICE_WILL_BE_NEGATIVE"
    POSITIVE = "CUSTOMIZED_ITEM_PRICE_WILL_BE_POSTIVE"
    PERCENTAGE = "CUSTOMIZED_ITEM_PRICE_WILL_BE_A_PERCENTAGE_OF_TOTAL"
    FIXED = "PRICE_CANNOT_BE_CUSTOMIZED"


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """One thing that can be asked of the kitchen; it is free. `id` is what an order calls `modifierId`."""

    id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class InstructionGroup:
    """Instructions that belong together. `multi` False: at most one of them.

    `required` (today's K-Series: a minimum of one) cannot be seen in the menu of the API guide, but the till knows it.
    """

    id: int
    name: str
    options: tuple[Instruction, ...]
    multi: bool = False
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class Text:
    """What guests read, in one language."""

    locale: str
    name: str
    description: str


@dataclass(frozen=True, kw_only=True)
class RichData:
    """Pictures, texts and allergens; only shown when asked for."""

    square_image: str
    raw_image: str
    texts: tuple[Text, ...] = ()
    allergens: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A product inside a deal, at the price and under the name it has there."""

    sku: str
    name: str
    price: Decimal = Decimal(0)
    color: str = "GREEN"


@dataclass(frozen=True, kw_only=True)
class DealGroup:
    """One course of a deal: choose one (or several, if `multi`), or nothing unless it must be."""

    description: str
    choices: tuple[Choice, ...]
    must_select: bool = True
    multi: bool = False


@dataclass(frozen=True, kw_only=True)
class Product:
    """Something that can be ordered; with `deal` a deal. `restricted` items are refused by the till (sold out).

    `instructions` are ids of instruction groups. `as_sub_item`: belongs below the product before it on the menu.
    """

    sku: str
    name: str
    price: Decimal
    color: str = "GREEN"
    instructions: tuple[int, ...] = ()
    pricing: Pricing = Pricing.FIXED
    custom_name: bool = False
    restricted: bool = False
    as_sub_item: bool = False
    tax_rate: Decimal = Decimal("0.08")
    tax_included: bool = True
    rich: RichData | None = None
    deal: tuple[DealGroup, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MenuGroup:
    """One page of buttons."""

    name: str
    color: str
    skus: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Menu:
    """A menu. `tax_percentage`: whether items show defaultTaxPercentage (the guide's table has it, its example not)."""

    id: int
    name: str
    groups: tuple[MenuGroup, ...] = ()
    tax_percentage: bool = True


@dataclass(frozen=True, kw_only=True)
class Discount:
    """A discount on an item: a percentage, or an amount as today's K-Series also has it."""

    code: str
    name: str
    percentage: Decimal | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table on a floor plan."""

    number: int
    description: str
    clients: int


@dataclass(frozen=True, kw_only=True)
class FloorPlan:
    """A room."""

    name: str
    tables: tuple[Table, ...] = ()
