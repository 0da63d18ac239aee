"""A host whose clock is hours wrong: only the database's clock counts for what is due, leased, late and over.

The database of these tests has a clock of its own (its ``now()``), hours ahead of the process's or behind it.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.order import Order
from app.store.database import create_engine
from tests.relay.house import IIKO, IKENTOO, House, iiko_order, ikentoo_order, open_house
from tests.relay.test_time import take

_CLOCK = (
    "CREATE SCHEMA clock",
    "CREATE FUNCTION clock.now() RETURNS timestamptz LANGUAGE sql STABLE"
    " AS $$ SELECT pg_catalog.now() + make_interval(hours => {hours}) $$",
    "CREATE FUNCTION clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE"
    " AS $$ SELECT pg_catalog.clock_timestamp() + make_interval(hours => {hours}) $$",
    """DO $$ DECLARE one record; BEGIN
        FOR one IN SELECT table_name, column_name FROM information_schema.columns
                   WHERE table_schema = 'public' AND column_default = 'now()' LOOP
            EXECUTE format('ALTER TABLE %I ALTER COLUMN %I SET DEFAULT clock.now()', one.table_name, one.column_name);
        END LOOP;
        EXECUTE format('ALTER DATABASE %I SET search_path = clock, public, pg_catalog', current_database());
    END $$""",
)


@pytest.fixture(params=[5, -5], ids=["database ahead", "database behind"])
def hours(request: pytest.FixtureRequest) -> int:
    wrong: int = request.param
    return wrong


@pytest_asyncio.fixture
async def elsewhen(own_database_url: str, hours: int) -> AsyncIterator[House]:
    """A house over a database that lives in another hour."""
    before = create_engine(own_database_url, application_name="tests")
    async with before.begin() as connection:
        for statement in _CLOCK:
            await connection.exec_driver_sql(statement.replace("{hours}", str(hours)))
    await before.dispose()
    engine: AsyncEngine = create_engine(own_database_url, application_name="tests")
    async with open_house(engine) as house:
        yield house
    await engine.dispose()


async def test_the_database_has_a_clock_of_its_own(elsewhen: House, hours: int) -> None:
    order_id = await elsewhen.submit(ikentoo_order())
    received = datetime.fromisoformat((await elsewhen.view(order_id))["milestones"]["received_at"])
    assert abs(received - datetime.now(UTC) - timedelta(hours=hours)) < timedelta(hours=1)


async def test_nothing_is_over_before_its_time(elsewhen: House) -> None:
    """A lease, a deadline and a back-off last as long as they last."""
    held, waiting = await elsewhen.submit(ikentoo_order("WEB-1")), await elsewhen.submit(iiko_order("WEB-2"))
    await elsewhen.fault(IIKO, "rate_limited", times=1, retry_after=7, match={"endpoint": "orders/add"})
    await elsewhen.send()
    await elsewhen.reconcile()
    assert (await elsewhen.view(held))["status"] == "submitted"
    assert (await elsewhen.view(waiting))["dispatch"]["state"] == "waiting"
    assert await elsewhen.send() == 0
    await elsewhen.later(10)
    assert await elsewhen.send() == 1
    assert (await elsewhen.view(waiting))["status"] == "accepted"
    (sent,) = await elsewhen.at_pos(IKENTOO)
    assert 295_000 < sent["body"]["maxTimeToAttemptOrderDeliverToPos"] <= 300_000


async def test_a_lease_ends_when_it_ends(elsewhen: House) -> None:
    order_id = await elsewhen.submit(iiko_order())
    await take(elsewhen)
    await elsewhen.reconcile()
    assert (await elsewhen.view(order_id))["dispatch"]["state"] == "sending"
    await elsewhen.later(21)
    await elsewhen.reconcile()
    assert (await elsewhen.view(order_id))["dispatch"]["state"] == "in_doubt"
    for _ in range(4):
        await elsewhen.later(40)
        await elsewhen.send()
    assert (await elsewhen.view(order_id))["status"] == "accepted"
    (held,) = await elsewhen.at_pos(IIKO)
    assert held["created"] == 1


async def test_a_deadline_is_a_deadline(elsewhen: House) -> None:
    order_id = await elsewhen.submit(ikentoo_order())
    await elsewhen.later(290)
    await elsewhen.reconcile()
    assert (await elsewhen.view(order_id))["status"] == "received"
    await elsewhen.later(11)
    await elsewhen.reconcile()
    assert (await elsewhen.view(order_id))["status"] == "failed"


async def test_a_wanted_time_that_is_past_for_one_clock_only_costs_no_order(elsewhen: House) -> None:
    """Taken by the process's clock; where it is past by the database's, it is told in words and sent at once."""
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat(timespec="seconds")
    ids = [await elsewhen.submit(order(requested_for=soon)) for order in (ikentoo_order, iiko_order)]
    await elsewhen.send()
    assert [(await elsewhen.view(order_id))["status"] for order_id in ids] == ["submitted", "accepted"]


async def test_a_correction_is_measured_by_the_database_s_clock(elsewhen: House, hours: int) -> None:
    order_id = await elsewhen.submit(ikentoo_order())
    await elsewhen.operate.cancel(IKENTOO, order_id, reason="x", actor="ops", only_if_surely_not_sent=True)
    wanted = datetime.now(UTC) + timedelta(hours=hours + 1)
    corrected = Order.model_validate(ikentoo_order(requested_for=wanted.isoformat()))
    await elsewhen.operate.resend(IKENTOO, order_id, order=corrected, actor="ops")
    assert (await elsewhen.view(order_id))["dispatch"]["state"] == "waiting"


async def test_a_wanted_time_is_past_by_the_database_alone(elsewhen: House, hours: int) -> None:
    """The process's clock is hours ahead in one case: what it takes for past is not."""
    wanted = datetime.now(UTC) + timedelta(hours=hours, minutes=30)
    order_id = await elsewhen.submit(ikentoo_order(requested_for=wanted.isoformat()))
    assert (await elsewhen.view(order_id))["status"] == "received"
