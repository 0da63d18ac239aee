"""Tokens, URIs and methods."""

import asyncio

import pytest

from app.simulators.iiko import default_config, ids
from tests.simulators.iiko.pos import DEADLINE_S, Pos, running


async def test_the_token_is_a_quoted_string(pos: Pos) -> None:
    answer = await pos.http.get("/api/0/auth/access_token", params={"user_id": "demo", "user_secret": "demo-secret"})
    assert answer.status_code == 200
    assert answer.text[0] == answer.text[-1] == '"'
    assert len(answer.json()) == 87


async def test_a_wrong_secret_is_400(pos: Pos) -> None:
    answer = await pos.http.get("/api/0/auth/access_token", params={"user_id": "demo", "user_secret": "guess"})
    assert (answer.status_code, answer.headers["x-sim-reason"]) == (400, "WrongCredentials")


async def test_several_tokens_live_at_once_until_revoked(pos: Pos) -> None:
    first, second = pos.token, await pos.log_in()
    assert first != second
    for token in (first, second):
        assert (await pos.get("organization/list", access_token=token)).status_code == 200
    await pos.control("tokens/revoke")
    assert (await pos.get("organization/list")).status_code == 401


async def test_a_token_ends_by_the_simulated_clock() -> None:
    async with running(default_config()) as pos:
        await pos.control("clock", factor=1_000_000)
        async with asyncio.timeout(DEADLINE_S):
            while (await pos.get("organization/list")).status_code != 401:
                pass


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "organization/list"),
        ("GET", f"nomenclature/{ids.ORGANIZATION}"),
        ("GET", "rmsSettings/getPaymentTypes"),
        ("GET", f"organization/{ids.ORGANIZATION}"),
        ("GET", "deliverySettings/getDeliveryRestrictions"),
        ("GET", "stopLists/getDeliveryStopList"),
        ("GET", "cities/cities"),
        ("GET", "cities/citiesList"),
        ("GET", "streets/streets"),
        ("GET", "customers/get_customer_by_phone"),
        ("GET", "customers/get_customer_by_id"),
        ("POST", "customers/create_or_update"),
        ("GET", "orders/info"),
        ("GET", "orders/deliveryOrders"),
        ("POST", "orders/add"),
        ("POST", "orders/checkCreate"),
        ("POST", "orders/add_order_problem"),
    ],
)
@pytest.mark.parametrize("token", ["", "wrong"])
async def test_every_endpoint_wants_a_token(pos: Pos, method: str, path: str, token: str) -> None:
    answer = await pos.http.request(method, f"/api/0/{path}", params={"access_token": token})
    assert answer.status_code == 401
    assert answer.json()["httpStatusCode"] == 401


async def test_echo_tells_whether_the_token_is_good(pos: Pos) -> None:
    assert (await pos.get("auth/echo", msg="hello")).json() == "hello"
    assert (await pos.get("auth/echo", msg="hello", access_token="x")).json() == "Wrong access token"


async def test_unknown_uris_and_methods_answer_in_the_frameworks_words(pos: Pos) -> None:
    missing, wrong = await pos.get("orders/cancel"), await pos.get("orders/add")
    assert missing.status_code == 404
    assert "No HTTP resource was found" in missing.json()["Message"]
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")


async def test_unknown_query_keys_and_bare_timeouts_are_ignored(pos: Pos) -> None:
    assert (await pos.get("organization/list", request_timeout="5000", anything="1")).status_code == 200
