"""Locations over HTTP: settings replaced as a whole, secrets written and never read."""

import asyncio
from typing import Any

import pytest
from cryptography.fernet import Fernet

from app.domain.errors import ConfigurationError
from app.relay.locations import Locations
from app.store.secrets import Cipher
from app.store.tables import lanes
from tests.api.conftest import IIKO, IKENTOO, PUBLIC_URL, Api, changed

SECRETS = ("t0ken-of-the-pos", "passw0rd-of-callbacks", "s3cret-of-the-user")


async def errors_of(api: Api, document: Any, slug: str = "geneva-1") -> list[tuple[str, str]]:
    answer = await api.call("PUT", f"/v1/locations/{slug}", "admin", json=document)
    assert answer.status_code == 422, answer.text
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


async def test_put_creates_then_replaces(api: Api) -> None:
    first = await api.put()
    assert (first.status_code, first.headers["Location"]) == (201, "/v1/locations/geneva-1")
    view = first.json()
    assert (view["location"], view["version"], view["name"]) == ("geneva-1", 1, "Geneva")
    assert view["secrets_set"] == ["pos.auth.access_token", "pos.callback_password"]
    assert view["callback_url"].startswith(f"{PUBLIC_URL}/webhooks/ikentoo/")
    second = await api.put(document={**IKENTOO, "name": "Geneva 2"})
    assert (second.status_code, second.json()["version"], second.json()["name"]) == (200, 2, "Geneva 2")
    assert second.json()["callback_url"] == view["callback_url"]
    assert (await api.call("GET", "/v1/locations/geneva-1", "ops")).json() == second.json()


async def test_many_puts_at_once_end_in_one_of_them(api: Api) -> None:
    documents = [{**IKENTOO, "name": f"Geneva {number}", "max_in_flight": number + 1} for number in range(6)]
    answers = await asyncio.gather(*(api.put(document=document) for document in documents))
    codes = sorted(answer.status_code for answer in answers)
    assert codes.count(201) == 1
    assert set(codes) <= {200, 201, 409}
    view = (await api.call("GET", "/v1/locations/geneva-1", "ops")).json()
    assert {key: view[key] for key in ("name", "max_in_flight")} in [
        {"name": document["name"], "max_in_flight": document["max_in_flight"]} for document in documents
    ]
    async with api.services.engine.begin() as connection:
        row = (await connection.execute(lanes.select())).one()
    assert row.max_in_flight == view["max_in_flight"]


async def test_a_pos_that_never_calls_has_no_callback_address(api: Api) -> None:
    assert (await api.put("kyiv-1", IIKO)).json()["callback_url"] is None


async def test_no_answer_holds_a_secret(api: Api) -> None:
    answers = [await api.put(), await api.put("kyiv-1", IIKO), await api.put()]
    answers += [await api.call("GET", path, "ops") for path in ("/v1/locations", "/v1/locations/geneva-1")]
    for answer in answers:
        assert not [secret for secret in SECRETS if secret in answer.text]


async def test_the_relay_gets_the_secrets_back(api: Api) -> None:
    await api.put()
    location = await api.services.locations.get("geneva-1")
    assert location.pos.auth.access_token.get_secret_value() == "t0ken-of-the-pos"  # type: ignore[attr-defined]
    assert await api.services.locations.by_callback_key(location.callback_key) == location
    for unknown in ("", "x" * 32, "\0", "x" * 5000):
        assert await api.services.locations.by_callback_key(unknown) is None


async def test_a_put_without_a_secret_keeps_it(api: Api) -> None:
    await api.put()
    without = changed(IKENTOO, auth={}, callback_password=None)
    assert (await api.put(document={**without, "name": "New"})).status_code == 200
    pos: Any = (await api.services.locations.get("geneva-1")).pos
    assert pos.auth.access_token.get_secret_value() == "t0ken-of-the-pos"
    assert pos.callback_password.get_secret_value() == "passw0rd-of-callbacks"


async def test_what_was_read_can_be_put_back(api: Api) -> None:
    view = (await api.put()).json()
    document = {key: view[key] for key in view if key in {*IKENTOO, "give_up_after_s", "max_in_flight"}}
    again = await api.put(document=document)
    assert again.status_code == 200
    assert again.json()["secrets_set"] == view["secrets_set"]


def with_auth(**pos: Any) -> dict[str, Any]:
    """As written, null included."""
    return {**IKENTOO, "pos": {**IKENTOO["pos"], **pos}}


async def test_an_empty_secret_takes_it_away_and_so_does_null_for_its_object(api: Api) -> None:
    await api.put(document={**IKENTOO, "status_url": "https://shop.example.com", "status_secret": "sign-me"})
    gone = await api.put(document={**with_auth(auth=None), "status_secret": ""})
    assert gone.json()["secrets_set"] == ["pos.callback_password"]
    assert gone.json()["pos"]["auth"] is None
    assert (await api.put(document=changed(IKENTOO, auth=None, callback_password=""))).json()["secrets_set"] == []


@pytest.mark.parametrize(
    "document", [changed(IKENTOO, auth=None), with_auth(auth={}), with_auth(auth={"access_token": None})]
)
async def test_a_token_that_is_left_out_is_kept(api: Api, document: dict[str, Any]) -> None:
    await api.put()
    answer = await api.put(document={**document, "name": "New"})
    assert (answer.status_code, answer.json()["pos"]["auth"]) == (200, {})
    pos: Any = (await api.services.locations.get("geneva-1")).pos
    assert pos.auth.access_token.get_secret_value() == "t0ken-of-the-pos"


async def test_an_auth_that_is_left_out_is_kept_as_a_whole_but_not_for_another_host(api: Api) -> None:
    oauth = {"token_url": "https://a.example", "client_id": "c", "client_secret": "s", "refresh_token": "r"}
    await api.put(document=changed(IKENTOO, auth=oauth))
    kept = await api.put(document={**changed(IKENTOO, auth=None), "name": "New"})
    assert kept.json()["pos"]["auth"] == {"token_url": "https://a.example", "client_id": "c"}
    assert len(kept.json()["secrets_set"]) == 3
    moved = changed(IKENTOO, auth=None, base_url="http://127.0.0.1:10/o")
    assert await errors_of(api, moved) == [
        ("/pos/auth/client_secret", "missing"),
        ("/pos/auth/refresh_token", "missing"),
    ]
    given = await api.put(document=changed(moved, auth={"access_token": "another"}))
    assert given.json()["secrets_set"] == ["pos.auth.access_token", "pos.callback_password"]


async def test_an_empty_secret_of_a_new_location_is_absent(api: Api) -> None:
    new = await api.put(document={**changed(IKENTOO, callback_password=""), "status_secret": ""})
    assert (new.status_code, new.json()["secrets_set"]) == (201, ["pos.auth.access_token"])
    assert await errors_of(api, changed(IIKO, user_secret=""), "kyiv-1") == [("/pos/user_secret", "missing")]


async def test_no_secret_is_shown_not_even_by_name(api: Api) -> None:
    bare = {key: value for key, value in IKENTOO["pos"].items() if not key.startswith("callback_")}
    view = (await api.put(document={**IKENTOO, "pos": bare})).json()
    assert view["pos"]["auth"] == {}
    assert not {"status_secret"} & view.keys()
    assert not {"callback_password"} & view["pos"].keys()
    assert view["pos"]["account_profiles"] == {"pickup": None, "delivery": None, "dine_in": None}
    assert "user_secret" not in (await api.put("kyiv-1", IIKO)).json()["pos"]


async def test_the_document_of_put_says_what_happens_to_secrets(api: Api) -> None:
    document = (await api.call("GET", "/openapi.json")).json()
    said = document["paths"]["/v1/locations/{location}"]["put"]["description"]
    assert "absent or\nnull is kept" in said
    password = document["components"]["schemas"]["IkentooSettings"]["properties"]["callback_password"]
    assert "minLength" not in password["anyOf"][0]


async def test_a_secret_that_the_pos_needs_cannot_be_taken_away(api: Api) -> None:
    await api.put("kyiv-1", IIKO)
    assert await errors_of(api, changed(IIKO, user_secret=""), "kyiv-1") == [("/pos/user_secret", "missing")]


async def test_another_kind_of_auth_forgets_the_old_one(api: Api) -> None:
    await api.put()
    oauth = {"token_url": "https://a.example", "client_id": "c", "client_secret": "s", "refresh_token": "r"}
    answer = await api.put(document=changed(IKENTOO, auth=oauth))
    assert answer.json()["secrets_set"] == ["pos.auth.client_secret", "pos.auth.refresh_token", "pos.callback_password"]


@pytest.mark.parametrize(
    ("base_url", "kept"),
    [
        ("http://127.0.0.1:9/other", True),
        ("http://127.0.0.1:10/o", False),
        ("http://localhost:9/o", False),
        ("https://127.0.0.1:9/o", False),
    ],
)
async def test_a_changed_host_wants_the_secrets_again(api: Api, base_url: str, kept: bool) -> None:
    await api.put()
    moved = changed(IKENTOO, base_url=base_url, auth={}, callback_password=None)
    if kept:
        assert (await api.put(document=moved)).status_code == 200
        return
    wanted = [("/pos/auth/access_token", "missing"), ("/pos/callback_password", "missing")]
    assert await errors_of(api, moved) == wanted
    assert (await api.put(document=changed(IKENTOO, base_url=base_url))).status_code == 200


async def test_a_changed_token_address_wants_its_secrets_again(api: Api) -> None:
    oauth = {"token_url": "https://a.example", "client_id": "c", "client_secret": "s", "refresh_token": "r"}
    await api.put(document=changed(IKENTOO, auth=oauth))
    elsewhere = changed(IKENTOO, auth={"token_url": "https://evil.example", "client_id": "c"}, callback_password=None)
    assert await errors_of(api, elsewhere) == [
        ("/pos/auth/client_secret", "missing"),
        ("/pos/auth/refresh_token", "missing"),
    ]


@pytest.mark.parametrize(
    ("document", "errors"),
    [
        ({}, [("/name", "missing"), ("/timezone", "missing"), ("/currency", "missing"), ("/pos", "missing")]),
        ({**IKENTOO, "pos": 7}, [("/pos", "wrong_type")]),
        ({**IKENTOO, "pos": {}}, [("/pos/system", "missing")]),
        ({**IKENTOO, "pos": {"system": "toast"}}, [("/pos/system", "not_one_of")]),
        ({**IKENTOO, "pos": {"system": ["iiko"]}}, [("/pos/system", "not_one_of")]),
        ({**IKENTOO, "colour": "red"}, [("/colour", "unknown")]),
        ({**IKENTOO, "timezone": "Mars/Olympus"}, [("/timezone", "invalid")]),
        ({**IKENTOO, "rate_per_s": 0}, [("/rate_per_s", "out_of_range")]),
        (changed(IKENTOO, endpoint_id=None), [("/pos/endpoint_id", "missing")]),
        (changed(IKENTOO, user_secret="x"), [("/pos/user_secret", "unknown")]),
        (changed(IKENTOO, base_url="not an address"), [("/pos/base_url", "invalid")]),
        (changed(IKENTOO, base_url="http://user:pw@127.0.0.1/o"), [("/pos/base_url", "invalid")]),
        (changed(IKENTOO, base_url="http://pos.example.com/o"), [("/pos/base_url", "insecure")]),
        (changed(IKENTOO, base_url="http://127.0.0.1.example.com/o"), [("/pos/base_url", "insecure")]),
        ({**IKENTOO, "status_url": "http://shop.example.com"}, [("/status_url", "insecure")]),
        (
            changed(
                IKENTOO,
                auth={
                    "token_url": "http://login.example.com",
                    "client_id": "c",
                    "client_secret": "s",
                    "refresh_token": "r",
                },
            ),
            [("/pos/auth/token_url", "insecure")],
        ),
        (changed(IKENTOO, payment_methods={"CARD": 1}), [("/pos/payment_methods/CARD", "wrong_type")]),
    ],
)
async def test_wrong_documents_are_refused_with_pointers(
    api: Api, document: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    assert await errors_of(api, document) == errors
    assert (await api.call("GET", "/v1/locations", "ops")).json()["items"] == []


async def test_messages_never_repeat_a_secret(api: Api) -> None:
    planted = "PLANTED-SECRET"
    document = changed(IKENTOO, auth={"access_token": f"{planted} with spaces"}, callback_password=[planted])
    answer = await api.put(document=document | {"status_secret": {"a": planted}})
    assert answer.status_code == 422
    assert planted not in answer.text


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"status_url": "https://user:passw0rd@example.com/x"}, "/status_url", "invalid"),
        ({"status_secret": "a\0b"}, "/status_secret", "invalid"),
        ({"status_secret": "x" * 8193}, "/status_secret", "too_long"),
        ({"pos": IKENTOO["pos"] | {"callback_password": "two\nlines"}}, "/pos/callback_password", "invalid"),
    ],
)
async def test_values_that_would_be_shown_or_never_fit(
    api: Api, changes: dict[str, Any], pointer: str, code: str
) -> None:
    assert await errors_of(api, IKENTOO | changes) == [(pointer, code)]


@pytest.mark.parametrize("slug", ["Geneva", "-a", "a_b", "x" * 64, "a%2Fb", "%00", "a%0A"])
async def test_slugs_that_are_none(api: Api, slug: str) -> None:
    path = f"/v1/locations/{slug}"
    answer = await api.call("PUT", path, "admin", json=IKENTOO)
    assert answer.status_code in (404, 422)
    if answer.status_code == 422:
        assert answer.json()["errors"][0]["pointer"] == "/path/location"
    calls = [("GET", path, "ops"), ("DELETE", path, "admin"), ("POST", f"{path}/pause", "ops")]
    calls += [("POST", f"{path}/resume", "ops"), ("POST", f"{path}/callback-registration", "admin")]
    assert [(await api.call(*call)).status_code for call in calls] == [404] * 5


async def test_list_by_slug_in_pages(api: Api) -> None:
    for slug in ("c", "a", "b"):
        await api.put(slug)
    first = (await api.call("GET", "/v1/locations?limit=2", "ops")).json()
    assert [item["location"] for item in first["items"]] == ["a", "b"]
    rest = (await api.call("GET", f"/v1/locations?limit=2&cursor={first['next_cursor']}", "ops")).json()
    assert ([item["location"] for item in rest["items"]], rest["next_cursor"]) == (["c"], None)


async def test_a_start_with_the_wrong_key_says_so(api: Api) -> None:
    await api.put()
    await api.services.locations.verify_secrets()
    other = Locations(api.services.engine, Cipher([Fernet.generate_key().decode()]), {}, public_url="http://x")
    with pytest.raises(ConfigurationError, match="ORDER_RELAY_SECRET_KEYS"):
        await other.verify_secrets()
