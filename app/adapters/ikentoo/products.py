"""One entry of an iKentoo menu as a product of ours (iKentoo API guide, Load Menu; K-Series reference)."""

from collections.abc import Iterator

from app.adapters.ikentoo.loose import Json, amount, flag, objects, part, text, whole
from app.domain.catalog import (
    DealChoice,
    DealGroup,
    ModifierChoice,
    ModifierGroup,
    Pricing,
    Product,
    ProductText,
    Tax,
)

_PRICING = (
    ("NEGATIVE", Pricing.NEGATIVE),
    ("POSTIVE", Pricing.OPEN),  # as the API spells it
    ("POSITIVE", Pricing.OPEN),
    ("PERCENTAGE", Pricing.PERCENTAGE),
)


def product(entry: Json, group_id: str | None) -> Product | None:
    """The product; None for an entry without a SKU, which no order can name."""
    sku = text(entry, "sku")
    if sku is None:
        return None
    rich = part(entry, "itemRichData")
    return Product(
        sku=sku,
        name=text(entry, "productName", "name") or sku,
        price=amount(entry, "productPrice"),
        group_id=group_id,
        tax=_tax(entry),
        modifier_groups=(*instruction_groups(entry), *_product_modifier_groups(entry)),
        deals=tuple(_deals(entry)),
        texts=tuple(_texts(rich)),
        allergens=_allergens(rich),
        image_url=text(rich, "squareImageUrl", "rawImageUrl"),
        pricing=pricing(entry),
        custom_name=flag(entry, "customItemNameEnabled") is True,
    )


def pricing(entry: Json) -> Pricing:
    """Whether an order may name a price. Absent inside deals, and an unknown word permits nothing."""
    said = (text(entry, "pricingStrategy") or "").upper()
    return next((strategy for word, strategy in _PRICING if word in said), Pricing.FIXED)


def _tax(entry: Json) -> Tax | None:
    percentage = amount(entry, "defaultTaxPercentage")
    included = flag(entry, "taxIncludedInPrice")
    tax = Tax(amount=amount(entry, "defaultTaxAmount"), percentage=percentage, included=included)
    return None if tax == Tax() else tax


def instruction_groups(entry: Json) -> tuple[ModifierGroup, ...]:
    """Production instructions: free, each at most once. The list of groups and that of a group are called the same."""
    return tuple(_instruction_group(each) for each in objects(entry.get("productionInstructionList")))


def _instruction_group(group: Json) -> ModifierGroup:
    group_id = text(group, "productionIntructionGroupId", "productionInstructionGroupId")  # the first as the API has it
    least, most = _bounds(group)
    choices = (
        ModifierChoice(id=choice_id, name=text(each, "instruction") or choice_id, max=1)
        for each in objects(group.get("productionInstructionList"))
        if (choice_id := text(each, "ikentooModifierId"))
    )
    name = text(group, "productionInstructionGroupName") or group_id or "Instructions"
    return ModifierGroup(id=group_id or name, name=name, min=least, max=most, modifiers=tuple(choices))


def _product_modifier_groups(entry: Json) -> Iterator[ModifierGroup]:
    """Products that are chosen below a product (``/op/2/menu/load``, K-Series reference)."""
    for group in objects(entry.get("menuModifierGroups")):
        name = text(group, "description", "name") or "Options"
        least, most = _bounds(group)
        choices = tuple(filter(None, map(sub_choice, objects(group.get("productModifiers")))))
        yield ModifierGroup(id=text(group, "sku") or name, name=name, min=least, max=most, modifiers=choices)


def sub_choice(entry: Json) -> ModifierChoice | None:
    """A product as a choice below another one, named by its SKU."""
    sku = text(entry, "sku")
    if sku is None:
        return None
    price = amount(entry, "productPrice")
    return ModifierChoice(sku=sku, name=text(entry, "productName", "name") or sku, price=0 if price is None else price)


def _deals(entry: Json) -> Iterator[DealGroup]:
    for group in objects(entry.get("menuDealGroups")):
        least, most = _bounds(group)
        yield DealGroup(
            name=text(group, "description", "name") or "Choice",
            required=least > 0,
            multiple=most is None or most > 1,
            items=tuple(_deal_choices(group)),
        )
    # The guide's table has items right below a deal, too, without an example: free choices (INFERRED).
    if direct := tuple(_deal_choices(entry)):
        yield DealGroup(name=text(entry, "productName") or "Choice", multiple=True, items=direct)


def _deal_choices(group: Json) -> Iterator[DealChoice]:
    for each in objects(group.get("items")):
        if sku := text(each, "sku"):
            # Today's extraPrice is what it costs inside of a deal; the guide shows that price as productPrice.
            price = amount(each, "extraPrice", "productPrice")
            yield DealChoice(
                sku=sku, name=text(each, "productName", "name") or sku, price=0 if price is None else price
            )


def _bounds(group: Json) -> tuple[int, int | None]:
    """How many may be chosen: today's numbers, or what the guide's two flags say."""
    least = whole(group, "minimumSelection")
    most = whole(group, "maximumSelection")
    if least is None or least < 0:
        least = 1 if flag(group, "mustSelectAnItem") else 0
    if most is None or most < max(least, 1):
        most = None if flag(group, "multiSelectionPermitted") else max(least, 1)
    return least, most


def _texts(rich: Json) -> Iterator[ProductText]:
    for each in objects(rich.get("texts")):
        told = ProductText(
            locale=text(each, "locale"), name=text(each, "friendlyDisplayName"), description=text(each, "description")
        )
        if told.name or told.description:
            yield told


def _allergens(rich: Json) -> tuple[str, ...]:
    codes = rich.get("allergenCodes")
    given = [text({"code": code}, "code") for code in codes] if isinstance(codes, list) else []
    return tuple(dict.fromkeys(code for code in given if code))
