"""Retention: what is over and old goes, what somebody still needs stays, and a reference stays taken for ever."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.errors import ReferenceConflict, StateConflict
from app.domain.order import Order
from app.relay.retention import BATCH, Retention
from app.store.purge import ids_from
from tests.planted import NOON, Planted, plant, plant_attempt, plant_callback, plant_history, plant_location
from tests.relay.house import IIKO, IKENTOO, House, iiko_order, ikentoo_order
from tests.relay.test_erase import GUEST, everywhere
from tests.relay.till import pay, tell

DAYS = timedelta(days=90)
OLD = datetime.now(UTC) - timedelta(days=100)
YOUNG = datetime.now(UTC) - timedelta(days=80)
DONE: Mapping[str, Any] = {"state": "done"}


def old_id(moment: datetime = OLD) -> UUID:
    """As an order of that time has it."""
    return UUID(int=ids_from(moment).int | 0x7 << 76 | 0x2 << 62 | random.getrandbits(60))


def past(reference: str, moment: datetime = OLD, **columns: Any) -> Planted:
    """An order of that time that was completed."""
    return Planted(
        reference=reference,
        id=old_id(moment),
        columns={"received_at": moment, "status": "completed", **columns},
        submission={"created_at": moment, **DONE},
    )


async def lived(engine: AsyncEngine, *planted: Planted, at: datetime = OLD) -> None:
    """With a history, an attempt and a callback each."""
    await plant(engine, *planted)
    for order in planted:
        callback = await plant_callback(engine, state="handled", due_at=None, received_at=at)
        async with engine.begin() as connection:
            await plant_history(connection, order, at=at, detail="10.00 CHF; by web")
            await plant_history(connection, order, at=at, event="SUCCESS", source="callback", callback_id=callback)
            await plant_attempt(connection, order, order.current, outcome="taken", request={"a": 1}, response="ok")


async def purge(engine: AsyncEngine, keep: timedelta = DAYS) -> int:
    return await Retention(engine, keep=keep, pause_s=0).round()


async def left(engine: AsyncEngine) -> dict[str, int]:
    """Rows by table."""
    tables = ("orders", "submissions", "status_history", "attempts", "callbacks")
    async with engine.connect() as connection:
        counts = [await connection.scalar(text(f"SELECT count(*) FROM {table}")) for table in tables]  # noqa: S608
    return dict(zip(tables, counts, strict=True))


async def kept(engine: AsyncEngine) -> set[str]:
    """The references of the orders that have all that they had."""
    async with engine.connect() as connection:
        found = await connection.scalars(text("SELECT reference FROM orders WHERE purged_at IS NULL"))
        return set(found)


async def test_what_is_over_and_old_goes_in_batches(engine: AsyncEngine) -> None:
    many = BATCH + 7
    await plant_location(engine)
    await lived(engine, *(past(f"W-{number}") for number in range(many)))
    assert await purge(engine) == many
    assert await left(engine) == {
        "orders": many, "submissions": many, "status_history": 0, "attempts": 0, "callbacks": 0,
    }  # fmt: skip
    assert await purge(engine) == 0


@pytest.mark.parametrize(
    "columns",
    [
        {"attention": {"code": "rejected", "since": NOON.isoformat(), "message": "", "action": ""}},
        {"status": "accepted", "watch_at": datetime.now(UTC) + timedelta(hours=1)},
        {"status": "accepted", "follow_until": datetime.now(UTC) + timedelta(hours=1)},
        {"requested_for": YOUNG},
        {"received_at": YOUNG},
    ],
    ids=lambda columns: next(reversed(columns)),
)
async def test_what_somebody_still_needs_stays(engine: AsyncEngine, columns: Mapping[str, Any]) -> None:
    await plant_location(engine)
    needed, other = past("NEEDED"), past("OTHER")
    await lived(engine, replace(needed, columns={**needed.columns, **columns}), other)
    assert await purge(engine) == 1
    assert await kept(engine) == {"NEEDED"}


@pytest.mark.parametrize("state", ["waiting", "sending", "in_doubt", "parked"])
async def test_a_live_order_stays_however_old_it_is(engine: AsyncEngine, state: str) -> None:
    await plant_location(engine)
    await lived(engine, replace(past("LIVE", status="received"), submission={"state": state}))
    assert await purge(engine) == 0


async def test_its_time_counts_from_the_last_thing_that_happened(engine: AsyncEngine) -> None:
    await plant_location(engine)
    order = past("W-1")
    await lived(engine, order)
    async with engine.begin() as connection:
        await plant_history(connection, order, at=YOUNG, event="resolved", source="operator")
    assert await purge(engine) == 0


async def test_callbacks_that_never_found_an_order_go_too(engine: AsyncEngine) -> None:
    await plant_location(engine)
    times = {"old": OLD, "young": YOUNG}
    for at in times.values():
        await plant_callback(engine, id=old_id(at), received_at=at, state="parked", due_at=None)
    await plant_callback(engine, id=old_id(), received_at=OLD, state="received")
    assert await purge(engine) == 1
    assert (await left(engine))["callbacks"] == 2


async def test_an_order_that_somebody_is_at_keeps_nobody_waiting(engine: AsyncEngine) -> None:
    await plant_location(engine)
    busy, other = past("BUSY"), past("OTHER")
    await lived(engine, busy, other)
    async with engine.connect() as elsewhere:
        await elsewhere.execute(text("SELECT FROM orders WHERE id = :id FOR UPDATE"), {"id": busy.id})
        assert await purge(engine) == 1
        await elsewhere.rollback()
    assert await kept(engine) == {"BUSY"}
    assert await purge(engine) == 1


async def test_several_at_once(engine: AsyncEngine) -> None:
    await plant_location(engine)
    await lived(engine, *(past(f"W-{number}") for number in range(20)))
    counts = await asyncio.gather(*(purge(engine) for _ in range(3)))
    await purge(engine)
    assert sum(counts) <= 20
    assert await kept(engine) == set()


async def taken_to_its_end(house: House) -> UUID:
    order_id = await house.submit(ikentoo_order(note=GUEST["note"], customer=GUEST["customer"]))
    await house.send()
    for word in ("SUCCESS", "READY_FOR_PICKUP", "CLOSED"):
        await house.say(order_id, word)
    assert (await house.view(order_id))["final"]
    return order_id


async def test_a_reference_stays_taken_for_ever(house: House) -> None:
    order_id = await taken_to_its_end(house)
    at_pos = await house.at_pos(IKENTOO)
    assert await purge(house.engine, timedelta(0)) == 1
    assert await everywhere(house.engine) == {}
    sent = ikentoo_order(note=GUEST["note"], customer=GUEST["customer"])
    again = await house.intake.submit(Order.model_validate(sent), actor="web")
    assert (again.replayed, again.order.id, again.order.status) == (True, order_id, "completed")
    with pytest.raises(ReferenceConflict):
        await house.intake.submit(Order.model_validate({**sent, "note": "another"}), actor="web")
    assert await house.send() == 0
    assert await house.at_pos(IKENTOO) == at_pos
    view = await house.view(order_id)
    assert (view["status"], view["final"], view["order"]) == ("completed", True, {})
    assert (view["history"], view["attempts"]) == ([], [])


async def test_what_is_purged_is_not_sent_again(house: House) -> None:
    order_id = await house.submit(iiko_order())
    await house.fault(IIKO, "rejected")
    await house.send()
    await house.operate.resolve(IIKO, order_id, note="refunded", status=None, actor="Ann")
    assert await purge(house.engine, timedelta(0)) == 1
    for order in (None, Order.model_validate(iiko_order())):
        with pytest.raises(StateConflict):
            await house.operate.resend(IIKO, order_id, order=order, actor="Ann")
    with pytest.raises(StateConflict):
        await house.operate.retry(IIKO, order_id, actor="Ann")
    await house.operate.erase(IIKO, order_id, actor="Ann")
    assert await house.send() == 0


async def test_a_late_word_is_heard_and_purged_again(house: House) -> None:
    """Every reference that an order ever had stays matchable."""
    order_id = await taken_to_its_end(house)
    assert await purge(house.engine, timedelta(0)) == 1
    await house.say(order_id, "CHECK_WAS_UPDATED")
    assert [line["event"] for line in (await house.view(order_id))["history"]] == ["CHECK_WAS_UPDATED"]
    assert await purge(house.engine, timedelta(0)) == 1
    assert (await house.view(order_id))["history"] == []
    assert await house.count("callbacks") == 0


async def test_messages_go_whole_and_payments_keep_their_reference(house: House) -> None:
    await tell(house, "hello")
    await house.send()
    payment = await pay(house, check="A1.1")
    await house.send()
    await house.operate.resolve(IKENTOO, payment, note="on the check", status=None, actor="Ann", kind="payment")
    async with house.engine.begin() as connection:
        await connection.execute(text("UPDATE orders SET watch_at = NULL, attention = NULL"))
        await connection.execute(text("UPDATE submissions SET state = 'done'"))
    assert await purge(house.engine, timedelta(0)) == 2
    assert (await left(house.engine))["orders"] == 1
    assert await pay(house, check="A1.1") == payment
