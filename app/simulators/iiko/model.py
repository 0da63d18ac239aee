"""What the simulated restaurant consists of: its menu and its dictionaries, as plain frozen records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class ServiceType(StrEnum):
    """`orderServiceType` of an order type. The pickup word is INFERRED: only the courier word has been seen."""

    COURIER = "DELIVERY_BY_COURIER"
    PICKUP = "DELIVERY_PICKUP"


@dataclass(frozen=True, kw_only=True)
class Terminal:
    id: str
    name: str
    address: str


@dataclass(frozen=True, kw_only=True)
class OrderType:
    id: str
    name: str
    service: ServiceType


@dataclass(frozen=True, kw_only=True)
class MarketingSource:
    id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class PaymentType:
    id: str
    code: str
    name: str
    deleted: bool = False


@dataclass(frozen=True, kw_only=True)
class Group:
    """A menu group, or a group of modifiers: Iiko lists both in one place."""

    id: str
    name: str
    in_menu: bool = True
    parent_id: str | None = None
    description: str | None = None


@dataclass(frozen=True, kw_only=True)
class Category:
    """A product category: for reports, not for the menu."""

    id: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Choice:
    """How often one modifier may be chosen, per one unit of the item."""

    modifier_id: str
    minimum: int = 0
    maximum: int = 1
    required: bool = False
    default: int | None = None
    """What the till begins with; None: the minimum."""


@dataclass(frozen=True, kw_only=True)
class ChoiceGroup:
    """A group modifier: the sum of the chosen children must lie between minimum and maximum."""

    group_id: str
    minimum: int
    maximum: int
    required: bool = False
    children: Sequence[Choice] = ()
    children_limited: bool = False
    """The children's own limits count too (`childModifiersHaveMinMaxRestrictions`)."""


@dataclass(frozen=True, kw_only=True)
class Product:
    """A dish, a good or a modifier: all three are products in Iiko."""

    id: str
    code: str
    name: str
    price: Decimal
    type: str = "dish"
    group_id: str | None = None
    modifiers: Sequence[Choice] = ()
    group_modifiers: Sequence[ChoiceGroup] = ()
    in_menu: bool = True
    description: str | None = None
    weight: Decimal | None = None
    """Kilograms."""
    category_id: str | None = None
    images: Sequence[str] = ()
    """Addresses of pictures."""
    prohibited_on: Sequence[str] = ()
    """Names of terminals that may not sell it (their ids change)."""
    prices_on: Mapping[str, Decimal] = field(default_factory=dict)
    """Prices by name of terminal, where they differ."""

    def price_on(self, terminal: Terminal | None) -> Decimal:
        return self.price if terminal is None else self.prices_on.get(terminal.name, self.price)
