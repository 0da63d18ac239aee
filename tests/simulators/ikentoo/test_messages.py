"""Messages to the staff: where they are shown and printed."""

from typing import Any

import pytest

from tests.simulators.ikentoo.conftest import Start
from tests.simulators.ikentoo.serving import Pos

PATH = "/o/op/1/printMsg?businessLocationId=123"


async def printed(pos: Pos, least: int = 1) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = (await pos.client.get(f"/_sim/messages?at_least={least}&wait=10")).json()
    return shown


async def test_the_guides_message(pos: Pos) -> None:
    answer = await pos.client.post(PATH, json={"message": "Hello", "alsoToPrinter": True})
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    (shown,) = await printed(pos)
    assert (shown["message"], shown["state"], shown["pos_id"]) == ("Hello", "shown", 1234)
    assert (shown["device"], shown["printer"]) == ("iPad-1", "Receipt printer 1")
    await pos.client.post(PATH, json={"message": "Only the screen"})
    assert (await printed(pos, 2))[1]["printer"] is None


async def test_it_goes_to_the_till_that_has_the_order(pos: Pos) -> None:
    await pos.client.post("/_sim/devices", json={"online": False, "device": 1234})
    await pos.to_go()
    await pos.receiver.words_until("SUCCESS")
    assert (await pos.order())["account"].startswith("A1235.")
    await pos.client.post("/_sim/devices", json={"online": True})
    for reference in ("ORDER-REF-123", "NEVER", None):
        await pos.client.post(PATH, json={"message": "Cancel it", "thirdPartyReference": reference})
    assert [each["pos_id"] for each in await printed(pos, 3)] == [1235, 1234, 1234]


async def test_it_waits_for_a_till_for_a_day(start: Start) -> None:
    async with start(clock_factor=1.0) as pos:
        await pos.client.post("/_sim/devices", json={"online": False})
        await pos.client.post(PATH, json={"message": "Wait"})
        assert (await printed(pos))[0]["state"] == "waiting"
        await pos.client.post("/_sim/devices", json={"online": True, "location": 123})
        assert (await pos.client.get("/_sim/messages?state=shown&at_least=1&wait=10")).json()
        await pos.client.post("/_sim/devices", json={"online": False})
        await pos.client.post(PATH, json={"message": "Too late"})
        await pos.client.post("/_sim/clock", json={"factor": 10_000_000})
        expired = (await pos.client.get("/_sim/messages?state=expired&at_least=1&wait=10")).json()
        assert [each["message"] for each in expired] == ["Too late"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (PATH, {}, 400),
        (PATH, {"message": ""}, 400),
        (PATH, {"message": 1}, 400),
        (PATH, {"message": "x", "alsoToPrinter": "yes"}, 400),
        ("/op/1/printMsg", {"message": "x"}, 400),
        ("/op/1/printMsg?businessLocationId=7", {"message": "x"}, 403),
    ],
)
async def test_what_is_refused(pos: Pos, path: str, body: dict[str, Any], status: int) -> None:
    assert (await pos.client.post(path, json=body)).status_code == status
    assert await printed(pos, 0) == []


async def test_a_message_can_carry_a_mark(pos: Pos) -> None:
    body = {"message": "Hello [sim:status status=503]", "thirdPartyReference": "R"}
    assert (await pos.client.post(PATH, json=body)).status_code == 503
    assert (await pos.client.post(PATH, json=body)).status_code == 200
    assert [each["endpoint"] for each in await pos.requests()][-2:] == ["printMsg", "printMsg"]
    assert "Hello" in (await pos.client.get("/_sim")).text
