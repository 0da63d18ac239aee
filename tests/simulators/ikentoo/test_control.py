"""The control API, webhook endpoints, open checks and unknown paths."""

import asyncio

from tests.simulators.ikentoo.conftest import Start
from tests.simulators.ikentoo.serving import Pos

SECRET = {"endpointId": "TEST", "url": "https://example.org/cb", "withBasicAuth": True, "username": "usr"}


async def test_an_endpoint_is_created_read_and_replaced(pos: Pos) -> None:
    created = await pos.client.put("/wh/1/webhook", json={**SECRET, "password": "pwd"})
    assert (created.status_code, created.content) == (200, b"")
    read = (await pos.client.get("/wh/1/webhook/TEST")).json()
    assert read == {**SECRET, "password": "*****"}
    updated = await pos.client.post("/wh/1/webhook", json={**SECRET, "password": "new"})
    assert updated.json() == {**SECRET, "password": "new"}
    bare = await pos.client.post("/wh/1/webhook", json={"endpointId": "TEST", "url": "http://localhost/cb"})
    assert bare.json()["withBasicAuth"] is False
    assert "pwd" not in (await pos.client.get("/_sim/requests")).text


async def test_an_update_resets_the_flags_it_leaves_out(start: Start) -> None:
    async with start(payload_mode="k") as pos:
        await pos.register(provideAccount=True)
        assert (await pos.client.get("/wh/1/webhook/ENDPOINT")).json()["provideAccount"] is True
        answer = await pos.client.post("/wh/1/webhook", json={"endpointId": "ENDPOINT", "url": pos.callback_url})
        assert answer.json()["provideAccount"] is False


async def test_an_unknown_endpoint_is_not_found(pos: Pos) -> None:
    for answer in (
        await pos.client.get("/o/wh/1/webhook/MISSING"),
        await pos.client.post("/wh/1/webhook", json={"endpointId": "MISSING", "url": "http://localhost/cb"}),
    ):
        assert (answer.status_code, answer.json()["message"]) == (404, "endpoint ID not found for MISSING")


async def test_a_bad_endpoint_is_refused(pos: Pos) -> None:
    answer = await pos.client.put("/wh/1/webhook", json={"endpointId": None, "url": "ftp://x"})
    assert answer.json()["message"] == "Validation failed for object='webhookEndpointDto'. Error count: 2"


async def test_open_checks_are_seen_until_they_close(pos: Pos) -> None:
    await pos.plant("stay_open")
    await pos.local()
    account = (await pos.order("REF1234", "accepted"))["account"]
    check = (await pos.client.get("/o/op/1/order/table/10/getCheck?businessLocationId=123")).json()
    assert (check["ikaccountId"], check["currentAmount"], check["clientCount"]) == (account, "29.70", 2)
    assert check["salesEntries"][0]["quantity"] == 2.0
    await pos.client.post("/_sim/callbacks", json={"reference": "REF1234", "word": "CLOSED"})
    gone = await pos.client.get("/op/1/order/table/10/getCheck?businessLocationId=123")
    assert (gone.status_code, gone.json()["message"]) == (404, "account not found for BL 123")


async def test_the_guides_open_checks(pos: Pos) -> None:
    checks = (await pos.client.get("/op/1/order/table/getCheck?businessLocationId=25769803788")).json()
    assert [(each["ikaccountId"], each["tableNumber"]) for each in checks] == [
        ("A1232.23443", 1),
        ("46802258625135", 1),
    ]
    missing = await pos.client.get("/op/1/order/table/getCheck")
    assert "'businessLocationId'" in missing.json()["message"]
    assert (missing.status_code, "errors" in missing.json()) == (400, False)


async def test_other_paths_are_not_found(pos: Pos) -> None:
    for path in ("/op/1/order/togo", "/op/1/order/toGo/", "/"):
        answer = await pos.client.post(path, json={})
        assert (answer.status_code, answer.json()["error"], answer.json()["path"]) == (404, "Not Found", path)
    assert (await pos.client.delete("/op/1/order/toGo")).json()["status"] == 405


async def test_any_word_can_be_said_now(pos: Pos) -> None:
    await pos.client.post("/_sim/auto", json={"on": False})
    await pos.to_go()
    for word in ("SUCCESS", "IN_DELIVERY"):
        answer = await pos.client.post("/_sim/callbacks", json={"reference": "ORDER-REF-123", "word": word})
        assert answer.json() == {"answers": [200]}
    assert pos.receiver.words == ["SUCCESS", "IN_DELIVERY"]
    assert pos.receiver.read[0]["ikentooAccountIdentifier"]


async def test_a_callback_about_an_order_that_never_was(pos: Pos) -> None:
    said = {"reference": "NEVER", "word": "FAILURE", "reason": "why not", "endpoint_id": "ENDPOINT"}
    await pos.client.post("/_sim/callbacks", json=said)
    assert pos.receiver.read == [{"status": "FAILURE", "reason": "why not", "thirdPartyReference": "NEVER"}]
    await pos.client.post("/_sim/callbacks", json={**said, "body": "<xml/>"})
    assert pos.receiver.bodies[-1] == "<xml/>"
    assert (await pos.client.post("/_sim/callbacks", json={"reference": "NEVER"})).status_code == 400


async def test_waiting_for_orders_and_requests(pos: Pos) -> None:
    waiting = asyncio.create_task(pos.client.get("/_sim/orders?at_least=1&wait=10"))
    more = asyncio.create_task(pos.client.get("/_sim/requests?reference=REF1234&at_least=1&wait=10"))
    await pos.local()
    assert [each["reference"] for each in (await waiting).json()] == ["REF1234"]
    assert [each["endpoint"] for each in (await more).json()] == ["local"]


async def test_reset_forgets_orders_but_not_endpoints(pos: Pos) -> None:
    await pos.plant("silence")
    await pos.to_go()
    assert (await pos.client.post("/_sim/reset")).status_code == 204
    assert (await pos.held(), await pos.requests()) == ([], [])
    await pos.to_go()
    assert await pos.receiver.words_until("CLOSED")
    await pos.client.post("/_sim/reset", json={"endpoints": True})
    assert (await pos.to_go()).status_code == 400


async def test_the_oldest_orders_are_forgotten(start: Start) -> None:
    async with start(most_orders=2) as pos:
        for n in range(3):
            await pos.to_go(thirdPartyReference=f"R{n}", collectionCode=f"C{n}")
        assert [each["reference"] for each in await pos.held()] == ["R1", "R2"]


async def test_the_page_shows_orders_and_escapes_them(pos: Pos) -> None:
    await pos.to_go(thirdPartyReference="<b>X</b>", items=[])
    page = await pos.client.get("/_sim")
    assert page.headers["content-type"].startswith("text/html")
    assert "&lt;b&gt;X&lt;/b&gt;" in page.text
    assert "<b>X" not in page.text


async def test_bad_control_requests_are_refused(pos: Pos) -> None:
    for path, body in (
        ("clock", {"factor": 0}),
        ("clock", {"factor": "x"}),
        ("auto", []),
        ("devices", {"location": "x"}),
    ):
        assert (await pos.client.post(f"/_sim/{path}", json=body)).status_code == 400
    assert (await pos.client.get("/_sim/orders/NONE")).status_code == 404
    assert (await pos.client.get("/_sim/orders?wait=x")).status_code == 400
