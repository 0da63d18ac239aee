"""A simulator that is killed still has every order that it answered for, as the POS behind it would."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.simulators.durable import BookFile
from app.simulators.iiko import ids
from tests.e2e.processes import Processes, processes

ORDER_ID = "7e1b6b3e-9f64-4a53-9f0e-2a8d6c1f5b11"


@pytest.fixture
def simulators(tmp_path: Path) -> Iterator[Processes]:
    with processes(tmp_path) as found:
        yield found


def test_what_a_kill_cut_short_is_forgotten_and_written_over(tmp_path: Path) -> None:
    path = tmp_path / "book"
    with closing(BookFile(path)) as book:
        book.write("first", 1)
        whole = path.stat().st_size
        book.write("second", 2)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 1)
    with closing(BookFile(path)) as again:
        assert list(again.read()) == [("first", 1)]
        assert path.stat().st_size == whole
        again.write("third", 3)
        assert list(again.read()) == [("first", 1), ("third", 3)]


def test_without_a_file_nothing_is_kept() -> None:
    book = BookFile()
    book.write("first", 1)
    assert list(book.read()) == []


def test_iiko_knows_its_orders_after_a_kill(simulators: Processes, tmp_path: Path) -> None:
    words = ("iiko", "--speed", "100", "--book", str(tmp_path / "book"))
    first = simulators.simulate(*words)
    assert iiko_add(first.url).json()["orderId"] == ORDER_ID
    first.kill9()
    second = simulators.simulate(*words)
    repeated = iiko_add(second.url)
    assert (repeated.status_code, repeated.json()["code"]) == (400, "192")
    [row] = httpx.get(f"{second.url}/_sim/orders", trust_env=False).json()
    assert (row["id"], row["created"], row["requests"]) == (ORDER_ID, 1, 2)
    # It walks on: the automatic walk is older than the second life.
    walked = httpx.get(f"{second.url}/_sim/orders/{ORDER_ID}?statusCode=CLOSED&wait=60", timeout=70, trust_env=False)
    assert walked.json()["statusCode"] == "CLOSED"


def iiko_add(url: str) -> httpx.Response:
    with httpx.Client(base_url=url, trust_env=False) as pos:
        access = {"user_id": "demo", "user_secret": "demo-secret"}
        token = pos.get("/api/0/auth/access_token", params=access).json()
        order: dict[str, Any] = {
            "organization": ids.ORGANIZATION,
            "customer": {"name": "Olena", "phone": "+380971112233"},
            "order": {
                "id": ORDER_ID,
                "phone": "+380971112233",
                "isSelfService": "true",
                "items": [{"id": ids.BORSCHT, "name": "Borscht", "amount": 1}],
            },
        }
        return pos.post("/api/0/orders/add", params={"access_token": token}, json=order)


def test_ikentoo_knows_orders_and_endpoints_and_calls_again(simulators: Processes, tmp_path: Path) -> None:
    words = ("ikentoo", "--speed", "100", "--book", str(tmp_path / "book"))
    first = simulators.simulate(*words)
    with httpx.Client(base_url=first.url, trust_env=False) as pos:
        endpoint = {"endpointId": "TEST", "url": "http://127.0.0.1:9", "withBasicAuth": False}
        pos.put("/o/wh/1/webhook", json=endpoint).raise_for_status()
        pos.post("/o/op/1/order/toGo", json=togo("R-1")).raise_for_status()
        pos.get("/_sim/orders/R-1?state=accepted&wait=30", timeout=40).raise_for_status()
    first.kill9()
    second = simulators.simulate(*words)
    with httpx.Client(base_url=second.url, trust_env=False) as pos:
        assert pos.post("/o/op/1/order/toGo", json=togo("R-1")).status_code == 409
        pos.post("/o/op/1/order/toGo", json=togo("R-2")).raise_for_status()  # the endpoint is known
        order = pos.get("/_sim/orders/R-1?state=closed&wait=30", timeout=40).json()
    assert order["state"] == "closed"
    assert [each["word"] for each in order["callbacks"]] == ["SUCCESS", "READY_FOR_PICKUP", "CLOSED"]


def togo(reference: str) -> dict[str, Any]:
    return {
        "businessLocationId": 123,
        "thirdPartyReference": reference,
        "endpointId": "TEST",
        "customerInfo": {"firstName": "Luc"},
        "accountProfileCode": "PICKUP",
        "items": [{"sku": "11", "quantity": 1}],
    }
