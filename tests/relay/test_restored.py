"""A database that came out of a backup: all is held, what was live is in doubt, and a person ends it."""

import asyncio
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text

from app.domain.errors import LocationUnknown, StorageUnavailable
from app.relay.restored import NotWhole, Restored
from app.store import migrate
from app.store.database import create_engine, run
from app.store.installation import refuse_strangers
from tests.relay.house import IIKO, IKENTOO, House, events, iiko_order, ikentoo_order

BOTH = {IIKO, IKENTOO}


async def restored(house: House) -> Restored:
    """What this test's database would be after a restore: its rows were written somewhere else."""
    async with house.engine.begin() as connection:
        await connection.execute(text("DELETE FROM installation"))
    of_backup = Restored(house.engine)
    await of_backup.before_work(asyncio.Event())
    return of_backup


async def location(house: House, slug: str) -> dict[str, Any]:
    view: dict[str, Any] = await house.locations.one(slug)
    return view


async def state(house: House, order_id: UUID) -> str:
    found: str = (await house.view(order_id))["dispatch"]["state"]
    return found


async def test_nothing_is_sent_and_no_deadline_fires(house: House) -> None:
    orders = [await house.submit(ikentoo_order()), await house.submit(iiko_order())]
    await restored(house)
    for slug in BOTH:
        view = await location(house, slug)
        assert (view["paused"], view["hold"]["reason"]) == (True, "restored")
    await house.later(3600)
    await house.reconcile()
    assert await house.send() == 0
    for order_id in orders:
        view = await house.view(order_id)
        assert (view["dispatch"]["state"], view["attention"]["code"], view["status"]) == (
            "in_doubt", "in_doubt", "received",
        )  # fmt: skip
        assert events(view)[-1] == "restored"


async def test_a_database_that_knows_itself_is_left_alone(house: House) -> None:
    order_id = await house.submit(ikentoo_order())
    of_backup = await restored(house)
    await of_backup.release(house.operate, actor="Ann")
    await house.send()
    other = await house.submit(ikentoo_order("WEB-2"))
    await Restored(house.engine).round()
    assert (await location(house, IKENTOO))["hold"] is None
    assert [await state(house, one) for one in (order_id, other)] == ["done", "waiting"]


async def test_an_order_that_had_been_sent_is_found_and_one_that_had_not_is_sent(house: House) -> None:
    gone, new = await house.submit(iiko_order()), await house.submit(iiko_order("WEB-2"))
    await house.operate.pause(IKENTOO, actor="Ann")
    async with house.engine.begin() as connection:  # what the backup does not know: it was sent
        before = (await connection.execute(text("SELECT * FROM submissions"))).mappings().all()
        await connection.execute(
            text("UPDATE submissions SET due_at = now() + '1 h' WHERE order_id = :id"), {"id": new}
        )
    assert await house.send() == 1
    async with house.engine.begin() as connection:
        await connection.execute(text("DELETE FROM attempts"))
        for row in before:
            named = {name: row[name] for name in ("reference", "state", "attempt", "due_at", "lease_until")}
            await connection.execute(
                text(
                    "UPDATE submissions SET state = :state, attempt = :attempt, due_at = :due_at, "
                    "lease_until = :lease_until WHERE reference = :reference"
                ),
                named,
            )
        await connection.execute(text("UPDATE orders SET status = 'received', milestones = '{}', follow_until = NULL"))
    of_backup = await restored(house)
    released = await of_backup.release(house.operate, actor="Ann")
    assert {lane.location_id: lane.paused_before for lane in released} == {IIKO: False, IKENTOO: True}
    assert (await location(house, IKENTOO))["paused"]
    for _ in range(6):
        await house.send()
        await house.later(60)
    assert [await state(house, one) for one in (gone, new)] == ["done", "done"]
    assert [row["created"] for row in await house.at_pos(IIKO)] == [1, 1]
    outcomes = [attempt["outcome"] for attempt in (await house.view(new))["attempts"]]
    # Looked at once too early to count, and twice more.
    assert outcomes == ["in_doubt", "absent", "absent", "absent", "taken"]


async def test_a_no_to_the_repeat_says_nothing_of_what_is_forgotten(house: House) -> None:
    order_id = await house.submit(ikentoo_order())
    of_backup = await restored(house)
    await of_backup.release(house.operate, actor="Ann")
    await house.fault(IKENTOO, "status", status=400)
    await house.send()
    view = await house.view(order_id)
    assert (view["status"], view["dispatch"]["state"]) == ("received", "in_doubt")


async def test_what_was_parked_stays_parked_and_is_in_doubt_once_corrected(house: House) -> None:
    order_id = await house.submit(iiko_order())
    async with house.engine.begin() as connection:
        await connection.execute(text("UPDATE submissions SET state = 'parked'"))
    await restored(house)
    assert await state(house, order_id) == "parked"
    await house.operate.retry(IIKO, order_id, actor="Ann")
    assert await state(house, order_id) == "in_doubt"


async def test_by_hand_after_a_physical_restore(house: House) -> None:
    of_backup = await restored(house)
    await of_backup.release(house.operate, actor="Ann")
    order_id = await house.submit(ikentoo_order())
    held = await of_backup.hold()
    assert {lane.location_id: lane.live for lane in held} == {IIKO: 0, IKENTOO: 1}
    assert await house.send() == 0
    assert await state(house, order_id) == "in_doubt"


async def test_a_copy_that_never_had_an_order_has_nothing_to_hold(house: House) -> None:
    of_backup = await restored(house)
    assert await of_backup.held() == []
    order_id = await house.submit(ikentoo_order())
    await house.send()
    assert await state(house, order_id) == "done"


async def test_one_location_after_the_other(house: House) -> None:
    await house.submit(ikentoo_order())
    of_backup = await restored(house)
    assert [lane.location_id for lane in await of_backup.release(house.operate, only=[IIKO], actor="Ann")] == [IIKO]
    assert [lane.location_id for lane in await of_backup.held()] == [IKENTOO]
    with pytest.raises(LocationUnknown):
        await of_backup.release(house.operate, only=[IIKO], actor="Ann")
    await house.operate.resume(IKENTOO, actor="Ann")  # the same by the location's own button
    assert await of_backup.held() == []


async def test_new_orders_wait_and_are_not_in_doubt(house: House) -> None:
    await house.submit(ikentoo_order(reference="of-the-backup"))
    of_backup = await restored(house)
    order_id = await house.submit(ikentoo_order())
    assert (await house.send(), await state(house, order_id)) == (0, "waiting")
    await of_backup.release(house.operate, actor="Ann")
    await house.send()
    assert await state(house, order_id) == "done"


async def test_several_workers_that_start_at_once_hold_once(house: House) -> None:
    order_id = await house.submit(ikentoo_order())
    async with house.engine.begin() as connection:
        await connection.execute(text("DELETE FROM installation"))
    await asyncio.gather(*(Restored(house.engine).before_work(asyncio.Event()) for _ in range(4)))
    assert events(await house.view(order_id)).count("restored") == 1


async def test_a_restore_that_still_runs(own_database_url: str) -> None:
    """Rows are there, their keys are not: nobody can tell what is missing."""
    engine = create_engine(own_database_url, application_name="tests")
    async with engine.begin() as connection:
        await connection.execute(text("DELETE FROM installation"))
        await connection.execute(text("ALTER TABLE lanes DROP CONSTRAINT lanes_locations_fkey"))
    with pytest.raises(NotWhole):
        await Restored(engine).round()
    stop = asyncio.Event()
    working = asyncio.create_task(Restored(engine).before_work(stop))
    done, _ = await asyncio.wait({working}, timeout=0.5)
    assert not done
    stop.set()
    await working
    await engine.dispose()


async def test_a_worker_that_runs_on_while_its_database_is_replaced(
    database_server: asyncpg.Connection, own_database_url: str
) -> None:
    """Dropped and made again under its feet: what it then finds under the old name, it does not send from."""
    name = urlsplit(own_database_url).path.removeprefix("/")
    engine = create_engine(own_database_url, application_name="tests")
    of_backup = Restored(engine)
    await of_backup.before_work(asyncio.Event())
    refuse_strangers(engine)
    works = text("SELECT count(*) FROM submissions")
    assert await run(engine, lambda connection: connection.scalar(works)) == 0

    await database_server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await database_server.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    with pytest.raises(StorageUnavailable, match="nothing is sent from it"):
        await run(engine, lambda connection: connection.scalar(works), attempts=3, budget=60)
    with pytest.raises(NotWhole):
        await of_backup.round()

    await migrate.upgrade(own_database_url)
    other = create_engine(own_database_url, application_name="tests")
    async with other.begin() as connection:
        await connection.execute(text("UPDATE installation SET written_by = 'somebody else'"))
    await other.dispose()
    with pytest.raises(StorageUnavailable, match="nothing is sent from it"):
        await run(engine, lambda connection: connection.scalar(works), attempts=3, budget=60)
    await of_backup.round()
    assert await run(engine, lambda connection: connection.scalar(works)) == 0
    await engine.dispose()
