"""Erasing a guest: who may, when, and that nothing of the guest is left anywhere in the database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.store import keys
from app.store.keys import Scope
from tests.relay.house import IIKO, IKENTOO, House, events, iiko_order, ikentoo_order
from tests.relay.till import tell

NAME, LAST, PHONE, EMAIL, STREET = "Wilhelmina", "Zzyzxova", "+41 79 555 44 33", "mina@example.com", "Quai Perdu"
WORDS = (NAME, LAST, PHONE, "41795554433", EMAIL, STREET)
GUEST: dict[str, Any] = {
    "customer": {
        "first_name": NAME,
        "last_name": LAST,
        "phone": PHONE,
        "email": EMAIL,
        "reference": LAST,
        "notes": f"{NAME} is allergic",
    },
    "delivery_address": {"line1": STREET, "street": STREET, "house": "17", "city": "Geneva", "comment": LAST},
    "note": f"for {NAME}",
    "metadata": {"guest": LAST},
}


@asynccontextmanager
async def caller(house: House, *scopes: Scope, locations: list[str] | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody with a key, over HTTP."""
    made = await keys.create(house.engine, name=str(uuid4()), scopes=set(scopes), locations=locations)
    url = (await house.locations.one(IKENTOO))["callback_url"].partition("/webhooks")[0]
    headers = {"Authorization": f"Bearer {made.key}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=30) as client:
        yield client


async def erase(house: House, order_id: UUID | str, **options: Any) -> httpx.Response:
    async with caller(house, Scope.ADMIN, **options) as admin:
        return await admin.delete(f"/v1/orders/{order_id}/customer")


async def places_of(engine: AsyncEngine, word: str) -> list[str]:
    """Every column of every table in which this stands."""
    found = []
    async with engine.connect() as connection:
        columns = await connection.execute(
            text(
                "SELECT table_name, column_name, data_type FROM information_schema.columns "
                "WHERE table_schema = 'public' ORDER BY 1, 2"
            )
        )
        for table, column, kind in columns.all():
            plain = f"encode({column}, 'escape')" if kind == "bytea" else f"{column}::text"
            hit = text(f"SELECT count(*) FROM {table} WHERE {plain} ILIKE '%' || :word || '%'")  # noqa: S608
            if await connection.scalar(hit, {"word": word}):
                found.append(f"{table}.{column}")
    return found


async def everywhere(engine: AsyncEngine) -> dict[str, list[str]]:
    return {word: places for word in WORDS if (places := await places_of(engine, word))}


async def refused_delivery(house: House) -> UUID:
    """An order in which the guest got into everything: sent, told to the till, refused in words that name her."""
    changes = {
        "service_type": "delivery",
        **GUEST,
        "items": [{"sku": "12", "quantity": 2, "note": f"{NAME} written on it"}],
    }
    order_id = await house.submit(ikentoo_order(**changes))
    await house.send()
    await tell(house, f"Call {NAME} {PHONE}", about=order_id)
    await house.send()
    await house.say(order_id, "FAILURE", reason=f"{LAST}, {STREET} is out of our zone")
    return order_id


async def test_nothing_of_the_guest_is_left(house: House) -> None:
    order_id = await refused_delivery(house)
    before = await everywhere(house.engine)
    assert {"orders.body", "attempts.request", "callbacks.body", "status_history.detail"} <= set(before[LAST]) | set(
        before[NAME]
    )
    assert (await erase(house, order_id)).status_code == 204
    assert await everywhere(house.engine) == {}

    view = await house.view(order_id)
    assert (view["status"], view["failure"]["code"]) == ("rejected", "pos_rejected")
    assert view["order"]["customer"] is None
    assert view["order"]["delivery_address"] is None
    assert view["order"]["items"] == [{"sku": "12", "quantity": 2, "note": None}]
    last = view["history"][-1]
    assert (last["source"], last["event"]) == ("operator", "erased")
    assert last["detail"].startswith("personal data erased; by ")


async def test_a_corrected_resend_is_erased_too(house: House) -> None:
    guest = {"customer": GUEST["customer"], "note": GUEST["note"]}
    order_id = await house.submit(iiko_order(**guest))
    await house.fault(IIKO, "rejected")
    await house.send()
    await house.heal(IIKO)
    assert (await house.view(order_id))["status"] == "rejected"
    async with caller(house, Scope.OPS) as operator:
        corrected = iiko_order(**guest, metadata={"guest": LAST})
        answer = await operator.post(f"/v1/orders/{order_id}/resend", json={"order": corrected})
        assert answer.status_code == 200, answer.text
        resolved = await operator.post(f"/v1/orders/{order_id}/cancel", json={"reason": f"{NAME} has left"})
        assert resolved.status_code == 200, resolved.text
    assert (await erase(house, order_id)).status_code == 204
    assert await everywhere(house.engine) == {}
    assert (await house.view(order_id))["order"]["customer"] is None


async def test_erasing_twice_is_once(house: House) -> None:
    order_id = await refused_delivery(house)
    assert [(await erase(house, order_id)).status_code for _ in range(2)] == [204, 204]
    view = await house.view(order_id)
    assert events(view).count("erased") == 1
    assert view["history"][-1]["detail"].startswith("personal data erased; by ")


@pytest.mark.parametrize("dispatch", ["waiting", "submitted"])
async def test_not_while_the_restaurant_needs_it(house: House, dispatch: str) -> None:
    order_id = await house.submit(ikentoo_order())
    if dispatch == "submitted":
        await house.send()
    answer = await erase(house, order_id)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/state-conflict")
    assert "Wait until it has ended" in answer.json()["detail"]
    assert (await house.view(order_id))["order"]["customer"]["first_name"] == "Hike"


async def test_not_while_the_till_is_being_told(house: House) -> None:
    order_id = await house.submit(ikentoo_order())
    await house.send()
    await house.say(order_id, "FAILURE", reason="no")
    await tell(house, "ring her up", about=order_id)
    answer = await erase(house, order_id)
    assert answer.status_code == 409
    assert "on its way" in answer.json()["detail"]


@pytest.mark.parametrize("scope", [Scope.OPS, Scope.ORDERS_READ, Scope.ORDERS_WRITE])
async def test_only_an_admin_may(house: House, scope: Scope) -> None:
    order_id = await refused_delivery(house)
    async with caller(house, scope) as other:
        assert (await other.delete(f"/v1/orders/{order_id}/customer")).status_code == 403


async def test_what_is_not_there_and_what_may_not_be_seen(house: House) -> None:
    order_id = await refused_delivery(house)
    answers = [
        await erase(house, order_id, locations=[IIKO]),
        await erase(house, uuid4()),
        await erase(house, "no-uuid"),
    ]
    assert [(answer.status_code, answer.json()["type"]) for answer in answers] == [(404, "/problems/not-found")] * 3
    assert (await erase(house, order_id, locations=[IKENTOO])).status_code == 204


async def test_its_reference_stays_taken(house: House) -> None:
    order_id = await refused_delivery(house)
    sent = ikentoo_order(
        service_type="delivery", **GUEST, items=[{"sku": "12", "quantity": 2, "note": f"{NAME} written on it"}]
    )
    assert (await erase(house, order_id)).status_code == 204
    async with caller(house, Scope.ORDERS_WRITE, Scope.ORDERS_READ) as website:
        again = await website.post("/v1/orders", json=sent)
        other = await website.post("/v1/orders", json={**sent, "note": "another one"})
    assert (again.status_code, again.json()["id"]) == (200, str(order_id))
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["type"]) == (409, "/problems/reference-conflict")
    assert await house.send() == 0
    assert await everywhere(house.engine) == {}


async def test_it_is_not_sent_again_without_its_guest(house: House) -> None:
    order_id = await refused_delivery(house)
    assert (await erase(house, order_id)).status_code == 204
    async with caller(house, Scope.OPS, Scope.ORDERS_READ) as operator:
        same = await operator.post(f"/v1/orders/{order_id}/resend", json={})
        corrected = await operator.post(f"/v1/orders/{order_id}/resend", json={"order": ikentoo_order()})
        ticket = await operator.get(f"/v1/orders/{order_id}", headers={"Accept": "text/plain"})
    assert (same.status_code, same.json()["type"]) == (409, "/problems/state-conflict")
    assert "corrected order" in same.json()["detail"]
    assert corrected.status_code == 200
    assert corrected.json()["order"]["customer"]["first_name"] == "Hike"
    assert ticket.status_code == 200


async def test_the_same_call_again_brings_nothing_back(house: House) -> None:
    """iKentoo repeats a callback: its bytes are known by their hash, and not stored again."""
    order_id = await refused_delivery(house)
    assert (await erase(house, order_id)).status_code == 204
    rows = await house.count("callbacks")
    await house.say(order_id, "FAILURE", reason=f"{LAST}, {STREET} is out of our zone")
    assert await house.count("callbacks") == rows
    assert await everywhere(house.engine) == {}
