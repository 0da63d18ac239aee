"""What a POS sells and what it calls things, as last read from it. Pure data, the same for every POS.

A ``Menu`` is what the rest of the product looks things up in: the products that were asked for, and the dictionaries
of names. It is a snapshot: the POS may have changed since ``synced_at``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainSerializer

Price = Annotated[Decimal, PlainSerializer(lambda value: f"{value:f}", return_type=str, when_used="json")]
"""An amount as the POS writes it; it travels as a string."""


class CatalogModel(BaseModel):
    """Read from a POS, stored as JSON, read again: unknown members of an older or newer version are no error."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Pricing(StrEnum):
    """Whether an order may name a price of its own for the product."""

    FIXED = "fixed"
    OPEN = "open"
    """Any price, added to the total."""
    NEGATIVE = "negative"
    """Any price, taken off the total: a discount sold as a product."""
    PERCENTAGE = "percentage"
    """A share of the total. An order of ours never names one."""


class ModifierChoice(CatalogModel):
    """One choice of a group. ``min`` and ``max`` are amounts per one unit of the product; ``max`` None: no limit."""

    id: str | None = None
    """What an order names it by in ``modifiers[].id``."""
    sku: str | None = None
    name: str
    price: Price = Decimal(0)
    min: int = 0
    max: int | None = None
    default: int | None = None


class ModifierGroup(CatalogModel):
    """Choices of which at least ``min`` and at most ``max`` belong to one unit of the product."""

    id: str | None = None
    """None: no group at the POS, its choices stand for themselves (and ``min`` is 0, ``max`` None)."""
    name: str
    min: int = 0
    max: int | None = None
    each_limited: bool = True
    """Whether the choices' own ``min`` and ``max`` count, too (Iiko: ``childModifiersHaveMinMaxRestrictions``)."""
    modifiers: tuple[ModifierChoice, ...] = ()


class DealChoice(CatalogModel):
    """A product that can be chosen in a deal, at the price it has there."""

    sku: str
    name: str
    price: Price = Decimal(0)


class DealGroup(CatalogModel):
    """One choice within a deal, ordered as ``sub_items``."""

    name: str
    required: bool = False
    multiple: bool = False
    """Whether more than one may be chosen."""
    items: tuple[DealChoice, ...] = ()


class ProductText(CatalogModel):
    """How a product is told to guests, in one language."""

    locale: str | None = None
    name: str | None = None
    description: str | None = None


class Tax(CatalogModel):
    """What the POS says of the tax; it may be another one at the moment of sale."""

    amount: Price | None = None
    percentage: Price | None = None
    included: bool | None = None
    """Whether the price includes it."""


class Product(CatalogModel):
    """Something that can be ordered as an item."""

    sku: str | None = None
    product_id: str | None = None
    name: str
    price: Price | None = None
    group_id: str | None = None
    tax: Tax | None = None
    available: bool = True
    """False: on the stop list, excluded from the menu, or not sold at this location's terminal."""
    modifier_groups: tuple[ModifierGroup, ...] = ()
    deals: tuple[DealGroup, ...] = ()
    texts: tuple[ProductText, ...] = ()
    allergens: tuple[str, ...] = ()
    image_url: str | None = None
    pricing: Pricing = Pricing.FIXED
    custom_name: bool = False
    """Whether an order may give it another name."""

    @property
    def key(self) -> str:
        """What it is the same product by, from one sync to the next."""
        return self.product_id or self.sku or self.name


class Group(CatalogModel):
    """A heading of the menu."""

    id: str
    name: str
    parent_id: str | None = None


class Entry(BaseModel):
    """A thing that settings or orders name: ``id``, ``code``, ``name``, and what else the POS says of it."""

    model_config = ConfigDict(frozen=True, extra="allow")

    id: str | None = None
    code: str | None = None
    name: str | None = None


class Kind(StrEnum):
    """The dictionaries. A POS has some of them."""

    PAYMENT_TYPES = "payment_types"
    ORDER_TYPES = "order_types"
    MARKETING_SOURCES = "marketing_sources"
    TERMINALS = "terminals"
    DISCOUNTS = "discounts"
    MODIFIERS = "modifiers"
    MENUS = "menus"


Names = Mapping[str, Sequence[Entry]]
"""Dictionaries by kind."""


@dataclass(frozen=True)
class Menu:
    """What was asked for of a location's synced catalog and dictionaries."""

    synced_at: datetime | None = None
    """Of the catalog. None: never, so that nothing found means nothing."""
    products: tuple[Product, ...] = ()
    names: Names = field(default_factory=dict)
    names_synced_at: datetime | None = None

    @cached_property
    def _by_sku(self) -> dict[str, Product]:
        return {product.sku: product for product in reversed(self.products) if product.sku}

    @cached_property
    def _by_id(self) -> dict[str, Product]:
        return {product.product_id.lower(): product for product in reversed(self.products) if product.product_id}

    def product(self, *, sku: str | None = None, product_id: str | None = None) -> Product | None:
        """The product: by its id where one is given, else by its SKU."""
        if product_id:
            return self._by_id.get(product_id.lower())
        return self._by_sku.get(sku) if sku else None

    def entry(self, kind: Kind, name: str) -> Entry | None:
        """The one thing of this kind with this id, code or name; ids and codes before names, case aside in names."""
        entries = self.names.get(kind, ())
        exact = next((entry for entry in entries if name in (entry.id, entry.code)), None)
        return exact or next((one for one in entries if one.name and one.name.casefold() == name.casefold()), None)


NO_MENU = Menu()
"""Nothing was ever synced."""
