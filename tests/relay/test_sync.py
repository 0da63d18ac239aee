"""Catalog and dictionaries: read from both POSs, and only what changed is written."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from app.domain.catalog import Kind
from app.domain.errors import LocationUnknown, PosError
from app.relay.sync import Synced
from app.simulators.iiko import ids
from app.store import catalogs as store
from app.store.catalogs import CatalogHead
from app.store.database import run
from app.store.tables import catalogs
from tests.relay.house import IIKO, IKENTOO, House, iiko_location, ikentoo_location

BOTH = (IIKO, IKENTOO)


async def head(house: House, location: str) -> CatalogHead:
    found = await run(house.engine, lambda connection: store.read_head(connection, location))
    assert found is not None
    return found


async def rows(house: House, location: str) -> dict[str, str]:
    """Which transaction wrote each product."""
    async with house.engine.connect() as connection:
        found = await connection.execute(
            text("SELECT key, xmin::text FROM products WHERE location_id = :location"), {"location": location}
        )
        return {row.key: row.xmin for row in found}


async def known(house: House, location: str) -> dict[str, dict[str, Any]]:
    """The products by their name."""
    async with house.engine.connect() as connection:
        found = await connection.execute(
            text("SELECT body FROM products WHERE location_id = :location"), {"location": location}
        )
        return {row.body["name"]: row.body for row in found}


async def edit(house: House, method: str, path: str, body: dict[str, Any] | None = None) -> None:
    """The restaurant's back office changes something."""
    answer = await house.pos[IIKO].request(method, f"/_sim/{path}", json=body)
    assert answer.is_success, answer.text


@pytest.mark.parametrize("location", BOTH)
async def test_the_first_sync_reads_it_all_and_the_next_writes_nothing(house: House, location: str) -> None:
    first = await house.sync.now(location)
    before, version = await rows(house, location), (await head(house, location)).version
    assert len(before) == first.counts["products"] > 5
    assert first.counts["groups"] > 1
    assert first.changed > len(before)
    second = await house.sync.now(location)
    assert (second.changed, second.counts) == (0, first.counts)
    assert second.synced_at > first.synced_at
    after = await head(house, location)
    assert (after.version, after.synced_at, after.error) == (version, second.synced_at, None)
    assert await rows(house, location) == before


async def test_one_price_is_one_row(house: House) -> None:
    await house.sync.now(IIKO)
    before = await rows(house, IIKO)
    await edit(house, "POST", f"menu/products/{ids.BURGER}", {"price": "199.00"})
    assert (await house.sync.now(IIKO)).changed == 1
    after = await rows(house, IIKO)
    assert {key for key in after if after[key] != before[key]} == {ids.BURGER}
    assert "199.00" in {product["price"] for product in (await known(house, IIKO)).values()}


async def test_a_removed_product_goes_and_a_new_one_comes(house: House) -> None:
    await house.sync.now(IIKO)
    before = await rows(house, IIKO)
    await edit(house, "DELETE", f"menu/products/{ids.CHEESECAKE}")
    await house.sync.now(IIKO)
    assert before.keys() - (await rows(house, IIKO)).keys() == {ids.CHEESECAKE}
    await edit(house, "POST", "menu/products", {"name": "Strudel", "price": "120.00"})
    await house.sync.now(IIKO)
    assert "Strudel" in await known(house, IIKO)


async def test_what_is_sold_out_is_known_although_the_menu_is_the_same(house: House) -> None:
    await house.sync.now(IIKO)
    name = next(name for name, one in (await known(house, IIKO)).items() if one["product_id"] == ids.BURGER)
    assert (await known(house, IIKO))[name]["available"]
    await edit(house, "POST", f"menu/products/{ids.BURGER}/stop", {})
    await house.sync.now(IIKO)
    assert not (await known(house, IIKO))[name]["available"]
    await edit(house, "DELETE", f"menu/products/{ids.BURGER}/stop", {})
    await house.sync.now(IIKO)
    assert (await known(house, IIKO))[name]["available"]


@pytest.mark.parametrize("location", BOTH)
async def test_a_failed_sync_keeps_the_last_good_one(house: House, location: str) -> None:
    good = await house.sync.now(location)
    before = await rows(house, location)
    await house.fault(location, "status", status=503, times=99)
    for failures in (1, 2, 3):
        with pytest.raises(PosError):
            await house.sync.now(location)
        now = await head(house, location)
        assert (now.synced_at, bool(now.error)) == (good.synced_at, True)
        assert await due_in(house, location) == pytest.approx(30 * 2 ** (failures - 1), abs=5)
    assert await rows(house, location) == before
    await house.heal(location)
    again = await house.sync.now(location)
    now = await head(house, location)
    assert (now.synced_at, now.error) == (again.synced_at, None)
    assert 900 * 0.7 < await due_in(house, location) < 900 * 1.3


async def due_in(house: House, location: str) -> float:
    async with house.engine.connect() as connection:
        seconds = func.extract("epoch", catalogs.c.due_at - func.now())
        found = await connection.scalar(select(seconds).where(catalogs.c.location_id == location))
        assert found is not None
        return float(found)


async def test_names_are_stored_even_if_the_menu_fails(house: House) -> None:
    await house.fault(IIKO, "status", status=500, times=99, match={"endpoint": "nomenclature"})
    with pytest.raises(PosError):
        await house.sync.now(IIKO)
    now = await head(house, IIKO)
    assert (now.synced_at, now.names_synced_at is not None, bool(now.error)) == (None, True, True)
    names = await run(house.engine, lambda connection: store.read_names(connection, IIKO))
    assert {entry.code for entry in names[Kind.PAYMENT_TYPES]} >= {"CARD"}
    assert await rows(house, IIKO) == {}


async def test_those_who_ask_at_once_share_a_sync(house: House) -> None:
    asked: list[Synced] = await asyncio.gather(*(house.sync.now(IIKO) for _ in range(8)))
    assert len({synced.synced_at for synced in asked}) <= 2
    assert sum(synced.changed for synced in {synced.synced_at: synced for synced in asked}.values()) == asked[0].changed
    assert len(await rows(house, IIKO)) == asked[0].counts["products"]


async def test_what_was_asked_for_is_read_after_the_asking(house: House) -> None:
    """A sync that began before an edit does not tell of it: who asks afterwards waits for the next one."""
    running = asyncio.create_task(house.sync.now(IIKO))
    await asyncio.sleep(0)
    await edit(house, "POST", f"menu/products/{ids.BURGER}", {"name": "Burger deluxe"})
    await house.sync.now(IIKO)
    assert "Burger deluxe" in await known(house, IIKO)
    await running


async def test_another_venue_is_nothing_of_this_one(house: House) -> None:
    await house.sync.now(IIKO)
    document = iiko_location(str(house.pos[IIKO].base_url))
    document["pos"] |= {"user_secret": "demo-secret"}
    await house.locations.put(IIKO, {**document, "name": "Renamed"})
    assert await rows(house, IIKO)  # the same restaurant
    document["pos"] |= {"organization_id": "10000000-0000-4000-8000-00000000000f"}
    await house.locations.put(IIKO, document)
    now = await head(house, IIKO)
    assert (now.synced_at, now.names_synced_at, now.error) == (None, None, None)
    assert await rows(house, IIKO) == {}
    assert await run(house.engine, lambda connection: store.read_names(connection, IIKO)) == {}
    assert await run(house.engine, lambda connection: store.read_groups(connection, IIKO)) == []
    with pytest.raises(PosError):
        await house.sync.now(IIKO)


async def test_a_deleted_location_is_forgotten(house: House) -> None:
    await house.sync.now(IKENTOO)
    await house.locations.delete(IKENTOO)
    assert await rows(house, IKENTOO) == {}
    with pytest.raises(LocationUnknown):
        await house.sync.now(IKENTOO)
    await due_now(house)
    assert await claimed(house) == [IIKO]
    await house.locations.put(IKENTOO, ikentoo_location(str(house.pos[IKENTOO].base_url)))
    assert (await head(house, IKENTOO)).synced_at is None


async def claimed(house: House, *, limit: int = 10) -> list[str]:
    return [due.location_id for due in await house.sync.due(limit=limit)]


async def due_now(house: House) -> None:
    async with house.engine.begin() as connection:
        await connection.execute(update(catalogs).values(due_at=func.now()))


async def test_each_that_is_due_is_given_once_and_again_after_a_crash(house: House) -> None:
    """A location that was just put is due at once; who dies in the middle of a sync leaves it to the next one."""
    both = await asyncio.gather(claimed(house, limit=1), claimed(house, limit=1))
    assert sorted([*both[0], *both[1]]) == sorted(BOTH)
    assert await claimed(house) == []
    assert 290 < await due_in(house, IIKO) <= 300
    await due_now(house)  # the lease of the dead one is over
    assert sorted(await claimed(house)) == sorted(BOTH)
    for location in BOTH:
        await house.sync.scheduled(location)
        assert 900 * 0.7 < await due_in(house, location) < 900 * 1.3
    await house.locations.put(IIKO, {**iiko_location(str(house.pos[IIKO].base_url)), "name": "Renamed"})
    assert await claimed(house) == [IIKO]


async def test_a_scheduled_sync_that_fails_harms_nobody(house: House) -> None:
    await house.fault(IIKO, "status", status=500, times=99)
    await house.sync.scheduled(IIKO)
    assert (await head(house, IIKO)).error
    await house.sync.gave_up(IKENTOO)
    assert (await head(house, IKENTOO)).error
    await due_now(house)
    assert [due.failing for due in await house.sync.due(limit=10)] == [True, True]
    await house.sync.scheduled("nowhere")
