"""The nomenclature as a menu: what can be ordered, with what, for how much, and whether it is to be had. Pure.

One odd product is left out, and told in the log; it never costs the rest of the menu.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import structlog

from app.adapters.iiko.loose import Json, number, objects, text, whole
from app.adapters.iiko.options import Options, is_modifier, key_of
from app.adapters.iiko.stops import Sales
from app.domain.catalog import Group, ModifierGroup, Product, ProductText
from app.domain.money import fits, rounded

log = structlog.get_logger(__name__)

_DESCRIPTION = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMenu:
    """What was understood of a nomenclature."""

    groups: tuple[Group, ...]
    products: tuple[Product, ...]
    revision: int | None


def menu_of(nomenclature: Json, sales: Sales, currency: str) -> ReadMenu:
    """The menu as the location's terminal sells it."""
    return _Reader(nomenclature, sales, currency).read()


class _Reader:
    def __init__(self, nomenclature: Json, sales: Sales, currency: str) -> None:
        self._sales = sales
        self._currency = currency
        self._revision = whole(nomenclature.get("revision"))
        self._wired = dict(_by_id(nomenclature.get("products")))
        self._groups = dict(_by_id(nomenclature.get("groups")))
        names = {one: text(group.get("name"), limit=255) for one, group in self._groups.items()}
        self._options = Options(self._wired, {one: name for one, name in names.items() if name}, self._price)

    def read(self) -> ReadMenu:
        products = tuple(self._products())
        return ReadMenu(groups=tuple(self._headings(products)), products=products, revision=self._revision)

    def _products(self) -> Iterator[Product]:
        for product_id, wired in self._wired.items():
            if is_modifier(wired) or wired.get("isDeleted") is True:
                continue
            try:
                yield self._product(product_id, wired)
            except (ValueError, TypeError, ArithmeticError) as error:
                log.warning("a product could not be read", product=product_id, error=type(error).__name__)

    def _product(self, product_id: str, wired: Json) -> Product:
        description = text(wired.get("description"), limit=_DESCRIPTION)
        return Product(
            sku=text(wired.get("code"), limit=64),
            product_id=product_id,
            name=text(wired.get("name"), limit=255) or text(wired.get("code"), limit=64) or product_id,
            price=self._price(wired),
            group_id=key_of(wired.get("parentGroup")),
            available=self._available(product_id, wired),
            modifier_groups=self._modifier_groups(product_id, wired),
            texts=(ProductText(description=description),) if description else (),
            image_url=_image(wired.get("images")),
        )

    def _modifier_groups(self, product_id: str, wired: Json) -> tuple[ModifierGroup, ...]:
        try:
            return self._options.of(wired)
        except (ValueError, TypeError, ArithmeticError) as error:
            log.warning("modifiers could not be read", product=product_id, error=type(error).__name__)
            return ()

    def _available(self, product_id: str, wired: Json) -> bool:
        prohibited = wired.get("prohibitedToSaleOn")
        terminals = [found for one in prohibited if (found := key_of(one))] if isinstance(prohibited, list) else []
        if wired.get("isIncludedInMenu") is False or self._sales.prohibits(terminals):
            return False
        return not self._sales.stops(product_id)

    def _price(self, wired: Json) -> Decimal | None:
        """Of the terminal where it has one of its own; with the currency's places unless that would lose something."""
        price = number(wired.get("price"))
        for other in objects(wired.get("differentPricesOn")):
            if self._sales.terminal is not None and key_of(other.get("terminalId")) == self._sales.terminal:
                own = number(other.get("price"))
                price = price if own is None else own
        if price is None or price < 0:
            return None
        price = price.normalize()
        return rounded(price, self._currency) if fits(price, self._currency) else price

    def _headings(self, products: Sequence[Product]) -> Iterator[Group]:
        """Groups with something in them, and what they stand under: modifier groups are listed among them, too."""
        used: set[str] = set()
        for group_id in {product.group_id for product in products}:
            above = group_id
            while above is not None and above not in used and above in self._groups:
                used.add(above)
                above = key_of(self._groups[above].get("parentGroup"))
        for group_id, wired in self._groups.items():
            if group_id in used:
                name = text(wired.get("name"), limit=255) or group_id
                parent = key_of(wired.get("parentGroup"))
                yield Group(id=group_id, name=name, parent_id=parent if parent in used else None)


def _by_id(value: object) -> Iterator[tuple[str, Json]]:
    seen: set[str] = set()
    for wired in objects(value):
        found = key_of(wired.get("id"))
        if found is not None and found not in seen:
            seen.add(found)
            yield found, wired


def _image(value: object) -> str | None:
    """The newest: Iiko keeps the old ones."""
    images = [(text(one.get("uploadDate")) or "", text(one.get("imageUrl"), limit=2000)) for one in objects(value)]
    return max(((day, address) for day, address in images if address), default=("", None))[1]
