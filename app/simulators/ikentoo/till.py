"""What happens to an order between the 200 and the closed check: held, delivered to a till, cooked, closed."""

from contextlib import suppress
from datetime import timedelta

from app.simulators.clock import Clock, Signal
from app.simulators.control import Fault
from app.simulators.ikentoo.book import OVER, Book, Held, State
from app.simulators.ikentoo.callbacks import Callbacks
from app.simulators.ikentoo.config import AccountIds, IkentooConfig
from app.simulators.ikentoo.plan import Step, plan
from app.simulators.ikentoo.verdict import (
    REASONS,
    VALIDITY_ENDED,
    Priced,
    Refused,
    check_payment,
    price,
    reason_for,
)

_STATES = {
    "SUCCESS": State.ACCEPTED,
    "READY_FOR_PICKUP": State.READY,
    "CLOSED": State.CLOSED,
    "FAILURE": State.FAILED,
    "CANCELLED": State.CANCELLED,
    "ABANDONED": State.CANCELLED,
}


class Till:
    """All tills of all locations. `auto` False: orders are taken but nothing happens to new ones by itself."""

    def __init__(self, config: IkentooConfig, book: Book, callbacks: Callbacks, clock: Clock, signal: Signal) -> None:
        """Work on the orders of `book`."""
        self.auto = True
        self.offline: set[int] = set()
        self._config = config
        self._book = book
        self._callbacks = callbacks
        self._clock = clock
        self._signal = signal

    async def take(self, held: Held) -> None:
        """Begin an order's life. Comes back at once, unless its first callback shall be early."""
        if not self.auto or "silence" in held.knobs:
            return
        if "early" in held.knobs:
            steps = self._process(held)
            await self._say(held, steps[0].word)
            self._callbacks.spawn(self._walk(held, steps[1:], steps[0].at))
        else:
            if held.order.scheduled is not None:
                held.state = State.HELD
            held.offline = "offline" in held.knobs
            self._callbacks.spawn(self._live(held))

    def set_online(self, *, online: bool, location_id: int | None) -> None:
        """Switch the devices of one location or of all on or off; on also frees the orders with an `offline` knob."""
        which = set(self._book.locations) if location_id is None else {location_id}
        self.offline = self.offline - which if online else self.offline | which
        if online:
            for held in self._book.orders.values():
                held.offline = held.offline and held.order.location_id not in which
        self._clock.prod()

    async def say(self, held: Held, word: str, reason: str | None = None) -> None:
        """Say any word about an order now, with the change that it means."""
        held.reason = reason or held.reason
        if word == "SUCCESS" and held.check is None:
            with suppress(Refused):  # the till would not, but it was told to
                self._take_in(held, price(held.order, self._book.locations[held.order.location_id]))
        await self._say(held, word)

    async def _live(self, held: Held) -> None:
        if held.order.scheduled is not None:
            await self._clock.sleep((held.order.scheduled - self._clock.now()) / timedelta(milliseconds=1))
            self._move(held, State.QUEUED)
        if self._unreachable(held):
            patience = held.order.time_to_live or self._config.default_time_to_live
            if not await self._clock.sleep(patience, wake=lambda: not self._unreachable(held)):
                held.reason = VALIDITY_ENDED
                await self._say(held, "FAILURE")
                return
        await self._walk(held, self._process(held), 0)

    def _unreachable(self, held: Held) -> bool:
        return held.offline or held.order.location_id in self.offline

    def _process(self, held: Held) -> list[Step]:
        try:
            priced = self._judge(held)
        except Refused as refusal:
            held.reason = str(refusal)
            return [Step(at=self._config.timing.success, word="FAILURE")]
        update = self._take_in(held, priced)
        payment = held.order.payment
        prepaid = payment is not None and held.check is not None and held.check.paid >= held.check.due
        unknown: Fault | None = held.knobs.get("unknown_word")
        word = (unknown.word if unknown else None) or "TELEPORTED"
        return plan(held.knobs, self._config.timing, prepaid=prepaid, update=update, unknown_word=word)

    def _judge(self, held: Held) -> Priced:
        order, location = held.order, self._book.locations[held.order.location_id]
        if "fail" in held.knobs:
            reason = held.knobs["fail"].reason or "fail reason"
            raise Refused(reason_for(reason, order, location) if reason in REASONS else reason)
        for name in held.knobs.keys() & REASONS.keys():
            raise Refused(reason_for(name, order, location))
        if self._book.consumer_clashes(order.email, order.customer_reference):
            raise Refused(REASONS["consumer_conflict"])
        priced = price(order, location)
        known = None if order.account is None else self._book.find_check(order.location_id, order.account)
        if order.account is not None and known is None:
            raise Refused(REASONS["account_not_found"])
        check_payment(order, priced.total + (known.due - known.paid if known else 0))
        return priced

    def _take_in(self, held: Held, priced: Priced) -> bool:
        """Put the order on its check; answers whether that check was open before."""
        v3 = self._config.account_ids == AccountIds.V3
        check = self._book.open_check(held.order, self._clock.now(), v3=v3)
        held.check, held.total = check, priced.total
        check.lines.extend(priced.lines)
        if held.order.payment is not None:
            check.payments.append((held.order.payment, self._clock.now()))
        return held.order.account is not None

    async def _walk(self, held: Held, steps: list[Step], begun: int) -> None:
        at = begun
        for step in steps:
            await self._clock.sleep(step.at - at)
            at = step.at
            if step.word == "FAILURE" and "failure_after_success" in held.knobs:
                held.reason = held.knobs["failure_after_success"].reason or "reload error: NF"
            await self._say(held, step.word)

    async def _say(self, held: Held, word: str) -> None:
        state = _STATES.get(word)
        # A failure after the success is only a word: the kitchen cooks.
        if state is not None and not (word == "FAILURE" and held.check is not None):
            self._move(held, state)
        if word == "CLOSED" and held.check is not None:
            held.check.closed = True
        await self._callbacks.send(held, word)

    def _move(self, held: Held, state: State) -> None:
        back = state is State.ACCEPTED and held.state is State.READY
        if held.state not in OVER and not back:
            held.state = state
        self._signal.notify()
