"""The answer to a send and the POS's callbacks, in every order, twice, and all at once: they end in the same state.

``tests/domain/test_invariants_words.py`` says which part of the end depends on the order in which words arrive. Here
the same over the inbox and PostgreSQL, with the answer to the send as one more word among them.
"""

import asyncio
import random
from base64 import b64encode
from collections.abc import Sequence
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from app.adapters.base import CallbackRequest, Taken
from app.domain.errors import InDoubt, PosError, Rejected
from app.store.claim import Claimed
from tests.relay.house import IKENTOO, House, ikentoo_location, ikentoo_order
from tests.relay.test_time import TOOK_IT, report, take

AUTH = "Basic " + b64encode(b"pos:callback-secret").decode()
PAID = {"payments": [{"method": "CARD", "amount": "20.00", "paid": True}]}
ANSWERS: dict[str, Taken | PosError] = {
    "taken": TOOK_IT,
    "no clear answer": InDoubt("the connection was closed"),
    "no": Rejected("No such item", pos_message="No such item"),
}
LIFE = ("taken", "SUCCESS", "READY_FOR_PICKUP", "CLOSED")


async def sending(house: House, count: int) -> list[tuple[UUID, Claimed]]:
    """So many orders, each in the hands of a worker."""
    document = ikentoo_location(str(house.pos[IKENTOO].base_url).rstrip("/"))
    await house.locations.put(IKENTOO, {**document, "max_in_flight": 64})
    ids = [await house.submit(ikentoo_order(f"WEB-{number}", **PAID)) for number in range(count)]
    claims = {claimed.order_id: claimed for claimed in await take(house, room=count)}
    return [(order_id, claims[order_id]) for order_id in ids]


async def happens(house: House, claimed: Claimed, what: str, *, spaces: int = 0) -> None:
    """The worker records its answer, or the POS calls us. ``spaces``: the same word in other bytes."""
    if what in ANSWERS:
        await report(house, claimed, ANSWERS[what])
        return
    body = f'{{"status":"{what}",{" " * spaces}"reason":"x","thirdPartyReference":"{claimed.reference}"}}'.encode()
    location = await house.locations.get(IKENTOO)
    await house.inbox.receive(location, CallbackRequest(headers={"authorization": AUTH}, body=body))


async def ends(house: House, stories: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """How each order stands after its story, told one thing after the other."""

    async def tell(claimed: Claimed, story: Sequence[str]) -> None:
        for what in story:
            await happens(house, claimed, what)
            await house.inbox.idle()

    told = await sending(house, len(stories))
    for (_, claimed), story in zip(told, stories, strict=True):
        await tell(claimed, story)
    return [await house.view(order_id) for order_id, _ in told]


def reached(view: dict[str, Any], *, but: Sequence[str] = ()) -> tuple[Any, ...]:
    """What must be the same."""
    milestones = {name for name, at in view["milestones"].items() if at and name not in but}
    return view["status"], view["dispatch"]["state"], view["failure"], view["final"], frozenset(milestones)


@pytest.mark.parametrize("answer", ["taken", "no clear answer"])
async def test_a_whole_life_in_every_order(house: House, answer: str) -> None:
    stories = list(permutations([answer, *LIFE[1:]]))
    views = await ends(house, stories)
    assert len({reached(view) for view in views}) == 1
    assert {(view["status"], view["needs_attention"]) for view in views} == {("completed", False)}
    assert await house.send() == 0


async def test_a_refusal_by_callback_yields_to_a_good_word_in_every_order(house: House) -> None:
    views = await ends(house, list(permutations(["taken", "FAILURE", "SUCCESS"])))
    assert len({reached(view, but=["rejected_at"]) for view in views}) == 1
    assert {(view["status"], view["needs_attention"]) for view in views} == {("accepted", True)}


async def test_a_refusal_as_the_answer_yields_too(house: House) -> None:
    """A person is called where it contradicts the callbacks, but for an answer that comes after a good word: it is of
    an attempt that no longer counts, and stands in the history."""
    stories = list(permutations(["no", "SUCCESS", "READY_FOR_PICKUP"]))
    views = await ends(house, stories)
    assert len({reached(view, but=["rejected_at", "submitted_at"]) for view in views}) == 1
    assert {view["status"] for view in views} == {"ready"}
    assert [view["needs_attention"] for view in views] == [story[0] == "no" for story in stories]


async def test_a_cancel_of_the_pos_ends_it_in_every_order(house: House) -> None:
    views = await ends(house, list(permutations(["taken", "SUCCESS", "CANCELLED"])))
    assert {(view["status"], view["final"], view["attention"]["code"]) for view in views} == {
        ("cancelled", True, "cancelled_by_pos")
    }


async def test_twice_is_once_in_the_same_bytes_and_in_others(house: House) -> None:
    ((once_id, once), (twice_id, twice)) = await sending(house, 2)
    for what in LIFE:
        await happens(house, once, what)
        await house.inbox.idle()
    shuffled = [(what, spaces) for what in LIFE for spaces in (0, 0, 1)]
    random.Random(4).shuffle(shuffled)
    for what, spaces in shuffled:
        await happens(house, twice, what, spaces=spaces)
        await house.inbox.idle()
    one, other = await house.view(once_id), await house.view(twice_id)
    assert reached(one) == reached(other)
    assert len(other["history"]) > len(one["history"]), "what came in other bytes is history, and no more"


async def test_all_at_once_is_one_after_the_other(house: House) -> None:
    told = await sending(house, 12)
    storm = [(claimed, what, spaces) for _, claimed in told for what in LIFE for spaces in (0, 0, 1)]
    random.Random(4).shuffle(storm)
    await asyncio.gather(*(happens(house, claimed, what, spaces=spaces) for claimed, what, spaces in storm))
    await house.inbox.idle()
    while await house.inbox.leftovers():
        await house.later(0)
    views = [await house.view(order_id) for order_id, _ in told]
    assert {reached(view) for view in views} == {reached(views[0])}
    assert {(view["status"], view["needs_attention"]) for view in views} == {("completed", False)}
