"""Bearer keys: who gets in, and for what."""

import asyncio
import re
from datetime import datetime
from typing import Any

import pytest

from app.domain.errors import NotFound, StateConflict
from app.store import keys as store
from app.store.keys import KEY_PATTERN, Scope
from tests.api.conftest import IIKO, Api

UNKNOWN = "orly_" + "A" * 43


async def test_no_key_is_401_and_says_how(api: Api) -> None:
    answer = await api.call("GET", "/v1/locations")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/unauthenticated"


@pytest.mark.parametrize(
    "authorization",
    [
        f"Bearer {UNKNOWN}",
        "Bearer",
        "Bearer orly_short",
        f"Bearer {UNKNOWN}x",
        f"Basic {UNKNOWN}",
        UNKNOWN,
        "Bearer orly_' OR 1=1",
        "Bearer \xe9",
    ],
)
async def test_whatever_is_wrong_with_a_key_it_is_the_same_401(api: Api, authorization: str) -> None:
    answer = await api.call("GET", "/v1/locations", headers={"Authorization": authorization.encode("latin-1")})
    missing = await api.call("GET", "/v1/locations")
    assert (answer.status_code, answer.json()) == (401, missing.json())


@pytest.mark.parametrize("scope", [Scope.ORDERS_READ, Scope.ORDERS_WRITE, Scope.ADMIN])
async def test_no_scope_implies_another(api: Api, scope: Scope) -> None:
    answer = await api.call("GET", "/v1/locations", scope)
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/forbidden"
    assert "ops" in answer.json()["detail"]


async def test_ops_is_not_admin(api: Api) -> None:
    assert (await api.call("PUT", "/v1/locations/geneva-1", "ops", json={})).status_code == 403
    assert (await api.call("DELETE", "/v1/locations/geneva-1", "ops")).status_code == 403


async def test_the_scheme_is_case_insensitive(api: Api) -> None:
    key = await api.key("ops")
    assert (await api.call("GET", "/v1/locations", headers={"Authorization": f"bearer {key}"})).status_code == 200


async def test_a_key_is_looked_at_before_anything_else(api: Api) -> None:
    answer = await api.call("PUT", "/v1/locations/Not A Slug", content=b"{", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 401


async def test_a_key_bound_to_a_location_sees_no_other(api: Api) -> None:
    assert (await api.put("geneva-1")).status_code == 201
    assert (await api.put("kyiv-1", IIKO)).status_code == 201
    bound: dict[str, Any] = {"locations": ["kyiv-1"]}
    listed = await api.call("GET", "/v1/locations", "ops", **bound)
    assert [item["location"] for item in listed.json()["items"]] == ["kyiv-1"]
    assert (await api.call("GET", "/v1/locations/kyiv-1", "ops", **bound)).status_code == 200
    for method, path, scope in [
        ("GET", "/v1/locations/geneva-1", "ops"),
        ("PUT", "/v1/locations/geneva-1", "admin"),
        ("DELETE", "/v1/locations/geneva-1", "admin"),
        ("POST", "/v1/locations/geneva-1/pause", "ops"),
        ("POST", "/v1/locations/geneva-1/callback-registration", "admin"),
        ("PUT", "/v1/locations/new-1", "admin"),
    ]:
        hidden = await api.call(method, path, scope, json=IIKO if method == "PUT" else None, **bound)
        assert hidden.status_code == 404, (method, path)
        assert hidden.json()["type"] == "/problems/location-unknown"
    unknown = await api.call("GET", "/v1/locations/nowhere", "ops")
    assert unknown.json()["detail"].replace("nowhere", "geneva-1") == hidden.json()["detail"].replace(
        "new-1", "geneva-1"
    )


async def test_a_revoked_key_is_dead_as_soon_as_the_process_hears_of_it(api: Api) -> None:
    key = await api.key("ops")
    assert (await api.call("GET", "/v1/locations", "ops")).status_code == 200
    await store.revoke(api.services.engine, "key 0")
    assert (await api.call("GET", "/v1/locations", "ops")).status_code == 200, "at most 10 s"
    api.services.keys.drop()
    assert (await api.call("GET", "/v1/locations", "ops")).status_code == 401
    assert key not in str(await store.list_keys(api.services.engine))


async def test_a_key_made_just_now_works_although_it_was_asked_for_before(api: Api) -> None:
    assert (await api.call("GET", "/v1/locations", headers={"Authorization": f"Bearer {UNKNOWN}"})).status_code == 401
    assert (await api.call("GET", "/v1/locations", "ops")).status_code == 200


async def test_use_is_noted_behind_the_requests_back(api: Api) -> None:
    assert (await api.call("GET", "/v1/locations", "ops")).status_code == 200
    await api.services.keys.aclose()
    (row,) = await store.list_keys(api.services.engine)
    assert isinstance(row.last_used_at, datetime)
    assert (await api.call("GET", "/v1/locations", "ops")).status_code == 200
    await api.services.keys.aclose()
    assert await store.list_keys(api.services.engine) == [row], "at most once a minute"


async def test_keys_are_made_once_by_name_and_revoked_by_either(api: Api) -> None:
    engine = api.services.engine
    new = await store.create(
        engine, name="website", scopes={Scope.ORDERS_WRITE, Scope.ORDERS_READ}, locations=["b", "a"]
    )
    assert re.fullmatch(KEY_PATTERN, new.key)
    assert new.key not in repr(new)
    with pytest.raises(StateConflict):
        await store.create(engine, name="website", scopes={Scope.OPS})
    (row,) = await store.list_keys(engine)
    assert (row.id, row.name, row.scopes, row.locations) == (
        new.id,
        "website",
        frozenset({Scope.ORDERS_WRITE, Scope.ORDERS_READ}),
        frozenset({"a", "b"}),
    )
    first = await store.revoke(engine, str(new.id))
    assert first == await store.revoke(engine, "website")
    assert first.revoked_at is not None
    with pytest.raises(NotFound):
        await store.revoke(engine, "nobody")


async def test_many_at_once_share_one_reading(api: Api) -> None:
    key = await api.key("ops")
    asked = [api.services.keys.find(key) for _ in range(50)]
    found = await asyncio.gather(*asked)
    assert len({id(row) for row in found}) == 1
