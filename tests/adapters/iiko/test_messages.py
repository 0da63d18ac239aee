"""Messages: as the problem of an order."""

import pytest

from app.adapters.base import MessageSubmission, Messenger, TakesMessages
from app.adapters.iiko.messages import PROBLEM
from app.domain.errors import InDoubt, NotSent, OrderNotExpressible, PosError, Rejected
from app.domain.ids import new_id
from app.domain.message import TillMessage
from app.domain.status import Word
from app.simulators.iiko import ids
from tests.adapters.iiko.conftest import Opening, Restaurant
from tests.adapters.iiko.places import REFERENCE, location, pickup, submission
from tests.adapters.iiko.serving import Reply, Script, iiko_says, reply

MESSAGE = TillMessage(message="The guest has an allergy:\nnuts")


async def test_is_told_as_the_orders_problem(restaurant: Restaurant) -> None:
    reference = new_id()
    about = MessageSubmission(message=MESSAGE, about=reference)
    told = restaurant.pos.translate_message(location(), about).request
    assert (told.method, told.path, told.params) == ("POST", PROBLEM, {"organization": ids.ORGANIZATION})
    assert told.body == {"orderId": str(reference), "problemText": MESSAGE.message}
    async with restaurant.opened() as adapter:
        assert isinstance(adapter, Messenger)
        await adapter.create(restaurant.pos.translate(location(), submission(pickup(), reference)).request)
        taken = await adapter.tell(told)
        found = await adapter.find(reference)
    assert (taken.event.word, taken.http_status) == (Word.ACCEPTED, 200)
    assert found.event is not None
    assert found.event.reason == " ".join(MESSAGE.message.split()) or found.event.reason == MESSAGE.message


async def test_about_no_order(restaurant: Restaurant) -> None:
    assert isinstance(restaurant.pos, TakesMessages)
    with pytest.raises(OrderNotExpressible) as refused:
        restaurant.pos.translate_message(location(), MessageSubmission(message=MESSAGE, about=None))
    (finding,) = refused.value.findings
    assert (finding.pointer, finding.code) == ("/order_id", "not_supported")


async def test_about_an_order_that_iiko_does_not_have(restaurant: Restaurant) -> None:
    told = restaurant.pos.translate_message(location(), MessageSubmission(message=MESSAGE, about=new_id())).request
    async with restaurant.opened() as adapter:
        with pytest.raises(PosError) as refused:
            await adapter.tell(told)
    assert isinstance(refused.value, Rejected)


ANSWERS: list[tuple[Reply, type[PosError] | None]] = [
    (reply(""), None),
    (reply("null"), None),
    (reply("", 204), None),
    (reply({"anything": 1}), None),
    (iiko_says("110", "Order is not found", 500), Rejected),
    (iiko_says("5", "Text is too long", 400), Rejected),
    (reply("oops", 500), InDoubt),
    (reply("", 429), NotSent),
]


@pytest.mark.parametrize(("answered", "kind"), ANSWERS)
async def test_answers(
    speaking_to: Opening, restaurant: Restaurant, answered: Reply, kind: type[PosError] | None
) -> None:
    told = restaurant.pos.translate_message(location(), MessageSubmission(message=MESSAGE, about=REFERENCE)).request
    async with speaking_to(Script({PROBLEM: [answered]})) as adapter:
        if kind is None:
            assert (await adapter.tell(told)).event.word is Word.ACCEPTED
            return
        with pytest.raises(PosError) as failed:
            await adapter.tell(told)
        assert type(failed.value) is kind
