"""How many of what: the minimum and maximum of groups, deals and single modifiers of one line."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from app.domain.errors import Finding
from app.domain.menu_lines import Line
from app.domain.menu_options import Option, Slot
from app.domain.menu_words import choose, listed
from app.domain.status import FailureCode


def too_few(line: Line, name: str, *, deal: bool) -> Iterator[Finding]:
    """What must still be chosen, of modifiers or of the deal. A choice that is missing itself is told instead of its
    group, unless the group lacks more than that."""
    pointer = f"{line.pointer}/{'sub_items' if deal else 'modifiers'}"
    for slot, options in line.options.card.items():
        if slot.deal is not deal:
            continue
        chosen, missing = line.tally.chosen(slot), Decimal(0)
        for option in options:
            amount = line.tally.chosen(option)
            if amount < option.min:
                missing += option.min - amount
                yield _finding(pointer, name, choose(option.name, option.min, option.max, amount))
        if chosen + missing < slot.min:
            what = f"{slot.name} ({listed([option.name for option in options])})"
            yield _finding(pointer, name, choose(what, slot.min, slot.max, chosen))


def too_many(line: Line, name: str, faulty: Collection[int]) -> dict[int, list[Finding]]:
    """What is beyond a maximum, by the place of the first pick that goes beyond it.

    Each maximum is told once. ``faulty`` picks have a finding already, and are passed over. What is beyond the
    maximum of a choice does not count against its group: it is told already.
    """
    found: defaultdict[int, list[Finding]] = defaultdict(list)
    run = _Run()
    for number, pick in enumerate(line.picks):
        for option, amount in pick.shares:
            for of in run.beyond(option, amount):
                if number in faulty or of in run.told:
                    continue
                run.told.add(of)
                pointer = pick.pointer if isinstance(of, Slot) else f"{pick.pointer}/quantity"
                text = choose(of.name, of.min, of.max, line.tally.chosen(of))
                found[number].append(_finding(pointer, name, text))
    return found


@dataclass(slots=True)
class _Run:
    """The amounts up to a pick."""

    amounts: defaultdict[Slot | Option, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    told: set[Slot | Option] = field(default_factory=set)

    def beyond(self, option: Option, amount: Decimal) -> Iterator[Slot | Option]:
        """Counts the choice; the limits that it goes beyond."""
        before = self.amounts[option]
        self.amounts[option] = before + amount
        counted = amount
        if option.max is not None and before + amount > option.max:
            counted = max(option.max - before, Decimal(0))
            yield option
        self.amounts[option.slot] += counted
        if option.slot.max is not None and counted and self.amounts[option.slot] > option.slot.max:
            yield option.slot


def _finding(pointer: str, name: str, text: str) -> Finding:
    return Finding(pointer, FailureCode.MODIFIER_INVALID, f"{name}: {text}")
