"""What is wrong before anything runs: one clear line, exit code 1. And what needs no database at all."""

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest
from cryptography.fernet import Fernet
from typer.testing import CliRunner

from app.cli.commands import app
from tests.e2e.processes import Processes, processes, secret_key

NOBODY = "postgresql://relay@127.0.0.1:9/relay"


@pytest.fixture
def order_relay(tmp_path: Path) -> Iterator[Processes]:
    with processes(tmp_path) as found:
        yield found


WRONG = [
    ({"ORDER_RELAY_PORT": "many"}, "ORDER_RELAY_PORT: must be a whole number"),
    ({"ORDER_RELAY_LEASE_S": "10"}, "ORDER_RELAY_LEASE_S must be more than ORDER_RELAY_SEND_BUDGET_S"),
    ({"ORDER_RELAY_SECRET_KEYS": "hunter2"}, "ORDER_RELAY_SECRET_KEYS: must be comma-separated Fernet keys"),
    ({"DATABASE_URL": NOBODY}, "ORDER_RELAY_SECRET_KEYS is not set"),
    ({"DATABASE_URL": "mysql://relay@db/relay"}, "DATABASE_URL cannot be used: it must begin with postgresql://"),
    (
        {
            "DATABASE_URL": NOBODY,
            "ORDER_RELAY_DIRECT_DATABASE_URL": "mysql://relay@db/relay",
            "ORDER_RELAY_SECRET_KEYS": secret_key(),
        },
        "ORDER_RELAY_DIRECT_DATABASE_URL cannot be used: it must begin with postgresql://",
    ),
    ({"DATABASE_URL": ""}, "DATABASE_URL is empty: set it to postgresql://"),
    ({"ORDER_RELAY_PORT": "70000"}, "ORDER_RELAY_PORT: must be at most 65535"),
    ({"ORDER_RELAY_PUBLIC_URL": "orders"}, "ORDER_RELAY_PUBLIC_URL: must be a web address, such as https://"),
    ({"ORDER_RELAY_LOG_LEVEL": "loud"}, "ORDER_RELAY_LOG_LEVEL: must be one of debug, info, warning, error"),
    ({"ORDER_RELAY_ALLOW_HTTP": "maybe"}, "ORDER_RELAY_ALLOW_HTTP: must be true or false"),
    (
        {"ORDER_RELAY_DATA_DIR": "/dev/null"},
        "cannot be used: File exists. It is needed because DATABASE_URL is not set",
    ),
]


@pytest.mark.parametrize("command", ["serve", "worker"])
@pytest.mark.parametrize(("environment", "words"), WRONG)
def test_a_wrong_setting_is_one_line(
    order_relay: Processes, command: str, environment: dict[str, str], words: str
) -> None:
    ended = order_relay.run(command, **environment)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert words in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert "hunter2" not in ended.stderr


def test_a_command_does_not_wait_for_a_database(order_relay: Processes) -> None:
    ended = order_relay.run("orders", "list", DATABASE_URL=NOBODY, ORDER_RELAY_SECRET_KEYS=secret_key())
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("order-relay: PostgreSQL is not available")
    assert len(ended.stderr.splitlines()) == 1


def test_a_start_waits_for_its_database_and_can_be_told_to_stop(order_relay: Processes) -> None:
    secret = secret_key()
    waiting = order_relay.start("serve", "--port", "0", DATABASE_URL=NOBODY, ORDER_RELAY_SECRET_KEYS=secret)
    waiting.wait_for("waiting for the database")
    assert waiting.terminate() == 0, waiting.said
    assert len(waiting.said.splitlines()) == 1


@pytest.mark.parametrize("pos", ["iiko", "ikentoo"])
def test_a_simulator_says_where_it_is_and_what_to_try(order_relay: Processes, pos: str) -> None:
    simulator = order_relay.simulate(pos, "--speed", "60")
    assert f"curl {simulator.url}/_sim/faults -d" in simulator.said
    assert httpx.get(f"{simulator.url}/_sim/orders").json() == []
    assert simulator.terminate() == 0, simulator.said


def test_the_version_and_no_more(order_relay: Processes) -> None:
    ended = order_relay.run("--version")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"order-relay {version('order-relay')}\n", "")


@pytest.mark.parametrize("words", [[], ["keys"]])
def test_nothing_to_do_is_the_help(order_relay: Processes, words: list[str]) -> None:
    ended = order_relay.run(*words)
    assert "Usage: order-relay" in ended.stdout + ended.stderr


def test_a_secret_key_is_one(order_relay: Processes) -> None:
    Fernet(order_relay.run("keys", "secret").stdout.strip())


COMMANDS = [
    "", "demo", "serve", "worker", "migrate", "simulate", "simulate iiko", "simulate ikentoo",
    "keys", "keys create", "keys list", "keys revoke", "keys secret",
    "locations", "locations apply", "locations list", "locations register", "locations pause", "locations resume",
    "orders", "orders list", "orders show", "orders watch", "orders retry", "orders resend", "orders resolve",
    "orders cancel",
]  # fmt: skip


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_explains_itself(words: str) -> None:
    helped = CliRunner().invoke(app, [*words.split(), "--help"])
    assert helped.exit_code == 0
    assert f"Usage: order-relay {words}".strip() in helped.output
