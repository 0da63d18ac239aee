"""Secrets planted everywhere, and looked for in every answer, view, error and log line."""

import io
import json
import logging
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
import structlog
from starlette.types import Receive, Scope, Send

from app import logs
from app.api.front import Front
from app.api.measures import Measures
from app.domain.ids import new_id
from app.relay.location_document import Stored
from app.store.keys import NewKey
from tests.api.conftest import IIKO, IKENTOO, Api, running
from tests.api.serving import listening

USER_SECRET = "planted-user-secret-1"
ACCESS_TOKEN = "planted-access-token-2"
CALLBACK_PASSWORD = "planted-callback-password-3"
STATUS_SECRET = "planted-status-secret-4"
PLANTED = (USER_SECRET, ACCESS_TOKEN, CALLBACK_PASSWORD, STATUS_SECRET)

KYIV = {**IIKO, "pos": {**IIKO["pos"], "user_secret": USER_SECRET}}
GENEVA = {
    **IKENTOO,
    "status_url": "https://shop.example.com/hook",
    "status_secret": STATUS_SECRET,
    "pos": {**IKENTOO["pos"], "auth": {"access_token": ACCESS_TOKEN}, "callback_password": CALLBACK_PASSWORD},
}

Read = Callable[[], str]


@pytest.fixture(params=["json", "text"])
def log(request: pytest.FixtureRequest) -> Iterator[Read]:
    """Our logs, set up as in production, down to the last line of the chattiest library."""
    root = logging.getLogger()
    handlers, level, before = root.handlers, root.level, structlog.get_config()
    logs.configure(level="debug", as_json=request.param == "json")
    written = io.StringIO()
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    yield written.getvalue
    root.handlers, root.level = handlers, level
    structlog.configure(**before)


@pytest_asyncio.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    async with running(database_url) as api:
        yield api


async def test_a_day_of_an_operator_shows_no_secret_anywhere(log: Read, api: Api) -> None:
    answers = [await api.put("geneva-1", GENEVA), await api.put("kyiv-1", KYIV)]
    assert [answer.status_code for answer in answers] == [201, 201]
    callback_key = answers[0].json()["callback_url"].rpartition("/")[2]
    basic = {"Authorization": f"Basic {b64encode(f'relay:{CALLBACK_PASSWORD}'.encode()).decode()}"}
    calls: list[tuple[str, str, str, dict[str, Any]]] = [
        ("GET", "/v1/locations", "ops", {}),
        ("GET", "/v1/locations/geneva-1", "ops", {}),
        ("PUT", "/v1/locations/geneva-1", "admin", {"json": {**GENEVA, "timezone": "Nowhere"}}),
        ("PUT", "/v1/locations/kyiv-1", "admin", {"json": {**KYIV, "x": USER_SECRET}}),
        ("POST", "/v1/locations/geneva-1/callback-registration", "admin", {}),
        ("POST", "/v1/locations/geneva-1/pause", "ops", {}),
        ("GET", f"/v1/locations?access_token={ACCESS_TOKEN}", "ops", {}),
    ]
    for method, path, scope, options in calls:
        answers.append(await api.call(method, path, scope, **options))
    answers.append(await api.call("POST", f"/webhooks/ikentoo/{callback_key}", content=b"{}", headers=basic))
    answers.append(await api.call("POST", f"/webhooks/ikentoo/{callback_key}", content=b"{}"))
    await api.services.inbox.idle()
    lines = log()
    keys = [await api.key(scope) for scope in ("ops", "admin")]
    for secret in (*PLANTED, *keys, basic["Authorization"].partition(" ")[2]):
        assert secret not in lines
        assert not [answer.request.url for answer in answers if secret in answer.text]
    assert callback_key not in lines
    assert "location paused" in lines, "the logs were on"


async def test_a_defect_is_a_500_without_words_and_a_log_line_without_secrets(log: Read) -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        address = f"https://pos.example.com/api/0/auth/access_token?user_id=planted-user&user_secret={USER_SECRET}"
        authorization = f"Bearer {ACCESS_TOKEN}"
        raise RuntimeError(f"GET {address} with {authorization} and postgresql://relay:{STATUS_SECRET}@db/orders")

    async with listening(Front(broken, Measures())) as url, httpx.AsyncClient(base_url=url) as client:
        answer = await client.get("/", headers={"Authorization": f"Bearer {ACCESS_TOKEN}"})
    lines = log()
    assert answer.status_code == 500
    assert answer.json()["type"] == "/problems/internal-error"
    assert "RuntimeError" not in answer.text
    assert "RuntimeError" in lines, "with its stack trace"
    for secret in (*PLANTED, "planted-user&"):
        assert secret not in answer.text
        assert secret not in lines


def test_names_and_texts_that_hold_secrets_are_masked(log: Read) -> None:
    ours, library = logs.logger("ours"), logging.getLogger("library")
    ours.info("sent", order_id="o-1", attempt=2, user_secret=USER_SECRET, callback_password=CALLBACK_PASSWORD)
    ours.info("asked", url=f"http://127.0.0.1/api?access_token={ACCESS_TOKEN}&request_timeout=20")
    ours.info(f"Authorization: Bearer {ACCESS_TOKEN}")
    ours.warning("basic", error=f"Basic {b64encode(CALLBACK_PASSWORD.encode()).decode()} is wrong")
    ours.info("callback", path="/webhooks/ikentoo/planted-callback-key")
    ours.info("key", said=f"orly_{'A' * 43} is unknown")
    library.warning("GET %s", f"https://pos.example.com/?user_secret={USER_SECRET}")
    logging.getLogger("httpx").info("HTTP Request: GET https://x/?user_secret=%s", USER_SECRET)
    lines = log()
    for secret in (*PLANTED, b64encode(CALLBACK_PASSWORD.encode()).decode(), "planted-callback-key", "AAAA"):
        assert secret not in lines, secret
    for kept in ("o-1", "request_timeout=20", logs.MASK, "library"):
        assert kept in lines


def test_nothing_that_holds_a_secret_shows_it_in_its_repr() -> None:
    new = NewKey(id=new_id(), key="orly_" + "A" * 43)
    stored = Stored(plain={}, secrets={"pos.user_secret": USER_SECRET})
    assert "AAAA" not in repr(new)
    assert USER_SECRET not in repr(stored)


async def test_what_the_relay_reads_back_shows_no_secret_either(api: Api) -> None:
    await api.put("geneva-1", GENEVA)
    await api.put("kyiv-1", KYIV)
    locations = [await api.services.locations.get(slug) for slug in ("geneva-1", "kyiv-1")]
    plan = await api.services.locations.plan("kyiv-1", KYIV)
    shown = repr([locations, plan]) + json.dumps([_dump(location) for location in locations])
    assert not [secret for secret in PLANTED if secret in shown]


def _dump(location: Any) -> Any:
    return [location.settings.model_dump(mode="json"), location.pos.model_dump(mode="json")]
