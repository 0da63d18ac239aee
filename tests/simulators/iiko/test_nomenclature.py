"""The menu tree: groups in groups, prices by terminal, group modifiers, compound products, its revision."""

from typing import Any

import pytest

from app.simulators.iiko import default_config, ids
from app.simulators.iiko.generated import product_id
from tests.simulators.iiko.orders import asabix_order, with_item
from tests.simulators.iiko.pos import Pos, running

Tree = dict[str, Any]
LUNCH_PARTS = {
    ids.GROUP_LUNCH_SOUP: ids.BORSCHT,
    ids.GROUP_LUNCH_MAIN: ids.CARBONARA,
    ids.GROUP_LUNCH_DRINK: ids.COLA,
}


async def tree_of(pos: Pos, **query: str) -> Tree:
    tree: Tree = (await pos.get(f"nomenclature/{ids.ORGANIZATION}", **query)).json()
    return tree


async def products_of(pos: Pos) -> dict[str, Tree]:
    return {one["id"]: one for one in (await tree_of(pos))["products"]}


def part(group_id: str, modifier_id: str, amount: int = 1) -> Tree:
    return {"id": modifier_id, "name": "Part", "amount": amount, "groupId": group_id, "groupName": "Group"}


async def test_a_current_revision_is_answered_with_null(pos: Pos) -> None:
    revision = str((await tree_of(pos))["revision"])
    assert await tree_of(pos, revision=revision) is None
    assert (await tree_of(pos, revision="0"))["products"]
    await pos.control("policy", nomenclature="full")
    assert (await tree_of(pos, revision=revision))["products"]


async def test_a_revision_that_is_no_number_is_a_binding_error(pos: Pos) -> None:
    answer = await pos.get(f"nomenclature/{ids.ORGANIZATION}", revision="latest")
    assert (answer.status_code, list(answer.json()["ModelState"])) == (400, ["revision"])


async def test_groups_lie_in_groups_and_products_in_categories(pos: Pos) -> None:
    tree = await tree_of(pos)
    parents = {one["id"]: one["parentGroup"] for one in tree["groups"]}
    assert (parents[ids.GROUP_LUNCH], parents[ids.GROUP_KITCHEN], parents[ids.GROUP_FOOD]) == (
        ids.GROUP_KITCHEN,
        ids.GROUP_FOOD,
        None,
    )
    categories = {one["id"] for one in tree["productCategories"]}
    assert {one["productCategoryId"] for one in tree["products"]} == {*categories, None}


async def test_everything_a_product_points_at_is_there(pos: Pos) -> None:
    tree = await tree_of(pos)
    products, groups = {one["id"] for one in tree["products"]}, {one["id"] for one in tree["groups"]}
    for product in tree["products"]:
        assert {product["parentGroup"], product["groupId"]} <= {*groups, None}
        assert {one["modifierId"] for one in product["modifiers"]} <= products
        for group in product["groupModifiers"]:
            assert group["modifierId"] in groups
            assert {one["modifierId"] for one in group["childModifiers"]} <= products


async def test_a_product_has_weight_words_pictures_and_prices_of_its_terminals(pos: Pos) -> None:
    cake = (await products_of(pos))[ids.CHEESECAKE]
    assert (cake["price"], cake["weight"]) == (119, 0.13)
    assert cake["description"].startswith("New York")
    assert cake["images"][0]["imageUrl"].endswith("00040.jpg")
    assert cake["differentPricesOn"] == [{"terminalId": ids.TERMINAL_RIVERSIDE, "price": 129, "priceCategory": None}]


async def test_default_amounts_and_both_kinds_of_group_limits(pos: Pos) -> None:
    products = await products_of(pos)
    defaults = {one["modifierId"]: one["defaultAmount"] for one in products[ids.BURGER]["modifiers"]}
    assert defaults == {ids.BBQ_SAUCE: 1, ids.PICKLES: 1}
    halves, crust = products[ids.HALF_AND_HALF]["groupModifiers"]
    assert (halves["childModifiersHaveMinMaxRestrictions"], halves["minAmount"], halves["maxAmount"]) == (True, 2, 2)
    assert (crust["childModifiersHaveMinMaxRestrictions"], crust["required"]) == (False, True)


async def test_a_compound_product_is_ordered_with_its_parts(pos: Pos) -> None:
    modifiers = [part(group_id, product) for group_id, product in LUNCH_PARTS.items()]
    lunch = {"id": ids.BUSINESS_LUNCH, "name": "Lunch", "amount": 1, "sum": 613, "modifiers": modifiers}
    assert (await pos.add(with_item(asabix_order(), lunch))).status_code == 200
    refused = await pos.add(with_item(asabix_order(), lunch | {"modifiers": modifiers[1:]}))
    assert refused.headers["x-sim-reason"] == "GroupModifierAmount"


@pytest.mark.parametrize(
    ("halves", "reason"),
    [
        ([(ids.HALF_MARGHERITA, 1), (ids.HALF_PEPPERONI, 1)], None),
        ([(ids.HALF_MARGHERITA, 2)], None),
        ([(ids.HALF_MARGHERITA, 1)], "GroupModifierAmount"),
        ([(ids.HALF_MARGHERITA, 2), (ids.HALF_PEPPERONI, 1)], "GroupModifierAmount"),
    ],
)
async def test_a_pizza_has_two_halves(pos: Pos, halves: list[tuple[str, int]], reason: str | None) -> None:
    modifiers = [part(ids.GROUP_HALVES, one, amount) for one, amount in halves]
    modifiers.append(part(ids.GROUP_CRUST, ids.THIN_CRUST))
    pizza = {"id": ids.HALF_AND_HALF, "name": "Pizza", "amount": 1, "sum": 613, "modifiers": modifiers}
    answer = await pos.add(with_item(asabix_order(), pizza))
    assert answer.headers.get("x-sim-reason") == reason


async def test_a_menu_of_any_size_can_be_generated() -> None:
    async with running(default_config(), generated_products=300) as pos:
        products = await products_of(pos)
        last = products[product_id(300)]
        assert (last["code"], len(last["groupModifiers"])) == ("G00300", 2)
        small = len(default_config().products)
        assert len(products) == small + 300 + 200
        chosen = last["groupModifiers"][0]
        modifier = part(chosen["modifierId"], chosen["childModifiers"][0]["modifierId"])
        dish = {"id": last["id"], "name": "Dish", "amount": 1, "sum": 613, "modifiers": [modifier]}
        assert (await pos.add(with_item(asabix_order(), dish))).status_code == 200
