"""What a synced catalog says against modifiers and sub-items: which, how many, and below what."""

from typing import Any

import pytest

from app.domain.catalog import DealChoice, DealGroup, Menu, ModifierGroup, Product
from tests.domain.menu_for_rules import COKE, CRUST, EXTRAS, IIKO, IKENTOO, PATTY, SYNCED, choice, deal, pizza, told

CRUST_SENTENCE = "Margherita: choose exactly 1 of Crust (Thin crust, Thick crust); {} chosen."


def modifiers(*given: dict[str, Any]) -> list[tuple[str, str]]:
    """Findings about the modifiers of a pizza that has exactly these."""
    found = told(IIKO, {"sku": "00031", "quantity": 3, "modifiers": list(given)})
    assert {code for _, code, _ in found} <= {"modifier_invalid"}
    return [(pointer.removeprefix("/items/0/modifiers"), message) for pointer, _, message in found]


def sold(*products: Product) -> Menu:
    return Menu(synced_at=SYNCED, products=products)


BOX = {"id": "box"}
THIN = {"id": "thin"}


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ([BOX], [("", CRUST_SENTENCE.format(0))]),
        ([BOX, {"id": "thin", "quantity": "0.5"}], [("", CRUST_SENTENCE.format("0.5"))]),
        ([BOX, THIN, {"id": "thick"}], [("/2", CRUST_SENTENCE.format(2).replace(" (Thin crust, Thick crust)", ""))]),
        ([BOX, {"id": "thin", "quantity": 2}], [("/1", "Margherita: choose exactly 1 of Crust; 2 chosen.")]),
        ([THIN], [("", "Margherita: choose exactly 1 of Pizza box; 0 chosen.")]),
        ([], [("", CRUST_SENTENCE.format(0)), ("", "Margherita: choose exactly 1 of Pizza box; 0 chosen.")]),
        (
            [BOX, THIN, {"id": "candle", "quantity": 6}],
            [("/2/quantity", "Margherita: choose at most 5 of Candle; 6 chosen.")],
        ),
        (
            [BOX, THIN, {"id": "olives", "quantity": 2}],
            [("/2/quantity", "Margherita: choose at most 1 of Olives; 2 chosen.")],
        ),
        (
            [BOX, THIN, {"id": "bacon", "quantity": 2}, {"id": "olives"}, {"id": "onions"}],
            [("/4", "Margherita: choose at most 3 of Extras; 4 chosen.")],
        ),
        ([BOX, THIN, {"id": "garlic", "quantity": 4}], []),
        ([BOX, THIN, {"id": "garlic", "quantity": 5}], [("/2", "Margherita: choose at most 4 of Dips; 5 chosen.")]),
    ],
)
def test_amounts_of_groups_and_singles(given: list[dict[str, Any]], found: list[tuple[str, str]]) -> None:
    assert modifiers(*given) == found


def test_one_cause_is_told_once() -> None:
    # Too much of one choice is not also too much of its group, unless there is more beside it.
    bacon: dict[str, Any] = {"id": "bacon", "quantity": 4}
    assert [pointer for pointer, _ in modifiers(BOX, THIN, bacon)] == ["/2/quantity"]
    more = [bacon, {"id": "olives"}, {"id": "onions"}]
    assert [pointer for pointer, _ in modifiers(BOX, THIN, *more)] == ["/2/quantity", "/4"]


def test_a_required_choice_is_told_instead_of_its_group() -> None:
    both = ModifierGroup(
        id="g", name="Set", min=2, modifiers=(choice("Fork", id="f", min=1), choice("Knife", id="k", min=1))
    )
    sentences = ["Soup: choose at least 1 of Fork; 0 chosen.", "Soup: choose at least 1 of Knife; 0 chosen."]
    soup = Product(sku="S", name="Soup", modifier_groups=(both,))
    assert [message for *_, message in told(sold(soup), {"sku": "S", "quantity": 1})] == sentences
    more = soup.model_copy(update={"modifier_groups": (both.model_copy(update={"min": 3}),)})
    sentences.append("Soup: choose at least 3 of Set (Fork, Knife); 0 chosen.")
    assert [message for *_, message in told(sold(more), {"sku": "S", "quantity": 1})] == sentences


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"id": "m9"}, ("/2/id", 'Margherita takes no modifier with the id "m9".')),
        ({"sku": "M9", "name": "Rucola"}, ("/2/sku", 'Margherita takes no modifier with the SKU "M9" (Rucola).')),
        ({"id": "m9", "sku": "T"}, ("/2/id", 'Margherita takes no modifier with the id "m9".')),
        (
            {"id": "m9", "group_id": "bbbb-EXTRAS"},
            ("/2/id", 'Margherita: Extras has no choice with the id "m9", but Bacon, Olives, Onions.'),
        ),
        (
            {"id": "bacon", "group_id": "cccc-dips"},
            ("/2/group_id", 'Margherita: Bacon belongs to the group Extras, not to the one with the id "cccc-dips".'),
        ),
        (
            {"id": "candle", "group_id": "cccc-dips"},
            ("/2/group_id", 'Margherita: Candle belongs to no group, not to the one with the id "cccc-dips".'),
        ),
        ({"id": "THIN"}, ("/2/id", "Margherita: Thin crust is named twice; say how many with quantity.")),
        ({"sku": "T"}, ("/2/sku", "Margherita: Thin crust is named twice; say how many with quantity.")),
    ],
)
def test_modifiers_that_the_product_does_not_take_so(given: dict[str, Any], found: tuple[str, str]) -> None:
    assert modifiers(BOX, THIN, given) == [found]


def test_a_wrong_choice_of_a_group_is_not_also_a_missing_one() -> None:
    assert [pointer for pointer, _ in modifiers(BOX, {"id": "m9", "group_id": "aaaa-crust"})] == ["/1/id"]


def test_long_lists_of_choices_are_cut() -> None:
    many = ModifierGroup(
        id="g", name="Fillings", min=1, modifiers=tuple(choice(f"F{n}", id=f"f{n}") for n in range(50))
    )
    wrap = Product(sku="W", name="Wrap", modifier_groups=(many,))
    listed = "F0, F1, F2, F3, F4, F5, F6, F7 and 42 more"
    message = f"Wrap: choose at least 1 of Fillings ({listed}); 0 chosen."
    assert told(sold(wrap), {"sku": "W", "quantity": 1}) == [("/items/0/modifiers", "modifier_invalid", message)]


def test_a_group_without_choices_is_not_asked_for() -> None:
    wrap = Product(sku="W", name="Wrap", modifier_groups=(ModifierGroup(id="g", name="Fillings", min=1),))
    assert told(sold(wrap), {"sku": "W", "quantity": 1}) == []


def test_the_same_choice_in_two_groups_goes_where_it_is_wanted() -> None:
    first = ModifierGroup(id="1", name="First", max=1, modifiers=(choice("Rice", id="r"), choice("Fries", id="f")))
    second = ModifierGroup(id="2", name="Second", min=1, max=1, modifiers=(choice("Rice", id="r"),))
    plate = Product(sku="P", name="Plate", modifier_groups=(first, second))
    rice, fries = {"id": "r"}, {"id": "f"}
    for given in ([rice], [rice, fries], [fries, rice], [rice, rice], [{**rice, "group_id": "1"}, rice]):
        assert told(sold(plate), {"sku": "P", "quantity": 1, "modifiers": given}) == []
    found = told(sold(plate), {"sku": "P", "quantity": 1, "modifiers": [{**rice, "group_id": "1"}]})
    assert [message for *_, message in found] == ["Plate: choose exactly 1 of Second (Rice); 0 chosen."]


def test_instructions_are_chosen_once() -> None:
    patty = {"sku": "SKUBEE", "quantity": 1}
    message = "Beef Patty: choose at most 1 of Cooking; 2 chosen."
    both = [{"id": "567"}, {"id": "568", "group_id": "123"}]
    assert told(IKENTOO, patty | {"modifiers": both}) == [("/items/0/modifiers/1", "modifier_invalid", message)]


def test_sub_items_count_as_modifiers() -> None:
    assert told(IKENTOO, {"sku": "SKUBEE", "quantity": 1, "sub_items": [{"sku": "SAU1"}, {"sku": "SAU1"}]}) == []
    few = Product(sku="P", name="Plate", modifier_groups=(CRUST, EXTRAS))
    by_id = [{"product_id": "thick"}, {"product_id": "bacon", "quantity": 3}]
    message = "Plate: choose at most 2 of Bacon; 3 chosen."
    found = told(sold(few), {"sku": "P", "quantity": 1, "sub_items": by_id})
    assert found == [("/items/0/sub_items/1/quantity", "modifier_invalid", message)]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ([], ("", "choose exactly 1 of Drinks (Sprite, Coke); 0 chosen.")),
        ([{"sku": "FRI"}], ("", "choose exactly 1 of Drinks (Sprite, Coke); 0 chosen.")),
        ([{"sku": "SKU1"}, {"sku": "SKU2"}], ("/1", "choose exactly 1 of Drinks; 2 chosen.")),
        ([{"sku": "SKU1"}, {"sku": "SKU1"}], ("/1", "choose exactly 1 of Drinks; 2 chosen.")),
        ([{"sku": "SKU1", "quantity": 2}], ("/0", "choose exactly 1 of Drinks; 2 chosen.")),
    ],
)
def test_deals(given: list[dict[str, Any]], found: tuple[str, str]) -> None:
    place, sentence = found
    pointer = f"/items/0/sub_items{place}"
    assert told(IKENTOO, deal(*given)) == [(pointer, "modifier_invalid", f"Cheese Burger Deal: {sentence}")]


def test_more_of_a_deal_where_it_allows_more() -> None:
    sides: list[dict[str, Any]] = [{"sku": "FRI", "quantity": 2}, {"sku": "FRI"}, {"sku": "SKUBEE"}]
    assert told(IKENTOO, deal({"sku": "SKU1"}, *sides)) == []
    assert told(IKENTOO, deal(*sides, modifiers=[{"sku": "SKU1"}])) == []


def test_a_deal_with_two_groups_of_the_same() -> None:
    beers = tuple(DealChoice(sku=sku, name=sku) for sku in ("IPA", "ALE"))
    groups = (
        DealGroup(name="First", required=True, items=beers),
        DealGroup(name="Second", required=True, items=beers[:1]),
    )
    menu = sold(Product(sku="D", name="Beers for two", deals=groups))
    two_lines, two_at_once = [{"sku": "IPA"}, {"sku": "IPA"}], [{"sku": "IPA", "quantity": 2}]
    for given in (two_lines, two_at_once, [{"sku": "IPA"}, {"sku": "ALE"}], [{"sku": "ALE"}, {"sku": "IPA"}]):
        assert told(menu, {"sku": "D", "quantity": 1, "sub_items": given}) == []
    found = told(menu, {"sku": "D", "quantity": 1, "sub_items": [{"sku": "IPA", "quantity": 3}]})
    assert [pointer for pointer, *_ in found] == ["/items/0/sub_items/0"]


def test_sub_items_that_do_not_belong_to_the_product() -> None:
    known, unknown = {"sku": "CBD1"}, {"sku": "PHO", "name": "Pho", "modifiers": [{"id": "x"}]}
    assert told(IKENTOO, deal({"sku": "SKU1"}, known, unknown)) == [
        (
            "/items/0/sub_items/1/sku",
            "modifier_invalid",
            "Cheese Burger Deal is no choice of Cheese Burger Deal; order it as an item of its own.",
        ),
        (
            "/items/0/sub_items/2/sku",
            "item_not_found",
            'The catalog has no product with the SKU "PHO" (Pho), and Cheese Burger Deal has no such choice.',
        ),
    ]


def test_the_modifiers_of_a_sub_item_are_checked_against_its_own_product() -> None:
    patty = {"sku": "SKUBEE", "modifiers": [{"id": "567"}, {"id": "999"}]}
    message = 'Patty of Cheese Burger Deal takes no modifier with the id "999".'
    place = "/items/0/sub_items/1/modifiers/1/id"
    assert told(IKENTOO, deal({"sku": "SKU1"}, patty)) == [(place, "modifier_invalid", message)]
    unknown_product = {"sku": "FRI", "modifiers": [{"id": "999"}]}
    assert told(IKENTOO, deal({"sku": "SKU1"}, unknown_product)) == []


def test_a_part_of_a_deal_that_is_sold_out() -> None:
    menu = sold(IKENTOO.products[2], PATTY, COKE.model_copy(update={"available": False}))
    message = "Sprite cannot be ordered now: it is sold out, or not on this location's menu."
    assert told(menu, deal({"sku": "SKU1"})) == [("/items/0/sub_items/0/sku", "item_unavailable", message)]


def test_every_item_is_checked_by_itself() -> None:
    assert told(IIKO, pizza(), {"sku": "00031", "quantity": 1, "modifiers": [BOX]}, pizza()) == [
        ("/items/1/modifiers", "modifier_invalid", CRUST_SENTENCE.format(0))
    ]


def test_a_single_has_its_own_limits_whatever_its_group_says() -> None:
    single = ModifierGroup(name="", each_limited=False, modifiers=(choice("Box", id="b", min=1),))
    soup = Product(sku="S", name="Soup", modifier_groups=(single,))
    found = [message for *_, message in told(sold(soup), {"sku": "S", "quantity": 1})]
    assert found == ["Soup: choose at least 1 of Box; 0 chosen."]


def test_a_choice_that_nothing_names_is_not_asked_for() -> None:
    both = ModifierGroup(id="g", name="Set", modifiers=(choice("Fork", min=1), choice("Knife", id="k")))
    soup = Product(sku="S", name="Soup", modifier_groups=(both,))
    assert told(sold(soup), {"sku": "S", "quantity": 1}) == []


def test_two_groups_of_one_name_are_told_once() -> None:
    groups = tuple(ModifierGroup(id=n, name="Dip", min=1, modifiers=(choice("Chili", id=n),)) for n in "ab")
    soup = Product(sku="S", name="Soup", modifier_groups=groups)
    assert len(told(sold(soup), {"sku": "S", "quantity": 1})) == 1


def test_a_choice_named_twice_is_not_also_too_much() -> None:
    assert [pointer for pointer, _ in modifiers(BOX, THIN, {"id": "olives"}, {"id": "olives"})] == ["/3/id"]
    # One beyond the group that is not the repeated one is told.
    assert [pointer for pointer, _ in modifiers(BOX, THIN, THIN, {"id": "thick"})] == ["/2/id", "/3"]


def test_what_two_groups_without_limits_have_is_taken_once_from_each() -> None:
    free = tuple(ModifierGroup(id=n, name=n, modifiers=(choice("Chili", id="c"),)) for n in "ab")
    soup = Product(sku="S", name="Soup", modifier_groups=free)
    chili = {"id": "c"}
    assert told(sold(soup), {"sku": "S", "quantity": 1, "modifiers": [chili, chili]}) == []
    found = told(sold(soup), {"sku": "S", "quantity": 1, "modifiers": [chili, chili, chili]})
    assert [pointer for pointer, *_ in found] == ["/items/0/modifiers/2/id"]


def test_a_part_that_is_a_modifier_as_well_counts_as_what_it_was_sent_as() -> None:
    sauce = ModifierGroup(id="s", name="Sauce", modifiers=(choice("Jus", "1.00", sku="J"),))
    part = DealGroup(name="Part", items=(DealChoice(sku="J", name="Jus", price="2.00"),))
    dish = Product(sku="D", name="Dish", modifier_groups=(sauce,), deals=(part,))
    as_both = {"modifiers": [{"sku": "J", "unit_price": "1.00"}], "sub_items": [{"sku": "J", "unit_price": "2.00"}]}
    for given in (as_both, {"sub_items": as_both["sub_items"]}, {"modifiers": as_both["modifiers"]}):
        assert told(sold(dish), {"sku": "D", "quantity": 1} | given) == []


def test_a_modifier_goes_where_there_is_room() -> None:
    first = ModifierGroup(id="1", name="First", max=1, modifiers=(choice("Rice", id="r"), choice("Fries", id="f")))
    second = ModifierGroup(id="2", name="Second", max=2, modifiers=(choice("Rice", id="r"),))
    plate = Product(sku="P", name="Plate", modifier_groups=(first, second))
    for given in ([{"id": "f"}, {"id": "r"}], [{"id": "r", "quantity": 2}]):
        assert told(sold(plate), {"sku": "P", "quantity": 1, "modifiers": given}) == []


def test_a_part_beyond_the_deal_is_a_modifier() -> None:
    sauce = ModifierGroup(id="s", name="Sauce", modifiers=(choice("Jus", sku="J"),))
    part = DealGroup(name="Part", items=(DealChoice(sku="J", name="Jus"), DealChoice(sku="K", name="Kale")))
    dish = Product(sku="D", name="Dish", modifier_groups=(sauce,), deals=(part,))
    assert told(sold(dish), {"sku": "D", "quantity": 1, "sub_items": [{"sku": "K"}, {"sku": "J"}]}) == []


def test_a_modifier_is_not_sold_out() -> None:
    """Iiko's modifiers are products that stand on no menu of their own."""
    plate = Product(sku="P", name="Plate", modifier_groups=(EXTRAS,))
    bacon = Product(sku="B", product_id="bacon", name="Bacon", available=False)
    for given in ({"sub_items": [{"product_id": "bacon"}]}, {"modifiers": [{"id": "bacon"}]}):
        assert told(sold(plate, bacon), {"sku": "P", "quantity": 1} | given) == []
