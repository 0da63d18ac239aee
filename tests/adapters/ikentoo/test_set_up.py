"""Checking a location's set-up: right and wrong in each thing that is looked at."""

from typing import Any

import pytest

from app.adapters.base import SetUp
from app.domain.venue import SetUpCheck
from tests.adapters.ikentoo.setting import PASSWORD, TOKEN
from tests.adapters.ikentoo.till import DEMO, Till, adapter, canned
from tests.adapters.raw_server import refused_port

HERE = "http://127.0.0.1:9/webhooks/ikentoo/key"
READINESS = "/op/1/onlineOrderReadiness"


async def checked(url: str, *, register: str | None = None, **pos: Any) -> dict[str, SetUpCheck]:
    async with adapter(url, **pos) as opened:
        assert isinstance(opened, SetUp)
        if register:
            await opened.register_callbacks(register)
        lines = await opened.check_set_up(callback_url=HERE)
    assert len({line.name for line in lines}) == len(lines)
    for line in lines:
        assert line.ok or line.problem
        for secret in (TOKEN, PASSWORD):
            assert secret not in f"{line}"
    return {line.name: line for line in lines}


def wrong(lines: dict[str, SetUpCheck]) -> set[str]:
    return {name for name, line in lines.items() if not line.ok}


async def test_everything_is_right(till: Till) -> None:
    lines = await checked(till.url, register=HERE, business_location_id=DEMO, discount_sku="DISCOUNT")
    assert wrong(lines) == set()
    assert list(lines) == [
        "reachable",
        "credentials",
        "business_location_id",
        "menu",
        "discount_sku",
        "callbacks_registered",
        "callback_url",
        "callback_credentials",
        "pos_ready",
        "payment_methods",
        "account_profiles",
    ]
    assert "products" in (lines["menu"].problem or "")


@pytest.mark.parametrize(
    ("change", "names", "told"),
    [
        ({"auth": {"access_token": "other"}}, {"credentials"}, "token"),
        ({"business_location_id": 7}, {"business_location_id", "menu"}, "25769803788 (Demo)"),
        ({"discount_sku": "NONE"}, {"discount_sku"}, "NONE"),
        ({"discount_sku": "11"}, {"discount_sku"}, "negative price"),
        ({"callback_username": "other"}, {"callback_credentials"}, "register"),
        ({"callback_password": None}, {"callback_credentials"}, "no callback is let in"),
        ({"endpoint_id": "other"}, {"callbacks_registered"}, "register"),
    ],
)
async def test_wrong_settings(till: Till, change: dict[str, Any], names: set[str], told: str) -> None:
    await checked(till.url, register=HERE, business_location_id=DEMO)
    lines = await checked(till.url, **{"business_location_id": DEMO, **change})
    assert wrong(lines) - {"pos_ready"} == names
    assert any(told in (lines[name].problem or "") for name in names)


async def test_callbacks_that_go_elsewhere(till: Till) -> None:
    lines = await checked(till.url, register="http://127.0.0.1:9/old", business_location_id=DEMO)
    assert wrong(lines) == {"callback_url"}
    assert "/old" in (lines["callback_url"].problem or "")


async def test_hints(till: Till) -> None:
    lines = await checked(till.url, business_location_id=DEMO, payment_methods={}, account_profiles={"pickup": "UP"})
    assert "refused" in (lines["payment_methods"].problem or "")
    assert "UP" in (lines["account_profiles"].problem or "")


async def test_nobody_there() -> None:
    for url in (f"http://127.0.0.1:{refused_port()}", "http://127.0.0.1:9"):
        lines = await checked(url)
        assert wrong(lines) == {"reachable"}
        assert "base_url" in (lines["reachable"].problem or "")


async def test_another_server() -> None:
    async with canned({}) as url:
        assert wrong(await checked(url)) == {"reachable"}
    for status, body in ((200, "<html>"), (503, {"message": "down"}), (429, {})):
        async with canned({"/op/data/businesses": (status, body)}) as url:
            lines = await checked(url)
        assert wrong(lines) == {"reachable"}
        assert "later" in (lines["reachable"].problem or "")


BUSINESSES = (200, [{"name": "B", "businessLocations": [{"id": 123, "name": "L"}]}])


async def test_a_restaurant_without_a_menu() -> None:
    empty: dict[str, tuple[int, Any]] = {f"/op/1/menu/{name}": (200, []) for name in ("list", "modifiers", "discounts")}
    async with canned({"/op/data/businesses": BUSINESSES, **empty}) as url:
        lines = await checked(url, discount_sku="OFF")
    assert wrong(lines) == {"menu", "discount_sku", "callbacks_registered"}


@pytest.mark.parametrize(
    ("status", "body", "ok", "told"),
    [
        (200, {"status": "READY"}, True, None),
        (404, {"message": "none"}, True, "does not say"),
        (200, ["odd"], True, "does not say"),
        (
            200,
            {
                "status": "NOT_READY",
                "onlineOrderingApiConfiguration": {"enabled": False},
                "posStatus": {"salesPeriod": "CLOSED", "acceptingOnlineOrders": False, "availableDevices": False},
            },
            False,
            "not enabled for this location, its sales period is CLOSED, staff have switched online orders off",
        ),
        (200, {"status": "NOT_READY"}, False, "no reason"),
    ],
)
async def test_readiness(status: int, body: Any, ok: bool, told: str | None) -> None:
    async with canned({"/op/data/businesses": BUSINESSES, READINESS: (status, body)}) as url:
        line = (await checked(url))["pos_ready"]
    assert line.ok is ok
    assert told in line.problem if told and line.problem else line.problem is None
