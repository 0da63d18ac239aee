"""Create, find and list, against a POS that answers by a script."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.adapters.base import (
    Adapter,
    CallbackRegistration,
    CatalogSource,
    Directory,
    Floor,
    GuestBook,
    Limits,
    Listing,
    Lookup,
    Messenger,
    Pos,
    Preparing,
    SetUp,
    TakesMessages,
)
from app.adapters.iiko.pos import Iiko
from app.domain.errors import AccessDenied, InDoubt, Misconfigured, NotSent, PosError, Rejected
from app.domain.status import Word
from tests.adapters.iiko.conftest import Opening, Playing
from tests.adapters.iiko.places import REFERENCE, case, location, pickup, translated
from tests.adapters.iiko.serving import ADD, INFO, LIST, Reply, Script, iiko_says, reply

REQUEST = translated(pickup()).request
ORDER = {"orderId": str(REFERENCE), "number": "1042", "statusCode": "NEW", "status": "Новая", "sum": 98.0}
TRACE = {"Message": "An error has occurred.", "ExceptionMessage": "no boolean", "StackTrace": "   at Iiko.Add()"}


async def test_the_body_on_the_wire_is_the_translation(speaking_to: Opening) -> None:
    request = translated(case("asabix", "order")).request
    script = Script({ADD: [reply(ORDER)]})
    async with speaking_to(script) as adapter:
        await adapter.create(request)
    _, query, body = script.seen[-1]
    assert body == request.body
    assert query.keys() == {"access_token", "request_timeout"}


@pytest.mark.parametrize(
    ("read_s", "told", "absent_after_s"), [(30, "00:00:20", 35), (100.9, "00:01:30", 105), (5, "00:00:01", 16)]
)
async def test_iiko_is_told_to_give_up_before_us(
    playing: Playing, read_s: float, told: str, absent_after_s: float
) -> None:
    script = Script({ADD: [reply(ORDER)]})
    adapter = Iiko().open(location(base_url=playing(script)), Limits(read_s=read_s))
    await adapter.create(REQUEST)
    await adapter.aclose()
    assert script.seen[-1][1]["request_timeout"] == told
    assert adapter.absence_counts_after_s == absent_after_s


async def test_is_what_the_registry_holds() -> None:
    pos: Pos = Iiko()
    assert pos.traits.lookup
    assert pos.traits.polled
    adapter: Adapter = pos.open(location(), Limits())
    await adapter.aclose()


async def test_does_what_the_relay_may_ask_of_it() -> None:
    """Checked by the types, signatures and all."""
    messages: TakesMessages = Iiko()
    adapter = Iiko().open(location(), Limits())
    reading: tuple[CatalogSource, Directory, GuestBook, SetUp] = (adapter, adapter, adapter, adapter)
    sending: tuple[Preparing, Messenger] = (adapter, adapter)
    await adapter.aclose()
    assert not isinstance(adapter, Floor | CallbackRegistration)
    assert (len(reading), len(sending), messages.__class__) == (4, 2, Iiko)


async def test_taken(speaking_to: Opening) -> None:
    async with speaking_to(Script({ADD: [reply(ORDER)]})) as adapter:
        taken = await adapter.create(REQUEST)
    assert (taken.event.word, taken.event.raw) == (Word.ACCEPTED, "NEW")
    assert (taken.event.reference, taken.event.order_id, taken.event.number) == (str(REFERENCE), str(REFERENCE), "1042")
    assert not taken.duplicate
    assert '"number":"1042"' in taken.answer


async def test_taken_whatever_its_status(speaking_to: Opening) -> None:
    strange = {**ORDER, "statusCode": None, "status": "???"}
    async with speaking_to(Script({ADD: [reply(strange)]})) as adapter:
        assert (await adapter.create(REQUEST)).event.word is Word.SUBMITTED


@pytest.mark.parametrize("status", [400, 500])
async def test_an_id_that_iiko_has_already_is_taken(speaking_to: Opening, status: int) -> None:
    script = Script({ADD: [iiko_says("192", "Order already exists", status)]})
    async with speaking_to(script) as adapter:
        taken = await adapter.create(REQUEST)
    assert taken.duplicate
    assert (taken.event.word, taken.event.reference) == (Word.SUBMITTED, str(REFERENCE))


CREATE_FAILURES: list[tuple[Reply, type[PosError]]] = [
    (reply("Welcome"), InDoubt),
    (reply({"ok": True}), InDoubt),
    (reply({**ORDER, "orderId": None}), InDoubt),
    (reply([ORDER]), InDoubt),
    (reply("", 204), InDoubt),
    (iiko_says("217", "Invalid format for GUID:''", 400), Rejected),
    (iiko_says("192", "Order with this externalId exists", 400), Rejected),
    (reply({"Message": "Bad", "ModelState": {"order": ["x"]}}, 400), Rejected),
    (reply(TRACE, 500), InDoubt),
    (iiko_says("701", "RabbitMq queue is not found", 500), InDoubt),
    (iiko_says("0", "Request timed out", 408), InDoubt),
    (reply("<html>", 503), InDoubt),
    (reply("", 429), NotSent),
    (reply({}, 403), AccessDenied),
    (reply({}, 404), Misconfigured),
    (reply("", 301, location="http://127.0.0.1:9/"), Misconfigured),
]


@pytest.mark.parametrize(("answered", "kind"), CREATE_FAILURES)
async def test_create_fails_as_one_error(speaking_to: Opening, answered: Reply, kind: type[PosError]) -> None:
    script = Script({ADD: [answered]})
    async with speaking_to(script) as adapter:
        with pytest.raises(PosError) as failed:
            await adapter.create(REQUEST)
    assert type(failed.value) is kind
    assert script.count(ADD) == 1


async def test_found(speaking_to: Opening) -> None:
    script = Script({INFO: [reply({**ORDER, "orderId": str(REFERENCE).upper(), "statusCode": "ON_WAY"})]})
    async with speaking_to(script) as adapter:
        assert isinstance(adapter, Lookup)
        found = await adapter.find(REFERENCE)
    assert found.event is not None
    assert (found.event.word, found.event.reference) == (Word.IN_DELIVERY, str(REFERENCE))
    _, query, _ = script.seen[-1]
    assert query["order"] == str(REFERENCE)
    assert query["organization"] == "10000000-0000-4000-8000-000000000001"


async def test_certainly_absent(speaking_to: Opening) -> None:
    async with speaking_to(Script({INFO: [iiko_says("110", "Order is not found", 500)]})) as adapter:
        assert (await adapter.find(REFERENCE)).event is None


FIND_FAILURES: list[tuple[Reply, type[PosError]]] = [
    (reply(TRACE, 500), InDoubt),
    (iiko_says("110", "?", 400), InDoubt),
    (iiko_says("701", "RabbitMq queue is not found", 500), InDoubt),
    (reply({"Message": "x", "ModelState": {"order": ["not valid"]}}, 400), InDoubt),
    (reply("null"), InDoubt),
    (reply({**ORDER, "orderId": "a0000000-0000-4000-8000-000000000001"}), InDoubt),
    (reply("", 404), Misconfigured),
    (reply("", 429), NotSent),
]


@pytest.mark.parametrize(("answered", "kind"), FIND_FAILURES)
async def test_not_knowing_is_an_error(speaking_to: Opening, answered: Reply, kind: type[PosError]) -> None:
    async with speaking_to(Script({INFO: [answered]})) as adapter:
        with pytest.raises(PosError) as failed:
            await adapter.find(REFERENCE)
    assert type(failed.value) is kind


START, END = datetime(2026, 11, 21, 22, 30, tzinfo=UTC), datetime(2026, 11, 22, 23, 0, tzinfo=UTC)


async def test_lists_by_days_of_the_venue(speaking_to: Opening) -> None:
    orders: list[Any] = [ORDER, "not an order", {**ORDER, "statusCode": "TELEPORTED", "status": None}]
    script = Script({LIST: [reply({"deliveryOrders": orders})]})
    async with speaking_to(script) as adapter:
        assert isinstance(adapter, Listing)
        events = await adapter.list_orders(START, END)
    assert [(event.reference, event.word) for event in events] == [
        (str(REFERENCE), Word.ACCEPTED),
        (str(REFERENCE), Word.UNKNOWN),
    ]
    _, query, _ = script.seen[-1]
    assert (query["dateFrom"], query["dateTo"]) == ("2026-11-22", "2026-11-24")


async def test_a_list_too_long_to_read_is_asked_for_in_parts(speaking_to: Opening) -> None:
    long = reply({"deliveryOrders": [{**ORDER, "comment": "x" * 2_000_000}]})
    script = Script({LIST: [long, reply({"deliveryOrders": [ORDER]})]})
    async with speaking_to(script) as adapter:
        events = await adapter.list_orders(START, END)
    assert len(events) == 2
    asked = [(query["dateFrom"], query["dateTo"]) for path, query, _ in script.seen if path == LIST]
    assert asked[1:] == [("2026-11-22", "2026-11-23"), ("2026-11-23", "2026-11-24")]


@pytest.mark.parametrize("answered", [reply("?"), reply({}), reply(TRACE, 500), iiko_says("217", "GUID", 400)])
async def test_no_list_is_in_doubt(speaking_to: Opening, answered: Reply) -> None:
    async with speaking_to(Script({LIST: [answered]})) as adapter:
        with pytest.raises(InDoubt):
            await adapter.list_orders(START, END)
