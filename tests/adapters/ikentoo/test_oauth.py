"""The token endpoint, answered by a script over real HTTP."""

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from app.adapters.base import Limits
from app.adapters.client import new_tls
from app.adapters.ikentoo.oauth import UNTIL_REFUSED_S, TokenEndpoint
from app.adapters.ikentoo.settings import IkentooAuth
from app.domain.errors import AccessDenied, Misconfigured, NotSent, PosError
from tests.adapters.raw_server import Peer, raw_server, refused_port
from tests.simulators.ikentoo.serving import serve

CLIENT_ID = "the client"
CLIENT_SECRET = "planted: client/secret"
REFRESH = "planted-refresh-token"
PAIR = {"access_token": "planted-access", "refresh_token": "planted-next", "expires_in": 1500, "token_type": "bearer"}
BASIC = "Basic " + base64.b64encode(b"the%20client:planted%3A%20client%2Fsecret").decode()
TLS = new_tls()


@dataclass
class Script:
    """Answers one after the other; the last one stays."""

    answers: list[Response]
    seen: list[tuple[str | None, dict[str, str]]] = field(default_factory=list)
    """Authorization and form of each request."""

    async def answer(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(), strict_parsing=True))
        self.seen.append((request.headers.get("authorization"), form))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


Playing = Callable[..., contextlib.AbstractAsyncContextManager[tuple[TokenEndpoint, Script]]]


@contextlib.asynccontextmanager
async def endpoint(url: str) -> AsyncIterator[TokenEndpoint]:
    settings = {"token_url": url, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "refresh_token": "first"}
    auth = IkentooAuth.model_validate(settings)
    async with contextlib.aclosing(TokenEndpoint(auth, Limits(connect_s=2, read_s=2), TLS)) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module")
async def playing() -> AsyncIterator[Playing]:
    """One server for all scripts: starting one for each takes longer than the tests."""
    scripts: list[Script] = []

    async def answer(request: Request) -> Response:
        return await scripts[-1].answer(request)

    async with serve(Starlette(routes=[Route("/oauth/token", answer, methods=["POST"])])) as url:

        @contextlib.asynccontextmanager
        async def play(*answers: Response) -> AsyncIterator[tuple[TokenEndpoint, Script]]:
            scripts.append(Script(list(answers)))
            async with endpoint(f"{url}/oauth/token") as opened:
                yield opened, scripts[-1]

        yield play


def no(word: str, status: int = 400, **more: Any) -> Response:
    return JSONResponse({"error": word, **more}, status_code=status)


async def failure(opened: TokenEndpoint) -> PosError:
    with pytest.raises(PosError) as caught:
        await opened.renew(REFRESH)
    error = caught.value
    assert "planted" not in f"{error} {error!r} {error.message} {error.answer} {error.pos_message}"
    return error


async def test_a_new_pair_the_client_by_basic(playing: Playing) -> None:
    async with playing(JSONResponse(PAIR)) as (opened, script):
        pair = await opened.renew(REFRESH)
    assert (pair.access_token, pair.refresh_token, pair.expires_in_s) == ("planted-access", "planted-next", 1500)
    assert script.seen == [(BASIC, {"grant_type": "refresh_token", "refresh_token": REFRESH})]
    assert "planted" not in repr(pair)


@pytest.mark.parametrize("refusal", [("invalid_client", 401), ("invalid_client", 400), ("invalid_request", 400)])
async def test_an_endpoint_that_reads_the_form_only(playing: Playing, refusal: tuple[str, int]) -> None:
    async with playing(no(*refusal), JSONResponse(PAIR)) as (opened, script):
        for _ in range(2):
            assert (await opened.renew(REFRESH)).refresh_token == "planted-next"
    in_form = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    form = {"grant_type": "refresh_token", "refresh_token": REFRESH, **in_form}
    assert [authorization for authorization, _ in script.seen] == [BASIC, None, None], "what worked is kept"
    assert [sent for _, sent in script.seen][1:] == [form, form]


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (no("invalid_grant", error_description=f"Token {REFRESH} is not active"), AccessDenied, "Reconnect: authorize"),
        (no("invalid_client", 401), AccessDenied, "client_id and client_secret"),
        (no("unauthorized_client"), AccessDenied, "reconnect with a new refresh_token"),
        (no("access_denied", 403), AccessDenied, "reconnect"),
        (no("invalid_scope"), Misconfigured, "Is token_url right?"),
        (no("unsupported_grant_type"), Misconfigured, "400: unsupported_grant_type"),
        (Response("<html>", status_code=404), Misconfigured, "404"),
        (RedirectResponse("/login"), Misconfigured, "307"),
        (Response("<html>planted</html>"), Misconfigured, "no tokens"),
        (JSONResponse({"access_token": "planted\u20ac"}), Misconfigured, "no tokens"),
        (JSONResponse({"access_token": 7}), Misconfigured, "no tokens"),
        (JSONResponse(["planted"]), Misconfigured, "no tokens"),
        (Response("planted " * 20_000), Misconfigured, "no tokens"),
        (no("slow_down", 429), NotSent, "429"),
        (no(CLIENT_SECRET, 503), NotSent, "503"),
        (Response("", status_code=500), NotSent, "nothing was sent"),
    ],
)
async def test_no(playing: Playing, answer: Response, kind: type[PosError], words: str) -> None:
    async with playing(answer) as (opened, script):
        error = await failure(opened)
    assert type(error) is kind
    assert words in error.message
    assert len(script.seen) <= 2


async def test_asked_to_wait(playing: Playing) -> None:
    busy = JSONResponse({}, status_code=429, headers={"Retry-After": "7"})
    async with playing(busy) as (opened, _):
        assert (await failure(opened)).retry_after_s == 7


@pytest.mark.parametrize(
    ("said", "life"),
    [
        (1500, 1500),
        ("1500", 1500),
        (0, 0),
        (-5, 0),
        (1e300, UNTIL_REFUSED_S),
        (None, UNTIL_REFUSED_S),
        ("soon", UNTIL_REFUSED_S),
        ("nan", UNTIL_REFUSED_S),
        ([1], UNTIL_REFUSED_S),
    ],
)
async def test_how_long_a_token_is_good(playing: Playing, said: object, life: float) -> None:
    async with playing(JSONResponse({**PAIR, "expires_in": said})) as (opened, _):
        assert (await opened.renew(REFRESH)).expires_in_s == life


@pytest.mark.parametrize("missing", [{}, {"refresh_token": None}, {"refresh_token": ""}])
async def test_an_endpoint_that_does_not_rotate(playing: Playing, missing: dict[str, Any]) -> None:
    pair = {name: value for name, value in PAIR.items() if name != "refresh_token"}
    async with playing(JSONResponse({**pair, **missing})) as (opened, _):
        assert (await opened.renew(REFRESH)).refresh_token == REFRESH


async def test_an_endpoint_that_is_not_there() -> None:
    async with endpoint(f"http://127.0.0.1:{refused_port()}/oauth/token") as opened:
        error = await failure(opened)
    assert type(error) is NotSent
    assert "nothing was sent to the POS" in error.message


async def test_an_endpoint_that_hangs_up() -> None:
    async def hang_up(peer: Peer) -> None:
        await peer.read_request()
        await peer.send(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{")

    async with raw_server(hang_up) as server, endpoint(f"http://127.0.0.1:{server.port}/token") as opened:
        assert type(await failure(opened)) is NotSent
    assert server.requests == 1


async def test_a_silent_endpoint_can_be_left() -> None:
    heard = asyncio.Event()

    async def silent(peer: Peer) -> None:
        await peer.read_request()
        heard.set()
        await peer.read_some()

    async with raw_server(silent) as server, endpoint(f"http://127.0.0.1:{server.port}/token") as opened:
        asking = asyncio.create_task(opened.renew(REFRESH))
        await heard.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
