"""The restore drill: an older backup comes back while the POSs remember more than it does. No order goes out twice."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from tests.e2e import city
from tests.e2e.backup import dump, restore
from tests.e2e.crowd import settled, stories, summaries
from tests.e2e.processes import Processes, processes, secret_key
from tests.e2e.restaurant import SCOPES, client

GENEVA, KYIV = "geneva-1", "kyiv-1"
BOTH = (GENEVA, KYIV)


def open_both(api: httpx.Client, ikentoo: str, iiko: str) -> None:
    city.open_ikentoo(api, ikentoo, GENEVA, give_up_after_s=3600)
    city.open_iiko(api, iiko, KYIV, give_up_after_s=3600)


def submit(api: httpx.Client, *numbers: str) -> list[str]:
    return [city.submit(api, slug, f"{slug} {number}") for number in numbers for slug in BOTH]


def once_each(ikentoo: str, iiko: str) -> dict[str, int]:
    """How often each order was made, by its number."""
    made: dict[str, int] = {}
    for entry in (*city.book(ikentoo), *city.book(iiko)):
        made[entry.number] = made.get(entry.number, 0) + entry.times
    return made


def by_number(views: list[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {view["reference"]: view for view in views}


def still_held(api: httpx.Client, worker_said: str) -> None:
    assert "came out of a backup" in worker_said, worker_said
    views = [api.get(f"/v1/locations/{slug}").raise_for_status().json() for slug in BOTH]
    assert [(view["paused"], view["hold"]["reason"]) for view in views] == [(True, "restored")] * 2


def test_after_a_restore_nothing_goes_out_twice(tmp_path: Path, own_database_url: str, empty_database_url: str) -> None:
    """Waiting in the backup and sent since; taken since and lost; new after the restore."""
    file = tmp_path / "backup"
    with processes(tmp_path, DATABASE_URL=own_database_url, ORDER_RELAY_SECRET_KEYS=secret_key()) as relay:
        ikentoo, iiko = relay.simulate("ikentoo").url, relay.simulate("iiko").url
        door, first = relay.serve("--no-worker"), relay.worker()
        with client(door.url, relay.key("website", *SCOPES)) as api:
            open_both(api, ikentoo, iiko)
            submit(api, "gone before")
            settled(api)
            assert first.terminate() == 0
            submit(api, "waits")
            dump(own_database_url, file)
            second = relay.worker()
            submit(api, "lost")
            settled(api)
        second.kill9()
        door.kill9()
        at_the_pos = once_each(ikentoo, iiko)
        assert at_the_pos == {f"{slug} {what}": 1 for slug in BOTH for what in ("gone before", "waits", "lost")}
        restore(empty_database_url, file)
        _after(relay, empty_database_url, ikentoo, iiko, at_the_pos)


def _after(relay: Processes, url: str, ikentoo: str, iiko: str, at_the_pos: dict[str, int]) -> None:
    anew = {"DATABASE_URL": url}
    serve = relay.serve(**anew)
    made = relay.run("keys", "create", "--name", "drill", *(w for s in SCOPES for w in ("--scope", s)), **anew)
    with client(serve.url, made.stdout.strip()) as api:
        serve.wait_for("came out of a backup")
        still_held(api, serve.said)
        new = submit(api, "new")
        views = by_number(summaries(api))
        assert {views[f"{slug} waits"]["dispatch"]["state"] for slug in BOTH} == {"in_doubt"}
        assert {views[f"{slug} new"]["dispatch"]["state"] for slug in BOTH} == {"waiting"}
        assert {views[f"{slug} waits"]["attention"]["code"] for slug in BOTH} == {"in_doubt"}
        assert once_each(ikentoo, iiko) == at_the_pos

        seen = relay.run("restored", **anew)
        assert seen.returncode == 0, seen.stderr
        assert all(slug in seen.stdout for slug in BOTH)
        for order_id in submit(api, "lost"):  # the website repeats it, and a person has seen it on the till
            api.post(f"/v1/orders/{order_id}/cancel", json={"reason": "it is on the till"}).raise_for_status()

        said = relay.run("restored", "--yes", **anew)
        assert said.returncode == 0, said.stderr
        assert said.stdout.count("sends again") == 2
        ends = stories(api, settled(api))
        assert {view["dispatch"]["state"] for view in ends} == {"done"}
        assert once_each(ikentoo, iiko) == at_the_pos | {f"{slug} new": 1 for slug in BOTH}
        assert len(new) == 2
        waited = by_number(ends)[f"{KYIV} waits"]
        assert [attempt["outcome"] for attempt in waited["attempts"]] == ["in_doubt", "found"]
        waited = by_number(ends)[f"{GENEVA} waits"]
        assert [attempt["outcome"] for attempt in waited["attempts"]] == ["in_doubt", "duplicate"]
        assert relay.run("restored", **anew).stdout.startswith("Nothing is held")
