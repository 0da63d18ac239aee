"""order-relay orders ...: real processes on a real database."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cryptography.fernet import Fernet
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from app.adapters.registry import build
from app.relay.locations import Locations
from app.store.secrets import Cipher
from app.store.tables import orders, submissions
from tests.api.conftest import IKENTOO
from tests.planted import BODY, NOON, Planted, plant, plant_attempt, plant_history

DEADLINE_S = 30.0
FAILED = {"code": "expired", "message": "It did not get there.", "pos_message": None}
ATTENTION = {"code": "failed", "since": NOON.isoformat(), "message": "It is not there.", "action": "Key it in by hand."}
BROKEN: dict[str, Any] = {"status": "failed", "failure": FAILED, "attention": ATTENTION}


@dataclass(frozen=True, kw_only=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, kw_only=True)
class Terminal:
    """The command line on one database."""

    engine: AsyncEngine
    environment: dict[str, str]

    async def start(self, *words: str) -> asyncio.subprocess.Process:
        command = str(Path(sys.executable).with_name("order-relay"))
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(
            command, "orders", *words, env=self.environment, stdout=pipe, stderr=pipe, stdin=asyncio.subprocess.DEVNULL
        )

    async def run(self, *words: str) -> Ran:
        process = await self.start(*words)
        async with asyncio.timeout(DEADLINE_S):
            out, err = await process.communicate()
        return Ran(code=process.returncode or 0, out=out.decode(), err=err.decode())


@pytest_asyncio.fixture
async def terminal(engine: AsyncEngine, database_url: str, tmp_path: Path) -> AsyncIterator[Terminal]:
    """A database with one location."""
    key = Fernet.generate_key().decode()
    await Locations(engine, Cipher([key]), build(), public_url="http://127.0.0.1:1").put("geneva-1", IKENTOO)
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database_url,
        "ORDER_RELAY_SECRET_KEYS": key,
        "ORDER_RELAY_DATA_DIR": str(tmp_path),
        "COLUMNS": "200",
        "TZ": "UTC",
    }
    yield Terminal(engine=engine, environment=environment)


async def test_list(terminal: Terminal) -> None:
    assert (await terminal.run("list")).out == "No such orders.\n"
    await plant(terminal.engine, Planted(reference="A"), Planted(reference="B", columns=BROKEN))
    people = await terminal.run("list")
    assert [people.code, people.err] == [0, ""]
    newest, oldest = people.out.splitlines()[1:]
    assert newest.split() == "2026-07-01 12:00 geneva-1/B failed, waiting 12.50 CHF failed".split()
    assert oldest.split() == "2026-07-01 12:00 geneva-1/A received, waiting 12.50 CHF".split()
    for words in (["--attention", "--status", "failed"], ["--failure", "expired", "--limit", "1"]):
        scripts = json.loads((await terminal.run("list", "--json", *words)).out)
        assert [item["reference"] for item in scripts] == ["B"], words


async def test_what_needs_a_person_says_what_to_do_in_80_columns(terminal: Terminal) -> None:
    page = 'The POS refused a paid order. {\n  "message" : "' + "no such dish " * 10 + '"\n}'
    long = BROKEN | {"attention": ATTENTION | {"message": page}}
    await plant(terminal.engine, Planted(reference="A"), Planted(reference="B" * 48, columns=long))
    terminal.environment["COLUMNS"] = "80"
    people = await terminal.run("list", "--attention")
    assert [people.code, people.err] == [0, ""]
    assert max(map(len, people.out.splitlines())) <= 80
    for words in (
        f"geneva-1/{'B' * 48} failed, waiting, 12.50 CHF, since 2026-07-01 12:00",
        'failed: The POS refused a paid order. { "message" : "no such dish',
        "-> Key it in by hand.",
    ):
        assert words in " ".join(people.out.split())
    assert "geneva-1/A" not in people.out
    assert max(map(len, (await terminal.run("list")).out.splitlines())) <= 80


SOON = "'2126-07-01 12:00:00+00'"
HELD = [
    ("paused = true", "location geneva-1 is paused; order-relay locations resume geneva-1"),
    (
        f"blocked = 'access_denied', blocked_message = 'The POS said no.', not_before = {SOON}",
        "location geneva-1 is blocked, access_denied: The POS said no; the next try is not before 2126-07-01 12:00:00",
    ),
    (
        f"failures = 5, last_error = 'connection refused', not_before = {SOON}",
        "pos_down, 5 failures in a row at location geneva-1: connection refused; the next try is not before 2126-",
    ),
    (f"failures = 1, not_before = {SOON}", "location geneva-1 is backed off; the next try is not before 2126-"),
    ("failures = 0", "it is due; a worker takes it as soon as one is free"),
]


@pytest.mark.parametrize(("lane", "words"), HELD)
async def test_show_says_why_an_order_waits(terminal: Terminal, lane: str, words: str) -> None:
    await plant(terminal.engine, Planted())
    async with terminal.engine.begin() as connection:
        await connection.execute(text(f"UPDATE lanes SET {lane} WHERE location_id = 'geneva-1'"))  # noqa: S608
    lines = (await terminal.run("show", "geneva-1/WEB-1")).out.splitlines()
    assert lines[2].startswith("Status received, dispatch waiting")
    assert lines[3].startswith(f"Waits: {words}")


async def test_show_says_nothing_of_waiting_where_nothing_waits(terminal: Terminal) -> None:
    await plant(terminal.engine, Planted(submission={"state": "done"}))
    assert "Waits" not in (await terminal.run("show", "geneva-1/WEB-1")).out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["list", "--location", "nope"], 1, "There is no location 'nope'"),
        (["list", "--location", "nope", "--attention", "--json"], 1, "There is no location 'nope'"),
        (["retry", "--location", "nope", "--failure", "expired"], 1, "There is no location 'nope'"),
        (["retry", "--failure", "no_such"], 2, "'no_such' is not one of 'item_not_found'"),
        (["retry"], 2, "Name orders, or choose many with --location and --failure."),
        (["lst"], 2, "No such command 'lst'."),
    ],
)
async def test_a_typo_is_told_in_a_line(terminal: Terminal, words: list[str], code: int, said: str) -> None:
    ran = await terminal.run(*words)
    assert [ran.code, ran.out] == [code, ""]
    (line,) = ran.err.splitlines()
    assert line.startswith("order-relay: ")
    assert said in line
    assert "this key" not in line


async def test_show_tells_the_story(terminal: Terminal) -> None:
    order = Planted(columns=BROKEN, submission={"attempt": 1})
    await plant(terminal.engine, order)
    async with terminal.engine.begin() as connection:
        await plant_history(connection, order, detail="pickup as soon as possible; by website")
        await plant_attempt(connection, order, order.current, outcome="not_sent", error="connection refused")
    shown = await terminal.run("show", "geneva-1/WEB-1")
    assert [shown.code, shown.err] == [0, ""]
    for words in (
        "Order geneva-1/WEB-1",
        "To do: Key it in by hand.",
        "pickup, 12.50 CHF, received 2026-07-01,",
        "12:00:00.000 received api received pickup as soon as possible; by website",
        "12:00:00.000 1 send intake ... not_sent connection refused",
    ):
        assert words in " ".join(shown.out.split())
    assert (await terminal.run("show", str(order.id))).out == shown.out
    view = json.loads((await terminal.run("show", str(order.id), "--json")).out)
    assert [view["id"], view["order"], len(view["attempts"])] == [str(order.id), BODY, 1]


@pytest.mark.parametrize(
    ("command", "name"),
    # A constant: test processes side by side must agree on the names of the tests.
    [("show", "geneva-1/nothing"), ("watch", "WEB-1"), ("retry", "01a2087c-023b-7762-8627-665255077cd0")],
)
async def test_what_is_not_there_is_one_line(terminal: Terminal, command: str, name: str) -> None:
    ran = await terminal.run(command, name)
    assert [ran.code, ran.out] == [1, ""]
    (line,) = ran.err.splitlines()
    assert f"There is no order {name!r}." in line


async def test_retry_of_some_goes_on_after_one_that_cannot(terminal: Terminal) -> None:
    parked, sending = (Planted(reference=state, submission={"state": state}) for state in ("parked", "sending"))
    await plant(terminal.engine, parked, sending)
    ran = await terminal.run("retry", "geneva-1/nothing", str(sending.id), "geneva-1/parked")
    assert [ran.code, ran.out] == [1, "geneva-1/parked: received, waiting\n"]
    assert len(ran.err.splitlines()) == 2
    assert (await terminal.run("retry")).code == 2


async def test_retry_of_many_leaves_settled_orders_alone(terminal: Terminal) -> None:
    done = {"state": "done"}
    settled = {"status": "failed", "failure": FAILED}
    await plant(
        terminal.engine,
        Planted(reference="A", columns=BROKEN, submission=done),
        Planted(reference="B", columns=settled, submission=done),
        Planted(reference="C", columns=BROKEN | {"failure": FAILED | {"code": "pos_offline"}}, submission=done),
        Planted(reference="D", columns={"status": "accepted"}, submission=done),
    )
    first = await terminal.run("retry", "--location", "geneva-1", "--failure", "expired")
    assert [first.code, first.out, first.err] == [0, "geneva-1/A: received, waiting\n", ""]
    rest = await terminal.run("retry", "--location", "geneva-1", "--json")
    assert [view["reference"] for view in json.loads(rest.out)] == ["A", "C"]


async def test_resend_resolve_and_cancel(terminal: Terminal, tmp_path: Path) -> None:
    done = {"state": "done"}
    doubtful = Planted(reference="doubtful", submission={"state": "in_doubt"})
    await plant(
        terminal.engine,
        Planted(reference="WEB-1", columns={"status": "rejected"}, submission=done),
        Planted(reference="waiting"),
        doubtful,
    )
    file = tmp_path / "corrected.json"
    file.write_text(json.dumps(BODY | {"total": "x"}))
    wrong = await terminal.run("resend", "geneva-1/WEB-1", "--order", str(file))
    assert [wrong.code, wrong.out] == [1, ""]
    assert wrong.err.startswith("order-relay: /total: must be a decimal string")
    file.write_text(json.dumps(BODY | {"note": "corrected"}))
    anew = await terminal.run("resend", "geneva-1/WEB-1", "--order", str(file), "--json")
    assert json.loads(anew.out)["order"]["note"] == "corrected"
    settled = await terminal.run("resolve", "geneva-1/doubtful", "--note", "it is there", "--status", "accepted")
    assert [settled.code, settled.out] == [0, "geneva-1/doubtful: accepted, done\n"]
    assert (await terminal.run("resolve", "geneva-1/doubtful")).code == 2
    stopped = await terminal.run("cancel", "geneva-1/waiting", "--reason", "the guest left")
    assert [stopped.code, stopped.out] == [0, "geneva-1/waiting: cancelled, done\n"]
    again = await terminal.run("cancel", "geneva-1/waiting", "--reason", "the guest left")
    assert [again.code, again.out, len(again.err.splitlines())] == [1, "", 1]


async def test_watch_ends_with_the_order(terminal: Terminal) -> None:
    order = Planted()
    await plant(terminal.engine, order)
    async with terminal.engine.begin() as connection:
        await plant_history(connection, order)
    process = await terminal.start("watch", "geneva-1/WEB-1")
    assert process.stdout is not None
    async with asyncio.timeout(DEADLINE_S):
        assert (await process.stdout.readline()) == b"12:00:00 received api received\n"
        async with terminal.engine.begin() as connection:
            await plant_history(connection, order, status="completed", source="callback", event="CLOSED", detail="bye")
            await connection.execute(update(orders).values(status="completed", version=2))
            await connection.execute(update(submissions).values(state="done"))
        assert (await process.stdout.readline()) == b"12:00:00 completed callback CLOSED: bye\n"
        assert await process.wait() == 0


async def test_watch_for_scripts_ends_quietly_with_ctrl_c(terminal: Terminal) -> None:
    await plant(terminal.engine, Planted())
    process = await terminal.start("watch", "geneva-1/WEB-1", "--json")
    assert process.stdout is not None
    assert process.stderr is not None
    async with asyncio.timeout(DEADLINE_S):
        assert json.loads(await process.stdout.readline())["status"] == "received"
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 130
        assert await process.stderr.read() == b""
