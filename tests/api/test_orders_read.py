"""GET /v1/orders/{id}: the view, its version, the ticket, and who may see what."""

from uuid import uuid4

import pytest
import pytest_asyncio
from sqlalchemy import update

from app.store.keys import Scope
from app.store.tables import submissions
from tests.api.conftest import IIKO, IKENTOO, Api
from tests.planted import Planted, plant, plant_attempt

READ = Scope.ORDERS_READ
ORDER = Planted(submission={"attempt": 1}, columns={"version": 7})
PATH = f"/v1/orders/{ORDER.id}"


@pytest_asyncio.fixture
async def shop(api: Api) -> Api:
    """The API with two locations and one order, which was sent once."""
    await api.put("geneva-1", IKENTOO)
    await api.put("kyiv-1", IIKO)
    await plant(api.services.engine, ORDER)
    async with api.services.engine.begin() as connection:
        said = {"request": {"path": "/order/local"}, "response": "words of the POS"}
        await plant_attempt(connection, ORDER, ORDER.current, **said)
    return api


async def test_what_was_said_to_the_pos_is_for_operators(shop: Api) -> None:
    plain = (await shop.call("GET", PATH, READ)).json()
    assert [plain["attempts"][0][key] for key in ("request", "response")] == [None, None]
    full = (await shop.call("GET", PATH, READ, Scope.OPS)).json()
    assert full["attempts"][0]["request"] == {"path": "/order/local"}
    assert full["attempts"][0]["response"] == "words of the POS"


async def test_nothing_else_than_a_visible_order_is_404(shop: Api) -> None:
    ids = [str(uuid4()), "7", f"{{{ORDER.id}}}", ORDER.id.hex, "%00", "a" * 500]
    answers = [await shop.call("GET", f"/v1/orders/{order_id}", READ) for order_id in ids]
    answers.append(await shop.call("GET", PATH, READ, locations=["kyiv-1"]))
    for answer in answers:
        assert answer.status_code == 404
        assert answer.json()["type"] == "/problems/not-found"
    assert answers[-1].json() == answers[0].json()
    assert (await shop.call("GET", PATH, READ, locations=["geneva-1"])).status_code == 200


async def test_an_address_that_is_for_post_only(shop: Api) -> None:
    answer = await shop.call("GET", "/v1/orders/preview", READ)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize("known", ["{tag}", "W/{tag}", '"5", {tag}', "*"])
async def test_a_known_answer_is_not_sent_again(shop: Api, known: str) -> None:
    tag = (await shop.call("GET", PATH, READ)).headers["ETag"]
    answer = await shop.call("GET", PATH, READ, headers={"If-None-Match": known.format(tag=tag)})
    assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)


async def test_every_form_says_what_it_depends_on(shop: Api) -> None:
    plain = await shop.call("GET", PATH, READ)
    ticket = await shop.call("GET", PATH, READ, headers={"Accept": "text/plain"})
    known = await shop.call("GET", PATH, READ, headers={"If-None-Match": plain.headers["ETag"]})
    assert [plain.status_code, ticket.status_code, known.status_code] == [200, 200, 304]
    assert {answer.headers["Vary"] for answer in (plain, ticket, known)} == {"Accept, Authorization"}


@pytest.mark.parametrize("known", ['"7"', "7", ""])
async def test_another_answer_is(shop: Api, known: str) -> None:
    answer = await shop.call("GET", PATH, READ, headers={"If-None-Match": known})
    assert (answer.status_code, answer.json()["id"]) == (200, str(ORDER.id))


async def test_a_claim_and_another_form_are_another_answer(shop: Api) -> None:
    headers = {"If-None-Match": (await shop.call("GET", PATH, READ)).headers["ETag"]}
    assert (await shop.call("GET", PATH, READ, Scope.OPS, headers=headers)).status_code == 200
    assert (await shop.call("GET", PATH, READ, headers={**headers, "Accept": "text/plain"})).status_code == 200
    async with shop.services.engine.begin() as connection:
        await connection.execute(update(submissions).values(state="sending", attempt=2))
    answer = await shop.call("GET", PATH, READ, headers=headers)
    assert (answer.status_code, answer.json()["dispatch"]["state"]) == (200, "sending")


async def test_a_ticket_to_key_in_by_hand(shop: Api) -> None:
    answer = await shop.call("GET", PATH, READ, headers={"Accept": "text/plain"})
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith("ORDER WEB-1\ngeneva-1, received Wed 01 Jul 2026 14:00 (Europe/Zurich)\n")
    assert "1 x PIZZA" in answer.text
    assert "TOTAL 12.50 CHF" in answer.text


@pytest.mark.parametrize("accept", ["application/json", "*/*", "text/plain;q=0.1, application/json", "text/html"])
async def test_json_is_what_everybody_else_gets(shop: Api, accept: str) -> None:
    answer = await shop.call("GET", PATH, READ, headers={"Accept": accept})
    assert answer.json()["reference"] == "WEB-1"


async def test_scopes(shop: Api) -> None:
    for scope in (Scope.ORDERS_WRITE, Scope.OPS, Scope.ADMIN):
        assert (await shop.call("GET", PATH, scope)).status_code == 403
        assert (await shop.call("GET", "/v1/orders", scope)).status_code == 403
    assert (await shop.call("GET", PATH)).status_code == 401
