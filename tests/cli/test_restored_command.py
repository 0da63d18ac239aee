"""`order-relay restored` and `orders erase` as an operator types them."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.store.database import create_engine
from tests.e2e.processes import Processes, processes, secret_key
from tests.planted import Planted, plant, plant_location


@pytest.fixture
def order_relay(database_url: str, tmp_path: Path) -> Iterator[Processes]:
    with processes(tmp_path, DATABASE_URL=database_url, ORDER_RELAY_SECRET_KEYS=secret_key()) as found:
        yield found


def planted(url: str, order: Planted) -> None:
    """A location with an order, in a database that knows itself."""

    async def put() -> None:
        engine = create_engine(url, application_name="tests")
        await plant_location(engine)
        async with engine.begin() as connection:
            await connection.execute(text("INSERT INTO lanes (location_id, max_in_flight) VALUES ('geneva-1', 4)"))
        await plant(engine, order)
        await engine.dispose()

    asyncio.run(put())


def test_held_by_hand(order_relay: Processes, database_url: str) -> None:
    assert order_relay.run("restored").stdout.startswith("Nothing is held")
    planted(database_url, Planted())
    held = order_relay.run("restored", "--hold")
    assert held.returncode == 0, held.stderr
    assert "geneva-1: held since" in held.stdout
    assert "1 live" in held.stdout
    assert "restored --yes" in held.stdout
    waits = order_relay.run("orders", "show", "geneva-1/WEB-1")
    assert "held since a restore" in waits.stdout.replace("\n", " ")
    other = order_relay.run("restored", "--yes", "--location", "kyiv-1")
    assert other.returncode == 1
    assert "'kyiv-1' is not held" in other.stderr


def test_what_cannot_be_together(order_relay: Processes) -> None:
    assert order_relay.run("restored", "--hold", "--yes").returncode == 2


def test_erase_wants_a_yes(order_relay: Processes, database_url: str) -> None:
    body = {"location": "geneva-1", "reference": "WEB-1", "customer": {"first_name": "Ana"}, "total": "1.00"}
    columns = {
        "status": "completed",
        "customer_search": "ana",
        "body": {**body, "items": [{"sku": "1", "quantity": 1}]},
    }
    planted(database_url, Planted(columns=columns, submission={"state": "done"}))
    assert order_relay.run("orders", "erase", "geneva-1/WEB-1").returncode == 2
    assert "Ana" in order_relay.run("orders", "show", "geneva-1/WEB-1", "--json").stdout
    done = order_relay.run("orders", "erase", "geneva-1/WEB-1", "--yes")
    assert (done.returncode, done.stdout.strip()) == (0, "geneva-1/WEB-1: completed, done"), done.stderr
    shown = order_relay.run("orders", "show", "geneva-1/WEB-1", "--json").stdout
    assert "Ana" not in shown
    assert "personal data erased; by " in shown
