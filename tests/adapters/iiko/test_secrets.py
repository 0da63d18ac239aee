"""No secret ever appears in what we tell of a POS, though it echoes them all."""

from urllib.parse import quote

import pytest

from app.domain.errors import PosError
from tests.adapters.iiko.conftest import Opening
from tests.adapters.iiko.places import REFERENCE, SECRET, USER, pickup, translated
from tests.adapters.iiko.serving import ADD, AUTH, INFO, TOKEN, Reply, Script, iiko_says, reply

REQUEST = translated(pickup()).request
ECHO = f"GET /api/0/x?access_token={TOKEN}&user_id={USER}&user_secret={quote(SECRET, safe='')} ({SECRET})"
ANSWERS = [
    reply(ECHO),
    reply(ECHO, 500),
    reply({"Message": ECHO, "StackTrace": ECHO}, 500),
    iiko_says("5", ECHO, 400),
    iiko_says("192", ECHO, 400),
    iiko_says("110", ECHO, 500),
    reply({"orderId": str(REFERENCE), "statusCode": "NEW", "comment": ECHO}),
    reply(ECHO, 404),
    reply(ECHO, 429),
    reply(ECHO, 401),
]


def clean(text: str) -> bool:
    return not any(secret in text for secret in (TOKEN, USER, SECRET, quote(SECRET, safe="")))


@pytest.mark.parametrize("answered", ANSWERS)
@pytest.mark.parametrize("path", [ADD, INFO])
async def test_nothing_shows(speaking_to: Opening, path: str, answered: Reply) -> None:
    script = Script({path: [answered]})
    async with speaking_to(script) as adapter:
        try:
            told = await (adapter.find(REFERENCE) if path == INFO else adapter.create(REQUEST))
            said = repr(told)
        except PosError as error:
            said = f"{error!r} {error} {error.__dict__} {error.__cause__!r} {error.__cause__}"
        assert clean(said)
        assert clean(repr(adapter) + repr(vars(adapter)))


LOGIN_ECHO = ECHO.replace(TOKEN, "")
LOGIN_ANSWERS = [
    reply({"access_token": TOKEN, "user": USER}),
    reply(f"{TOKEN} {SECRET}"),
    *(reply(LOGIN_ECHO, status) for status in (400, 401, 404, 408, 429, 500)),
]


@pytest.mark.parametrize("answered", LOGIN_ANSWERS)
async def test_nothing_shows_of_a_failed_login(speaking_to: Opening, answered: Reply) -> None:
    async with speaking_to(Script({AUTH: [answered]})) as adapter:
        with pytest.raises(PosError) as failed:
            await adapter.create(REQUEST)
    error = failed.value
    assert clean(f"{error!r} {error} {error.__dict__} {error.__cause__!r}")
