"""Menu and names as the simulated restaurant shows them, and as it changes them."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.adapters.base import CatalogSource, MenuRead
from app.adapters.iiko.adapter import IikoAdapter
from app.adapters.iiko.catalog_read import NOMENCLATURE
from app.adapters.iiko.dictionaries import DICTIONARIES
from app.adapters.iiko.stops import STOP_LIST
from app.domain.catalog import Kind, Menu, Names
from app.domain.errors import AccessDenied, InDoubt, Misconfigured, NotSent, PosError, Rejected
from app.domain.ids import new_id
from app.domain.status import FailureCode
from app.simulators.iiko import ids
from tests.adapters.iiko.conftest import Opening, Restaurant
from tests.adapters.iiko.nomenclature import ANSWERS, tree
from tests.adapters.iiko.places import delivery, location, pickup, submission
from tests.adapters.iiko.serving import AUTH, Reply, Script, iiko_says, reply

NAMED: Mapping[str, Any] = {
    "delivery_terminal": "Centre",
    "order_types": {"pickup": "Pickup", "delivery": "Delivery by courier"},
    "payment_types": {"CARD": "Bank card"},
    "marketing_source": "website",
    "tip_sku": "TIP",
}
PAID = [{"method": "CARD", "amount": "98.00", "paid": True}]
MENU_PATH = NOMENCLATURE + ids.ORGANIZATION


async def read(adapter: IikoAdapter, since: str | None = None) -> tuple[Names, MenuRead | None]:
    names: Names = {kind.value: entries for kind, entries in (await adapter.read_names()).items()}
    return names, await adapter.read_menu(names, since=since)


async def synced(adapter: IikoAdapter) -> tuple[Menu, str]:
    names, menu = await read(adapter)
    assert menu is not None
    assert menu.revision is not None
    at = submission(pickup()).now
    return Menu(synced_at=at, products=menu.products, names=names, names_synced_at=at), menu.revision


async def test_names(restaurant: Restaurant) -> None:
    async with restaurant.opened() as adapter:
        assert isinstance(adapter, CatalogSource)
        names = await adapter.read_names()
    assert {kind: [entry.name for entry in entries] for kind, entries in names.items()} == {
        Kind.PAYMENT_TYPES: ["Cash", "Bank card", "Gift voucher"],
        Kind.ORDER_TYPES: ["Delivery by courier", "Pickup"],
        Kind.MARKETING_SOURCES: ["website", "phone"],
        Kind.TERMINALS: ["Centre", "Riverside"],
    }
    assert all(one.path.startswith("/api/0/") for one in restaurant.state.journal.entries)


async def test_marketing_sources_come_bare_too(restaurant: Restaurant) -> None:
    await restaurant.edit("policy", marketing_sources="bare")
    async with restaurant.opened() as adapter:
        assert len((await adapter.read_names())[Kind.MARKETING_SOURCES]) == 2


async def test_prices_and_availability_are_the_terminals(restaurant: Restaurant) -> None:
    found = {}
    for terminal in ("Centre", "Riverside", None):
        async with restaurant.opened(delivery_terminal=terminal) as adapter:
            menu, _ = await synced(adapter)
        oysters, cola = menu.product(product_id=ids.OYSTERS_NOT_AT_RIVERSIDE), menu.product(sku="00042")
        assert oysters
        assert cola
        found[terminal] = (oysters.available, str(cola.price))
    assert found == {"Centre": (True, "38.00"), "Riverside": (False, "42.00"), None: (True, "38.00")}


async def test_an_unchanged_menu_is_not_read_again(restaurant: Restaurant) -> None:
    async with restaurant.opened() as adapter:
        _, revision = await synced(adapter)
        assert (await read(adapter, revision))[1] is None
    assert "revision=" in restaurant.asked(MENU_PATH)[-1].query


EDITS: list[tuple[str, dict[str, Any]]] = [
    ("menu/products/00036", {"price": "99.00"}),
    ("menu/products/00036/stop", {"terminal": "Centre"}),
    ("rotate", {"kind": "terminals"}),
]


@pytest.mark.parametrize(("path", "data"), EDITS, ids=[path for path, _ in EDITS])
async def test_a_changed_menu_is_read_again(restaurant: Restaurant, path: str, data: dict[str, Any]) -> None:
    async with restaurant.opened(**NAMED) as adapter:
        _, revision = await synced(adapter)
        await restaurant.edit(path, **data)
        _, again = await read(adapter, revision)
        assert again is not None
        assert again.revision != revision
        assert (await read(adapter, again.revision))[1] is None


async def test_settings_of_another_terminal_read_it_again(restaurant: Restaurant) -> None:
    async with restaurant.opened(delivery_terminal="Centre") as adapter:
        _, revision = await synced(adapter)
    async with restaurant.opened(delivery_terminal="Riverside") as adapter:
        assert (await read(adapter, revision))[1] is not None


async def test_an_iiko_that_ignores_the_revision_is_read_whole(restaurant: Restaurant) -> None:
    await restaurant.edit("policy", nomenclature="full")
    async with restaurant.opened() as adapter:
        _, revision = await synced(adapter)
        _, again = await read(adapter, revision)
    assert again is not None
    assert again.revision == revision


async def test_a_stopped_dish(restaurant: Restaurant) -> None:
    await restaurant.edit("menu/products/00036/stop", terminal="Centre", balance=0)
    await restaurant.edit("menu/products/00037/stop", terminal="Centre", balance=2)
    async with restaurant.opened(**NAMED) as adapter:
        menu, _ = await synced(adapter)
    found = [menu.product(sku=sku) for sku in ("00036", "00037")]
    assert [product.available for product in found if product] == [False, True]


async def test_five_thousand_products(restaurant: Restaurant) -> None:
    await restaurant.edit("menu/generate", products=5000)
    async with restaurant.opened() as adapter:
        menu, _ = await synced(adapter)
    assert len(menu.products) > 5000
    assert all(len(product.modifier_groups) == 2 for product in menu.products if (product.sku or "").startswith("G"))


async def test_an_order_by_names_and_skus_is_taken_before_and_after_an_edit(restaurant: Restaurant) -> None:
    """The tips' warning: every id changes with an edit, and orders with old ones are refused."""
    placed = delivery(
        items=[
            {"sku": "00033", "quantity": 1, "modifiers": [{"sku": "M05"}, {"id": ids.BACON}]},
            {"sku": "00046", "quantity": 1, "sub_items": [{"sku": "00036"}, {"sku": "00038"}, {"sku": "00042"}]},
        ],
        fees=[{"sku": "DELIVERY", "amount": "50.00"}],
        payments=[{"method": "CARD", "amount": "787.00", "tip": "10.00", "paid": True}],
        total="787.00",
    )
    async with restaurant.opened(**NAMED) as adapter:
        menu, _ = await synced(adapter)
        old = translated(restaurant, placed, menu)
        assert (await adapter.create(old)).event.order_id
        await restaurant.edit("rotate")
        menu, _ = await synced(adapter)
        new = translated(restaurant, placed, menu)
        assert (await adapter.create(new)).event.order_id
    assert new.body["deliveryTerminalId"] != old.body["deliveryTerminalId"]
    assert not [note for row in restaurant.asked("/api/0/orders/add") for note in row.notes]


def translated(restaurant: Restaurant, placed: dict[str, Any], menu: Menu, **pos: Any) -> Any:
    place = location(base_url=restaurant.base_url, **{**NAMED, **pos})
    return restaurant.pos.translate(place, submission(placed, new_id(), menu=menu)).request


STALE: list[tuple[str, type[PosError], str | None]] = [
    ("order_types", Rejected, FailureCode.POS_REJECTED),
    ("payment_types", Rejected, FailureCode.PAYMENT_TYPE_INVALID),
    ("marketing_sources", Rejected, FailureCode.POS_REJECTED),
    ("terminals", Misconfigured, None),
]


@pytest.mark.parametrize(("kind", "error", "code"), STALE)
async def test_a_stale_id_is_a_clear_no(
    restaurant: Restaurant, kind: str, error: type[PosError], code: str | None
) -> None:
    async with restaurant.opened(**NAMED) as adapter:
        menu, _ = await synced(adapter)
        request = translated(restaurant, pickup(payments=PAID), menu)
        await restaurant.edit("rotate", kind=kind)
        with pytest.raises(PosError) as refused:
            await adapter.create(request)
        assert (type(refused.value), refused.value.code) == (error, code)
        menu, _ = await synced(adapter)
        assert (await adapter.create(translated(restaurant, pickup(payments=PAID), menu))).event.order_id


def answering(**replies: Reply) -> Script:
    """All that is read, but for what is given."""
    script = {DICTIONARIES[kind].path: [reply(answer)] for kind, answer in ANSWERS.items()}
    script |= {MENU_PATH: [reply(tree())], STOP_LIST: [reply({"stopList": []})]}
    return Script(script | {path: [answered] for path, answered in replies.items()})


async def test_a_dictionary_that_is_not_shown_costs_only_itself(speaking_to: Opening) -> None:
    sources = DICTIONARIES[Kind.MARKETING_SOURCES].path
    for refusal in (reply({}, 403), reply({}, 404), iiko_says("5", "No licence", 400)):
        async with speaking_to(answering(**{sources: refusal})) as adapter:
            names = await adapter.read_names()
        assert set(names) == set(ANSWERS) - {Kind.MARKETING_SOURCES}


async def test_no_dictionary_at_all_is_an_error(speaking_to: Opening) -> None:
    refused = {dictionary.path: reply({}, 403) for dictionary in DICTIONARIES.values()}
    async with speaking_to(answering(**refused)) as adapter:
        with pytest.raises(AccessDenied):
            await adapter.read_names()


async def test_a_wrong_login_is_tried_once(speaking_to: Opening) -> None:
    script = answering(**{AUTH: reply("wrong", 400)})
    async with speaking_to(script) as adapter:
        with pytest.raises(AccessDenied):
            await adapter.read_names()
    assert script.count(AUTH) == 1


@pytest.mark.parametrize(
    ("answered", "kind"),
    [(reply("oops", 500), InDoubt), (reply("<html>"), InDoubt), (reply("", 429), NotSent), (reply({"a": 1}), InDoubt)],
)
@pytest.mark.parametrize("path", [DICTIONARIES[Kind.TERMINALS].path, STOP_LIST, MENU_PATH])
async def test_no_clear_answer_is_an_error(
    speaking_to: Opening, path: str, answered: Reply, kind: type[PosError]
) -> None:
    async with speaking_to(answering(**{path: answered})) as adapter:
        with pytest.raises(PosError) as failed:
            await read(adapter)
    assert type(failed.value) is kind


async def test_an_organization_that_is_wrong_is_told_as_such(speaking_to: Opening) -> None:
    unknown = iiko_says("5", "Organization is not found", 400)
    async with speaking_to(answering(**{MENU_PATH: unknown})) as adapter:
        with pytest.raises(Misconfigured, match="organization_id"):
            await adapter.read_menu({}, since=None)


@pytest.mark.parametrize("answered", [reply({}, 404), reply({}, 403), iiko_says("5", "No", 400), reply("null")])
async def test_a_stop_list_that_is_not_shown_costs_only_itself(speaking_to: Opening, answered: Reply) -> None:
    async with speaking_to(answering(**{STOP_LIST: answered})) as adapter:
        _, menu = await read(adapter)
    assert menu is not None
    assert len(menu.products) == 8


async def test_no_menu_where_one_was_asked_for_is_no_empty_menu(speaking_to: Opening) -> None:
    async with speaking_to(answering(**{MENU_PATH: reply("null")})) as adapter:
        with pytest.raises(InDoubt, match="no menu"):
            await read(adapter)


async def test_a_menu_without_a_revision_is_read_whole_each_time(speaking_to: Opening) -> None:
    async with speaking_to(answering(**{MENU_PATH: reply(tree(revision=None))})) as adapter:
        _, menu = await read(adapter, "no revision of ours")
    assert menu is not None
    assert menu.revision is None
