"""Front door, engine room and POS as processes of their own, on one database."""

import signal

from tests.e2e.processes import Processes
from tests.e2e.restaurant import SCOPES, at_the_pos, client, ledger, place, submit, until


def test_a_front_door_and_an_engine_room_apart(order_relay: Processes) -> None:
    iiko = order_relay.simulate("iiko")
    door, room = order_relay.serve("--no-worker"), order_relay.worker()
    with client(door.url, order_relay.key("website", *SCOPES)) as api:
        place(api, iiko.url)
        view = until(api, submit(api, "WEB-1"), at_the_pos)
    assert (view["status"], view["dispatch"]["attempts"]) == ("accepted", 1)
    assert [row["created"] for row in ledger(iiko.url)] == [1]
    for process in (door, room, iiko):
        assert process.terminate() == 0, process.said


def test_told_to_stop_it_finishes_the_send_that_runs(order_relay: Processes) -> None:
    iiko, both = order_relay.simulate("iiko"), order_relay.serve()
    key = order_relay.key("website", *SCOPES)
    with client(both.url, key) as api:
        place(api, iiko.url)
        order_id = submit(api, "WEB-1", note="[sim:delay seconds=2]")
        ledger(iiko.url, at_least=1)
    assert both.terminate() == 0, both.said

    again = order_relay.serve("--no-worker")
    with client(again.url, key) as api:
        view = until(api, order_id, lambda _: True)
    assert (view["status"], view["dispatch"]["attempts"]) == ("accepted", 1)


def test_told_twice_it_ends_at_once(order_relay: Processes) -> None:
    iiko, both = order_relay.simulate("iiko"), order_relay.serve()
    with client(both.url, order_relay.key("website", *SCOPES)) as api:
        place(api, iiko.url)
        submit(api, "WEB-1", note="[sim:hang]")
        ledger(iiko.url, at_least=1)
    both.interrupt()
    both.popen.terminate()
    assert both.wait(15) in (128 + signal.SIGINT, 128 + signal.SIGTERM), both.said


def test_an_older_schema_is_refused_in_one_line(order_relay: Processes, empty_database_url: str) -> None:
    for command in (("serve", "--port", "0"), ("worker",), ("orders", "list")):
        refused = order_relay.run(*command, DATABASE_URL=empty_database_url)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "run 'order-relay migrate' first" in refused.stderr
        assert len(refused.stderr.splitlines()) == 1
    migrated = order_relay.run("migrate", DATABASE_URL=empty_database_url)
    assert migrated.returncode == 0, migrated.stderr
    assert migrated.stdout.startswith("schema: none -> ")
    assert order_relay.serve(DATABASE_URL=empty_database_url).terminate() == 0
