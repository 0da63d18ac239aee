"""What the command line asks a location's POS: check, sync, catalog, tables, checks, places, guests."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.simulators.iiko import ids
from tests.cli.typing_in import Keyboard, Simulated, on_database, simulators

FILE = """
[locations.kyiv-1]
name = "Asabix Trattoria"
timezone = "Europe/Kyiv"
currency = "UAH"
[locations.kyiv-1.pos]
system = "iiko"
base_url = "{iiko}"
user_id = "demo"
user_secret = "{secret}"
organization_id = "10000000-0000-4000-8000-000000000001"
order_types = {{ pickup = "{pickup}" }}
payment_types = {{ CARD = "CARD" }}

[locations.geneva-1]
name = "Geneva"
timezone = "Europe/Zurich"
currency = "CHF"
[locations.geneva-1.pos]
system = "ikentoo"
base_url = "{ikentoo}/o"
business_location_id = 25769803788
endpoint_id = "TEST"
callback_username = "relay"
callback_password = "a-long-random-word"
"""


@pytest_asyncio.fixture(scope="module")
async def pos() -> AsyncIterator[Simulated]:
    async with simulators() as pos:
        yield pos


@pytest.fixture
def shell(database_url: str) -> Keyboard:
    return on_database(database_url)


async def applied(shell: Keyboard, pos: Simulated, directory: Path, **changes: str) -> None:
    file = directory / "locations.toml"
    values = {"iiko": pos.iiko, "ikentoo": pos.ikentoo, "secret": "demo-secret", "pickup": "Pickup", **changes}
    file.write_text(FILE.format(**values))
    ran = await shell("locations", "apply", str(file))
    assert ran.code == 0, ran.err


async def shown(shell: Keyboard, *words: str) -> Any:
    """What a command prints for scripts."""
    ran = await shell("locations", *words, "--json")
    assert (ran.code, ran.err) == (0, ""), ran.err
    return json.loads(ran.out)


async def test_from_a_file_to_a_location_that_is_all_right(shell: Keyboard, pos: Simulated, tmp_path: Path) -> None:
    await applied(shell, pos, tmp_path)
    before = await shell("locations", "check", "kyiv-1", "--json")
    told = json.loads(before.out)
    assert (before.code, told["ok"]) == (1, False)
    assert [line["name"] for line in told["checks"] if not line["ok"]] == ["catalog"]
    synced = await shell("locations", "sync", "--all")
    assert synced.code == 0, synced.err
    assert [line.partition(":")[0] for line in synced.out.splitlines()] == ["geneva-1", "kyiv-1"]
    assert "20 products" in synced.out
    after = await shell("locations", "check", "kyiv-1")
    assert (after.code, after.out.splitlines()[-1]) == (0, "kyiv-1: all right"), after.out
    geneva = await shell("locations", "check", "geneva-1")
    assert geneva.code == 1
    assert "callbacks_registered" in geneva.out
    assert (await shell("locations", "register", "geneva-1")).code == 0
    assert (await shell("locations", "check", "geneva-1")).code == 0
    again = await shell("locations", "sync", "kyiv-1")
    assert again.out.endswith("; 0 changed\n")


async def test_wrong_settings_are_named(shell: Keyboard, pos: Simulated, tmp_path: Path) -> None:
    await applied(shell, pos, tmp_path, pickup="Take away")
    checked = await shell("locations", "check", "kyiv-1")
    assert checked.code == 1
    assert "'Pickup'" in checked.out  # what there is instead
    await applied(shell, pos, tmp_path, secret="wrong")
    checked = await shell("locations", "check", "kyiv-1", "--json")
    assert {"credentials"} <= {line["name"] for line in json.loads(checked.out)["checks"] if not line["ok"]}
    synced = await shell("locations", "sync", "--all")
    assert synced.code == 1
    assert synced.out.startswith("geneva-1: synced")  # one that fails does not stop the others
    assert synced.err.startswith("order-relay: kyiv-1: ")


async def test_what_is_known_and_what_is_open(shell: Keyboard, pos: Simulated, tmp_path: Path) -> None:
    await applied(shell, pos, tmp_path)
    assert (await shell("locations", "sync", "--all")).code == 0
    catalog, known, plans, open_checks, none, businesses, organizations = await asyncio.gather(
        shown(shell, "catalog", "kyiv-1"),
        shown(shell, "dictionaries", "kyiv-1"),
        shown(shell, "tables", "geneva-1"),
        shown(shell, "checks", "geneva-1"),
        shown(shell, "checks", "geneva-1", "--table", "3"),
        shown(shell, "businesses", "geneva-1"),
        shown(shell, "organizations", "kyiv-1"),
    )
    assert ids.QUATTRO_FORMAGGI in {product["product_id"] for product in catalog["products"]}
    assert "CARD" in {entry["code"] for entry in known["payment_types"]}
    assert [plan["name"] for plan in plans] == ["Salle 1", "Terrasse"]
    assert (len(open_checks), none) == (2, [])
    assert "25769803788" in {place["id"] for place in businesses}
    assert [place["id"] for place in organizations] == [ids.ORGANIZATION]


async def test_people_read_it_in_80_columns(shell: Keyboard, pos: Simulated, tmp_path: Path) -> None:
    await applied(shell, pos, tmp_path)
    assert (await shell("locations", "sync", "--all")).code == 0
    commands = (("catalog", "geneva-1"), ("dictionaries", "kyiv-1"), ("checks", "geneva-1"), ("businesses", "geneva-1"))
    for ran in await asyncio.gather(*(shell("locations", *words) for words in commands)):
        assert (ran.code, ran.err) == (0, ""), ran.err
        assert ran.out
        assert max(map(len, ran.out.splitlines())) <= 80


async def test_guests(shell: Keyboard, pos: Simulated, tmp_path: Path) -> None:
    await applied(shell, pos, tmp_path)
    olena = await shell("locations", "guests", "find", "kyiv-1", "+380971112233", "--json")
    assert json.loads(olena.out)["last_name"] == "Kovalenko"
    assert "Kovalenko" in (await shell("locations", "guests", "find", "kyiv-1", "+380971112233")).out
    nobody = await shell("locations", "guests", "find", "kyiv-1", "+380630000001")
    assert (nobody.code, nobody.out) == (1, "")
    new = await shell("locations", "guests", "save", "kyiv-1", "+380630000001", "--first-name", "Iryna")
    assert (new.code, len(new.out.strip())) == (0, 36), new.err
    found = await shell("locations", "guests", "find", "kyiv-1", "+380630000001", "--json")
    assert (json.loads(found.out)["id"], json.loads(found.out)["first_name"]) == (new.out.strip(), "Iryna")
    wrong = await shell("locations", "guests", "save", "kyiv-1", "+380630000001", "--email", "no")
    assert (wrong.code, len(wrong.err.splitlines())) == (1, 1)


WRONG = [
    (["sync"], 2, "--all"),
    (["sync", "nowhere"], 1, "no location 'nowhere'"),
    (["check", "nowhere"], 1, "no location 'nowhere'"),
    (["tables", "kyiv-1"], 1, "iiko shows no tables"),
    (["organizations", "geneva-1"], 1, "ikentoo has no such list"),
    (["guests", "find", "geneva-1", "+380971112233"], 1, "ikentoo shows no guests"),
    (["checks", "geneva-1", "--table", "ten"], 2, "--table"),
]


async def test_what_cannot_be_is_one_line(shell: Keyboard, pos: Simulated, tmp_path: Path) -> None:
    await applied(shell, pos, tmp_path)
    ended = await asyncio.gather(*(shell("locations", *words) for words, _, _ in WRONG))
    for ran, (_, code, said) in zip(ended, WRONG, strict=True):
        assert (ran.code, ran.out, len(ran.err.splitlines())) == (code, "", 1), ran.err
        assert said in ran.err


async def test_a_dead_pos_is_one_line(shell: Keyboard, pos: Simulated, tmp_path: Path) -> None:
    await applied(shell, pos, tmp_path, iiko="http://127.0.0.1:9", ikentoo="http://127.0.0.1:9")
    for words in (("sync", "kyiv-1"), ("organizations", "kyiv-1"), ("tables", "geneva-1")):
        ran = await shell("locations", *words)
        assert (ran.code, ran.out, len(ran.err.splitlines())) == (1, "", 1), ran.err
    checked = await shell("locations", "check", "geneva-1")
    assert checked.code == 1
    assert "reachable" in checked.out
