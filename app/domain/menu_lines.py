"""An order read with the menu beside it: what each line is, and which question each choice answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.catalog import Menu, Product
from app.domain.menu_options import Option, Options, options_of
from app.domain.menu_tally import Share, Tally
from app.domain.menu_words import title
from app.domain.order import Item, Modifier, SubItem

_NOTHING = Options({})


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """An item or a sub-item."""

    given: Item | SubItem
    pointer: str
    product: Product | None
    """None: the menu does not have it, and nothing is known of its choices."""
    options: Options
    tally: Tally
    picks: tuple["Pick", ...] = ()
    """Its modifiers, then its sub-items."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pick:
    """A modifier or a sub-item, as a choice of the product above it."""

    given: Modifier | SubItem
    pointer: str
    shares: tuple[Share, ...]
    """What it counts as; empty: the product has no such choice."""
    product: Product | None
    """What it is when it is sold by itself."""
    line: Line | None = None
    """A sub-item has choices of its own."""
    misplaced: bool = False
    """It names a group that does not have it."""

    @property
    def name(self) -> str:
        """What people call it. In a deal a SKU may be called something else than by itself."""
        return (self.shares[0][0].name if self.shares else None) or title(self.given, self.product)


class Reader:
    """Reads lines of an order. Each product's choices are put in order once, however often it is ordered."""

    def __init__(self, menu: Menu) -> None:
        self._menu = menu
        self._options: dict[int, Options] = {}  # by identity: hashing a product reads all of it

    def product(self, *, sku: str | None, product_id: str | None) -> Product | None:
        """The menu's product. A SKU beside an unknown id counts where the POS has no ids of its own (iKentoo)."""
        found = self._menu.product(sku=sku, product_id=product_id)
        if found is None and product_id and sku:
            found = self._menu.product(sku=sku)
            return None if found is None or found.product_id else found
        return found

    def fee(self, sku: str) -> Product | None:
        """What a fee is sold as. Its ``sku`` may also be a product's id, which fees have no member for (Iiko)."""
        return self._menu.product(sku=sku) or self._menu.product(product_id=sku)

    def line(self, given: Item | SubItem, pointer: str) -> Line:
        """One line with all that belongs to it."""
        product = self.product(sku=given.sku, product_id=given.product_id)
        options, tally = self._options_of(product), Tally()
        picks = () if product is None else self._picks(given, pointer, options, tally)
        return Line(given=given, pointer=pointer, product=product, options=options, tally=tally, picks=picks)

    def _options_of(self, product: Product | None) -> Options:
        if product is None:
            return _NOTHING
        known = self._options.get(id(product))
        if known is None:
            known = self._options[id(product)] = options_of(product)
        return known

    def _picks(self, given: Item | SubItem, pointer: str, options: Options, tally: Tally) -> tuple[Pick, ...]:
        chosen: list[Modifier | SubItem] = [*given.modifiers]
        pointers = [f"{pointer}/modifiers/{number}" for number in range(len(given.modifiers))]
        if isinstance(given, Item):
            chosen += given.sub_items
            pointers += [f"{pointer}/sub_items/{number}" for number in range(len(given.sub_items))]
        found = [_candidates(one, options) for one in chosen]
        shares = _placed(chosen, [candidates for candidates, _ in found], options, tally)
        return tuple(
            self._pick(one, where, share, misplaced=misplaced)
            for one, where, share, (_, misplaced) in zip(chosen, pointers, shares, found, strict=True)
        )

    def _pick(self, given: Modifier | SubItem, pointer: str, shares: tuple[Share, ...], *, misplaced: bool) -> Pick:
        if isinstance(given, SubItem):
            line = self.line(given, pointer)
            return Pick(given=given, pointer=pointer, shares=shares, product=line.product, line=line)
        option = shares[0][0] if shares else None
        product = self._menu.product(sku=option.sku, product_id=option.id) if option else None
        return Pick(given=given, pointer=pointer, shares=shares, product=product, misplaced=misplaced)


def _candidates(given: Modifier | SubItem, options: Options) -> tuple[Sequence[Option], bool]:
    """What it may count as, and whether that is in another group than the one it names."""
    if isinstance(given, SubItem):
        return options.named(id=given.product_id, sku=given.sku), False
    named = options.named(id=given.id, sku=given.sku)
    if given.group_id is None or not named:
        return named, False
    group_id = given.group_id.lower()
    within = [option for option in named if option.slot.id == group_id]
    return within or named, not within


def _placed(
    chosen: Sequence[Modifier | SubItem], found: Sequence[Sequence[Option]], options: Options, tally: Tally
) -> list[tuple[Share, ...]]:
    """What each counts as. Those with the fewest possibilities come first, so that the others fill what is left."""
    shares: list[tuple[Share, ...]] = [()] * len(chosen)
    for number in sorted(range(len(chosen)), key=lambda place: len(found[place])):
        given = chosen[number]
        if found[number]:
            shares[number] = tally.place(given.quantity, found[number], deal=isinstance(given, SubItem))
        elif isinstance(given, Modifier) and (slot := options.slot(given.group_id)):
            tally.count_unknown(slot, given.quantity)
    return shares
