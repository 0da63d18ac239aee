"""`GET /api/0/nomenclature/{organization}`: groups, products, one revision for the whole tree."""

import uuid
from collections.abc import Mapping, Sequence

from app.simulators.iiko.catalog import Catalog
from app.simulators.iiko.dictionaries import Dictionaries
from app.simulators.iiko.fields import DATE_TIME
from app.simulators.iiko.model import Choice, ChoiceGroup, Group, Product
from app.simulators.iiko.numbers import dumps
from app.simulators.iiko.venue_clock import VenueClock

Json = dict[str, object]

PICTURED = "2026-01-01 00:00:00"
PER_DISH = "carbohydrate energy fat fiber".split()


class Nomenclature:
    """The tree in print. A big one takes a while, so it is printed once for each revision."""

    def __init__(self, catalog: Catalog, dictionaries: Dictionaries, clock: VenueClock) -> None:
        self._catalog = catalog
        self._dictionaries = dictionaries
        self._clock = clock
        self._printed: tuple[int, bytes] = (-1, b"")

    def text(self) -> bytes:
        """JSON of the tree of the present revision."""
        if self._printed[0] != self._catalog.revision:
            self._printed = self._catalog.revision, dumps(self._tree()).encode("utf-8", "replace")
        return self._printed[1]

    def _tree(self) -> Json:
        terminal_ids = {one.name: one.id for one in self._dictionaries.terminals}
        products, groups = self._catalog.products.values(), self._catalog.groups.values()
        return {
            "groups": [_group(one, order) for order, one in enumerate(groups)],
            "productCategories": [{"id": one.id, "name": one.name} for one in self._catalog.categories],
            "products": [_product(one, order, terminal_ids) for order, one in enumerate(products)],
            "revision": self._catalog.revision,
            "uploadDate": self._clock.local().strftime(DATE_TIME),
        }


def _images(addresses: Sequence[str]) -> list[Json]:
    return [
        {"imageId": str(uuid.uuid5(uuid.NAMESPACE_URL, one)), "imageUrl": one, "uploadDate": PICTURED}
        for one in addresses
    ]


def _group(group: Group, order: int) -> Json:
    return {
        "id": group.id,
        "name": group.name,
        "code": None,
        "description": group.description,
        "additionalInfo": None,
        "order": order,
        "parentGroup": group.parent_id,
        "images": [],
        "isIncludedInMenu": group.in_menu,
        "tags": None,
        "seoDescription": None,
        "seoKeywords": None,
        "seoText": None,
        "seoTitle": None,
    }


def _product(product: Product, order: int, terminal_ids: Mapping[str, str]) -> Json:
    modifier = product.type == "modifier"
    prices = [(terminal_ids.get(name), price) for name, price in product.prices_on.items()]
    return {
        "id": product.id,
        "code": product.code,
        "name": product.name,
        "description": product.description,
        "additionalInfo": None,
        "type": product.type,
        "parentGroup": None if modifier else product.group_id,
        "groupId": product.group_id if modifier else None,
        "productCategoryId": product.category_id,
        "price": product.price,
        "differentPricesOn": [
            {"terminalId": one, "price": price, "priceCategory": None} for one, price in prices if one
        ],
        "prohibitedToSaleOn": [terminal_ids[name] for name in product.prohibited_on if name in terminal_ids],
        "modifiers": [_choice(one) for one in product.modifiers],
        "groupModifiers": [_choice_group(one) for one in product.group_modifiers],
        "isIncludedInMenu": product.in_menu,
        "order": order,
        "weight": product.weight,
        "measureUnit": "порц",
        "images": _images(product.images),
        "tags": None,
        "doNotPrintInCheque": False,
        "useBalanceForSell": False,
        **{f"{one}Amount": None for one in PER_DISH},
        **{f"{one}FullAmount": None for one in PER_DISH},
    }


def _choice(choice: Choice) -> Json:
    return {
        "modifierId": choice.modifier_id,
        "minAmount": choice.minimum,
        "maxAmount": choice.maximum,
        "defaultAmount": choice.minimum if choice.default is None else choice.default,
        "required": choice.required,
        "hideIfDefaultAmount": False,
    }


def _choice_group(group: ChoiceGroup) -> Json:
    return {
        "modifierId": group.group_id,
        "minAmount": group.minimum,
        "maxAmount": group.maximum,
        "defaultAmount": None,
        "required": group.required,
        "hideIfDefaultAmount": False,
        "childModifiersHaveMinMaxRestrictions": group.children_limited,
        "childModifiers": [_choice(one) for one in group.children],
    }
