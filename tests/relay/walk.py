"""One order on a random walk through everything that can happen to it, with what must hold after every step.

The steps are small: a worker claims, calls and reports in three of them, so that leases end, callbacks arrive and
people act in between. Workers may also go silent, or report long after their lease. All parts are real (``house``).
"""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.adapters import registry as adapters
from app.adapters.base import Limits
from app.domain.errors import StateConflict
from app.domain.status import Status
from app.relay.outcome import Outcome
from app.relay.sending import Desk, attempt, boot_clock
from app.relay.settle import Ended, settle
from app.store.claim import Claimed, claim
from app.store.database import run
from app.store.tables import attempts, callbacks, lanes, orders, submissions
from tests.relay.house import BUDGET_S, IIKO, IKENTOO, LEASE_S, House, iiko_order, ikentoo_order
from tests.relay.laws import Sight, obeyed
from tests.relay.test_time import PATIENCE

FAULTS: dict[str, dict[str, Any]] = {
    "drop_before": {},
    "drop_after": {},
    "garbage": {},
    "error_500_html": {},
    "rate_limited": {"retry_after": 20},
    "no": {"kind": "status", "status": 400, "reason": '{"status":400,"code":"7"}'},
    "denied": {"kind": "status", "status": 401},
    "moved": {"kind": "status", "status": 404},
}
"""What can go wrong with a call. A hang is not among them: for us it is a dropped connection, later."""
SAYINGS = {
    IKENTOO: ("SUCCESS", "READY_FOR_PICKUP", "CLOSED", "CHECK_WAS_UPDATED", "FAILURE", "CANCELLED", "ENLIGHTENED"),
    IIKO: ("UNCONFIRMED", "NEW", "WAITING", "ON_WAY", "DELIVERED", "CLOSED", "CANCELLED"),
}
_ENDPOINT = {(IIKO, "send"): "orders/add", (IIKO, "ask"): "orders/info", (IKENTOO, "send"): "toGo"}


@dataclass
class Hand:
    """A worker with a claim."""

    claimed: Claimed
    lease_left: float
    outcome: Outcome | None = None


@dataclass
class Walk:
    """The order, the workers that are at it, and what people have decided."""

    house: House
    desk: Desk
    location: str
    order_id: UUID
    hands: list[Hand] = field(default_factory=list)
    resends: int = 0
    settled_by_a_person: bool = False
    paused: bool = False
    seen: Sight | None = None

    async def claims(self) -> None:
        """A worker looks for work."""
        taken = await run(
            self.house.engine, lambda connection: claim(connection, room=10, lease_s=LEASE_S, askable=["iiko"])
        )
        assert len(taken) <= 1, "two workers hold one order"
        assert not (taken and self.paused), "sent while paused"
        self.hands += [Hand(one, LEASE_S) for one in taken]

    async def calls(self, hand: Hand, fault: str | None) -> None:
        """The worker calls the POS, if its lease still allows it."""
        if fault is not None:
            endpoint = _ENDPOINT.get((self.location, hand.claimed.kind))
            await self.house.fault(
                self.location, **{"kind": fault, "times": 1, "match": {"endpoint": endpoint}, **FAULTS[fault]}
            )
        ends = boot_clock() + hand.lease_left
        hand.outcome = await attempt(self.desk, hand.claimed, lease_ends=ends, begin=lambda: None)
        await self.house.heal(self.location)

    async def reports(self, hand: Hand, times: int) -> None:
        """The worker's result is recorded; twice where the answer to the commit was lost."""
        outcome = hand.outcome
        assert outcome is not None
        ended = Ended(claimed=hand.claimed, outcome=outcome)
        for _ in range(times):
            await run(self.house.engine, lambda connection: settle(connection, [ended], PATIENCE))
        self.hands.remove(hand)

    async def sends(self, fault: str | None) -> None:
        """A worker does all its work at once."""
        before = len(self.hands)
        await self.claims()
        for hand in self.hands[before:]:
            await self.calls(hand, fault)
            await self.reports(hand, 1)

    async def freezes(self, fault: str | None) -> None:
        """A worker calls, and then stands still until its lease is over; it may go on later."""
        before = len(self.hands)
        await self.claims()
        for hand in self.hands[before:]:
            await self.calls(hand, fault)
            await self.passes(LEASE_S + 1)
            await self.house.reconcile()

    async def passes(self, seconds: float) -> None:
        """Time goes by, for the workers' leases too."""
        await self.house.later(seconds)
        for hand in self.hands:
            hand.lease_left -= seconds
        self.seen = None

    async def speaks(self, word: str, which: int) -> None:
        """The POS says something of an order that it holds, whatever its kitchen thinks of that."""
        held = await self.at_pos()
        if not held:
            return
        reference = sorted(held)[which % len(held)]
        if self.location == IKENTOO:
            await self.house.say_of(reference, word)
        else:
            await self.house.pos[IIKO].post(f"/_sim/orders/{reference}/status", json={"statusCode": word})
            await self.house.follower.poll(IIKO)

    async def a_person_does(self, which: int) -> None:
        """One of the buttons, the website's cancel among them."""
        acts = (
            self.retry,
            self.resend,
            partial(self.cancel, website=True),
            partial(self.cancel, website=False),
            partial(self.resolve, None),
            partial(self.resolve, Status.ACCEPTED),
            partial(self.resolve, Status.REJECTED),
            self.resume if self.paused else self.pause,
        )
        await acts[which]()

    async def retry(self) -> None:
        """A person presses the button."""
        await _allowed(self.house.operate.retry(self.location, self.order_id, actor="ops"))

    async def cancel(self, *, website: bool) -> None:
        """A person, or the website, wants it cancelled."""
        asked = self.house.operate.cancel(
            self.location, self.order_id, reason="x", actor="ops", only_if_surely_not_sent=website
        )
        await _allowed(asked)

    async def resolve(self, status: Status | None) -> None:
        """A person decides, and may be wrong."""
        asked = self.house.operate.resolve(self.location, self.order_id, note="x", status=status, actor="ops")
        self.settled_by_a_person |= await _allowed(asked)

    async def resend(self) -> None:
        """A person wants it to go out under a new reference."""
        asked = self.house.operate.resend(self.location, self.order_id, order=None, actor="ops")
        self.resends += await _allowed(asked)

    async def pause(self) -> None:
        """The restaurant is busy."""
        await self.house.operate.pause(self.location, actor="ops")
        self.paused = True

    async def resume(self) -> None:
        """And now it is not."""
        await self.house.operate.resume(self.location, actor="ops")
        self.paused = False

    async def comes_to_an_end(self) -> None:
        """Everything works again, and time passes: whatever was begun ends, by certainty or by a person."""
        await self.resume()
        self.hands.clear()
        await self.look()
        for _ in range(12):
            if self.seen is not None and self.seen.live is None:
                break
            await self.passes(61)
            await self.house.reconcile()
            await self.sends(None)
            await self.look()
        sight = self.seen
        assert sight is not None
        assert sight.live is None or sight.live.held, f"never ends: {sight.live}"
        if sight.status is Status.RECEIVED and sight.live is None:
            assert self.settled_by_a_person, "lost: nobody sends it, and nobody was told"

    async def at_pos(self) -> dict[str, bool]:
        """What the POS was made to hold: reference, and whether it is good there."""
        rows = await self.house.at_pos(self.location)
        if self.location == IKENTOO:
            return {row["reference"]: row["state"] not in ("failed", "cancelled") for row in rows}
        assert all(row["created"] <= 1 for row in rows), "created twice under one reference"
        return {row["id"]: row["statusCode"] != "CANCELLED" for row in rows if row["created"]}

    async def look(self) -> None:
        """Looks at everything, and at how it differs from the last look."""
        async with self.house.engine.connect() as connection:
            sends = (await connection.execute(_SENDS.where(submissions.c.order_id == self.order_id))).all()
            tries = (await connection.execute(_TRIES.where(submissions.c.order_id == self.order_id))).all()
        now = Sight(
            view=await self.house.view(self.order_id),
            sends=sends,
            tries=tries,
            at_pos=await self.at_pos(),
            resends=self.resends,
            settled_by_a_person=self.settled_by_a_person,
            holders=frozenset(
                (hand.claimed.reference, hand.claimed.number) for hand in self.hands if hand.lease_left > 0
            ),
        )
        obeyed(now, self.seen)
        self.seen = now


async def _allowed(asked: Awaitable[None]) -> bool:
    with suppress(StateConflict):
        await asked
        return True
    return False


_SENDS = select(submissions).order_by(submissions.c.number)
_TRIES = (
    select(attempts)
    .join(
        submissions,
        (submissions.c.location_id == attempts.c.location_id) & (submissions.c.reference == attempts.c.reference),
    )
    .order_by(attempts.c.number)
)


@asynccontextmanager
async def open_desk(house: House) -> AsyncIterator[Desk]:
    """A second worker's desk over the same house."""
    registry = adapters.build()
    opened = adapters.OpenAdapters(registry, Limits(read_s=11.0, connect_s=2.0))
    try:
        yield Desk(
            engine=house.engine,
            locations=house.locations,
            adapters=opened,
            registry=registry,
            menus=house.menus,
            syncs=house.sync,
            budget_s=BUDGET_S,
        )
    finally:
        await opened.aclose()


async def begin(house: House, desk: Desk, location: str) -> Walk:
    """A fresh order in an empty house: what an earlier walk left is swept out."""
    async with house.engine.begin() as connection:
        for table in (callbacks, orders):  # what belongs to an order goes with it
            await connection.execute(table.delete())
        await connection.execute(
            lanes.update().values(
                paused=False, failures=0, failing_since=None, blocked=None, not_before=None, silent=0, last_error=None
            )
        )
    for pos in house.pos.values():
        await pos.post("/_sim/reset", json={})
        await pos.post("/_sim/auto", json={"on": False})
    order = iiko_order() if location == IIKO else ikentoo_order()
    return Walk(house=house, desk=desk, location=location, order_id=await house.submit(order))
