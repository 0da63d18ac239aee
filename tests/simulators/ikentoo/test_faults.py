"""Faults of the connection, as a real client sees them, under both HTTP implementations of uvicorn."""

from typing import Any

import httpx
import pytest

from tests.simulators.ikentoo.conftest import Start
from tests.simulators.ikentoo.serving import TO_GO, Pos

both = pytest.mark.parametrize("shared", ["h11", "httptools"], indirect=True, scope="session")


@pytest.fixture
async def wire(pos: Pos) -> Pos:
    await pos.client.post("/_sim/auto", json={"on": False})
    return pos


@both
@pytest.mark.parametrize(("kind", "created"), [("drop_before", 0), ("drop_after", 1)])
async def test_a_dropped_connection_gives_not_one_byte(wire: Pos, kind: str, created: int) -> None:
    await wire.plant(kind)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        await wire.to_go()
    assert len(await wire.held()) == created
    last = (await wire.requests())[-1]
    assert (last["fault"], last["status"], last["reference"]) == (kind, None, "ORDER-REF-123")


@both
@pytest.mark.parametrize(("kind", "created"), [("reset_before", 0), ("reset_after", 1)])
async def test_a_reset_connection(wire: Pos, kind: str, created: int) -> None:
    await wire.plant(kind)
    with pytest.raises(httpx.ReadError):
        await wire.to_go()
    assert len(await wire.held()) == created


@both
@pytest.mark.parametrize(("kind", "created"), [("hang_before", 0), ("hang", 1)])
async def test_a_hang_lasts_until_the_client_leaves(wire: Pos, kind: str, created: int) -> None:
    await wire.plant(kind, match={"endpoint": "toGo"})
    with pytest.raises(httpx.ReadTimeout):
        await wire.client.post("/op/1/order/toGo", json=TO_GO, timeout=0.3)
    assert len(await wire.held()) == created


@both
async def test_a_body_that_is_cut(wire: Pos) -> None:
    await wire.plant("cut_body")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        await wire.to_go()
    assert len(await wire.held()) == 1


@both
async def test_a_delay_is_longer_than_the_clients_patience(wire: Pos) -> None:
    await wire.plant("delay", seconds=60, times=1)
    with pytest.raises(httpx.ReadTimeout):
        await wire.client.post("/op/1/order/toGo", json=TO_GO, timeout=0.3)
    assert (await wire.to_go()).status_code == 409


@both
async def test_slow_answers_are_whole_in_the_end(wire: Pos) -> None:
    await wire.plant("slow_body", seconds=0.1, times=1)
    await wire.plant("delay", seconds=0.1, times=1)
    assert (await wire.to_go()).json() == {"status": "ok"}
    assert (await wire.local()).json() == {"status": "ok"}


ANSWERS: list[Any] = [
    ("error_500_html", {}, 500, 0),
    ("status", {"status": 503, "retry_after": 7}, 503, 0),
    ("status", {"status": 500, "created": True}, 500, 1),
    ("rate_limited", {"retry_after": 7}, 429, 0),
    ("garbage", {}, 200, 1),
    ("garbage_before", {}, 200, 0),
    ("garbage", {"reason": "[]"}, 200, 1),
]


@both
@pytest.mark.parametrize(("kind", "more", "status", "created"), ANSWERS)
async def test_other_answers(wire: Pos, kind: str, more: dict[str, Any], status: int, created: int) -> None:
    await wire.plant(kind, **more)
    answer = await wire.to_go()
    assert answer.status_code == status
    assert answer.headers.get("retry-after") == ("7" if kind == "rate_limited" else None)
    if kind == "error_500_html":
        assert answer.headers["content-type"].startswith("text/html")
    if kind.startswith("garbage") and not more:
        with pytest.raises(ValueError, match="Invalid control character"):
            answer.json()
    assert len(await wire.held()) == created


async def test_the_server_stops_although_a_client_hangs(start: Start) -> None:
    async with start() as pos:
        await pos.plant("hang")
        with pytest.raises(httpx.ReadTimeout):
            await pos.client.get("/nowhere", timeout=0.1)


async def test_faults_are_for_the_requests_they_fit(pos: Pos) -> None:
    await pos.plant("status", match={"endpoint": "local"}, status=501)
    await pos.plant("status", match={"reference": "B"}, status=502)
    await pos.plant("status", match={"sku": "SKU1"}, status=503)
    await pos.plant("status", match={"location": "25769803788"}, status=504)
    found = [
        (await pos.local()).status_code,
        (await pos.to_go(thirdPartyReference="B")).status_code,
        (await pos.to_go(items=[{"sku": "12", "quantity": 1, "subItems": [{"sku": "SKU1"}]}])).status_code,
        (await pos.to_go(businessLocationId=25769803788)).status_code,
        (await pos.to_go()).status_code,
    ]
    assert found == [501, 502, 503, 504, 200]


async def test_faults_wait_for_their_turn_and_are_used_up(pos: Pos) -> None:
    fault = await pos.plant("status", status=503, after=1, times=2)
    found = [(await pos.to_go(thirdPartyReference=f"R{n}", collectionCode=None)).status_code for n in range(5)]
    assert found == [200, 503, 503, 200, 200]
    listing = (await pos.client.get("/_sim/faults")).json()["faults"]
    assert [(each["id"], each["seen"], each["used"]) for each in listing] == [(fault, 5, 2)]


async def test_faults_can_be_taken_back(pos: Pos) -> None:
    first, _ = await pos.plant("status", status=501), await pos.plant("status", status=502)
    await pos.client.delete(f"/_sim/faults/{first}")
    assert (await pos.to_go()).status_code == 502
    await pos.client.delete("/_sim/faults")
    assert (await pos.to_go()).status_code == 200


@pytest.mark.parametrize(
    "fault",
    [{}, {"kind": "?"}, {"kind": "hang", "x": 1}, {"kind": "hang", "match": 1}, {"kind": "delay", "after": "x"}],
)
async def test_a_fault_that_makes_no_sense_is_refused(pos: Pos, fault: dict[str, Any]) -> None:
    answer = await pos.client.post("/_sim/faults", json=fault)
    assert answer.status_code == 400
    assert answer.json()["error"]
