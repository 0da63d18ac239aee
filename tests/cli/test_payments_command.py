"""order-relay payments ..., and order-relay locations message: real processes on a real database."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from cryptography.fernet import Fernet
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from app.adapters.registry import build
from app.relay.locations import Locations
from app.store.secrets import Cipher
from app.store.tables import submissions
from tests.api.conftest import IIKO, IKENTOO
from tests.cli.test_orders_command import DEADLINE_S, Ran

PAY = ["payments", "pay", "--location", "geneva-1", "--reference", "PAY-1", "--check", "A1.2", "--method", "CARD"]


class Terminal:
    """The command line on one database."""

    def __init__(self, engine: AsyncEngine, environment: dict[str, str]) -> None:
        self.engine = engine
        self._environment = environment

    async def run(self, *words: str) -> Ran:
        command, pipe = str(Path(sys.executable).with_name("order-relay")), asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            command, *words, env=self._environment, stdout=pipe, stderr=pipe, stdin=asyncio.subprocess.DEVNULL
        )
        async with asyncio.timeout(DEADLINE_S):
            out, err = await process.communicate()
        return Ran(code=process.returncode or 0, out=out.decode(), err=err.decode())


@pytest_asyncio.fixture
async def terminal(engine: AsyncEngine, database_url: str, tmp_path: Path) -> AsyncIterator[Terminal]:
    """A database with two locations."""
    key = Fernet.generate_key().decode()
    locations = Locations(engine, Cipher([key]), build(), public_url="http://127.0.0.1:1")
    await locations.put("geneva-1", IKENTOO)
    await locations.put("kyiv-1", IIKO)
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database_url,
        "ORDER_RELAY_SECRET_KEYS": key,
        "ORDER_RELAY_DATA_DIR": str(tmp_path),
        "COLUMNS": "200",
        "TZ": "UTC",
    }
    yield Terminal(engine, environment)


async def test_paying_and_looking(terminal: Terminal) -> None:
    paid = await terminal.run(*PAY, "--amount", "42.00", "--tip", "3.00", "--json")
    assert paid.code == 0, paid.err
    view = json.loads(paid.out)
    assert (view["status"], view["amount"], view["tip"], view["check"]) == ("received", "42.00", "3.00", "A1.2")
    again = await terminal.run(*PAY, "--amount", "42", "--tip", "3")
    assert again.out == f"geneva-1/PAY-1: received, waiting ({view['id']})\n"
    shown = await terminal.run("payments", "show", "geneva-1/PAY-1")
    assert "42.00 CHF and 3.00 tip by CARD for check A1.2" in shown.out
    assert "Payment geneva-1/PAY-1" in shown.out
    assert "geneva-1/PAY-1" in (await terminal.run("payments", "list")).out
    assert (await terminal.run("orders", "show", view["id"])).code == 1


async def test_what_is_wrong_is_a_line(terminal: Terminal) -> None:
    await terminal.run(*PAY, "--amount", "42.00")
    other = await terminal.run(*PAY, "--amount", "43.00")
    assert (other.code, other.out) == (1, "")
    assert other.err == "order-relay: Reference 'PAY-1' was used before, for a payment with other content.\n"
    wrong = await terminal.run(*PAY, "--amount", "4.2.0")
    assert wrong.err.startswith("order-relay: /amount: ")
    unknown = await terminal.run("payments", "show", "geneva-1/NONE")
    assert unknown.err == "order-relay: There is no payment 'geneva-1/NONE'.\n"


async def test_a_person_settles_a_payment(terminal: Terminal) -> None:
    await terminal.run(*PAY, "--amount", "42.00")
    async with terminal.engine.begin() as connection:
        await connection.execute(update(submissions).values(state="in_doubt"))
    settled = await terminal.run(
        "payments", "resolve", "geneva-1/PAY-1", "--note", "On the check.", "--status", "accepted"
    )
    assert settled.out.startswith("geneva-1/PAY-1: accepted, done"), settled.err


async def test_a_message_to_the_till(terminal: Terminal) -> None:
    told = await terminal.run("locations", "message", "geneva-1", "The courier is late.", "--no-printer", "--json")
    view = json.loads(told.out)
    assert (view["message"], view["also_to_printer"], view["status"]) == ("The courier is late.", False, "received")
    refused = await terminal.run("locations", "message", "kyiv-1", "Hello")
    assert (refused.code, refused.err) == (1, "order-relay: iiko takes messages about an order only.\n")
