"""order-relay locations init: answers are typed, the POS is asked, and `locations apply` takes what was written."""

import asyncio
import signal
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from app.adapters.registry import build
from app.cli.location_toml import location_toml, plain
from app.cli.locations_file import read_locations
from app.relay.location_document import parse
from app.simulators.iiko import ids
from tests.cli.typing_in import DEADLINE_S, Simulated, keyboard, on_database, simulators

USUAL = ""
"""An empty line takes what is offered."""
IIKO_PICKS = (USUAL,) * 9
"""Organization, terminal, two order types, source, methods, payment type, guests, tip."""


@pytest_asyncio.fixture(scope="module")
async def pos() -> AsyncIterator[Simulated]:
    async with simulators() as pos:
        yield pos


def for_iiko(pos: Simulated, *, access: tuple[str, ...] = ("demo", "demo-secret")) -> tuple[str, ...]:
    return ("1", pos.iiko, *access, *IIKO_PICKS, USUAL, "Europe/Kyiv", USUAL, "kyiv-1")


def files(directory: Path) -> list[str]:
    return [path.name for path in directory.iterdir()]


async def test_iiko_is_asked_and_names_are_written(pos: Simulated, tmp_path: Path) -> None:
    file = tmp_path / "locations.toml"
    ran = await keyboard()("locations", "init", "--output", str(file), lines=(*for_iiko(pos), "n"))
    assert (ran.code, ran.out) == (0, ""), ran.err
    assert "demo-secret" not in ran.err + file.read_text()
    assert "export KYIV_1_USER_SECRET=" in ran.err
    assert file.stat().st_mode & 0o777 == 0o600
    (document,) = read_locations(file, {"KYIV_1_USER_SECRET": "demo-secret"}).values()
    assert document == {
        "name": "Asabix Trattoria",
        "timezone": "Europe/Kyiv",
        "currency": "UAH",
        "pos": {
            "system": "iiko",
            "base_url": pos.iiko,
            "organization_id": ids.ORGANIZATION,
            "user_id": "demo",
            "order_types": {"pickup": "Pickup", "delivery": "Delivery by courier"},
            "marketing_source": "website",
            "payment_types": {"CARD": "CARD"},
            "customers": "none",
            "user_secret": "demo-secret",
        },
    }


async def test_without_a_file_it_is_printed(pos: Simulated) -> None:
    ran = await keyboard()("locations", "init", lines=(*for_iiko(pos), "y"))
    assert ran.code == 0, ran.err
    document = tomllib.loads(ran.out)["locations"]["kyiv-1"]
    assert document["pos"]["user_secret"] == "demo-secret"  # as was wished
    assert "export" not in ran.err


async def test_ikentoo_is_added_to_the_file_and_applied(pos: Simulated, tmp_path: Path, database_url: str) -> None:
    file = tmp_path / "locations.toml"
    shell = on_database(database_url)
    first = await shell("locations", "init", "-o", str(file), lines=(*for_iiko(pos), "y"))
    assert first.code == 0, first.err
    callbacks = (USUAL, USUAL)
    profiles_and_methods = (USUAL, USUAL, USUAL, "CARD, CASH", USUAL, USUAL)
    about = ("Geneva", "Europe/Zurich", "CHF", "kyiv-1", "geneva-1")  # the first slug is taken
    lines = ("2", f"{pos.ikentoo}/o", "3", "1", "TEST", *callbacks, *profiles_and_methods, *about, "n")
    second = await shell("locations", "init", "-o", str(file), lines=lines)
    assert second.code == 0, second.err
    assert "holds kyiv-1 already" in second.err
    made = second.err.partition("GENEVA_1_CALLBACK_PASSWORD='")[2].partition("'")[0]
    assert len(made) > 20
    pos_settings = read_locations(file, {"GENEVA_1_CALLBACK_PASSWORD": made})["geneva-1"]["pos"]
    assert pos_settings["business_location_id"] == 25769803788
    assert pos_settings["account_profiles"] == {"pickup": "PICKUP", "delivery": "DELIVERY"}
    assert pos_settings["payment_methods"] == {"CARD": "CARD", "CASH": "CASH"}
    applied = await shell("locations", "apply", str(file), GENEVA_1_CALLBACK_PASSWORD=made)
    assert (applied.code, applied.out) == (0, "kyiv-1: created\ngeneva-1: created\n"), applied.err


async def test_what_is_refused_is_asked_again(pos: Simulated, tmp_path: Path) -> None:
    file = tmp_path / "locations.toml"
    lines = (
        *("7", "1"),  # no such POS
        *("nonsense", "demo", "wrong", "http://pos.example.com", "http://127.0.0.1:9"),  # nothing, not https, nobody
        *(pos.iiko, "demo", "wrong"),
        *("demo", "demo-secret"),
        *IIKO_PICKS,
        *(USUAL, "Mars/Olympus", "Europe/Kyiv", USUAL, "No Slug", "kyiv-1", "n"),
    )
    ran = await keyboard()("locations", "init", "-o", str(file), lines=lines)
    assert ran.code == 0, ran.err
    for words in (
        "Please give a number from 1 to 2",
        "pos.base_url: must be a web address",
        "gives no usable answer",
        "does not accept these credentials",
        "timezone: must be a time zone",
        "begins with a letter or digit",
    ):
        assert words in ran.err
    assert "Traceback" not in ran.err
    assert list(read_locations(file, {"KYIV_1_USER_SECRET": "x"})) == ["kyiv-1"]


async def test_without_answers_nothing_is_written(pos: Simulated, tmp_path: Path) -> None:
    file = tmp_path / "locations.toml"
    for lines in ((), ("1",), for_iiko(pos)):
        ran = await keyboard()("locations", "init", "-o", str(file), lines=lines)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.splitlines()[-1].endswith("Nothing was written.")
        assert files(tmp_path) == []


async def test_ctrl_c_leaves_no_half_file(pos: Simulated, tmp_path: Path) -> None:
    file = tmp_path / "locations.toml"
    file.write_text("# mine\n")
    process = await keyboard().started("locations", "init", "-o", str(file))
    assert process.stdin is not None
    assert process.stderr is not None
    async with asyncio.timeout(DEADLINE_S):
        process.stdin.write(f"1\n{pos.iiko}\ndemo\ndemo-secret\n".encode())
        await process.stdin.drain()
        await process.stderr.readuntil(b"Which organization is it?")
        process.send_signal(signal.SIGINT)
        _, err = await process.communicate()
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert b"Nothing was written." in err
    assert files(tmp_path) == ["locations.toml"]
    assert file.read_text() == "# mine\n"


async def test_a_file_that_cannot_be_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("= 7")
    for file, words in ((broken, "is no TOML"), (tmp_path / "nowhere" / "a.toml", "no directory"), (tmp_path, "")):
        ran = await keyboard()("locations", "init", "-o", str(file))
        assert (ran.code, len(ran.err.splitlines())) == (1, 1), ran.err
        assert words in ran.err


@pytest.mark.parametrize("text", ["plain", "${HOME}", "$${", 'a"b\\c', "tab\tand é \u2028", "[x] = 1 # no", "${"])
def test_what_is_written_is_what_is_read(tmp_path: Path, text: str) -> None:
    pos = {"system": "iiko", "a b": text, "deep": {"x.y": text, "n": 7, "yes": True}, "none": {}}
    document = {"name": text, "pos": pos}
    file = tmp_path / "locations.toml"
    file.write_text(location_toml("kyiv-1", plain(document)), encoding="utf-8")
    assert read_locations(file, {}) == {"kyiv-1": document}


async def test_oauth_spends_no_refresh_token(pos: Simulated, tmp_path: Path) -> None:
    """It is good for one use: who is only setting up must not use it up."""
    file = tmp_path / "locations.toml"
    auth = ("2", "http://127.0.0.1:9/token", "client", "c-secret", "r-token")
    lines = (
        *("2", "http://127.0.0.1:9/o", *auth, "123", "TEST", USUAL, "callback-password"),
        *(USUAL, USUAL, USUAL, USUAL, USUAL, "Geneva", "Europe/Zurich", "CHF", "geneva-1", "n"),
    )
    ran = await keyboard()("locations", "init", "-o", str(file), lines=lines)
    assert ran.code == 0, ran.err
    names = ("CLIENT_SECRET", "REFRESH_TOKEN", "CALLBACK_PASSWORD")
    environment = {f"GENEVA_1_{name}": name.lower() for name in names}
    (document,) = read_locations(file, environment).values()
    parsed = parse(document, build())
    assert parsed.secrets() == {
        "pos.auth.client_secret": "client_secret",
        "pos.auth.refresh_token": "refresh_token",
        "pos.callback_password": "callback_password",
    }
