"""How much was chosen with one unit of a product, and what a further choice counts as."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from app.domain.menu_options import Option, Slot

Share = tuple[Option, Decimal]
"""An option, and how much of it."""


class Tally:
    """Counts choices. One that could belong to several groups goes to the group that still wants it."""

    def __init__(self) -> None:
        self._chosen: defaultdict[Slot | Option, Decimal] = defaultdict(Decimal)

    def chosen(self, of: Slot | Option) -> Decimal:
        """How much of a group, or of one choice."""
        return self._chosen.get(of, Decimal(0))

    def count(self, option: Option, amount: Decimal) -> None:
        """Counts a choice."""
        self._chosen[option] += amount
        self._chosen[option.slot] += amount

    def count_unknown(self, slot: Slot, amount: Decimal) -> None:
        """Counts a choice that the group does not have: it is wrong, but the group was not forgotten."""
        self._chosen[slot] += amount

    def place(self, amount: Decimal, candidates: Sequence[Option], *, deal: bool) -> tuple[Share, ...]:
        """Counts a choice that may be any of the candidates.

        Two drinks may fill two groups of a deal, which have no ids; a modifier belongs to one group.
        """
        shares: list[Share] = []
        left = list(candidates)
        while left and amount > 0:
            best = min(left, key=lambda option: self._rank(option, amount, deal=deal))
            left.remove(best)
            taken = min(amount, max(self.room(best), Decimal(0))) if left and best.slot.deal else amount
            if taken > 0:
                self.count(best, taken)
                shares.append((best, taken))
                amount -= taken
        return tuple(shares)

    def room(self, option: Option) -> Decimal:
        """How much more of it may be chosen; negative where it is too much already."""
        slot = option.slot
        own = Decimal("Infinity") if option.max is None else option.max - self.chosen(option)
        return own if slot.max is None else min(own, slot.max - self.chosen(slot))

    def _rank(self, option: Option, amount: Decimal, *, deal: bool) -> tuple[bool, bool, bool, bool]:
        """Smallest first: with room, not named before, of the kind it was sent as, and wanted."""
        full = self.room(option) < (min(amount, Decimal(1)) if option.slot.deal else amount)
        wanted = self.chosen(option) < option.min or self.chosen(option.slot) < option.slot.min
        return full, option in self._chosen, option.slot.deal != deal, not wanted
