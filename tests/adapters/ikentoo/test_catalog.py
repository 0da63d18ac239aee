"""Menus and dictionaries, read over real HTTP from the simulator."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from app.adapters.base import CatalogSource, MenuRead
from app.adapters.ikentoo.adapter import IkentooAdapter
from app.domain.catalog import Entry, Kind, Pricing
from app.domain.errors import AccessDenied, InDoubt, Misconfigured, NotSent, PosError
from tests.adapters.ikentoo.till import DEMO, Till, adapter, canned, running_till
from tests.adapters.raw_server import refused_port


def named(names: Mapping[Kind, Sequence[Entry]]) -> dict[str, Sequence[Entry]]:
    return {kind.value: entries for kind, entries in names.items()}


async def read_all(opened: IkentooAdapter) -> MenuRead:
    read = await opened.read_menu(named(await opened.read_names()), since=None)
    assert read is not None
    return read


async def test_names(till: Till) -> None:
    async with adapter(till.url, business_location_id=DEMO) as opened:
        assert isinstance(opened, CatalogSource)
        names = await opened.read_names()
    assert set(names) == {Kind.MENUS, Kind.MODIFIERS, Kind.DISCOUNTS}
    assert [each.id for each in names[Kind.MENUS]] == ["1234", "4321", "123"]
    assert names[Kind.MODIFIERS][0].name == "Well Done"
    assert [each.code for each in names[Kind.DISCOUNTS]] == ["10PCT", "STAFF"]


async def test_a_restaurants_menus(till: Till) -> None:
    async with adapter(till.url, business_location_id=DEMO) as opened:
        read = await read_all(opened)
    found = {each.sku: each for each in read.products}
    assert found["11"].texts
    assert found["FEE"].pricing is Pricing.OPEN
    assert found["DISCOUNT"].pricing is Pricing.NEGATIVE
    assert found["RISOTTO"].custom_name
    assert [each.sku for each in found["SKUBEE"].modifier_groups[-1].modifiers] == ["CHEESE", "BACON"]
    assert [each.name for each in found["LUNCH"].deals] == ["Starter", "Main course", "Sweets"]
    assert found["SKU2"].name == "Coke"  # stands in a deal only
    assert {each.parent_id for each in read.groups} == {None, "1234", "4321", "123"}


async def test_todays_menus(till: Till) -> None:
    """K-Series: least and most numbers beside the guide's flags."""
    (await till.control.post("/_sim/switches", json={"payload_mode": "k"})).raise_for_status()
    async with adapter(till.url, business_location_id=DEMO) as opened:
        read = await read_all(opened)
    found = {each.sku: each for each in read.products}
    bounds = {group.name: (group.min, group.max) for group in found["ENTRECOTE"].modifier_groups}
    assert bounds["Doneness"] == (1, 1)
    assert bounds["Requests"] == (0, 3)


async def test_an_unchanged_menu_is_not_read_again(till: Till) -> None:
    async with adapter(till.url, business_location_id=DEMO) as opened:
        names = named(await opened.read_names())
        first = await opened.read_menu(names, since=None)
        assert first is not None
        assert first.revision
        assert await opened.read_menu(names, since=first.revision) is None
        assert await opened.read_menu({}, since=first.revision) is None  # it lists the menus itself


async def test_thousands_of_products() -> None:
    async with running_till(products=5000) as till, adapter(till.url, business_location_id=DEMO) as opened:
        read = await read_all(opened)
    assert len(read.products) > 5000
    assert len({each.key for each in read.products}) == len(read.products)


def listed(*menu_ids: int) -> dict[str, tuple[int, Any]]:
    return {"/op/1/menu/list": (200, [{"menuName": f"M{each}", "ikentooMenuId": each} for each in menu_ids])}


def menu(menu_id: int, sku: str) -> Any:
    return {"menuName": "M", "ikentooMenuId": menu_id, "menuEntryGroups": [{"sku": sku, "@type": "menuItem"}]}


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        (listed(), []),
        (listed(1, 2) | {"/op/1/menu/load/1": (200, menu(1, "A"))}, ["A"]),  # 2 was taken off in between
        (listed(1, 2) | {"/op/1/menu/load/1": (200, menu(1, "A")), "/op/1/menu/load/2": (200, [])}, ["A"]),
        (listed(1, 2), Misconfigured),
        (listed(1, 2) | {"/op/1/menu/load/1": (200, menu(1, "A")), "/op/1/menu/load/2": (503, {})}, InDoubt),
        (listed(1) | {"/op/1/menu/load/1": (200, '"text"')}, InDoubt),
        ({"/op/1/menu/list": (200, None)}, InDoubt),
    ],
)
async def test_menus_that_are_gone_or_odd(answers: dict[str, tuple[int, Any]], found: Any) -> None:
    async with canned(answers) as url, adapter(url) as opened:
        if isinstance(found, list):
            read = await opened.read_menu({}, since=None)
            assert read is not None
            assert [each.sku for each in read.products] == found
        else:
            with pytest.raises(found):
                await opened.read_menu({}, since=None)


@pytest.mark.parametrize(
    ("change", "kind"),
    [({"auth": {"access_token": "other"}}, AccessDenied), ({"business_location_id": 7}, AccessDenied)],
)
async def test_no_access(till: Till, change: dict[str, Any], kind: type[PosError]) -> None:
    async with adapter(till.url, **change) as opened:
        with pytest.raises(kind):
            await opened.read_names()


async def test_nobody_there() -> None:
    async with adapter(f"http://127.0.0.1:{refused_port()}") as opened:
        with pytest.raises(NotSent):
            await opened.read_names()
