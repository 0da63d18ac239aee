"""POST /v1/locations/{location}/messages, and what became of one."""

from typing import Any

import pytest
import pytest_asyncio

from tests.api.conftest import IIKO, IKENTOO, Api
from tests.api.test_orders_submit import ORDER

PATH = "/v1/locations/geneva-1/messages"
MESSAGE = {"message": "The courier is late."}
MEMBERS = (
    "id version final location status message also_to_printer order_id dispatch milestones failure history attempts"
).split()


@pytest_asyncio.fixture
async def website(api: Api) -> Api:
    """The API with two locations."""
    await api.put("geneva-1", IKENTOO)
    await api.put("kyiv-1", IIKO)
    return api


async def test_it_is_answered_at_once_and_can_be_read(website: Api) -> None:
    answer = await website.call("POST", PATH, "ops", json=MESSAGE)
    assert answer.status_code == 202
    view = answer.json()
    assert answer.headers["Location"] == f"{PATH}/{view['id']}"
    assert list(view) == MEMBERS
    assert (view["status"], view["final"], view["location"]) == ("received", False, "geneva-1")
    assert (view["message"], view["also_to_printer"], view["order_id"]) == (MESSAGE["message"], True, None)
    assert (await website.call("GET", answer.headers["Location"], "ops")).json() == view
    again = await website.call("POST", PATH, "ops", json=MESSAGE | {"also_to_printer": False})
    assert again.json()["id"] != view["id"]
    assert again.json()["also_to_printer"] is False
    assert len(website.announced) == 2


async def test_it_may_be_about_an_order(website: Api) -> None:
    order = (await website.call("POST", "/v1/orders", "orders:write", json=ORDER)).json()
    answer = await website.call("POST", PATH, "ops", json=MESSAGE | {"order_id": order["id"]})
    assert (answer.status_code, answer.json()["order_id"]) == (202, order["id"])
    about = MESSAGE | {"order_id": order["id"]}
    elsewhere = await website.call("POST", "/v1/locations/kyiv-1/messages", "ops", json=about)
    assert elsewhere.status_code == 422
    assert [error["pointer"] for error in elsewhere.json()["errors"]] == ["/order_id"]


@pytest.mark.parametrize(
    ("location", "body", "status", "slug"),
    [
        ("nowhere", MESSAGE, 404, "location-unknown"),
        ("kyiv-1", MESSAGE, 409, "not-supported-by-pos"),
        ("geneva-1", {}, 422, "validation-failed"),
        ("geneva-1", {"message": ""}, 422, "validation-failed"),
        ("geneva-1", {"message": "x" * 1001}, 422, "validation-failed"),
        ("geneva-1", {"message": "a\tb"}, 422, "validation-failed"),
        ("geneva-1", MESSAGE | {"order_id": "x"}, 422, "validation-failed"),
        ("geneva-1", MESSAGE | {"colour": "red"}, 422, "validation-failed"),
    ],
)
async def test_what_is_refused(website: Api, location: str, body: dict[str, Any], status: int, slug: str) -> None:
    answer = await website.call("POST", f"/v1/locations/{location}/messages", "ops", json=body)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}"), answer.text


async def test_only_for_operators_of_the_location(website: Api) -> None:
    made = (await website.call("POST", PATH, "ops", json=MESSAGE)).json()
    for method, path in (("POST", PATH), ("GET", f"{PATH}/{made['id']}")):
        body: dict[str, Any] = {"json": MESSAGE} if method == "POST" else {}
        assert (await website.call(method, path, **body)).status_code == 401
        assert (await website.call(method, path, "orders:write", "orders:read", **body)).status_code == 403
        assert (await website.call(method, path, "ops", locations=["kyiv-1"], **body)).status_code == 404
    other = await website.call("GET", f"/v1/locations/kyiv-1/messages/{made['id']}", "ops")
    assert other.status_code == 404
    assert (await website.call("GET", f"/v1/orders/{made['id']}", "orders:read")).status_code == 404
    assert (await website.call("GET", f"/v1/payments/{made['id']}", "orders:read")).status_code == 404
    assert (await website.call("GET", f"{PATH}/none", "ops")).status_code == 404
