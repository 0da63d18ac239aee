"""What one location offers now: one source for what the menu shows and for what the till takes."""

from collections.abc import Iterable
from dataclasses import replace

from app.simulators.ikentoo.config import Location
from app.simulators.ikentoo.menu import Discount, FloorPlan, InstructionGroup, Menu, MenuGroup, Product


class Card:
    """The offer of a location, as its back office may change it at any time. Starts as configured."""

    def __init__(self, location: Location) -> None:
        """Copy what the location is configured with."""
        self.products: dict[str, Product] = {each.sku: each for each in location.products}
        self.instructions: dict[int, InstructionGroup] = {each.id: each for each in location.instructions}
        self.menus: dict[int, Menu] = {each.id: each for each in location.menus}
        self.discounts: dict[str, Discount] = {each.code: each for each in location.discounts}
        self.floor_plans: tuple[FloorPlan, ...] = location.floor_plans

    def groups_of(self, product: Product) -> list[InstructionGroup]:
        """Answer the instruction groups of a product that still exist."""
        return [self.instructions[each] for each in product.instructions if each in self.instructions]

    def put(self, product: Product) -> None:
        """Add a product, or replace the one with its SKU."""
        self.products[product.sku] = product

    def place(self, sku: str, menu_id: int, group_name: str) -> None:
        """Put a product at the end of a group of a menu; raises KeyError for an unknown menu, a new group is made."""
        menu = self.menus[menu_id]
        groups = list(menu.groups)
        if all(each.name != group_name for each in groups):
            groups.append(MenuGroup(name=group_name, color="GREEN", skus=()))
        self.menus[menu_id] = replace(
            menu,
            groups=tuple(
                replace(each, skus=(*each.skus, sku)) if each.name == group_name and sku not in each.skus else each
                for each in groups
            ),
        )

    def remove(self, sku: str) -> bool:
        """Take a product off every menu and out of every deal; answers whether it was there."""
        there = self.products.pop(sku, None) is not None
        for menu in list(self.menus.values()):
            groups = (replace(each, skus=_without(each.skus, sku)) for each in menu.groups)
            self.menus[menu.id] = replace(menu, groups=tuple(groups))
        for product in list(self.products.values()):
            if product.deal:
                self.products[product.sku] = _without_choice(product, sku)
        return there

    def renumber(self, first: int) -> None:
        """Give every instruction, instruction group and menu a new id, as a clumsy edit of the back office would."""
        fresh = iter(range(first, first + 1_000_000))
        ids = {old: next(fresh) for old in self.instructions}
        self.instructions = {
            ids[old]: replace(
                group, id=ids[old], options=tuple(replace(each, id=next(fresh)) for each in group.options)
            )
            for old, group in self.instructions.items()
        }
        self.products = {
            sku: replace(product, instructions=tuple(ids[each] for each in product.instructions if each in ids))
            for sku, product in self.products.items()
        }
        self.menus = {menu.id: menu for menu in (replace(old, id=next(fresh)) for old in self.menus.values())}


def _without(skus: Iterable[str], sku: str) -> tuple[str, ...]:
    return tuple(each for each in skus if each != sku)


def _without_choice(product: Product, sku: str) -> Product:
    return replace(
        product,
        deal=tuple(
            replace(group, choices=tuple(each for each in group.choices if each.sku != sku)) for group in product.deal
        ),
    )
