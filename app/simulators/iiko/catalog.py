"""The menu as it is now: edited at run time as in the back office, each edit with a higher revision of the tree."""

from dataclasses import replace

from app.simulators.iiko.config import IikoConfig
from app.simulators.iiko.generated import generated
from app.simulators.iiko.model import Category, Group, Product


class UnknownEntry(ValueError):
    """The menu has no such product, group or modifier."""


class Catalog:
    """Groups and products by id, in the menu's order."""

    def __init__(self, config: IikoConfig) -> None:
        self._config = config
        self.revision = 0
        self.reset()

    def reset(self) -> None:
        """The menu of the configuration; a client that remembers an earlier revision has to read it again."""
        self.categories: tuple[Category, ...] = tuple(self._config.categories)
        self.groups: dict[str, Group] = {one.id: one for one in self._config.groups}
        self.products: dict[str, Product] = {one.id: one for one in self._config.products}
        self.generate(self._config.generated_products)

    def generate(self, count: int) -> None:
        """Add so many made-up dishes, see `generated`."""
        groups, products = generated(count)
        self.groups.update((one.id, one) for one in groups)
        self.products.update((one.id, one) for one in products)
        self.touch()

    def touch(self) -> None:
        """Something in the tree has changed."""
        self.revision += 1

    def product(self, named: str) -> Product:
        """By id or code; raises UnknownEntry."""
        found = self.products.get(named.lower())
        found = found or next((one for one in self.products.values() if one.code == named), None)
        if found is not None:
            return found
        message = f"no product with id or code {named!r}"
        raise UnknownEntry(message)

    def group(self, named: str) -> Group:
        """By id or name; raises UnknownEntry."""
        for one in self.groups.values():
            if one.id == named.lower() or one.name == named:
                return one
        message = f"no group with id or name {named!r}"
        raise UnknownEntry(message)

    def put(self, product: Product) -> None:
        """A new product, or one that has changed."""
        self.products[product.id] = product
        self.touch()

    def put_group(self, group: Group) -> None:
        """A new group, or one that has changed."""
        self.groups[group.id] = group
        self.touch()

    def remove(self, product: Product) -> None:
        """The product, and itself as a modifier of others."""
        del self.products[product.id]
        self.products = {one.id: without(one, product.id) for one in self.products.values()}
        self.touch()

    def rename_terminal(self, old: str, new: str) -> None:
        """Prices and prohibitions follow the terminal."""
        for one in self.products.values():
            if old in (*one.prices_on, *one.prohibited_on):
                prices = {new if name == old else name: price for name, price in one.prices_on.items()}
                prohibited = tuple(new if name == old else name for name in one.prohibited_on)
                self.products[one.id] = replace(one, prices_on=prices, prohibited_on=prohibited)
        self.touch()


def without(product: Product, modifier_id: str) -> Product:
    """The product without this modifier."""
    groups = (
        replace(group, children=tuple(one for one in group.children if one.modifier_id != modifier_id))
        for group in product.group_modifiers
    )
    singles = tuple(one for one in product.modifiers if one.modifier_id != modifier_id)
    return replace(product, modifiers=singles, group_modifiers=tuple(groups))
