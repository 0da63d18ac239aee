"""Callbacks: stored once, understood once, in any order, however odd."""

from base64 import b64encode
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from app.adapters.base import CallbackRequest
from app.domain.errors import CallbackUnauthenticated
from tests.relay.house import IKENTOO, House, events, ikentoo_location, ikentoo_order

AUTH = "Basic " + b64encode(b"pos:callback-secret").decode()


async def call_us(house: House, body: bytes) -> None:
    location = await house.locations.get(IKENTOO)
    await house.inbox.receive(location, CallbackRequest(headers={"authorization": AUTH}, body=body))
    await house.inbox.idle()


async def sent(house: House, **changes: Any) -> tuple[UUID, str]:
    order_id = await house.submit(ikentoo_order(**changes))
    await house.send()
    return order_id, (await house.view(order_id))["pos"]["reference"]


async def test_the_same_bytes_twice_count_once(house: House) -> None:
    order_id, reference = await sent(house)
    body = f'{{"status":"SUCCESS","thirdPartyReference":"{reference}"}}'.encode()
    for _ in range(3):
        await call_us(house, body)
    view = await house.view(order_id)
    assert events(view).count("SUCCESS") == 1
    assert view["history"][-1]["repeats"] == 3
    assert await house.count("callbacks") == 1


async def test_out_of_order_ends_where_in_order_ends(house: House) -> None:
    order_id, _ = await sent(house)
    for word in ("CLOSED", "READY_FOR_PICKUP", "SUCCESS"):
        await house.say(order_id, word)
    view = await house.view(order_id)
    assert view["status"] == "completed"
    assert all(view["milestones"][f"{name}_at"] for name in ("accepted", "ready", "closed", "completed"))


async def test_a_prepaid_order_is_closed_long_before_it_is_ready(house: House) -> None:
    order_id, _ = await sent(house, payments=[{"method": "CARD", "amount": "20.00", "paid": True}])
    await house.say(order_id, "SUCCESS")
    await house.say(order_id, "CLOSED")
    assert (await house.view(order_id))["status"] == "accepted"
    await house.say(order_id, "READY_FOR_PICKUP")
    assert (await house.view(order_id))["status"] == "completed"


async def test_a_callback_that_overtakes_the_answer(house: House) -> None:
    await house.pos[IKENTOO].post("/_sim/auto", json={"on": True})
    order_id, _ = await sent(house, note="[sim:early]")
    await house.inbox.idle()
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"]) == ("accepted", "done")
    assert view["milestones"]["submitted_at"]
    assert view["attempts"][0]["outcome"] == "taken"


async def test_a_word_nobody_knows_is_stored_and_changes_nothing(house: House) -> None:
    order_id, reference = await sent(house)
    await call_us(house, f'{{"status":"ENLIGHTENED","thirdPartyReference":"{reference}"}}'.encode())
    view = await house.view(order_id)
    assert (view["status"], view["history"][-1]["event"]) == ("submitted", "ENLIGHTENED")


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b"\xff\xfe"])
async def test_what_cannot_be_read_is_kept_and_parked(house: House, body: bytes) -> None:
    await call_us(house, body)
    async with house.engine.connect() as connection:
        row = (await connection.exec_driver_sql("SELECT body, state, problem, due_at FROM callbacks")).one()
    assert (row.body, row.state, row.due_at) == (body, "parked", None)
    assert row.problem


async def test_an_unknown_reference_is_matched_again(house: House) -> None:
    await call_us(house, f'{{"status":"SUCCESS","thirdPartyReference":"{uuid4()}"}}'.encode())
    order_id, reference = await sent(house)
    async with house.engine.begin() as connection:  # as if its order had been restored only now
        row = await connection.exec_driver_sql(
            "UPDATE callbacks SET body = $1, due_at = now(), received_at = now() - interval '1 minute'",
            (f'{{"status":"SUCCESS","thirdPartyReference":"{reference}"}}'.encode(),),
        )
        assert row.rowcount == 1
    assert await house.inbox.leftovers() == 1
    assert (await house.view(order_id))["status"] == "accepted"
    assert await house.inbox.leftovers() == 0


async def test_what_a_crash_left_over_is_picked_up(house: House) -> None:
    order_id, reference = await sent(house)
    body = f'{{"status":"SUCCESS","thirdPartyReference":"{reference}"}}'.encode()
    async with house.engine.begin() as connection:  # stored and answered, then the process died
        await connection.exec_driver_sql(
            "INSERT INTO callbacks (location_id, id, hash, body, received_at)"
            " VALUES ($1, $2, '\\x00', $3, now() - interval '10 s')",
            (IKENTOO, uuid4(), body),
        )
    assert await house.inbox.leftovers() == 1
    assert (await house.view(order_id))["status"] == "accepted"


async def test_words_move_only_orders_of_their_own_location(house: House) -> None:
    url = str(house.pos[IKENTOO].base_url).rstrip("/")
    await house.locations.put("geneva-2", ikentoo_location(url))
    order_id, reference = await sent(house)
    other = await house.locations.get("geneva-2")
    body = f'{{"status":"FAILURE","reason":"no","thirdPartyReference":"{reference}"}}'.encode()
    await house.inbox.receive(other, CallbackRequest(headers={"authorization": AUTH}, body=body))
    await house.inbox.idle()
    assert (await house.view(order_id))["status"] == "submitted"


@pytest.mark.parametrize("header", [None, "Basic", "Basic !!!", "Bearer x", "Basic " + b64encode(b"pos:no").decode()])
async def test_without_the_right_password_nothing_is_stored(house: House, header: str | None) -> None:
    location = await house.locations.get(IKENTOO)
    headers = {} if header is None else {"authorization": header}
    with pytest.raises(CallbackUnauthenticated):
        await house.inbox.receive(location, CallbackRequest(headers=headers, body=b"{}"))
    assert await house.count("callbacks") == 0


async def test_a_payment_s_word_is_no_word_about_the_order(house: House) -> None:
    order_id, reference = await sent(house)
    await call_us(
        house, f'{{"status":"FAILURE","type":"PAYMENT","reason":"x","thirdPartyReference":"{reference}"}}'.encode()
    )
    assert (await house.view(order_id))["status"] == "submitted"


async def test_over_http_it_is_the_same(house: House) -> None:
    order_id, reference = await sent(house)
    url = (await house.locations.one(IKENTOO))["callback_url"]
    async with httpx.AsyncClient(trust_env=False, auth=("pos", "callback-secret")) as pos:
        answer = await pos.post(url, json={"status": "SUCCESS", "thirdPartyReference": reference})
    assert answer.status_code == 200
    await house.inbox.idle()
    assert (await house.view(order_id))["status"] == "accepted"


async def test_even_an_unknown_word_says_that_the_pos_has_it(house: House) -> None:
    await house.fault(IKENTOO, "drop_after", times=1, match={"endpoint": "toGo"})
    order_id, reference = await sent(house)
    assert (await house.view(order_id))["dispatch"]["state"] == "in_doubt"
    await call_us(house, f'{{"status":"ENLIGHTENED","thirdPartyReference":"{reference}"}}'.encode())
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"]) == ("submitted", "done")
