"""Each word that iKentoo has for an order, the guide's and today's: said by the simulator over HTTP, to our address."""

import pytest

from app.adapters.ikentoo.callbacks import WORDS
from tests.relay.house import IKENTOO, House, events, ikentoo_order

PREPAID = [{"method": "CARD", "amount": "20.00", "paid": True}]
"""Of an unpaid order, being closed is the end."""
ENDS = {
    "SUCCESS": "accepted",
    "FAILURE": "rejected",
    "READY_FOR_PICKUP": "ready",
    "CLOSED": "accepted",
    "CHECK_WAS_UPDATED": "accepted",
    "IN_DELIVERY": "in_delivery",
    "CANCELLED": "cancelled",
    "ABANDONED": "cancelled",
}


def test_these_are_all() -> None:
    assert ENDS.keys() == WORDS.keys()


@pytest.mark.parametrize("mode", ["seed", "k"])
@pytest.mark.parametrize(("word", "status"), ENDS.items(), ids=ENDS)
async def test_it_moves_the_order(house: House, word: str, status: str, mode: str) -> None:
    switched = await house.pos[IKENTOO].post("/_sim/switches", json={"payload_mode": mode})
    assert switched.status_code == 200
    order_id = await house.submit(ikentoo_order(payments=PREPAID))
    await house.send()
    await house.say(order_id, word)
    view = await house.view(order_id)
    assert (view["status"], events(view)[-1]) == (status, word)
    assert (view["milestones"]["closed_at"] is not None) == (word == "CLOSED")
