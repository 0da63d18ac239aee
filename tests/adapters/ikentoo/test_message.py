"""Messages for the people at the till."""

from typing import Any

import pytest

from app.adapters.base import MessageSubmission, Messenger, TakesMessages, WireRequest
from app.domain.errors import AccessDenied, InDoubt, PosError, Rejected
from app.domain.message import TillMessage
from app.domain.status import Word
from tests.adapters.ikentoo.setting import POS, REFERENCE, location
from tests.adapters.ikentoo.till import DEMO, Till, adapter, canned


def request(*, about: bool = False, **more: Any) -> WireRequest:
    message = TillMessage.model_validate({"message": "Hello", **more})
    told = MessageSubmission(message=message, about=REFERENCE if about else None)
    return POS.translate_message(location(pos={"business_location_id": DEMO}), told).request


def test_the_guides_example() -> None:
    assert isinstance(POS, TakesMessages)
    sent = request()
    assert (sent.method, sent.path, sent.params) == ("POST", "/op/1/printMsg", {"businessLocationId": str(DEMO)})
    assert sent.body == {"message": "Hello", "alsoToPrinter": True}


def test_about_an_order_and_on_the_screen_alone() -> None:
    assert request(about=True, also_to_printer=False).body == {
        "message": "Hello",
        "alsoToPrinter": False,
        "thirdPartyReference": str(REFERENCE),
    }


async def test_it_is_told(till: Till) -> None:
    async with adapter(till.url, business_location_id=DEMO) as opened:
        assert isinstance(opened, Messenger)
        taken = await opened.tell(request(about=True))
    assert (taken.event.word, taken.http_status, taken.duplicate) == (Word.ACCEPTED, 200, False)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"message": "message must not be null"}, Rejected),
        (403, {"error": "access_denied"}, AccessDenied),
        (500, "oops", InDoubt),
        (200, {"status": "later"}, InDoubt),
    ],
)
async def test_no(status: int, body: Any, kind: type[PosError]) -> None:
    async with canned({"/op/1/printMsg": (status, body)}) as url, adapter(url) as opened:
        with pytest.raises(kind):
            await opened.tell(request())
