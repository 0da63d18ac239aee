"""What can be chosen with a dish, from the nomenclature. Pure.

Single modifiers name a product, group modifiers a group with its children. ``required`` makes the least amount 1 at
least (Iiko integration tips: such a dish cannot be passed without). A ``maxAmount`` of 0 is read as "no limit": a
choice that may be chosen no times would be none, and 0 is what stands where nothing was limited (INFERRED; the POS
has the last word either way).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from app.adapters.iiko.loose import Json, objects, text, whole
from app.domain.catalog import ModifierChoice, ModifierGroup

SINGLES = "Options"
"""What the single modifiers are shown under; Iiko has no name for them."""
_OF_A_CHOICE = ("modifierId", "minAmount", "maxAmount", "required", "defaultAmount")
PriceOf = Callable[[Json], Decimal | None]


class Options:
    """Builds the modifier groups of products. Equal choices and groups are built once: many dishes share them."""

    def __init__(self, products: Mapping[str, Json], group_names: Mapping[str, str], price_of: PriceOf) -> None:
        self._products = products
        self._group_names = group_names
        self._price_of = price_of
        self._children_of = _children_of(products)
        self._choices: dict[tuple[str, ...], ModifierChoice | None] = {}

    def of(self, product: Json) -> tuple[ModifierGroup, ...]:
        """All groups of a product, the single modifiers as one of their own without an id."""
        groups = [self._group(one) for one in objects(product.get("groupModifiers"))]
        singles = self._chosen(objects(product.get("modifiers")))
        if singles:
            groups.insert(0, ModifierGroup(id=None, name=SINGLES, modifiers=singles))
        return tuple(group for group in groups if group is not None)

    def _group(self, wired: Json) -> ModifierGroup | None:
        group_id = key_of(wired.get("modifierId"))
        if group_id is None:
            return None
        children = list(objects(wired.get("childModifiers")))
        # Some answers name the group alone: its children are the modifiers that name it themselves (INFERRED).
        children = children or [{"modifierId": one} for one in self._children_of.get(group_id, ())]
        least, most = _limits(wired)
        return ModifierGroup(
            id=group_id,
            name=self._group_names.get(group_id, SINGLES),
            min=least,
            max=most,
            each_limited=wired.get("childModifiersHaveMinMaxRestrictions") is True,
            modifiers=self._chosen(children),
        )

    def _chosen(self, wired: Iterable[Json]) -> tuple[ModifierChoice, ...]:
        found: dict[str | None, ModifierChoice] = {}
        for one in wired:
            choice = self._choice(one)
            if choice is not None:
                found.setdefault(choice.id, choice)
        return tuple(found.values())

    def _choice(self, wired: Json) -> ModifierChoice | None:
        key = tuple(repr(wired.get(name)) for name in _OF_A_CHOICE)
        if key not in self._choices:
            self._choices[key] = self._new_choice(wired)
        return self._choices[key]

    def _new_choice(self, wired: Json) -> ModifierChoice | None:
        modifier_id = key_of(wired.get("modifierId"))
        product = self._products.get(modifier_id or "")
        if modifier_id is None or product is None:
            return None
        least, most = _limits(wired)
        price = self._price_of(product)
        return ModifierChoice(
            id=modifier_id,
            sku=text(product.get("code"), limit=64),
            name=text(product.get("name"), limit=255) or modifier_id,
            price=Decimal(0) if price is None else price,
            min=least,
            max=most,
            default=whole(wired.get("defaultAmount")),
        )


def is_modifier(product: Json) -> bool:
    """Modifiers are products, too, but cannot be ordered alone (INFERRED)."""
    return str(product.get("type")).lower() == "modifier"


def key_of(value: object) -> str | None:
    """An id, in small letters."""
    found = text(value, limit=64)
    return found.lower() if found else None


def _limits(wired: Json) -> tuple[int, int | None]:
    least = max(whole(wired.get("minAmount")) or 0, 1 if wired.get("required") is True else 0)
    most = whole(wired.get("maxAmount"))
    return least, most if most and most > 0 else None


def _children_of(products: Mapping[str, Json]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for product_id, product in products.items():
        group = key_of(product.get("groupId"))
        if group is not None and is_modifier(product):
            found.setdefault(group, []).append(product_id)
    return found
