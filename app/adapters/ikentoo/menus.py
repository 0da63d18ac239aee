"""Whole iKentoo menus as groups and products (iKentoo API guide, Load Menu).

A SKU may stand in several places, of several menus: it is one product. What is sold by itself wins over what stands
inside a deal, where the same SKU can have another name (the guide's own example has it so), and the first place wins
over later ones.
"""

import hashlib
from collections.abc import Iterable

from app.adapters.base import MenuRead
from app.adapters.ikentoo.loose import Json, flag, objects, text
from app.adapters.ikentoo.products import product, sub_choice
from app.domain.catalog import Group, ModifierChoice, ModifierGroup, Product

EXTRAS = "Extras"
"""What the products that are sold below another one are called: the POS has no group of them."""
_DEEPEST = 20  # a menu that contains itself would never end


def read_menus(menus: Iterable[Json]) -> MenuRead:
    """All menus as one catalog. Its revision is a hash: the API tells none."""
    reading = _Reading()
    for menu in menus:
        reading.menu(menu)
    products = tuple(_with_extras(each, reading.extras.get(sku, {})) for sku, each in reading.products().items())
    groups = tuple(reading.groups.values())
    return MenuRead(groups=groups, products=products, revision=_revision(groups, products))


def _revision(groups: Iterable[Group], products: Iterable[Product]) -> str:
    digest = hashlib.sha256()
    for each in (*groups, *products):
        digest.update(each.model_dump_json().encode() + b"\n")
    return digest.hexdigest()


def _with_extras(each: Product, extras: dict[str, ModifierChoice]) -> Product:
    if not extras:
        return each
    group = ModifierGroup(name=EXTRAS, modifiers=tuple(extras.values()))
    return each.model_copy(update={"modifier_groups": (*each.modifier_groups, group)})


class _Reading:
    """What was found so far."""

    def __init__(self) -> None:
        self.groups: dict[str, Group] = {}
        self.extras: dict[str, dict[str, ModifierChoice]] = {}
        """By the SKU of the product that they are sold below, then by their own."""
        self._sold: dict[str, Product] = {}
        self._inside: dict[str, Product] = {}

    def products(self) -> dict[str, Product]:
        """By SKU, in the order of the menus; last those that stand inside of deals only."""
        return {**self._sold, **{sku: each for sku, each in self._inside.items() if sku not in self._sold}}

    def menu(self, menu: Json) -> None:
        """Reads one menu. It is a group of its own, above the groups in it."""
        name = text(menu, "menuName") or "Menu"
        menu_id = text(menu, "ikentooMenuId") or name
        self._group(menu_id, name, None)
        self._entries(menu.get("menuEntryGroups"), menu_id, 0)

    def _group(self, group_id: str, name: str, parent_id: str | None) -> str:
        """Registers it, under an id of its own where another one has the same name."""
        unique, number = group_id, 2
        while unique in self.groups:
            unique, number = f"{group_id}#{number}", number + 1
        self.groups[unique] = Group(id=unique, name=name, parent_id=parent_id)
        return unique

    def _entries(self, entries: object, group_id: str, depth: int) -> None:
        above: str | None = None
        for entry in objects(entries):
            if _is_group(entry):
                self._entry_group(entry, group_id, depth)
                continue
            found = self._product(entry, group_id)
            choice = sub_choice(entry) if flag(entry, "asSubItem") and above else None
            if found is None:
                continue
            if choice is not None and above is not None:
                self.extras.setdefault(above, {}).setdefault(choice.sku or "", choice)
            else:
                above = found.sku

    def _entry_group(self, entry: Json, parent_id: str, depth: int) -> None:
        if depth >= _DEEPEST:
            return
        name = text(entry, "name", "productName") or "Group"
        # Today's groups have ids; the guide's have a name only, which stays when groups change places.
        group_id = self._group(text(entry, "id") or f"{parent_id}/{name}", name, parent_id)
        self._entries(entry.get("menuEntry"), group_id, depth + 1)

    def _product(self, entry: Json, group_id: str) -> Product | None:
        found = product(entry, group_id)
        if found is not None and found.sku:
            self._sold.setdefault(found.sku, found)
        self._parts(entry, group_id)
        return found

    def _parts(self, entry: Json, group_id: str) -> None:
        """What can only be had within a product is a product, too, so that it is known."""
        inner = [*objects(entry.get("items"))]
        for group in objects(entry.get("menuDealGroups")):
            inner += objects(group.get("items"))
        for group in objects(entry.get("menuModifierGroups")):
            inner += objects(group.get("productModifiers"))
        for each in inner:
            found = product(each, group_id)
            if found is not None and found.sku:
                self._inside.setdefault(found.sku, found)


def _is_group(entry: Json) -> bool:
    """The kind stands in ``@type`` and again in ``type``; where neither does, by what it holds."""
    kind = text(entry, "@type", "type")
    if kind in ("group", "menuItem", "menuDeal", "menuProductModifier"):
        return kind == "group"
    return "menuEntry" in entry
