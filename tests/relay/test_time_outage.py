"""Everything was down for a day. What becomes of each order after the restart, whichever part wakes up first.

The POSs went on meanwhile; nobody asked them, and their calls went unheard.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.domain.errors import NotSent
from app.domain.status import Status
from tests.relay.house import IIKO, IKENTOO, House, events, iiko_order, ikentoo_order
from tests.relay.test_time import report, take
from tests.relay.till import tell, told

DAY_S = 86_400
CREATE = {IIKO: "orders/add", IKENTOO: "toGo"}
Begin = Callable[[House], Awaitable[UUID]]


async def restart(house: House, *, sender_first: bool = False, after_s: float = DAY_S) -> None:
    """A day later, or so, all parts are back, and go round until nothing is left to do at once."""
    await house.later(after_s)
    if sender_first:
        await house.send()
    for _ in range(6):
        await house.reconcile()
        await house.inbox.leftovers()
        await house.follower.round()
        await house.send()
        await house.later(16)


async def submit(house: House, location: str, **changes: Any) -> UUID:
    return await house.submit(iiko_order(**changes) if location == IIKO else ikentoo_order(**changes))


async def in_doubt(house: House, location: str, kind: str) -> UUID:
    await house.fault(location, kind, times=1, match={"endpoint": CREATE[location]})
    order_id = await submit(house, location)
    await house.send()
    assert (await house.view(order_id))["dispatch"]["state"] == "in_doubt"
    return order_id


async def created(house: House, location: str) -> int:
    """How many orders the POS was made to hold."""
    rows = await house.at_pos(location)
    return len(rows) if location == IKENTOO else sum(row["created"] for row in rows)


@pytest.mark.parametrize("sender_first", [True, False])
@pytest.mark.parametrize("location", [IIKO, IKENTOO])
@pytest.mark.parametrize("wanted_in", [None, timedelta(days=7)])
async def test_what_waited_is_failed_and_not_sent_a_day_late(
    house: House, location: str, sender_first: bool, wanted_in: timedelta | None
) -> None:
    """Also an order for next week: its deadline counts from receipt. A person retries it, or refunds."""
    wanted = None if wanted_in is None else (datetime.now(UTC) + wanted_in).isoformat()
    order_id = await submit(house, location, requested_for=wanted)
    await restart(house, sender_first=sender_first)
    view = await house.view(order_id)
    assert (view["status"], view["attention"]["code"], view["final"]) == ("failed", "failed", True)
    assert await created(house, location) == 0
    await house.operate.retry(location, order_id, actor="ops")
    await house.send()
    assert (await house.view(order_id))["status"] in ("submitted", "accepted")


@pytest.mark.parametrize("sender_first", [True, False])
@pytest.mark.parametrize("location", [IIKO, IKENTOO])
async def test_doubt_of_what_had_arrived_is_cleared_up(house: House, location: str, sender_first: bool) -> None:
    order_id = await in_doubt(house, location, "drop_after")
    await restart(house, sender_first=sender_first, after_s=DAY_S if location == IIKO else 1800)
    view = await house.view(order_id)
    assert view["status"] == ("accepted" if location == IIKO else "submitted")
    assert not view["needs_attention"]
    assert await created(house, location) == 1


@pytest.mark.parametrize("sender_first", [True, False])
async def test_iiko_says_that_it_never_had_it_and_it_is_failed(house: House, sender_first: bool) -> None:
    order_id = await in_doubt(house, IIKO, "drop_before")
    await restart(house, sender_first=sender_first)
    view = await house.view(order_id)
    assert (view["status"], view["attention"]["code"]) == ("failed", "failed")
    assert "confirmed_absent" in events(view)
    assert await created(house, IIKO) == 0


async def test_a_send_that_the_outage_cut_off_is_in_doubt_and_found_out(house: House) -> None:
    order_id = await submit(house, IIKO)
    await take(house)
    await restart(house)
    view = await house.view(order_id)
    assert (view["status"], view["attention"]["code"]) == ("failed", "failed")
    assert events(view)[1:3] == ["lease_over", "overdue"]
    assert await created(house, IIKO) == 0


async def test_ikentoo_cannot_be_asked_so_doubt_ends_by_the_same_reference(house: House) -> None:
    """Where it had not arrived, this makes it arrive now, with the least time to live."""
    order_id = await in_doubt(house, IKENTOO, "drop_before")
    await restart(house, after_s=1800)
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"]) == ("submitted", "done")
    (held,) = await house.at_pos(IKENTOO)
    assert held["body"]["maxTimeToAttemptOrderDeliverToPos"] == 60_000


async def test_a_day_later_that_would_make_an_order_of_the_past(house: House) -> None:
    order_id = await in_doubt(house, IKENTOO, "drop_before")
    await restart(house)
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"], view["attention"]["code"]) == (
        "received",
        "in_doubt",
        "in_doubt",
    )
    assert "order of the past" in view["attention"]["message"]
    assert await house.at_pos(IKENTOO) == []
    await house.operate.retry(IKENTOO, order_id, actor="ops")
    await house.send()
    assert (await house.view(order_id))["status"] == "submitted"


async def test_a_cancel_that_was_asked_for_takes_effect(house: House) -> None:
    order_id = await in_doubt(house, IIKO, "drop_before")
    await house.operate.cancel(IIKO, order_id, reason="x", actor="ops", only_if_surely_not_sent=False)
    await restart(house)
    view = await house.view(order_id)
    assert (view["status"], view["cancellation"]["state"]) == ("cancelled", "stopped")
    assert await created(house, IIKO) == 0


async def test_silence_is_told_and_nothing_is_sent_again(house: House) -> None:
    order_id = await submit(house, IKENTOO)
    await house.send()
    await restart(house)
    view = await house.view(order_id)
    assert (view["status"], view["attention"]["code"]) == ("submitted", "no_verdict")
    assert (await house.at_pos(IKENTOO))[0]["creates"] == 1


async def test_a_verdict_that_was_stored_and_not_understood_counts(house: House) -> None:
    order_id = await submit(house, IKENTOO)
    await house.send()
    reference = (await house.view(order_id))["pos"]["reference"]
    async with house.engine.begin() as connection:  # answered with 200, then all went dark
        await connection.exec_driver_sql(
            "INSERT INTO callbacks (location_id, id, hash, body, received_at)"
            " VALUES ($1, $2, '\\x00', $3, now() - interval '1 day')",
            (IKENTOO, uuid4(), f'{{"status":"SUCCESS","thirdPartyReference":"{reference}"}}'.encode()),
        )
    await restart(house)
    view = await house.view(order_id)
    assert (view["status"], view["needs_attention"]) == ("accepted", False)


async def test_an_accepted_order_is_swept_when_its_six_hours_are_over(house: House) -> None:
    order_id = await submit(house, IKENTOO)
    await house.send()
    await house.say(order_id, "SUCCESS")
    await restart(house)
    view = await house.view(order_id)
    assert (view["status"], events(view)[-1]) == ("completed", "swept")


async def test_an_order_for_next_week_is_not_swept(house: House) -> None:
    wanted = datetime.now(UTC) + timedelta(days=7)
    order_id = await submit(house, IKENTOO, requested_for=wanted.isoformat())
    await house.send()
    await house.say(order_id, "SUCCESS")
    await restart(house)
    assert (await house.view(order_id))["status"] == "accepted"


async def test_an_unconfirmed_order_is_worth_a_look(house: House) -> None:
    await house.pos[IIKO].post("/_sim/policy", json={"confirm": True})
    order_id = await submit(house, IIKO)
    await house.send()
    await restart(house)
    view = await house.view(order_id)
    assert (view["status"], view["attention"]["code"]) == ("submitted", "not_confirmed")


@pytest.mark.parametrize(
    ("meanwhile", "ends"), [("CANCELLED", Status.CANCELLED), ("CLOSED", Status.COMPLETED), ("ON_WAY", "in_delivery")]
)
async def test_what_iiko_did_meanwhile_is_asked_once_more(house: House, meanwhile: str, ends: str) -> None:
    """Its day in the poll ended during the outage: it is asked for once more before it counts as completed."""
    order_id = await submit(house, IIKO)
    await house.send()
    assert await house.follower.round() == 1
    reference = (await house.view(order_id))["pos"]["reference"]
    await house.pos[IIKO].post(f"/_sim/orders/{reference}/status", json={"statusCode": meanwhile})
    await house.later(600)
    await restart(house)
    assert (await house.view(order_id))["status"] == ends
    await house.later(1000)
    await house.reconcile()
    view = await house.view(order_id)
    assert (view["status"], view["final"]) == ("cancelled" if ends == "cancelled" else "completed", True)


async def test_a_polled_order_that_nobody_spoke_of_again_ends_with_its_day(house: House) -> None:
    order_id = await submit(house, IIKO)
    await house.send()
    for _ in range(2):
        await house.later(12 * 3600 - 30)
        assert await house.follower.round() == 1
    assert (await house.view(order_id))["status"] == "accepted"
    await house.later(120)
    await house.reconcile()
    view = await house.view(order_id)
    assert (view["status"], events(view)[-1]) == ("completed", "swept")


async def test_a_message_is_not_shown_a_day_late(house: House) -> None:
    message_id = await tell(house, "Table 4 wants to pay")
    await restart(house)
    assert (await told(house, message_id))["status"] == "failed"


async def test_words_that_match_nothing_are_given_up_after_a_day(house: House) -> None:
    await house.say_of(str(uuid4()), "SUCCESS", endpoint_id="ENDPOINT")
    async with house.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE callbacks SET received_at = received_at - interval '25 hours'")
        await connection.exec_driver_sql("UPDATE callbacks SET due_at = now()")
    assert await house.inbox.leftovers() == 1
    assert await house.inbox.leftovers() == 0


async def test_doubt_that_ends_after_the_deadline_leaves_nothing_waiting_for_ever(house: House) -> None:
    """The worker was frozen, not dead: long after the deadline it reports that it never sent anything."""
    order_id = await submit(house, IKENTOO)
    (frozen,) = await take(house)
    await house.later(21)
    await house.reconcile()
    await house.later(300)
    await house.reconcile()
    assert (await house.view(order_id))["attention"]["code"] == "in_doubt"
    await report(house, frozen, NotSent("refused"))
    await house.fault(IKENTOO, "rate_limited", match={"endpoint": "toGo"})
    await house.send()
    await house.reconcile()
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"], view["attention"]["code"]) == ("failed", "done", "failed")
