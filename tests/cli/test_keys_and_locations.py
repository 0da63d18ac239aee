"""order-relay keys and locations, as processes of their own on a real database."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy.ext.asyncio import AsyncEngine

from app.cli.locations_file import read_locations
from app.domain.errors import ConfigurationError
from app.store import keys
from app.store.keys import Scope, key_hash

DEADLINE_S = 60
GENEVA = """
[locations.geneva-1]
name = "Geneva"
timezone = "Europe/Zurich"
currency = "CHF"

[locations.geneva-1.pos]
system = "ikentoo"
base_url = "http://127.0.0.1:9/o"
auth = { access_token = "${GENEVA_TOKEN}" }
business_location_id = 123
endpoint_id = "costs $${5}"
"""
KYIV = """
[locations.kyiv-1]
name = "Kyiv"
timezone = "Europe/Kyiv"
currency = "UAH"
pos = { system = "iiko", base_url = "http://127.0.0.1:9", user_id = "u", user_secret = "s3cret", \
organization_id = "3c5e0d92-2d4b-11e4-80cc-0025901210e0" }
"""


@dataclass(frozen=True, kw_only=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, kw_only=True)
class Terminal:
    """A shell with its environment."""

    environment: Mapping[str, str]

    async def __call__(self, *words: str, **more: str) -> Ran:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            "from app.cli import main; main()",
            *words,
            env={**self.environment, **more},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(DEADLINE_S):
            out, err = await process.communicate()
        return Ran(code=process.returncode or 0, out=out.decode(), err=err.decode())


@pytest.fixture
def order_relay(database_url: str) -> Terminal:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("ORDER_RELAY_", "DATABASE_"))}
    secret = Fernet.generate_key().decode()
    return Terminal(
        environment={**own, "DATABASE_URL": database_url, "ORDER_RELAY_SECRET_KEYS": secret, "GENEVA_TOKEN": "t0ken"}
    )


def written(directory: Path, text: str) -> str:
    path = directory / "locations.toml"
    path.write_text(text)
    return str(path)


async def test_the_new_key_stands_alone_on_standard_output(order_relay: Terminal, engine: AsyncEngine) -> None:
    made = await order_relay("keys", "create", "--name", "website", "--scope", "orders:write", "--location", "geneva-1")
    key = made.out.removesuffix("\n")
    assert (made.code, "\n" in key, len(key)) == (0, False, 48)
    assert key not in made.err
    assert "there is no location 'geneva-1' yet" in made.err
    found = await keys.find(engine, key_hash(key))
    assert found is not None
    assert (found.name, found.scopes, found.locations) == (
        "website",
        frozenset({Scope.ORDERS_WRITE}),
        frozenset({"geneva-1"}),
    )

    again = await order_relay("keys", "create", "--name", "website", "--scope", "ops")
    assert (again.code, again.out) == (1, "")
    assert len(again.err.splitlines()) == 1
    for wrong in (["--scope", "root"], ["--scope", "ops", "--location", "No Slug"], []):
        refused = await order_relay("keys", "create", "--name", "other", *wrong)
        assert (refused.code, refused.out, len(refused.err.splitlines())) == (2, "", 1)

    listed = await order_relay("keys", "list", "--json")
    assert [row["name"] for row in json.loads(listed.out)] == ["website"]
    people = (await order_relay("keys", "list", COLUMNS="80")).out
    assert key not in listed.out + people
    assert max(map(len, people.splitlines())) <= 80
    assert "orders:write; geneva-1; never used" in people
    assert (await order_relay("keys", "revoke", "website")).code == 0
    assert await keys.find(engine, key_hash(key)) is None
    assert (await order_relay("keys", "revoke", "nobody")).code == 1


async def test_apply_creates_replaces_and_leaves_alone(order_relay: Terminal, tmp_path: Path) -> None:
    first = await order_relay("locations", "apply", written(tmp_path, GENEVA + KYIV))
    assert (first.code, first.out) == (0, "geneva-1: created\nkyiv-1: created\n"), first.err
    second = await order_relay("locations", "apply", written(tmp_path, GENEVA + KYIV.replace('"Kyiv"', '"Kyiv 2"')))
    assert (second.code, second.out) == (0, "geneva-1: unchanged\nkyiv-1: replaced\n"), second.err
    token = await order_relay("locations", "apply", written(tmp_path, GENEVA), GENEVA_TOKEN="other")
    assert (token.code, token.out) == (0, "geneva-1: replaced\n")

    listed = await order_relay("locations", "list", "--json")
    views = json.loads(listed.out)
    assert [(view["location"], view["name"]) for view in views] == [("geneva-1", "Geneva"), ("kyiv-1", "Kyiv 2")]
    assert views[0]["pos"]["endpoint_id"] == "costs ${5}"
    assert "t0ken" not in listed.out
    assert "geneva-1" in (await order_relay("locations", "list")).out

    assert (await order_relay("locations", "pause", "geneva-1")).out == "geneva-1: paused\n"
    assert json.loads((await order_relay("locations", "list", "--json")).out)[0]["paused"] is True
    assert (await order_relay("locations", "resume", "geneva-1")).out == "geneva-1: resumed\n"
    assert "last sent" in (await order_relay("locations", "list")).out.splitlines()[0]
    nowhere = await order_relay("locations", "pause", "nowhere")
    assert (nowhere.code, nowhere.err) == (
        1,
        "order-relay: There is no location 'nowhere'; 'order-relay locations list' names all.\n",
    )
    unreachable = await order_relay("locations", "register", "geneva-1")
    assert (unreachable.code, len(unreachable.err.splitlines())) == (1, 1)


async def test_nothing_is_written_unless_all_of_it_is_right(order_relay: Terminal, tmp_path: Path) -> None:
    wrong = KYIV.replace("Europe/Kyiv", "Mars/Olympus").replace('user_id = "u", ', "")
    answer = await order_relay("locations", "apply", written(tmp_path, GENEVA + wrong))
    assert (answer.code, answer.out) == (1, "")
    assert "locations.kyiv-1: /timezone: must be a time zone" in answer.err
    assert "locations.kyiv-1: /pos/user_id: is required" in answer.err
    assert json.loads((await order_relay("locations", "list", "--json")).out) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GENEVA.replace("GENEVA_TOKEN", "NO_SUCH_VARIABLE"), ["locations.geneva-1.pos.auth.access_token", "NO_SUCH_"]),
        (GENEVA.replace("${GENEVA_TOKEN}", "${GENEVA-TOKEN}"), ["locations.geneva-1.pos.auth.access_token"]),
        (GENEVA + "[other]\n", ["other", "[locations.<slug>]"]),
        ("locations = 7", ["[locations.<slug>]"]),
        ("= 7", ["is no TOML"]),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_a_line(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_locations(Path(written(tmp_path, text)), {"GENEVA_TOKEN": "t0ken"})
    assert "t0ken" not in str(caught.value)
    for word in words:
        assert word in str(caught.value)


async def test_a_wrong_file_is_no_stack_trace(order_relay: Terminal, tmp_path: Path) -> None:
    text = GENEVA.replace('"Geneva"', "2026-01-01") + KYIV.replace("kyiv-1", "Kyiv")
    answer = await order_relay("locations", "apply", written(tmp_path, text))
    assert answer.code == 1
    assert "Traceback" not in answer.err
    assert "t0ken" not in answer.err
    assert "locations.geneva-1: " in answer.err
    assert "locations.Kyiv: /path/location" in answer.err


async def test_a_wrong_secret_key_is_told_in_a_line(order_relay: Terminal, tmp_path: Path) -> None:
    file = written(tmp_path, GENEVA)
    assert (await order_relay("locations", "apply", file)).code == 0
    other = Fernet.generate_key().decode()
    answer = await order_relay("locations", "apply", file, ORDER_RELAY_SECRET_KEYS=other)
    assert answer.code == 1
    assert answer.err.startswith("order-relay: ORDER_RELAY_SECRET_KEYS: none of the keys decrypts")
    assert len(answer.err.splitlines()) == 1
