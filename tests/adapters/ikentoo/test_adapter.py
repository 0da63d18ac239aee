"""The adapter against the simulator, over real HTTP."""

import base64
import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from app.adapters.base import Adapter, CallbackRegistration, CallbackRequest, Listing, Lookup, WireRequest
from app.domain.errors import AccessDenied, InDoubt, Misconfigured, NotSent, PosError, Rejected
from app.domain.status import Word
from tests.adapters.ikentoo.setting import PASSWORD, POS, TOKEN, location, submission
from tests.adapters.ikentoo.test_cases import NAMES, read, translated
from tests.adapters.ikentoo.till import Till, adapter
from tests.adapters.raw_server import Peer, raw_server, refused_port
from tests.simulators.ikentoo.serving import Receivers, serve


def request(**more: Any) -> WireRequest:
    order = read("guide-local", "order")
    wire = POS.translate(location(), submission(order)).request
    return replace(wire, body={**wire.body, "thirdPartyReference": str(uuid4()), **more})


async def failure(opened: Adapter, wire: WireRequest) -> PosError:
    with pytest.raises(PosError) as caught:
        await opened.create(wire)
    error = caught.value
    for secret in (TOKEN, PASSWORD):
        assert secret not in f"{error} {error!r} {error.message} {error.answer} {error.pos_message}"
    return error


async def test_what_the_types_say() -> None:
    async with adapter("http://127.0.0.1:9") as opened:
        assert isinstance(opened, CallbackRegistration)
        assert not isinstance(opened, Lookup | Listing)
    assert not POS.traits.lookup
    assert not POS.traits.polled


@pytest.mark.parametrize("case", [name for name in NAMES if "request" in translated(name)])
async def test_the_simulator_takes_every_case(till: Till, case: str) -> None:
    sent = WireRequest(**translated(case)["request"])
    async with adapter(till.url) as opened:
        await opened.register_callbacks("http://127.0.0.1:9/webhooks/ikentoo/key")
        taken = await opened.create(sent)
    assert (taken.event.word, taken.duplicate, taken.http_status) == (Word.SUBMITTED, False, 200)
    assert json.loads(taken.answer) == {"status": "ok"}


async def test_a_repeat_is_a_confirmation(till: Till) -> None:
    wire = request()
    async with adapter(till.url) as opened:
        await opened.register_callbacks("http://127.0.0.1:9/key")
        await till.plant(kind="drop_after", times=1, match={"reference": wire.body["thirdPartyReference"]})
        assert type(await failure(opened, wire)) is InDoubt
        again = await opened.create(wire)
    assert again.duplicate
    assert again.event.reference == wire.body["thirdPartyReference"]
    assert "already been used" in again.event.raw


async def test_no(till: Till) -> None:
    async with adapter(till.url) as opened:
        unknown_endpoint = await failure(opened, request())
        assert type(unknown_endpoint) is Misconfigured  # the venue's setting: no order is refused for it
        assert "endpoint_id" in unknown_endpoint.message
        await opened.register_callbacks("http://127.0.0.1:9/key")
        short = await failure(opened, request(maxTimeToAttemptOrderDeliverToPos=1))
        assert type(short) is Rejected
        assert "maxTimeToAttemptOrderDeliverToPos" in short.message
        assert type(await failure(opened, request(businessLocationId=7))) is AccessDenied
    async with adapter(till.url, auth={"access_token": "other-token"}) as opened:
        assert type(await failure(opened, request())) is AccessDenied
    async with adapter(till.url, auth=None) as opened:
        assert type(await failure(opened, request())) is AccessDenied
    async with adapter(f"{till.url}/wrong") as opened:
        assert type(await failure(opened, request())) is Misconfigured
    async with adapter(f"http://127.0.0.1:{refused_port()}") as opened:
        assert type(await failure(opened, request())) is NotSent


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"kind": "status", "status": 503}, InDoubt),
        ({"kind": "error_500_html"}, InDoubt),
        ({"kind": "rate_limited", "retry_after": 7}, NotSent),
        ({"kind": "garbage"}, InDoubt),
        ({"kind": "cut_body"}, InDoubt),
        ({"kind": "reset_after"}, InDoubt),
        ({"kind": "hang_before"}, InDoubt),
    ],
    ids=lambda value: value.get("kind") if isinstance(value, dict) else value.__name__,
)
async def test_faults(till: Till, fault: dict[str, Any], kind: type[PosError]) -> None:
    async with adapter(till.url) as opened:
        await opened.register_callbacks("http://127.0.0.1:9/key")
        await till.plant(**fault, times=1)
        error = await failure(opened, request())
        assert type(error) is kind
        assert error.retry_after_s == fault.get("retry_after")


async def test_oauth_without_a_vault_sends_nothing() -> None:
    async def unexpected(peer: Peer) -> None:
        await peer.read_some()

    oauth = {
        "token_url": "https://auth.example.com/token",
        "client_id": "id",
        "client_secret": TOKEN,
        "refresh_token": PASSWORD,
    }
    async with raw_server(unexpected) as server:
        async with adapter(f"http://127.0.0.1:{server.port}", auth=oauth) as opened:
            assert type(await failure(opened, request())) is Misconfigured
        assert server.connections == 0


async def test_registration(till: Till) -> None:
    async with adapter(till.url) as opened:
        assert await opened.register_callbacks("http://127.0.0.1:9/a") == "created"
        assert await opened.register_callbacks("http://127.0.0.1:9/a") == "unchanged"
        assert await opened.register_callbacks("http://127.0.0.1:9/b") == "updated"
    async with adapter(till.url, callback_username="other") as opened:
        assert await opened.register_callbacks("http://127.0.0.1:9/b") == "updated"
    async with adapter(till.url, endpoint_id="an/odd id?") as opened:
        assert await opened.register_callbacks("http://127.0.0.1:9/b") == "created"
    for unset in ("callback_username", "callback_password"):
        async with adapter(till.url, **{unset: None}) as opened:
            with pytest.raises(Misconfigured):
                await opened.register_callbacks("http://127.0.0.1:9/b")
    async with adapter(till.url, auth=None) as opened:
        with pytest.raises(AccessDenied):
            await opened.register_callbacks("http://127.0.0.1:9/b")


async def test_callbacks_come_with_the_password_registered_last(till: Till) -> None:
    """iKentoo does not show the password, so "unchanged" has to write it all the same."""
    receivers = Receivers()
    async with serve(receivers.app()) as receivers.url:
        receiver, url = receivers.new()
        async with adapter(till.url) as opened:
            await opened.register_callbacks(url)
        new = {"base_url": f"{till.url}/o", "callback_password": "another passw\u00f6rd"}
        async with adapter(till.url, **new) as opened:
            assert await opened.register_callbacks(url) == "unchanged"
            await till.control.post("/_sim/clock", json={"factor": 1000.0})
            wire = request()
            await opened.create(wire)
            await receiver.until(lambda each: bool(each.bodies))
    event = POS.read_callback(receiver.bodies[0].encode())
    assert (event.word, event.reference) == (Word.ACCEPTED, wire.body["thirdPartyReference"])
    assert receiver.credentials[0] == f"relay:{new['callback_password']}"
    header = "Basic " + base64.b64encode(receiver.credentials[0].encode()).decode()
    POS.authenticate(location(pos=new), CallbackRequest(headers={"authorization": header}))
