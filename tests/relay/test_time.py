"""What only the clock brings: ended leases, deadlines, lateness, sweeps; and results that come after their lease."""

import asyncio
from datetime import UTC, datetime, timedelta

from app.adapters.base import Taken
from app.domain.errors import InDoubt, NotSent, PosError, Rejected
from app.domain.status import StatusEvent, Word
from app.relay.outcome import Outcome, Patience
from app.relay.settle import Ended, settle
from app.store.claim import Claimed, claim
from app.store.database import run
from tests.relay.house import IIKO, IKENTOO, House, events, iiko_order, ikentoo_order

PATIENCE = Patience(
    longest_send_s=20.0,
    verdict_grace_s=60.0,
    polled_systems=frozenset({"iiko"}),
    askable_systems=frozenset({"iiko"}),
)
TOOK_IT = Taken(event=StatusEvent(word=Word.SUBMITTED, raw="ok"), http_status=200, answer='{"status":"ok"}')


async def take(house: House, *, room: int = 10, lease_s: float = 20.0) -> list[Claimed]:
    """A worker claims, and is not heard of again."""
    return await run(house.engine, lambda connection: claim(connection, room=room, lease_s=lease_s, askable=["iiko"]))


async def report(house: House, claimed: Claimed, result: Taken | PosError) -> None:
    """A worker records what its attempt brought."""
    ended = [Ended(claimed=claimed, outcome=Outcome(result=result))]
    await run(house.engine, lambda connection: settle(connection, ended, PATIENCE))


async def test_a_worker_that_goes_silent_leaves_doubt(house: House) -> None:
    order_id = await house.submit(iiko_order())
    await take(house)
    await house.reconcile()
    assert (await house.view(order_id))["dispatch"]["state"] == "sending"
    await house.later(21)
    await house.reconcile()
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"]) == ("received", "in_doubt")
    assert "lease_over" in events(view)
    for _ in range(3):
        await house.later(40)
        await house.send()
    await house.send()
    view = await house.view(order_id)
    assert view["status"] == "accepted"
    assert [attempt["kind"] for attempt in view["attempts"]][:3] == ["send", "ask", "ask"]
    (held,) = await house.at_pos(IIKO)
    assert (held["created"], held["requests"]) == (1, 1)


async def test_a_late_taken_is_a_fact(house: House) -> None:
    order_id = await house.submit(ikentoo_order())
    (claimed,) = await take(house)
    await house.later(21)
    await house.reconcile()
    await report(house, claimed, TOOK_IT)
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"]) == ("submitted", "done")
    await house.later(60)
    assert await house.send() == 0


async def test_a_late_not_sent_schedules_nothing(house: House) -> None:
    order_id = await house.submit(ikentoo_order())
    (claimed,) = await take(house)
    await house.later(21)
    await house.reconcile()
    before = (await house.view(order_id))["dispatch"]
    await report(house, claimed, NotSent("refused"))
    after = (await house.view(order_id))["dispatch"]
    assert (after["state"], after["next_attempt_at"]) == (before["state"], before["next_attempt_at"])


async def test_a_late_no_is_not_believed(house: House) -> None:
    order_id = await house.submit(ikentoo_order())
    (first,) = await take(house)
    await house.later(21)
    await house.reconcile()
    (second,) = await take(house)
    await report(house, first, Rejected("no"))
    assert (await house.view(order_id))["dispatch"]["state"] == "sending"
    await report(house, second, TOOK_IT)
    assert (await house.view(order_id))["status"] == "submitted"


async def test_a_result_is_recorded_once(house: House) -> None:
    order_id = await house.submit(ikentoo_order())
    (claimed,) = await take(house)
    await report(house, claimed, TOOK_IT)
    version = (await house.view(order_id))["version"]
    await report(house, claimed, TOOK_IT)
    assert (await house.view(order_id))["version"] == version


async def test_workers_side_by_side_never_take_the_same(house: House) -> None:
    for number in range(12):
        await house.submit(ikentoo_order(f"WEB-{number}"))
        await house.submit(iiko_order(f"WEB-{number}"))
    taken = await asyncio.gather(*(take(house) for _ in range(8)))
    references = [claimed.reference for batch in taken for claimed in batch]
    assert len(references) == len(set(references)) == 8  # four at once for each of the two locations


async def test_a_deadline_fails_only_what_surely_never_left(house: House) -> None:
    order_id = await house.submit(ikentoo_order())
    await house.later(301)
    assert await house.send() == 0  # too late: it is not sent any more
    await house.reconcile()
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"], view["failure"]["code"]) == ("failed", "done", "expired")
    await house.say(order_id, "SUCCESS", endpoint_id="ENDPOINT")
    view = await house.view(order_id)
    assert (view["status"], view["attention"]["code"]) == ("accepted", "accepted_after_end")


async def test_a_waiting_order_that_misses_its_time_is_late(house: House) -> None:
    await house.fault(IKENTOO, "rate_limited", match={"endpoint": "toGo"})
    soon = (datetime.now(UTC) + timedelta(seconds=100)).isoformat(timespec="seconds")
    order_id = await house.submit(ikentoo_order(requested_for=soon))
    await house.send()
    await house.later(101)
    await house.reconcile()
    view = await house.view(order_id)
    assert (view["status"], view["attention"]["code"]) == ("received", "late")
    await house.heal(IKENTOO)
    await house.send()
    assert not (await house.view(order_id))["needs_attention"]


async def test_an_accepted_order_that_nobody_speaks_of_again_is_completed_hours_later(house: House) -> None:
    order_id = await house.submit(ikentoo_order())
    await house.send()
    await house.say(order_id, "SUCCESS")
    await house.later(6 * 3600 - 60)
    await house.reconcile()
    assert (await house.view(order_id))["status"] == "accepted"
    await house.later(120)
    await house.reconcile()
    view = await house.view(order_id)
    assert (view["status"], view["final"]) == ("completed", True)


async def test_an_unconfirmed_iiko_order_is_worth_a_look(house: House) -> None:
    await house.pos[IIKO].post("/_sim/policy", json={"confirm": True})
    order_id = await house.submit(iiko_order())
    await house.send()
    assert (await house.view(order_id))["status"] == "submitted"
    await house.later(16 * 60)
    await house.reconcile()
    assert (await house.view(order_id))["attention"]["code"] == "not_confirmed"


async def test_a_polled_order_is_followed_for_a_day(house: House) -> None:
    order_id = await house.submit(iiko_order())
    await house.send()
    assert await house.follower.round() == 1
    assert await house.follower.round() == 0  # once an interval
    await house.later(25 * 3600)
    assert await house.follower.round() == 0
    assert (await house.view(order_id))["status"] == "accepted"


async def test_the_version_rises_with_all_that_is_shown(house: House) -> None:
    await house.fault(IKENTOO, "drop_after", times=2, match={"endpoint": "toGo"})
    order_id = await house.submit(ikentoo_order())
    seen = [await house.view(order_id)]
    for _ in range(3):
        (claimed,) = await take(house)
        seen.append(await house.view(order_id))
        await report(house, claimed, InDoubt("no clear answer"))
        seen.append(await house.view(order_id))
        await house.later(10)
    versions = [view["version"] for view in seen]
    assert versions == sorted(set(versions))
