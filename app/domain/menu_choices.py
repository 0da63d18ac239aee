"""What the menu has against the modifiers and sub-items of one line."""

from collections.abc import Iterator

from app.domain.errors import ITEM_NOT_FOUND, Finding
from app.domain.menu_limits import too_few, too_many
from app.domain.menu_lines import Line, Pick
from app.domain.menu_options import Option
from app.domain.menu_prices import pick_price
from app.domain.menu_products import named_by, unavailable
from app.domain.menu_words import described, listed
from app.domain.order import Modifier, SubItem
from app.domain.status import FailureCode


def check_choices(line: Line, name: str, currency: str) -> Iterator[Finding]:
    """In the order's own order. ``name``: what people call the product of the line."""
    faults = dict(_faults(line, name))
    told = too_many(line, name, faults) | faults
    first_sub_item = len(line.given.modifiers)
    yield from too_few(line, name, deal=False)
    for number, pick in enumerate(line.picks[:first_sub_item]):
        yield from told.get(number, ())
        yield from pick_price(pick, name, currency)
    yield from too_few(line, name, deal=True)
    for number, pick in enumerate(line.picks[first_sub_item:], first_sub_item):
        yield from told.get(number, ())
        yield from pick_price(pick, name, currency)
        yield from _below(pick, name, currency)


def _below(pick: Pick, name: str, currency: str) -> Iterator[Finding]:
    """A sub-item is a product itself. Modifiers' products are on no menu, so only a deal's can be sold out."""
    given = pick.given
    if not isinstance(given, SubItem) or pick.line is None or not pick.shares:
        return
    if pick.product is not None and pick.shares[0][0].slot.deal:
        yield from unavailable(pick.name, pick.product, f"{pick.pointer}/{named_by(given)}")
    yield from check_choices(pick.line, f"{pick.name} of {name}", currency)


def _faults(line: Line, name: str) -> Iterator[tuple[int, list[Finding]]]:
    """Picks that are wrong by themselves, by their places."""
    named: set[Option] = set()
    for number, pick in enumerate(line.picks):
        given = pick.given
        options = [option for option, _ in pick.shares]
        if isinstance(given, SubItem):
            fault = None if options else _unknown_sub_item(given, pick, name)
        elif not options:
            fault = _unknown_modifier(given, pick, line, name)
        else:
            fault = _misnamed(given, pick, name, named)
            named.update(options)
        if fault is not None:
            yield number, [fault]


def _misnamed(given: Modifier, pick: Pick, name: str, named: set[Option]) -> Finding | None:
    option = pick.shares[0][0]
    if pick.misplaced:
        group = f"the group {option.slot.name}" if option.slot.id else "no group"
        text = f'{name}: {pick.name} belongs to {group}, not to the one with the id "{given.group_id}".'
        return Finding(f"{pick.pointer}/group_id", FailureCode.MODIFIER_INVALID, text)
    if not named.isdisjoint({option for option, _ in pick.shares}):
        text = f"{name}: {pick.name} is named twice; say how many with quantity."
        return Finding(_place(given, pick), FailureCode.MODIFIER_INVALID, text)
    return None


def _unknown_modifier(given: Modifier, pick: Pick, line: Line, name: str) -> Finding | None:
    if not (given.id or given.sku):  # the order is wrong without a catalog
        return None
    slot = line.options.slot(given.group_id)
    if slot is not None:
        choices = listed([option.name for option in line.options.card[slot]])
        text = f"{name}: {slot.name} has no choice with the {described(given)}, but {choices}."
    else:
        text = f"{name} takes no modifier with the {described(given)}."
    return Finding(_place(given, pick), FailureCode.MODIFIER_INVALID, text)


def _unknown_sub_item(given: SubItem, pick: Pick, name: str) -> Finding | None:
    """A product that the menu does not have may be new there; one that it has does not belong to this product."""
    if not (given.product_id or given.sku):
        return None
    pointer = f"{pick.pointer}/{named_by(given)}"
    if pick.product is None:
        text = f"The catalog has no product with the {described(given)}, and {name} has no such choice."
        return Finding(pointer, ITEM_NOT_FOUND, text)
    text = f"{pick.name} is no choice of {name}; order it as an item of its own."
    return Finding(pointer, FailureCode.MODIFIER_INVALID, text)


def _place(given: Modifier, pick: Pick) -> str:
    return f"{pick.pointer}/{'id' if given.id else 'sku'}"
