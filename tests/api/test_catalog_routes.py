"""Catalog and dictionaries over HTTP: synced on demand, shown as last synced."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import func, update

from app.api.catalog_models import CATALOG, DICTIONARIES, CatalogView, DictionariesView, SyncedView
from app.domain.catalog import Group, Kind, Product
from app.store import catalogs as store
from app.store.tables import catalogs
from tests.api.conftest import Api
from tests.api.pos import BOTH, Street, street
from tests.relay.house import IIKO, IKENTOO

ROUTES = [("POST", "sync", "ops"), ("GET", "catalog", "orders:read"), ("GET", "dictionaries", "orders:read")]


@pytest_asyncio.fixture
async def here(api: Api) -> AsyncIterator[Street]:
    async with street(api) as here:
        yield here


async def read(api: Api, what: str, location: str = "geneva-1") -> dict[str, Any]:
    answer = await api.call("GET", f"/v1/locations/{location}/{what}", "orders:read")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_never_synced_is_empty(api: Api) -> None:
    await api.put()
    assert await read(api, "catalog") == {
        "synced_at": None,
        "age_s": None,
        "error": None,
        "groups": [],
        "products": [],
    }
    assert await read(api, "dictionaries") == {"synced_at": None, **{kind.value: [] for kind in Kind}}


@pytest.mark.parametrize("location", BOTH)
async def test_a_sync_is_what_is_shown(here: Street, location: str) -> None:
    synced = await here.synced(location)
    SyncedView.model_validate(synced)
    catalog = await read(here.api, "catalog", location)
    CatalogView.model_validate(catalog)
    assert catalog["synced_at"] == synced["synced_at"]
    assert (len(catalog["products"]), len(catalog["groups"])) == (
        synced["counts"]["products"],
        synced["counts"]["groups"],
    )
    assert len(catalog["products"]) > 5
    assert (catalog["error"], catalog["age_s"] >= 0) == (None, True)
    wanted = {"sku", "product_id", "name", "price", "group_id", "tax", "available", "modifier_groups", "deals"}
    for product in catalog["products"]:
        assert product.keys() >= {*wanted, "texts", "allergens"}
        assert all(choice.keys() >= {"id", "sku", "name", "price", "min", "max"} for choice in choices(product))
    assert any(choices(product) for product in catalog["products"])
    known = await read(here.api, "dictionaries", location)
    DictionariesView.model_validate(known)
    assert all(entry.keys() >= {"id", "code", "name"} for kind in Kind for entry in known[kind])
    assert {kind: len(known[kind]) for kind in Kind if known[kind]} == {
        kind: count for kind, count in synced["counts"].items() if count and kind in list(Kind)
    }
    assert (await here.synced(location))["changed"] == 0


def choices(product: dict[str, Any]) -> list[dict[str, Any]]:
    return [choice for group in product["modifier_groups"] for choice in group["modifiers"]]


@pytest.mark.parametrize("location", BOTH)
async def test_a_failed_sync_keeps_the_last_good_one_and_says_so(here: Street, location: str) -> None:
    await here.synced(location)
    before = await read(here.api, "catalog", location)
    await here.fault(location, "status", status=500, times=99)
    failed = await here.api.call("POST", f"/v1/locations/{location}/sync", "ops")
    assert (failed.status_code, failed.json()["type"]) == (502, "/problems/pos-unavailable"), failed.text
    assert int(failed.headers["Retry-After"]) >= 1
    after = await read(here.api, "catalog", location)
    assert after["error"]
    assert after["age_s"] >= before["age_s"]
    assert (after["products"], after["synced_at"]) == (before["products"], before["synced_at"])
    view = (await here.api.call("GET", f"/v1/locations/{location}", "ops")).json()
    assert view["catalog"]["error"] == after["error"]
    assert view["catalog"]["synced_at"] == before["synced_at"]


async def test_a_dead_pos_is_502_and_the_location_says_so(api: Api) -> None:
    await api.put()
    failed = await api.call("POST", "/v1/locations/geneva-1/sync", "ops")
    assert (failed.status_code, failed.json()["type"]) == (502, "/problems/pos-unavailable")
    catalog = await read(api, "catalog")
    assert (catalog["synced_at"], catalog["products"]) == (None, [])
    assert catalog["error"]


async def test_a_menu_of_thousands_is_shown_in_its_order(api: Api) -> None:
    await api.put()
    products = tuple(Product(sku=f"{n:04}", name=f"Dish {n} \u2028 «é»", price="1.50") for n in range(5000))
    async with api.services.engine.begin() as connection:
        await store.lock_head(connection, "geneva-1")
        await store.store_menu(connection, "geneva-1", (Group(id="1", name="All"),), products)
        await connection.execute(update(catalogs).values(synced_at=func.now()))
    catalog = await read(api, "catalog")
    assert [product["sku"] for product in catalog["products"]] == [product.sku for product in products]
    assert catalog["products"][-1]["name"] == products[-1].name


@pytest.mark.parametrize(("method", "what", "scope"), ROUTES)
async def test_who_may_ask(api: Api, method: str, what: str, scope: str) -> None:
    await api.put()
    path = f"/v1/locations/geneva-1/{what}"
    others = {"orders:write", "orders:read", "ops", "admin"} - {scope}
    assert (await api.call(method, path)).status_code == 401
    assert (await api.call(method, path, *others)).status_code == 403
    hidden = await api.call(method, path, scope, locations=["kyiv-1"])
    assert (hidden.status_code, hidden.json()["type"]) == (404, "/problems/location-unknown")
    for nowhere in ("nowhere", "No Slug", "%00"):
        assert (await api.call(method, f"/v1/locations/{nowhere}/{what}", scope)).status_code == 404
    unknown = await api.call(method, f"{path}?page=2", scope)
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/query/page"), unknown.text


async def test_the_examples_have_the_form_that_is_told(api: Api) -> None:
    CatalogView.model_validate(CATALOG)
    DictionariesView.model_validate(DICTIONARIES)
    paths = (await api.client.get("/openapi.json")).json()["paths"]
    for method, what, scope in ROUTES:
        told = paths[f"/v1/locations/{{location}}/{what}"][method.lower()]
        assert set(told["responses"]) >= {"200", "401", "403", "404", "422", "503"}
        assert f"`{scope}`" in told["description"]
    told = paths["/v1/locations/{location}/sync"]["post"]["responses"]
    assert "Retry-After" in told["502"]["headers"]
    assert "not-supported-by-pos" in told["409"]["description"]


async def test_names_are_known_for_both(here: Street) -> None:
    for location in BOTH:
        await here.synced(location)
    iiko, ikentoo = await read(here.api, "dictionaries", IIKO), await read(here.api, "dictionaries", IKENTOO)
    assert {entry["code"] for entry in iiko["payment_types"]} >= {"CARD", "CASH"}
    assert iiko["terminals"]
    assert ikentoo["menus"]
    assert ikentoo["order_types"] == []
