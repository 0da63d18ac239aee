"""`GET /api/0/nomenclature/{organization}`: groups, products, one revision for the whole tree."""

from app.simulators.iiko.config import IikoConfig
from app.simulators.iiko.dictionaries import Dictionaries
from app.simulators.iiko.model import Choice, ChoiceGroup, Group, Product

Json = dict[str, object]

REVISION = 1
UPLOADED = "2026-01-01 00:00:00"
PER_DISH = "carbohydrate energy fat fiber".split()


def nomenclature(config: IikoConfig, dictionaries: Dictionaries) -> Json:
    return {
        "groups": [_group(one, order) for order, one in enumerate(config.groups)],
        "productCategories": [],
        "products": [_product(one, order, dictionaries) for order, one in enumerate(config.products)],
        "revision": REVISION,
        "uploadDate": UPLOADED,
    }


def _group(group: Group, order: int) -> Json:
    return {
        "id": group.id,
        "name": group.name,
        "code": None,
        "description": None,
        "additionalInfo": None,
        "order": order,
        "parentGroup": None,
        "images": [],
        "isIncludedInMenu": group.in_menu,
        "tags": None,
        "seoDescription": None,
        "seoKeywords": None,
        "seoText": None,
        "seoTitle": None,
    }


def _product(product: Product, order: int, dictionaries: Dictionaries) -> Json:
    modifier = product.type == "modifier"
    return {
        "id": product.id,
        "code": product.code,
        "name": product.name,
        "description": None,
        "additionalInfo": None,
        "type": product.type,
        "parentGroup": None if modifier else product.group_id,
        "groupId": product.group_id if modifier else None,
        "productCategoryId": None,
        "price": product.price,
        "differentPricesOn": [],
        "prohibitedToSaleOn": [one.id for one in dictionaries.terminals if one.name in product.prohibited_on],
        "modifiers": [_choice(one) for one in product.modifiers],
        "groupModifiers": [_choice_group(one) for one in product.group_modifiers],
        "isIncludedInMenu": product.in_menu,
        "order": order,
        "weight": None,
        "measureUnit": "порц",
        "images": [],
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
        "defaultAmount": choice.minimum,
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
