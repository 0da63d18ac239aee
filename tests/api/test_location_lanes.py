"""How a location does: its lane, its open orders, pausing, deleting, registering callbacks."""

from typing import Any

import pytest
from sqlalchemy import update

from app.domain.errors import LocationUnknown
from app.store.tables import lanes, locations, orders
from tests.api.conftest import IIKO, IKENTOO, Api, changed
from tests.planted import NOON, Planted, plant


async def lane(api: Api, **values: Any) -> None:
    async with api.services.engine.begin() as connection:
        await connection.execute(update(lanes).values(**values))


async def test_how_a_lane_does(api: Api) -> None:
    await api.put()
    await plant(
        api.services.engine,
        *(Planted(reference=f"W{n}", submission={"state": state, "created_at": NOON}) for n, state in enumerate(
            ("waiting", "waiting", "in_doubt", "parked", "done")
        )),
    )  # fmt: skip
    await lane(api, last_sent_at=NOON)
    view = (await api.call("GET", "/v1/locations/geneva-1", "ops")).json()
    assert (view["waiting"], view["in_doubt"]) == (2, 1)
    assert view["oldest_waiting_s"] > 0
    assert (view["last_sent_at"], view["last_callback_at"]) == ("2026-07-01T12:00:00Z", None)
    assert (view["paused"], view["blocked"], view["attention"]) == (False, None, None)


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        ({"blocked": "access_denied", "blocked_message": "HTTP 401", "blocked_at": NOON}, "access_denied"),
        ({"blocked": "misconfigured", "blocked_at": NOON, "failures": 9}, "misconfigured"),
        ({"failures": 5, "failing_since": NOON, "last_error": "connection refused"}, "pos_down"),
        ({"silent": 5, "last_callback_at": NOON}, "callbacks_silent"),
        ({"failures": 4, "silent": 4}, None),
    ],
)
async def test_attention_says_what_to_do(api: Api, trouble: dict[str, Any], code: str | None) -> None:
    await api.put()
    await lane(api, **trouble)
    attention = (await api.call("GET", "/v1/locations/geneva-1", "ops")).json()["attention"]
    if code is None:
        assert attention is None
        return
    assert (attention["code"], attention["since"]) == (code, "2026-07-01T12:00:00Z")
    assert attention["message"]
    assert attention["action"]


async def test_a_put_is_the_fix_that_was_waited_for(api: Api) -> None:
    await api.put()
    await lane(api, paused=True, blocked="access_denied", blocked_at=NOON, not_before=NOON.replace(year=2099))
    await plant(api.services.engine, Planted(submission={"due_at": NOON.replace(year=2099)}))
    view = (await api.put(document={**IKENTOO, "max_in_flight": 9})).json()
    assert (view["paused"], view["blocked"], view["attention"]) == (True, None, None)
    async with api.services.engine.begin() as connection:
        row = (await connection.execute(lanes.select())).one()
        due = (await connection.exec_driver_sql("SELECT bool_and(due_at <= now()) FROM submissions")).scalar_one()
    assert (row.not_before, row.max_in_flight, due) == (None, 9, True)


async def test_pause_and_resume(api: Api) -> None:
    await api.put()
    paused = await api.call("POST", "/v1/locations/geneva-1/pause", "ops")
    assert (paused.status_code, paused.json()["paused"]) == (200, True)
    resumed = await api.call("POST", "/v1/locations/geneva-1/resume", "ops")
    assert (resumed.status_code, resumed.json()["paused"]) == (200, False)
    for verb in ("pause", "resume"):
        assert (await api.call("POST", f"/v1/locations/nowhere/{verb}", "ops")).status_code == 404


async def test_delete_and_make_anew(api: Api) -> None:
    before = (await api.put()).json()
    await lane(api, paused=True)
    assert (await api.call("DELETE", "/v1/locations/geneva-1", "admin")).status_code == 204
    for method, scope in (("GET", "ops"), ("DELETE", "admin")):
        assert (await api.call(method, "/v1/locations/geneva-1", scope)).status_code == 404
    async with api.services.engine.begin() as connection:
        row = (await connection.execute(locations.select())).one()
    assert (row.secrets, row.secret_names) == (b"", [])
    with pytest.raises(LocationUnknown):
        await api.services.locations.get("geneva-1")
    missing = await api.call("PUT", "/v1/locations/geneva-1", "admin", json=changed(IKENTOO, auth={}))
    assert missing.status_code == 422, "the secrets are gone"
    anew = await api.put()
    assert (anew.status_code, anew.json()["paused"]) == (201, False)
    assert anew.json()["version"] > before["version"]
    assert anew.json()["callback_url"] != before["callback_url"]


async def test_open_orders_keep_a_location_and_its_pos(api: Api) -> None:
    await api.put()
    order = Planted(submission={"state": "done"}, columns={"status": "accepted"})
    await plant(api.services.engine, order)
    for answer in (
        await api.call("DELETE", "/v1/locations/geneva-1", "admin"),
        await api.put(document=IIKO),
    ):
        assert answer.status_code == 409
        assert answer.json()["type"] == "/problems/state-conflict"
    async with api.services.engine.begin() as connection:
        await connection.execute(update(orders).values(status="completed"))
    assert (await api.put(document=IIKO)).status_code == 200
    assert (await api.call("DELETE", "/v1/locations/geneva-1", "admin")).status_code == 204


async def test_an_order_that_a_person_settled_is_not_open(api: Api) -> None:
    await api.put()
    settled = Planted(submission={"state": "done"})
    heard = Planted(submission={"state": "done"}, reference="2", columns={"milestones": {"submitted_at": "then"}})
    await plant(api.services.engine, settled, heard)
    assert (await api.call("DELETE", "/v1/locations/geneva-1", "admin")).status_code == 409
    async with api.services.engine.begin() as connection:
        await connection.execute(update(orders).where(orders.c.id == heard.id).values(status="rejected"))
    assert (await api.call("DELETE", "/v1/locations/geneva-1", "admin")).status_code == 204


async def test_a_pos_that_does_not_answer_the_registration_is_502(api: Api) -> None:
    await api.put()
    answer = await api.call("POST", "/v1/locations/geneva-1/callback-registration", "admin")
    assert answer.status_code == 502
    assert answer.json()["type"] == "/problems/pos-unavailable"
    assert answer.headers["retry-after"].isdecimal()
    await api.put("kyiv-1", IIKO)
    never = await api.call("POST", "/v1/locations/kyiv-1/callback-registration", "admin")
    assert (never.status_code, never.json()["type"]) == (409, "/problems/not-supported-by-pos")


async def test_a_registration_that_our_settings_do_not_allow_asks_nobody(api: Api) -> None:
    await api.put(document=changed(IKENTOO, callback_password=None))
    answer = await api.call("POST", "/v1/locations/geneva-1/callback-registration", "admin")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/state-conflict")
    assert answer.json()["state"] == "misconfigured"
    assert "callback_password" in answer.json()["detail"]
    assert "retry-after" not in answer.headers
