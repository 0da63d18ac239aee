"""Menus as iKentoo shows them, and as our catalog has them."""

from decimal import Decimal
from typing import Any

import pytest

from app.adapters.base import MenuRead
from app.adapters.ikentoo.menus import read_menus
from app.domain.catalog import DealChoice, Group, ModifierChoice, Pricing, Product, ProductText, Tax
from tests.adapters.ikentoo.guide_examples import example


def item(sku: str, **more: Any) -> dict[str, Any]:
    return {
        "@type": "menuItem",
        "type": "menuItem",
        "productName": sku.title(),
        "productPrice": "5.00",
        "sku": sku,
        **more,
    }


def group(name: str, *entries: Any, **more: Any) -> dict[str, Any]:
    return {"@type": "group", "name": name, "menuEntry": list(entries), **more}


def menu(*entries: Any, **more: Any) -> dict[str, Any]:
    return {"menuName": "Card", "ikentooMenuId": 1, "menuEntryGroups": list(entries), **more}


def products(read: MenuRead) -> dict[str, Product]:
    return {each.sku: each for each in read.products if each.sku}


def one(**more: Any) -> Product:
    return products(read_menus([menu(group("Mains", item("A", **more)))]))["A"]


def test_the_guides_menu() -> None:
    read = read_menus([example("menu")])
    assert read.groups == (
        Group(id="123", name="Demo Menu"),
        Group(id="123/Menu Group", name="Menu Group", parent_id="123"),
        Group(id="123/Menu Group Deal Example", name="Menu Group Deal Example", parent_id="123"),
    )
    found = products(read)
    assert list(found) == ["SKU1", "SKUBEE", "CBD1", "SKU2"]
    coke = found["SKU1"]
    # SKU1 is Coke on the menu and Sprite in the deal: what is sold by itself wins.
    assert (coke.name, coke.price, coke.group_id) == ("Coke", Decimal("5.50"), "123/Menu Group")
    assert coke.tax == Tax(amount=Decimal("0.44"), included=True)
    assert coke.texts == (ProductText(locale="en", name="Coca cola", description="This is a coca cola"),)
    assert (coke.allergens, coke.image_url) == (("soybeans",), "https://imageUrl.com")
    assert (coke.pricing, coke.custom_name, coke.available) == (Pricing.FIXED, False, True)


def test_the_guides_instructions_and_deal() -> None:
    found = products(read_menus([example("menu")]))
    (cooking,) = found["SKUBEE"].modifier_groups
    assert (cooking.id, cooking.name, cooking.min, cooking.max) == ("123", "Cooking", 0, 1)
    assert [(each.id, each.sku, each.name) for each in cooking.modifiers] == [
        ("567", None, "Well Done"),
        ("568", None, "Rear"),
    ]
    (drinks,) = found["CBD1"].deals
    assert (drinks.name, drinks.required, drinks.multiple) == ("Drinks", True, False)
    assert drinks.items == (DealChoice(sku="SKU1", name="Sprite"), DealChoice(sku="SKU2", name="Coke"))


@pytest.mark.parametrize(
    ("said", "pricing"),
    [
        ("CUSTOMIZED_ITEM_PRICE_WILL_BE_NEGATIVE", Pricing.NEGATIVE),
        ("CUSTOMIZED_ITEM_PRICE_WILL_BE_POSTIVE", Pricing.OPEN),
        ("CUSTOMIZED_ITEM_PRICE_WILL_BE_POSITIVE", Pricing.OPEN),
        ("CUSTOMIZED_ITEM_PRICE_WILL_BE_A_PERCENTAGE_OF_TOTAL", Pricing.PERCENTAGE),
        ("PRICE_CANNOT_BE_CUSTOMIZED", Pricing.FIXED),
        ("${value}", Pricing.FIXED),
        (None, Pricing.FIXED),
        (["odd"], Pricing.FIXED),
    ],
)
def test_pricing(said: Any, pricing: Pricing) -> None:
    assert one(pricingStrategy=said).pricing is pricing


def test_a_sub_item_is_a_choice_of_the_product_above_it() -> None:
    cheese = item("CHEESE", asSubItem=True, productPrice="1.50")
    read = read_menus(
        [menu(group("Mains", item("A"), cheese, item("B"), item("C"), cheese, item("X", asSubItem=True)))]
    )
    found = products(read)
    (extras,) = found["A"].modifier_groups
    assert (extras.id, extras.min, extras.max) == (None, 0, None)
    assert extras.modifiers == (ModifierChoice(sku="CHEESE", name="Cheese", price=Decimal("1.50")),)
    assert found["B"].modifier_groups == ()
    assert [each.sku for each in found["C"].modifier_groups[0].modifiers] == ["CHEESE", "X"]
    assert found["CHEESE"].price == Decimal("1.50")  # known, so that its price can be checked


def test_a_sub_item_with_nothing_above_it_is_sold_by_itself() -> None:
    read = read_menus([menu(group("Mains", item("A", asSubItem=True), item("B", asSubItem=True)))])
    assert [each.sku for each in products(read)["A"].modifier_groups[0].modifiers] == ["B"]


def test_the_same_product_on_two_menus_is_one() -> None:
    first = menu(group("Mains", item("A", productPrice="1.00"), item("CHEESE", asSubItem=True)))
    second = menu(group("Mains", item("A", productPrice="2.00"), item("HAM", asSubItem=True)), ikentooMenuId=2)
    read = read_menus([first, second])
    assert [each.id for each in read.groups] == ["1", "1/Mains", "2", "2/Mains"]
    found = products(read)
    assert (found["A"].price, found["A"].group_id) == (Decimal("1.00"), "1/Mains")
    assert [each.sku for each in found["A"].modifier_groups[0].modifiers] == ["CHEESE", "HAM"]


def test_groups_in_groups_and_names_twice() -> None:
    inner = group("Beer", item("A"))
    read = read_menus([menu(group("Drinks", inner, item("B")), group("Drinks", group("Beer", id="77"), item("C")))])
    assert {each.id: each.parent_id for each in read.groups} == {
        "1": None,
        "1/Drinks": "1",
        "1/Drinks/Beer": "1/Drinks",
        "1/Drinks#2": "1",
        "77": "1/Drinks#2",
    }
    assert {sku: each.group_id for sku, each in products(read).items()} == {
        "A": "1/Drinks/Beer",
        "B": "1/Drinks",
        "C": "1/Drinks#2",
    }


def test_group_ids_do_not_depend_on_their_order() -> None:
    entries = group("Mains", item("A")), group("Drinks", item("B"))
    one_way, other_way = read_menus([menu(*entries)]), read_menus([menu(*reversed(entries))])
    assert set(one_way.groups) == set(other_way.groups)
    assert set(one_way.products) == set(other_way.products)
    assert one_way.revision != other_way.revision  # the order on the card is content, too


def test_the_revision_is_that_of_the_content() -> None:
    assert read_menus([example("menu")]).revision == read_menus([example("menu")]).revision
    assert read_menus([menu(item("A"))]).revision != read_menus([menu(item("A", productPrice="6.00"))]).revision


def test_limits_of_instructions() -> None:
    def bounds(**more: Any) -> tuple[int, int | None]:
        told = {"productionIntructionGroupId": 1, "productionInstructionList": [{"ikentooModifierId": 2}], **more}
        (found,) = one(productionInstructionList=[told]).modifier_groups
        return found.min, found.max

    assert bounds() == (0, 1)
    assert bounds(multiSelectionPermitted=True) == (0, None)
    assert bounds(minimumSelection=1, maximumSelection=3, multiSelectionPermitted=True) == (1, 3)
    assert bounds(minimumSelection=2, maximumSelection=None) == (2, 2)
    assert bounds(minimumSelection="odd", maximumSelection=-1) == (0, 1)


def test_todays_modifier_groups() -> None:
    milk = {
        "description": "Milk",
        "sku": "30",
        "minimumSelection": 1,
        "maximumSelection": 2,
        "productModifiers": [{"@type": "menuProductModifier", "productName": "Oat", "sku": "OAT", "productPrice": 0.5}],
    }
    read = read_menus([menu(group("Coffee", item("A", menuModifierGroups=[milk])))])
    (found,) = products(read)["A"].modifier_groups
    assert (found.id, found.name, found.min, found.max) == ("30", "Milk", 1, 2)
    assert found.modifiers == (ModifierChoice(sku="OAT", name="Oat", price=Decimal("0.5")),)
    assert products(read)["OAT"].name == "Oat"


def test_a_deal_with_items_of_its_own_and_todays_prices() -> None:
    deal = item("D", menuDealGroups=[{"items": [item("A", extraPrice=1.99)], "multiSelectionPermitted": True}])
    deal |= {"@type": "menuDeal", "items": [item("B")]}
    found = products(read_menus([menu(group("Deals", deal))]))
    assert [(each.name, each.required, each.multiple) for each in found["D"].deals] == [
        ("Choice", False, True),
        ("D", False, True),
    ]
    assert found["D"].deals[0].items == (DealChoice(sku="A", name="A", price=Decimal("1.99")),)
    assert set(found) == {"D", "A", "B"}


ODD: list[Any] = [
    None,
    7,
    "text",
    [],
    {},
    {"@type": "group"},
    {"@type": "menuItem"},
    {"@type": "unheard of"},
    {"sku": ""},
]


def test_one_odd_entry_spoils_nothing() -> None:
    odd_lists = dict.fromkeys(("menuDealGroups", "productionInstructionList", "menuModifierGroups", "items"), ODD)
    odd_item = item("ODD", productPrice="NaN", itemRichData={"texts": ODD, "allergenCodes": ODD}, **odd_lists)
    odd_item |= {"defaultTaxAmount": {}, "customItemNameEnabled": "yes", "productName": 12}
    read = read_menus([{}, menu(*ODD, group("Mains", *ODD, odd_item, item("A")), menuName=None)])
    found = products(read)
    assert set(found) >= {"ODD", "A"}
    assert (found["ODD"].price, found["ODD"].name, found["ODD"].custom_name) == (None, "12", False)
    for value in ODD:
        assert read_menus([menu(menuEntryGroups=value)]).products == ()


def test_a_menu_inside_itself_ends() -> None:
    deep: dict[str, Any] = item("DEEP")
    for _ in range(200):
        deep = group("G", deep)
    assert read_menus([menu(deep, group("Mains", item("A")))]).products[0].sku == "A"
