"""Access by OAuth2: single-use refresh tokens, and what a client meets when one is lost."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.simulators.ikentoo.config import OAuth
from tests.simulators.ikentoo.conftest import Start
from tests.simulators.ikentoo.serving import Pos

ACCESS = OAuth(clients={"relay": "s3cret/+"}, refresh_token="first")
CLIENT = {"client_id": "relay", "client_secret": "s3cret/+"}
PATHS = ["/oauth/token", "/realms/k-series/protocol/openid-connect/token"]


@pytest.fixture
async def guarded(start: Start) -> AsyncIterator[Pos]:
    async with start(oauth=ACCESS) as pos:
        yield pos


async def refresh(pos: Pos, token: str = ACCESS.refresh_token, path: str = PATHS[0], **more: Any) -> httpx.Response:
    form = {"grant_type": "refresh_token", "refresh_token": token, **CLIENT}
    return await pos.client.post(path, data={**form, **more})


async def allowed(pos: Pos, token: str) -> httpx.Response:
    return await pos.client.get("/o/op/data/businesses", headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("path", PATHS)
async def test_a_refresh_token_is_good_once(guarded: Pos, path: str) -> None:
    pair = (await refresh(guarded, path=path)).json()
    assert (pair["token_type"], pair["expires_in"], pair["refresh_expires_in"]) == ("bearer", 1500, 0)
    assert (await allowed(guarded, pair["access_token"])).status_code == 200
    again = await refresh(guarded, path=path)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert (await refresh(guarded, pair["refresh_token"], path)).status_code == 200
    counts = (await guarded.client.get("/_sim/oauth")).json()
    assert counts == {"refreshes": 2, "refused": 1, "access_tokens": 2}
    assert "Refreshes of the access token: 2" in (await guarded.client.get("/_sim")).text


async def test_the_client_may_come_by_http_basic(guarded: Pos) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": "first"}
    answer = await guarded.client.post(PATHS[0], data=form, auth=("relay", "s3cret/+"))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"


REFUSED: list[Any] = [
    ({"client_secret": "wrong"}, 401, "invalid_client"),
    ({"client_id": "other"}, 401, "invalid_client"),
    ({"client_id": "", "client_secret": ""}, 401, "invalid_client"),
    ({"grant_type": "client_credentials"}, 400, "unsupported_grant_type"),
    ({"refresh_token": ""}, 400, "invalid_request"),
    ({"refresh_token": "unknown"}, 400, "invalid_grant"),
]


@pytest.mark.parametrize(("changes", "status", "error"), REFUSED)
async def test_what_the_token_endpoint_refuses(guarded: Pos, changes: dict[str, Any], status: int, error: str) -> None:
    answer = await refresh(guarded, **changes)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert (await refresh(guarded)).status_code == 200  # nothing was used up


async def test_only_forms_and_whole_credentials(guarded: Pos) -> None:
    assert (await guarded.client.post(PATHS[0], json=CLIENT)).status_code == 400
    broken = {"Authorization": "Basic ???"}
    answer = await guarded.client.post(PATHS[0], data={"grant_type": "refresh_token"}, headers=broken)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Basic")


async def test_without_a_living_access_token_nothing_is_answered(guarded: Pos) -> None:
    assert (await guarded.client.get("/op/data/businesses")).json()["error"] == "unauthorized"
    token = (await refresh(guarded)).json()["access_token"]
    ended = await guarded.client.post("/_sim/oauth/expire")
    assert (ended.json()["expired"], ended.json()["access_tokens"]) == (1, 0)
    refused = await allowed(guarded, token)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_token")
    for path in ("/op/1/pay", "/op/1/printMsg?businessLocationId=123", "/op/1/order/local"):
        assert (await guarded.client.post(path, json={})).status_code == 401


async def test_a_lost_answer_loses_the_chain(guarded: Pos) -> None:
    await guarded.plant("drop_after", match={"endpoint": "token"}, times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        await refresh(guarded)
    assert (await refresh(guarded)).json()["error"] == "invalid_grant"
    token = (await guarded.client.post("/_sim/oauth/connect")).json()["refresh_token"]
    assert (await refresh(guarded, token)).status_code == 200


async def test_the_refresh_token_can_be_revoked(guarded: Pos) -> None:
    pair = (await refresh(guarded)).json()
    await guarded.client.post("/_sim/oauth/revoke")
    assert (await refresh(guarded, pair["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await allowed(guarded, pair["access_token"])).status_code == 200
    await guarded.client.post("/_sim/oauth/connect", json={"refresh_token": "second"})
    assert (await refresh(guarded, "second")).status_code == 200
    await guarded.client.post("/_sim/reset")
    assert (await refresh(guarded, "first")).status_code == 200


async def test_access_ends_by_itself(start: Start) -> None:
    short = OAuth(clients={"relay": "s3cret/+"}, refresh_token="first", access_lifetime_s=0)
    async with start(oauth=short) as pos:
        token = (await refresh(pos)).json()["access_token"]
        assert (await allowed(pos, token)).status_code == 401


async def test_no_secret_is_kept(guarded: Pos) -> None:
    pair = (await refresh(guarded)).json()
    await refresh(guarded, pair["refresh_token"])
    seen = (await guarded.client.get("/_sim/requests")).text
    assert all(secret not in seen for secret in ("s3cret", "first", pair["refresh_token"]))


async def test_without_oauth_there_is_no_token_endpoint(pos: Pos) -> None:
    assert (await refresh(pos)).status_code == 404
    assert (await pos.client.get("/_sim/oauth")).status_code == 400
