"""Live questions over HTTP: places, tables, open checks, guests, and the set-up check."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from app.api import venue_models as models
from app.domain.venue import Guest
from app.simulators.iiko import ids
from tests.api.conftest import Api, changed
from tests.api.pos import BOTH, Street, street
from tests.relay.house import IIKO, IKENTOO

ROUTES = [
    ("POST", "check", "ops"),
    ("GET", "businesses", "ops"),
    ("GET", "organizations", "ops"),
    ("GET", "tables", "orders:read"),
    ("GET", "checks", "orders:read"),
    ("GET", "customers?phone=%2B380971112233", "ops"),
    ("PUT", "customers", "ops"),
]
GUEST = {"phone": "+380671234567", "first_name": "Iryna"}


@pytest_asyncio.fixture
async def here(api: Api) -> AsyncIterator[Street]:
    async with street(api) as here:
        yield here


async def ask(api: Api, location: str, method: str, what: str, **options: Any) -> Any:
    answer = await api.call(method, f"/v1/locations/{location}/{what}", "orders:read", "ops", **options)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_what_the_credentials_see(here: Street) -> None:
    businesses = await ask(here.api, IKENTOO, "GET", "businesses")
    models.PlaceList.model_validate(businesses)
    assert {"25769803788", "123"} <= {place["id"] for place in businesses["items"]}
    assert all(place["business"] for place in businesses["items"])
    organizations = await ask(here.api, IIKO, "GET", "organizations")
    models.PlaceList.model_validate(organizations)
    assert [(place["id"], place["name"]) for place in organizations["items"]] == [
        (ids.ORGANIZATION, "Asabix Trattoria")
    ]


async def test_tables_and_open_checks(here: Street) -> None:
    document = {**(await here.api.call("GET", f"/v1/locations/{IKENTOO}", "ops")).json()}
    demo = {name: document[name] for name in ("name", "timezone", "currency", "pos")}
    assert (await here.api.put("demo", changed(demo, business_location_id=25769803788))).status_code == 201
    plans = await ask(here.api, "demo", "GET", "tables")
    models.FloorPlanList.model_validate(plans)
    assert [plan["name"] for plan in plans["items"]] == ["Salle 1", "Terrasse"]
    assert [table["number"] for table in plans["items"][1]["tables"]] == [21, 22, 23]
    every = await ask(here.api, "demo", "GET", "checks")
    models.CheckList.model_validate(every)
    assert every["items"]
    assert all(float(check["outstanding"]) >= 0 and check["check"] for check in every["items"])
    amounts = [check[name] for check in every["items"] for name in ("total", "paid", "outstanding")]
    assert amounts
    assert all(re.fullmatch(r"\d+\.\d\d", amount) for amount in amounts)
    assert (await ask(here.api, "demo", "GET", "checks?table=1"))["items"]
    assert (await ask(here.api, "demo", "GET", "checks?table=3"))["items"] == []


async def test_guests_are_found_and_saved(here: Street) -> None:
    olena = await ask(here.api, IIKO, "GET", "customers?phone=%2B380971112233")
    models.GuestView.model_validate(olena)
    assert (olena["id"], olena["first_name"], olena["last_name"]) == (ids.GUEST_OLENA, "Olena", "Kovalenko")
    assert (await ask(here.api, IIKO, "GET", "customers?phone=+380971112233"))["id"] == olena["id"]
    path = f"/v1/locations/{IIKO}/customers"
    missing = await here.api.call("GET", f"{path}?phone=%2B380671234567", "ops")
    assert (missing.status_code, missing.json()["type"]) == (404, "/problems/not-found")
    saved = await ask(here.api, IIKO, "PUT", "customers", json=GUEST)
    models.GuestView.model_validate(saved)
    assert saved["first_name"] == "Iryna"
    again = await ask(here.api, IIKO, "PUT", "customers", json={**GUEST, "last_name": "Bondar"})
    assert again["id"] == saved["id"]
    found = await ask(here.api, IIKO, "GET", "customers?phone=%2B380671234567")
    assert (found["id"], found["first_name"], found["last_name"]) == (saved["id"], "Iryna", "Bondar")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/phone"),
        ({"phone": "12"}, "/phone"),
        ({"phone": "call me"}, "/phone"),
        ({**GUEST, "email": "no"}, "/email"),
        ({**GUEST, "age": 7}, "/age"),
    ],
)
async def test_a_guest_that_cannot_be_is_422(here: Street, body: dict[str, Any], pointer: str) -> None:
    answer = await here.api.call("PUT", f"/v1/locations/{IIKO}/customers", "ops", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer), answer.text


@pytest.mark.parametrize(
    ("location", "method", "what"),
    [
        (IIKO, "GET", "tables"),
        (IIKO, "GET", "checks"),
        (IIKO, "GET", "businesses"),
        (IKENTOO, "GET", "organizations"),
        (IKENTOO, "GET", "customers?phone=%2B380971112233"),
        (IKENTOO, "PUT", "customers"),
    ],
)
async def test_what_a_pos_does_not_have_is_told(here: Street, location: str, method: str, what: str) -> None:
    body: dict[str, Any] = {"json": GUEST} if method == "PUT" else {}
    answer = await here.api.call(method, f"/v1/locations/{location}/{what}", "orders:read", "ops", **body)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-supported-by-pos"), answer.text


@pytest.mark.parametrize(
    ("location", "what"),
    [(IKENTOO, "tables"), (IKENTOO, "checks?table=1"), (IKENTOO, "businesses"), (IIKO, "organizations")],
)
async def test_a_pos_without_an_answer_is_502(here: Street, location: str, what: str) -> None:
    for fault in ({"kind": "status", "status": 500}, {"kind": "garbage"}, {"kind": "drop_before"}):
        await here.fault(location, times=9, **fault)
        answer = await here.api.call("GET", f"/v1/locations/{location}/{what}", "orders:read", "ops")
        assert (answer.status_code, answer.json()["type"]) == (502, "/problems/pos-unavailable"), (fault, answer.text)
        assert int(answer.headers["Retry-After"]) >= 1
        await here.pos[location].delete("/_sim/faults")
        assert (await here.api.call("GET", f"/v1/locations/{location}/{what}", "orders:read", "ops")).is_success


@pytest.mark.parametrize("query", ["table=ten", "table=-1", "table=99999999999", "table=1&table=2", "tables=1"])
async def test_a_table_is_a_number(api: Api, query: str) -> None:
    await api.put()
    answer = await api.call("GET", f"/v1/locations/geneva-1/checks?{query}", "orders:read")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/validation-failed"), answer.text


@pytest.mark.parametrize("query", ["", "?phone=", "?phone=1", "?phone=%00123", f"?phone={'1' * 41}", "?phone=1&x=2"])
async def test_a_phone_is_wanted(api: Api, query: str) -> None:
    await api.put()
    answer = await api.call("GET", f"/v1/locations/geneva-1/customers{query}", "ops")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/validation-failed"), answer.text


async def lines(api: Api, location: str) -> dict[str, Any]:
    told = await ask(api, location, "POST", "check")
    models.SetUpView.model_validate(told)
    assert told["ok"] == all(line["ok"] for line in told["checks"])
    assert all(line["problem"] for line in told["checks"] if not line["ok"])
    return {line["name"]: line for line in told["checks"]}


@pytest.mark.parametrize("location", BOTH)
async def test_the_check_names_what_is_left_to_do(here: Street, location: str) -> None:
    before = await lines(here.api, location)
    assert before["reachable"]["ok"]
    assert before["credentials"]["ok"]
    assert not before["catalog"]["ok"]
    assert f"order-relay locations sync {location}" in before["catalog"]["problem"]
    await here.synced(location)
    assert (await lines(here.api, location))["catalog"]["ok"]
    await here.fault(location, "status", status=500, times=99)
    await here.api.call("POST", f"/v1/locations/{location}/sync", "ops")
    dead = await lines(here.api, location)
    assert not dead["catalog"]["ok"]
    assert "last sync failed" in dead["catalog"]["problem"]
    assert not dead["reachable"]["ok"]


async def test_callbacks_must_point_here(here: Street) -> None:
    before = await lines(here.api, IKENTOO)
    assert not before["callbacks_registered"]["ok"]
    assert (await here.api.call("POST", f"/v1/locations/{IKENTOO}/callback-registration", "admin")).is_success
    after = await lines(here.api, IKENTOO)
    assert (after["callbacks_registered"]["ok"], after["callback_url"]["ok"]) == (True, True)


async def test_a_pause_is_told(here: Street) -> None:
    await here.api.call("POST", f"/v1/locations/{IIKO}/pause", "ops")
    told = await lines(here.api, IIKO)
    assert "locations resume" in told["sending"]["problem"]


async def test_a_wrong_login_is_told(here: Street) -> None:
    document = (await here.api.call("GET", f"/v1/locations/{IIKO}", "ops")).json()
    wrong = {name: document[name] for name in ("name", "timezone", "currency", "pos")}
    await here.api.put("kyiv-2", changed(wrong, user_secret="wrong"))
    told = await lines(here.api, "kyiv-2")
    assert not told["credentials"]["ok"]
    refused = await here.api.call("GET", "/v1/locations/kyiv-2/organizations", "ops")
    assert (refused.status_code, refused.json()["type"]) == (502, "/problems/pos-unavailable")


@pytest.mark.parametrize(("method", "what", "scope"), ROUTES)
async def test_who_may_ask(api: Api, method: str, what: str, scope: str) -> None:
    await api.put()
    path = f"/v1/locations/geneva-1/{what}"
    body: dict[str, Any] = {"json": GUEST} if method == "PUT" else {}
    others = {"orders:write", "orders:read", "ops", "admin"} - {scope}
    assert (await api.call(method, path, **body)).status_code == 401
    assert (await api.call(method, path, *others, **body)).status_code == 403
    hidden = await api.call(method, path, scope, locations=["kyiv-1"], **body)
    assert (hidden.status_code, hidden.json()["type"]) == (404, "/problems/location-unknown")
    nowhere = await api.call(method, f"/v1/locations/nowhere/{what}", scope, **body)
    assert nowhere.status_code == 404
    unknown = await api.call(method, f"{path}{'&' if '?' in what else '?'}page=2", scope, **body)
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/query/page"), unknown.text


async def test_the_examples_have_the_form_that_is_told(api: Api) -> None:
    models.SetUpView.model_validate(models.SET_UP)
    for places in (models.BUSINESSES, models.ORGANIZATIONS):
        models.PlaceList.model_validate(places)
    models.FloorPlanList.model_validate(models.FLOOR_PLANS)
    models.CheckList.model_validate(models.CHECKS)
    models.GuestView.model_validate(models.GUEST_VIEW)
    Guest.model_validate(models.GUEST)
    paths = (await api.client.get("/openapi.json")).json()["paths"]
    for method, what, scope in ROUTES:
        told = paths[f"/v1/locations/{{location}}/{what.partition('?')[0]}"][method.lower()]
        assert f"`{scope}`" in told["description"]
        assert set(told["responses"]) >= {"200", "401", "403", "404", "422", "503"}
        if what != "check":
            assert set(told["responses"]) >= {"409", "502"}
