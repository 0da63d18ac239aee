"""The view of an order, read from a real database."""

from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.ids import new_id
from app.relay.views import order_view, summary_view
from app.store.order_details import fresh, read_details
from app.store.order_list import OrderFilter, read_summaries
from app.store.views import read_order
from tests.planted import (
    BODY,
    NOON,
    Planted,
    plant,
    plant_attempt,
    plant_callback,
    plant_history,
    plant_location,
    plant_submission,
)

SUMMARY_KEYS = (
    "id version final location reference service_type status currency total requested_for dispatch pos milestones "
    "failure needs_attention attention cancellation warnings"
).split()
MILESTONES = (
    "received_at submitted_at accepted_at in_preparation_at ready_at in_delivery_at completed_at closed_at "
    "rejected_at cancelled_at failed_at"
).split()


async def view(engine: AsyncEngine, order: Planted, *, exchanges: bool = True) -> dict[str, Any]:
    async with engine.connect() as connection:
        details = await read_details(connection, order.id)
    assert details is not None
    return order_view(details, exchanges=exchanges)


async def test_a_fresh_order_has_every_key_and_nulls_where_nothing_is_known(engine: AsyncEngine) -> None:
    order = Planted()
    await plant_location(engine)
    await plant(engine, order)
    seen = await view(engine, order)
    assert list(seen) == [*SUMMARY_KEYS, "order", "history", "attempts"]
    assert list(seen["milestones"]) == MILESTONES
    assert {name for name, at in seen["milestones"].items() if at} == {"received_at"}
    assert seen["total"] == "12.50"
    assert seen["dispatch"] == {
        "state": "waiting",
        "attempts": 0,
        "next_attempt_at": "2026-07-01T12:00:00Z",
        "deadline_at": "2026-07-01T12:05:00Z",
    }
    assert seen["pos"]["reference"] == str(order.current)
    assert [seen["failure"], seen["attention"], seen["cancellation"], seen["warnings"]] == [None, None, None, []]
    assert seen["needs_attention"] is False
    assert seen["order"] == BODY
    assert [seen["history"], seen["attempts"]] == [[], []]


async def test_a_fresh_order_needs_no_second_read(engine: AsyncEngine) -> None:
    order = Planted()
    await plant_location(engine)
    await plant(engine, order)
    async with engine.begin() as connection:
        await plant_history(connection, order, detail="by website")
    async with engine.connect() as connection:
        row = await read_order(connection, order.location, order.id)
    assert row is not None
    assert order_view(fresh(row, detail="by website"), exchanges=True) == await view(engine, order)


async def test_all_that_happened_is_told_oldest_first(engine: AsyncEngine) -> None:
    first, second = new_id(), new_id()
    order = Planted(current=second, submission={"number": 2, "attempt": 1})
    await plant_location(engine)
    await plant(engine, order)
    callback = await plant_callback(engine, repeats=3)
    async with engine.begin() as connection:
        await plant_submission(connection, order, first, state="done")
        await plant_attempt(
            connection,
            order,
            second,
            started_at=NOON + timedelta(minutes=1),
            ended_at=NOON + timedelta(minutes=1, milliseconds=87),
            outcome="taken",
            http_status=200,
            request={"path": "/order/local"},
            response='{"status":"ok"}',
        )
        await plant_attempt(connection, order, first, error="refused")
        await plant_history(connection, order)
        await plant_history(connection, order, status="accepted", source="callback", callback_id=callback, detail="on")
    seen = await view(engine, order)
    assert [(line["status"], line["detail"], line["repeats"]) for line in seen["history"]] == [
        ("received", None, 1),
        ("accepted", "on", 3),
    ]
    assert [(attempt["error"], attempt["duration_ms"]) for attempt in seen["attempts"]] == [
        ("refused", None),
        (None, 87),
    ]
    assert seen["attempts"][1]["request"] == {"path": "/order/local"}
    assert seen["attempts"][1]["response"] == '{"status":"ok"}'
    hidden = await view(engine, order, exchanges=False)
    assert [(attempt["request"], attempt["response"]) for attempt in hidden["attempts"]] == [(None, None)] * 2
    assert "order/local" not in str(hidden)


async def test_final_means_an_end_with_nothing_left_to_send(engine: AsyncEngine) -> None:
    await plant_location(engine)
    states = [("completed", "done"), ("rejected", "in_doubt"), ("accepted", "done")]
    planted = [
        Planted(reference=f"WEB-{number}", columns={"status": status}, submission={"state": state})
        for number, (status, state) in enumerate(states)
    ]
    await plant(engine, *planted)
    async with engine.connect() as connection:
        rows = await read_summaries(connection, OrderFilter(), limit=9)
    views = {row.reference: summary_view(row) for row in rows}
    assert [views[order.reference]["final"] for order in planted] == [True, False, False]
    assert [views[order.reference]["dispatch"]["next_attempt_at"] for order in planted] == [
        None,
        "2026-07-01T12:00:00Z",
        None,
    ]


async def test_final_is_also_what_a_person_settled_without_a_status(engine: AsyncEngine) -> None:
    settled = Planted(submission={"state": "done"})
    await plant_location(engine)
    await plant(engine, settled)
    assert (await view(engine, settled))["final"]


async def test_not_final_is_what_the_pos_spoke_of_in_an_unknown_word(engine: AsyncEngine) -> None:
    heard = Planted(submission={"state": "done"}, columns={"milestones": {"submitted_at": NOON.isoformat()}})
    await plant_location(engine)
    await plant(engine, heard)
    assert not (await view(engine, heard))["final"]


async def test_stored_times_are_written_like_all_others(engine: AsyncEngine) -> None:
    since = "2026-07-01T14:00:00.5+02:00"
    attention = {"code": "late", "since": since, "message": "It will be late.", "action": "Call."}
    columns = {
        "attention": attention,
        "cancellation": {"state": "requested", "at": since, "detail": None},
        "milestones": {"submitted_at": since},
        "requested_for": NOON,
    }
    order = Planted(columns=columns)
    await plant_location(engine)
    await plant(engine, order)
    seen = await view(engine, order)
    written = "2026-07-01T12:00:00.500000Z"
    assert seen["needs_attention"] is True
    assert seen["attention"] == attention | {"since": written}
    assert seen["cancellation"]["at"] == written
    assert seen["milestones"]["submitted_at"] == written
    assert seen["requested_for"] == "2026-07-01T12:00:00Z"


async def test_after_a_corrected_resend_the_order_is_the_corrected_one(engine: AsyncEngine) -> None:
    corrected = BODY | {"total": "11.00"}
    order = Planted(submission={"body": corrected})
    await plant_location(engine)
    await plant(engine, order)
    assert (await view(engine, order))["order"] == corrected
