"""What can be chosen with a product: its modifier groups, singles and deals, in one form, found by id or SKU."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.domain.catalog import DealGroup, ModifierGroup, Product


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Slot:
    """One question to the guest. At least ``min`` and at most ``max`` of its options belong to one unit."""

    name: str
    id: str | None = None
    """In lower case."""
    min: int = 0
    max: int | None = None
    deal: bool = False


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Option:
    """One answer. Its own ``min`` and ``max`` are 0 and None where the POS does not look at them."""

    slot: Slot
    name: str
    price: Decimal
    id: str | None = None
    sku: str | None = None
    min: int = 0
    max: int | None = None


Card = Mapping[Slot, Sequence[Option]]
"""The questions of a product in the menu's order, each with its answers."""


class Options:
    """Everything that can be chosen with one product."""

    def __init__(self, card: Card) -> None:
        self.card = card
        self._by_id: dict[str, list[Option]] = {}
        self._by_sku: dict[str, list[Option]] = {}
        self._slots = {slot.id: slot for slot in card if slot.id}
        for option in (option for options in card.values() for option in options):
            if option.id:
                self._by_id.setdefault(option.id.lower(), []).append(option)
            if option.sku:
                self._by_sku.setdefault(option.sku, []).append(option)

    def named(self, *, id: str | None, sku: str | None) -> Sequence[Option]:  # noqa: A002 - as the order calls it
        """Those with this id; without one, with this SKU. Several: it is a choice of several groups.

        A SKU beside an unknown id counts where the POS has no ids of its own for its products (iKentoo).
        """
        if id and (known := self._by_id.get(id.lower())):
            return known
        known = self._by_sku.get(sku, []) if sku else []
        return [option for option in known if not option.id] if id else known

    def slot(self, group_id: str | None) -> Slot | None:
        """The group with this id."""
        return self._slots.get(group_id.lower()) if group_id else None


def options_of(product: Product) -> Options:
    """Reads a product. Groups of which no choice can be named are left out: nobody could choose from them."""
    read = (*_modifier_slots(product.modifier_groups), *_deal_slots(product.deals))
    return Options({slot: options for slot, options in read if options})


def _modifier_slots(groups: Sequence[ModifierGroup]) -> Iterator[tuple[Slot, list[Option]]]:
    for group in groups:
        slot = Slot(name=group.name, id=group.id.lower() if group.id else None, min=group.min, max=group.max)
        limited = group.each_limited or group.id is None
        yield (
            slot,
            _nameable(
                Option(
                    slot=slot,
                    name=choice.name,
                    price=choice.price,
                    id=choice.id,
                    sku=choice.sku,
                    min=choice.min if limited else 0,
                    max=choice.max if limited else None,
                )
                for choice in group.modifiers
            ),
        )


def _deal_slots(groups: Sequence[DealGroup]) -> Iterator[tuple[Slot, list[Option]]]:
    for group in groups:
        slot = Slot(name=group.name, min=int(group.required), max=None if group.multiple else 1, deal=True)
        options = (Option(slot=slot, name=item.name, price=item.price, sku=item.sku) for item in group.items)
        yield slot, _nameable(options)


def _nameable(options: Iterator[Option]) -> list[Option]:
    """Without those that nothing names, and without a second one that an order would name the same."""
    found: dict[tuple[str | None, str | None], Option] = {}
    for option in options:
        if option.id or option.sku:
            found.setdefault((option.id.lower(), None) if option.id else (None, option.sku), option)
    return list(found.values())
