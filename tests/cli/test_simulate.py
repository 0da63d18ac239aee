"""order-relay simulate: the switches that make a bigger or a stricter POS."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.processes import Processes, processes


@pytest.fixture
def order_relay(tmp_path: Path) -> Iterator[Processes]:
    with processes(tmp_path) as found:
        yield found


def test_ikentoo_with_tokens_that_are_refreshed_open_tables_and_a_large_menu(order_relay: Processes) -> None:
    pos = order_relay.simulate("ikentoo", "--oauth", "--tables-stay-open", "--products", "60")
    assert f"token_url {pos.url}/oauth/token, client order-relay / demo-secret" in pos.said
    with httpx.Client(base_url=pos.url) as client:
        menu, location = "/o/op/1/menu/load/9000", {"businessLocationId": 25769803788}
        assert client.get(menu, params=location).status_code == 401
        given = {"grant_type": "refresh_token", "refresh_token": "demo-refresh-token"}
        tokens = client.post("/oauth/token", data=given, auth=("order-relay", "demo-secret"))
        bearer = {"Authorization": f"Bearer {tokens.json()['access_token']}"}
        loaded = client.get(menu, params=location, headers=bearer)
        assert "GEN00060" in loaded.text
        assert "GEN00061" not in loaded.text
        assert client.get("/_sim/switches").json()["tables_stay_open"] is True


def test_iiko_with_a_large_menu(order_relay: Processes) -> None:
    pos = order_relay.simulate("iiko", "--products", "60")
    codes = {product["code"] for product in httpx.get(f"{pos.url}/_sim/menu").json()["products"]}
    assert {"00031", "G00001", "G00060"} <= codes
    assert "G00061" not in codes


@pytest.mark.parametrize("pos", ["iiko", "ikentoo"])
def test_a_menu_of_less_than_nothing_is_one_line(order_relay: Processes, pos: str) -> None:
    ended = order_relay.run("simulate", pos, "--products", "-1")
    assert ended.returncode == 2
    assert "Invalid value for '--products'" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
