"""Guests: found by the phone, created, and never in an order's way."""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from app.adapters.base import GuestBook, PaymentSubmission, Preparing
from app.adapters.iiko.guests import FIND, SAVE
from app.domain.errors import AccessDenied, InDoubt, Misconfigured, NotSent, PosError, Rejected
from app.domain.ids import new_id
from app.domain.payment import CheckPayment
from app.domain.status import FailureCode
from app.domain.venue import Guest
from app.simulators.control import Match
from app.simulators.iiko import ids
from tests.adapters.iiko.conftest import Opening, Restaurant
from tests.adapters.iiko.places import location, pickup, submission
from tests.adapters.iiko.serving import Reply, Script, iiko_says, reply

OLENA = "+380971112233"
NOBODY = "+380630000001"
GUID = "11111111-2222-4333-8444-555555555555"


def order_of(phone: str | None, **customer: Any) -> dict[str, Any]:
    return pickup(customer={"phone": phone, **customer})


async def prepared(restaurant: Restaurant, customers: str, order: dict[str, Any]) -> Any:
    async with restaurant.opened(customers=customers) as adapter:
        assert isinstance(adapter, Preparing)
        return await adapter.prepare(submission(order))


async def test_finds_by_the_phone(restaurant: Restaurant) -> None:
    async with restaurant.opened() as adapter:
        assert isinstance(adapter, GuestBook)
        found = await adapter.find_guest("+380 (97) 111-22-33")
    assert found is not None
    assert found.id == ids.GUEST_OLENA
    expected = {"phone": OLENA, "first_name": "Olena", "last_name": "Kovalenko", "email": "olena@asabix.example"}
    assert found.guest.model_dump(exclude_none=True) == expected
    assert found.more["sex"] == 2
    (asked,) = restaurant.asked(FIND)
    assert parse_qs(asked.query)["phone"] == [OLENA]
    assert asked.notes == []  # the "+" arrived


@pytest.mark.parametrize("policy", ["bad_request", "not_found", "null"])
async def test_nobody_in_every_form(restaurant: Restaurant, policy: str) -> None:
    await restaurant.edit("policy", missing_guest=policy)
    async with restaurant.opened() as adapter:
        assert await adapter.find_guest(NOBODY) is None
        assert await adapter.find_guest("12345") is None


NOBODY_SAYS: list[Reply] = [
    reply("null"),
    reply(""),
    reply("", 204),
    reply({}),
    reply([]),
    reply({"id": None, "phone": None}),
    reply('"Customer not found"'),
    reply("not found", 404),
    reply("no such customer", 400),
    reply({"id": GUID, "isDeleted": True}),
    iiko_says("5", "User not found", 400),
]


@pytest.mark.parametrize("answered", NOBODY_SAYS)
async def test_odd_answers_say_nobody(speaking_to: Opening, answered: Reply) -> None:
    async with speaking_to(Script({FIND: [answered]})) as adapter:
        assert await adapter.find_guest(OLENA) is None


NO_ANSWERS: list[tuple[Reply, type[PosError]]] = [
    (reply({}, 401), AccessDenied),
    (reply({}, 403), AccessDenied),
    (reply("oops", 500), InDoubt),
    (reply({}, 503), InDoubt),
    (reply("", 429), NotSent),
    (reply("<html>"), InDoubt),
    (reply("", 302, location="/"), Misconfigured),
    (iiko_says("5", "Organization is not found", 400), Misconfigured),
]


@pytest.mark.parametrize(("answered", "kind"), NO_ANSWERS)
async def test_no_answer_is_an_error(speaking_to: Opening, answered: Reply, kind: type[PosError]) -> None:
    async with speaking_to(Script({FIND: [answered]})) as adapter:
        with pytest.raises(PosError) as failed:
            await adapter.find_guest(OLENA)
    assert type(failed.value) is kind


async def test_what_iiko_knows_may_be_longer_than_what_we_take(speaking_to: Opening) -> None:
    row = {
        "id": GUID,
        "name": "x" * 61,
        "surname": " ",
        "email": "none",
        "phone": None,
        "comment": "Likes\nsoup",
        "cards": [{"Number": "7", "Track": "secret"}],
        "walletBalances": [{"balance": 5.0}],
        "userData": "secret",
        "birthday": None,
    }
    async with speaking_to(Script({FIND: [reply(row)]})) as adapter:
        found = await adapter.find_guest(OLENA)
    assert found is not None
    assert found.guest == Guest(phone=OLENA, notes="Likes\nsoup")
    assert found.more == {"cards": [{"Number": "7"}], "walletBalances": [{"balance": 5.0}]}


async def test_creates_and_updates(restaurant: Restaurant) -> None:
    async with restaurant.opened() as adapter:
        created = await adapter.save_guest(Guest(phone="+380 63 000 00 01", first_name="Ivan"))
        again = await adapter.save_guest(Guest(phone=NOBODY, last_name="Franko", notes="Poet"))
        found = await adapter.find_guest(NOBODY)
    assert created == again
    assert found is not None
    assert found.guest == Guest(phone=NOBODY, first_name="Ivan", last_name="Franko", notes="Poet")


SAVED: list[tuple[Reply, type[PosError] | None]] = [
    (reply(json.dumps(GUID)), None),
    (reply({"id": GUID}), None),
    (reply({"customerId": GUID}), None),
    (reply("null"), InDoubt),
    (reply('"ok"'), InDoubt),
    (iiko_says("5", "Phone is not valid", 400), Rejected),
    (reply({}, 403), AccessDenied),
]


@pytest.mark.parametrize(("answered", "kind"), SAVED)
async def test_answers_to_saving(speaking_to: Opening, answered: Reply, kind: type[PosError] | None) -> None:
    async with speaking_to(Script({SAVE: [answered]})) as adapter:
        if kind is None:
            assert await adapter.save_guest(Guest(phone=OLENA)) == GUID
            return
        with pytest.raises(kind):
            await adapter.save_guest(Guest(phone=OLENA))


async def test_a_phone_that_iiko_does_not_take(restaurant: Restaurant) -> None:
    async with restaurant.opened() as adapter:
        with pytest.raises(Rejected, match="ten digits"):
            await adapter.save_guest(Guest(phone="12345"))
    assert restaurant.asked(SAVE) == []


async def test_prepares_by_finding(restaurant: Restaurant) -> None:
    assert await prepared(restaurant, "find", order_of(OLENA)) == {"customer_id": ids.GUEST_OLENA}
    assert await prepared(restaurant, "find", order_of(NOBODY)) == {}
    assert await prepared(restaurant, "create", order_of(OLENA, first_name="Other")) == {"customer_id": ids.GUEST_OLENA}
    assert restaurant.asked(SAVE) == []


async def test_prepares_by_creating(restaurant: Restaurant) -> None:
    order = order_of(NOBODY, first_name="Lesia", last_name="Ukrainka", email="lesia@mail.com")
    facts = await prepared(restaurant, "create", order)
    async with restaurant.opened() as adapter:
        found = await adapter.find_guest(NOBODY)
        assert found is not None
        assert facts == {"customer_id": found.id}
        assert found.guest.first_name == "Lesia"
        request = restaurant.pos.translate(location(), submission(order, new_id(), facts=facts)).request
        assert (await adapter.create(request)).event.order_id  # it would refuse a guest that it does not know


async def test_a_guest_that_is_gone_is_a_clear_no(restaurant: Restaurant) -> None:
    request = restaurant.pos.translate(location(), submission(pickup(), new_id(), facts={"customer_id": GUID})).request
    async with restaurant.opened() as adapter:
        with pytest.raises(Rejected) as refused:
            await adapter.create(request)
    assert refused.value.code == FailureCode.CUSTOMER_CONFLICT


async def test_prepares_nothing_where_nothing_is_wanted(restaurant: Restaurant) -> None:
    assert await prepared(restaurant, "none", order_of(OLENA)) == {}
    assert await prepared(restaurant, "find", pickup(customer={"first_name": "Ann"})) == {}
    assert await prepared(restaurant, "create", order_of("12345")) == {}
    order = submission(pickup())
    payment = CheckPayment.model_validate(
        {"location": "zhytomyr-1", "reference": "P1", "check": "A1", "amount": "5.00", "method": "CARD"}
    )
    paying = PaymentSubmission(payment=payment, reference=order.reference, now=order.now, deadline_at=order.deadline_at)
    async with restaurant.opened(customers="create") as adapter:
        assert await adapter.prepare(paying) == {}
    assert restaurant.state.journal.entries == type(restaurant.state.journal.entries)()


FIND_IT, SAVE_IT = "customers/get_customer_by_phone", "customers/create_or_update"


@pytest.mark.parametrize(
    ("kind", "endpoint"),
    [
        ("hang_before", FIND_IT),
        *(
            (kind, path)
            for kind in ("error_500_html", "drop_before", "garbage", "rate_limited")
            for path in (FIND_IT, SAVE_IT)
        ),
    ],
)
async def test_a_failure_never_holds_the_order_up(restaurant: Restaurant, kind: str, endpoint: str) -> None:
    restaurant.fault(kind, match=Match(endpoint=endpoint))
    assert await prepared(restaurant, "create", order_of(NOBODY)) == {}
