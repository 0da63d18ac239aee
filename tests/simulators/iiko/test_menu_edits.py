"""The menu edited at run time: each edit is in the tree, with a higher revision, and in force for the next order."""

from typing import Any

import pytest

from app.simulators.iiko import ids
from tests.simulators.iiko.orders import Body, asabix_order, with_item
from tests.simulators.iiko.pos import Pos
from tests.simulators.iiko.test_nomenclature import Tree, part, tree_of

EDITS: list[tuple[str, str, Tree]] = [
    ("POST", "menu/products", {"name": "Ramen", "price": "210.00"}),
    ("POST", "menu/products/00036", {"price": "101.50"}),
    ("POST", f"menu/products/{ids.BORSCHT}", {"name": "Green borscht"}),
    ("DELETE", "menu/products/00036", {}),
    ("POST", f"menu/products/00033/modifiers/{ids.GROUP_EXTRAS}", {"max": 1}),
    ("POST", "menu/products/00032/modifiers/M02", {"max": 9}),
    ("POST", "menu/groups", {"name": "Grill", "parent": "Food"}),
    ("POST", "menu/generate", {"products": 3}),
    ("POST", "rotate", {"kind": "terminals"}),
]


async def edit(pos: Pos, method: str, path: str, body: Tree) -> Tree:
    answer = await pos.http.request(method, f"/_sim/{path}", json=body)
    assert answer.status_code == 200, answer.text
    result: Tree = answer.json()
    return result


async def product(pos: Pos, product_id: str) -> Tree | None:
    return next((one for one in (await tree_of(pos))["products"] if one["id"] == product_id), None)


def dish(product_id: str, *modifiers: Tree) -> Body:
    item = {"id": product_id, "name": "Dish", "amount": 1, "sum": 613, "modifiers": list(modifiers)}
    return with_item(asabix_order(), item)


async def reason(pos: Pos, body: Body) -> str | None:
    said: str | None = (await pos.add(body)).headers.get("x-sim-reason")
    return said


@pytest.mark.parametrize(("method", "path", "body"), EDITS)
async def test_each_edit_raises_the_revision(pos: Pos, method: str, path: str, body: Tree) -> None:
    before = str((await tree_of(pos))["revision"])
    await edit(pos, method, path, body)
    assert (await tree_of(pos, revision=before))["revision"] > int(before)


async def test_a_reset_menu_is_a_new_revision_too(pos: Pos) -> None:
    await edit(pos, "POST", "menu/products/00036", {"price": 5})
    before = str((await tree_of(pos))["revision"])
    await pos.http.post("/_sim/reset")
    assert (await tree_of(pos, revision=before))["products"]
    borscht = await product(pos, ids.BORSCHT)
    assert borscht is not None
    assert borscht["price"] == 98


async def test_a_new_product_can_be_ordered(pos: Pos) -> None:
    group = {"id": ids.GROUP_DIPS, "min": 1, "max": 1, "required": True, "children": [{"id": "M09"}]}
    new = await edit(
        pos,
        "POST",
        "menu/products",
        {"name": "Ramen", "price": "210.00", "group": "Kitchen", "weight": "0.4", "group_modifiers": [group]},
    )
    shown = await product(pos, new["id"])
    assert shown is not None
    assert (shown["price"], shown["parentGroup"], shown["code"]) == (210, ids.GROUP_KITCHEN, new["code"])
    assert await reason(pos, dish(new["id"])) == "GroupModifierAmount"
    assert await reason(pos, dish(new["id"], part(ids.GROUP_DIPS, ids.HOT_DIP))) is None


async def test_a_changed_product_keeps_its_id(pos: Pos) -> None:
    fields = {"name": "Red borscht", "price": 105, "prices_on": {"Riverside": 110}, "prohibited_on": ["Centre"]}
    await edit(pos, "POST", "menu/products/00036", fields)
    shown = await product(pos, ids.BORSCHT)
    assert shown is not None
    assert (shown["name"], shown["price"]) == ("Red borscht", 105)
    assert shown["differentPricesOn"][0]["price"] == 110
    assert shown["prohibitedToSaleOn"] == [ids.TERMINAL_CENTRE]
    assert await reason(pos, dish(ids.BORSCHT)) == "ProductExcluded"


async def test_a_removed_product_is_unknown(pos: Pos) -> None:
    await edit(pos, "DELETE", f"menu/products/{ids.BORSCHT}", {})
    assert await product(pos, ids.BORSCHT) is None
    assert await reason(pos, dish(ids.BORSCHT)) == "ProductNotFound"


async def test_a_removed_modifier_is_no_choice_any_more(pos: Pos) -> None:
    await edit(pos, "DELETE", "menu/products/M04", {})
    margherita = await product(pos, ids.MARGHERITA)
    assert margherita is not None
    (left,) = margherita["groupModifiers"][0]["childModifiers"]
    assert left["modifierId"] == ids.THICK_CRUST
    assert await reason(pos, dish(ids.MARGHERITA, part(ids.GROUP_CRUST, ids.THIN_CRUST))) == "ModifierNotFound"


@pytest.mark.parametrize(
    ("path", "limits", "refused"),
    [
        (f"00033/modifiers/{ids.GROUP_CRUST}", {"min": 2, "max": 2}, "GroupModifierAmount"),
        (f"00033/modifiers/{ids.GROUP_EXTRAS}", {"required": True}, "GroupModifierAmount"),
        ("00033/modifiers/Crust", {"max": 0, "min": 0, "required": False}, "GroupModifierAmount"),
        ("00038/modifiers/M10", {"required": True}, "RequiredModifierMissing"),
        ("00036/modifiers/M01", {"min": 1}, None),
    ],
)
async def test_limits_can_be_changed(pos: Pos, path: str, limits: Tree, refused: str | None) -> None:
    pizza = dish(ids.MARGHERITA, part(ids.GROUP_CRUST, ids.THIN_CRUST))
    wings = dish(ids.CHICKEN_WINGS, part(ids.GROUP_DIPS, ids.HOT_DIP))
    body = wings if path.startswith("00038") else pizza
    assert await reason(pos, body) is None
    answer = await pos.http.post(f"/_sim/menu/products/{path}", json=limits)
    assert answer.status_code == (200 if refused else 400)  # borscht takes no sauce
    body["order"]["id"] = asabix_order()["order"]["id"]
    assert await reason(pos, body) == refused


async def test_the_menu_in_short(pos: Pos) -> None:
    menu = (await pos.http.get("/_sim/menu")).json()
    assert {"id": ids.BORSCHT, "code": "00036", "name": "Borscht", "price": "98.00", "type": "dish"} in menu["products"]


BAD: list[tuple[str, Any]] = [
    ("menu/products", {"name": "No price"}),
    ("menu/products", {"name": "Twice", "price": 1, "id": ids.BORSCHT}),
    ("menu/products/no-such", {"price": 1}),
    ("menu/products/00036", {"price": "cheap"}),
    ("menu/products/00036", {"colour": "red"}),
    ("menu/products/00036", {"in_menu": "no"}),
    ("menu/products/00033/modifiers/M01", {"min": 1}),
    ("menu/products/00032/modifiers/M02", {"min": -1}),
    ("menu/products/00036/stop", {"terminal": "Nowhere"}),
    ("menu/products/00036/stop", {"balance": "some"}),
    ("menu/generate", {"products": 0}),
    ("menu/groups/no-such", {"name": "x"}),
    ("rotate", {"kind": "menus"}),
    ("rotate", {"entry": "Centre"}),
    ("rotate", {"kind": "terminals", "entry": "Nowhere"}),
    ("rotate", {"kind": "terminals", "rename": "All"}),
]


@pytest.mark.parametrize(("path", "body"), BAD)
async def test_edits_that_make_no_sense(pos: Pos, path: str, body: Tree) -> None:
    answer = await pos.http.post(f"/_sim/{path}", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]
