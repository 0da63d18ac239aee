"""order-relay serve with a PostgreSQL of its own, on a bare machine."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.embedded_postmaster import read
from tests.e2e.power import steady_port
from tests.e2e.processes import Processes, processes
from tests.e2e.restaurant import SCOPES, at_the_pos, client, ledger, place, submit, until


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Processes]:
    """No database: it comes along. A server left over by a killed process is stopped at the end."""
    with processes(tmp_path) as found:
        yield found
        for process in found.started:
            process.kill9()
        found.run("keys", "list")  # whoever leaves last stops the server


def postgres_runs(directory: Path) -> bool:
    postmaster = read(directory / ".order-relay" / "postgres")
    return postmaster is not None and postmaster.is_alive()


def test_commands_before_beside_and_after(bare: Processes) -> None:
    before = bare.key("before", "orders:read")
    assert not postgres_runs(bare.directory)

    serving = bare.serve()
    assert "embedded PostgreSQL in .order-relay" in serving.said
    second = bare.run("serve", "--port", "0")
    assert (second.returncode, second.stdout) == (1, "")
    assert "already serves" in second.stderr.splitlines()[-1]
    for key in (before, bare.key("beside", "orders:read")):
        with client(serving.url, key) as api:
            assert api.get("/v1/orders").status_code == 200

    assert serving.terminate() == 0, serving.said
    assert not postgres_runs(bare.directory)
    bare.key("after", "ops")
    assert (bare.directory / ".order-relay" / "secret.key").stat().st_mode & 0o777 == 0o600


def test_after_kill_9_the_next_start_delivers(bare: Processes) -> None:
    port = steady_port()  # the restaurant is closed: nobody listens there yet
    key = bare.key("website", *SCOPES)
    killed = bare.serve()
    with client(killed.url, key) as api:
        place(api, f"http://127.0.0.1:{port}")
        order_id = submit(api, "WEB-1")
    killed.kill9()
    assert postgres_runs(bare.directory)

    iiko = bare.simulate("iiko", "--port", str(port))
    again = bare.serve()
    with client(again.url, key) as api:
        until(api, order_id, at_the_pos)
    assert [row["created"] for row in ledger(iiko.url)] == [1]
    assert again.terminate() == 0, again.said
    assert not postgres_runs(bare.directory)


def test_a_port_in_use_is_one_line(bare: Processes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = bare.run("serve", "--port", str(taken.getsockname()[1]))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Cannot listen on 127.0.0.1 port" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
