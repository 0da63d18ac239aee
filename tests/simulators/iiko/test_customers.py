"""Guests: found by phone or id, created or updated by phone, named in an order."""

import uuid
from typing import Any

import pytest

from app.simulators.iiko import ids
from tests.simulators.iiko.orders import asabix_order, changed
from tests.simulators.iiko.pos import Pos

STRANGER = "99999999-0000-4000-8000-000000000001"
OLENA = "+380971112233"


async def by_phone(pos: Pos, phone: str) -> Any:
    return (await pos.get("customers/get_customer_by_phone", organization=ids.ORGANIZATION, phone=phone)).json()


async def save(pos: Pos, **customer: Any) -> str:
    body = {"customer": customer}
    answer = await pos.post("customers/create_or_update", body, organization=ids.ORGANIZATION)
    assert answer.status_code == 200, answer.text
    guest_id: str = answer.json()
    assert str(uuid.UUID(guest_id)) == guest_id
    return guest_id


@pytest.mark.parametrize("phone", [OLENA, "380971112233", "+38 (097) 111-22-33"])
async def test_a_guest_is_found_by_phone(pos: Pos, phone: str) -> None:
    guest = await by_phone(pos, phone)
    assert (guest["id"], guest["name"], guest["surname"]) == (ids.GUEST_OLENA, "Olena", "Kovalenko")
    assert (guest["phone"], guest["sex"], guest["birthday"]) == (OLENA, 2, None)


async def test_a_plus_that_was_not_encoded_is_noted(pos: Pos) -> None:
    query = f"access_token={pos.token}&organization={ids.ORGANIZATION}&phone={OLENA}"
    answer = await pos.http.get(f"/api/0/customers/get_customer_by_phone?{query}")
    assert answer.json()["id"] == ids.GUEST_OLENA
    (entry,) = [one for one in (await pos.http.get("/_sim/requests")).json() if "by_phone" in one["path"]]
    assert "not encoded" in entry["notes"][0]


async def test_a_guest_is_found_by_id(pos: Pos) -> None:
    answer = await pos.get("customers/get_customer_by_id", organization=ids.ORGANIZATION, id=ids.GUEST_TARAS)
    assert (answer.json()["name"], answer.json()["email"]) == ("Taras", None)


@pytest.mark.parametrize(("policy", "status"), [("bad_request", 400), ("not_found", 404), ("null", 200)])
@pytest.mark.parametrize(("path", "query"), [("phone", {"phone": "+380440000000"}), ("id", {"id": STRANGER})])
async def test_how_a_missing_guest_is_told(
    pos: Pos, policy: str, status: int, path: str, query: dict[str, str]
) -> None:
    await pos.control("policy", missing_guest=policy)
    answer = await pos.get(f"customers/get_customer_by_{path}", organization=ids.ORGANIZATION, **query)
    assert answer.status_code == status
    if status == 200:
        assert answer.json() is None
    else:
        assert answer.json()["httpStatusCode"] == status


async def test_an_unknown_phone_makes_a_guest(pos: Pos) -> None:
    guest_id = await save(pos, phone="+380631234567", name="Iryna", surName="Melnyk", sex=2, birthday="05.03.1991")
    guest = await by_phone(pos, "380631234567")
    assert (guest["id"], guest["surname"], guest["birthday"]) == (guest_id, "Melnyk", "05.03.1991")
    listed = (await pos.http.get("/_sim/guests")).json()
    assert guest_id in {one["id"] for one in listed}


async def test_a_known_phone_is_updated_and_keeps_what_was_left_out(pos: Pos) -> None:
    assert await save(pos, phone="380971112233", email="new@asabix.example") == ids.GUEST_OLENA
    guest = await by_phone(pos, OLENA)
    assert (guest["name"], guest["email"]) == ("Olena", "new@asabix.example")


async def test_twice_is_one_guest(pos: Pos) -> None:
    assert await save(pos, phone="+380631234567") == await save(pos, phone="+380631234567")


async def test_a_known_guest_can_move_to_another_phone(pos: Pos) -> None:
    assert await save(pos, id=ids.GUEST_OLENA, phone="+380631234567") == ids.GUEST_OLENA
    assert (await by_phone(pos, "+380631234567"))["name"] == "Olena"
    assert (await by_phone(pos, OLENA))["httpStatusCode"] == 400


@pytest.mark.parametrize(
    ("customer", "reason"),
    [
        ({"name": "No phone"}, "FieldRequired"),
        ({"phone": "call me"}, "InvalidPhone"),
        ({"phone": OLENA, "name": "x" * 61}, "FieldTooLong"),
        ({"phone": OLENA, "id": ""}, "InvalidGuid"),
        ({"phone": OLENA, "shouldReceivePromoActionsInfo": 1}, "StackTrace"),
        (None, "FieldRequired"),
    ],
)
async def test_what_makes_no_guest(pos: Pos, customer: Any, reason: str) -> None:
    answer = await pos.post("customers/create_or_update", {"customer": customer}, organization=ids.ORGANIZATION)
    assert answer.headers["x-sim-reason"] == reason


async def test_an_order_may_name_a_guest_but_not_a_stranger(pos: Pos) -> None:
    order = (await pos.add(changed(asabix_order(), "customer.id", ids.GUEST_OLENA))).json()
    assert order["customerId"] == ids.GUEST_OLENA
    body = changed(asabix_order(), "customer.id", STRANGER)
    refused = await pos.add(body)
    assert (refused.status_code, refused.headers["x-sim-reason"]) == (400, "CustomerNotFound")
    await pos.control("policy", unknown_customer="accept")
    assert (await pos.add(body)).status_code == 200


async def test_a_guest_can_vanish(pos: Pos) -> None:
    assert (await pos.http.delete(f"/_sim/guests/{ids.GUEST_OLENA}")).status_code == 204
    assert (await pos.http.delete(f"/_sim/guests/{ids.GUEST_OLENA}")).status_code == 400
    assert (await pos.add(changed(asabix_order(), "customer.id", ids.GUEST_OLENA))).status_code == 400
    assert await save(pos, phone=OLENA) != ids.GUEST_OLENA
