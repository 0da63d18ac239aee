"""What happens to an order between the 200 and the closed check: held, delivered to a till, cooked, closed."""

from contextlib import suppress
from datetime import timedelta

from app.simulators.clock import Clock, Signal
from app.simulators.control import Fault
from app.simulators.durable import BookFile
from app.simulators.ikentoo.bill import Check, Paid, Sold
from app.simulators.ikentoo.book import OVER, Book, Held, State
from app.simulators.ikentoo.callbacks import Callbacks
from app.simulators.ikentoo.config import AccountIds, Device, IkentooConfig, Switches
from app.simulators.ikentoo.devices import Devices
from app.simulators.ikentoo.plan import Step, plan
from app.simulators.ikentoo.switchboard import Switchboard
from app.simulators.ikentoo.verdict import (
    REASONS,
    VALIDITY_ENDED,
    Refused,
    check_payment,
    price,
    reason_for,
    total_of,
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

    def __init__(
        self,
        config: IkentooConfig,
        book: Book,
        callbacks: Callbacks,
        switchboard: Switchboard,
        *,
        clock: Clock,
        signal: Signal,
        file: BookFile,
    ) -> None:
        """Work on the orders of `book`."""
        self._file = file
        self.auto = True
        self.devices = Devices(config.locations)
        self._config = config
        self._book = book
        self._callbacks = callbacks
        self._switchboard = switchboard
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

    def resume(self, held: Held) -> None:
        """Go on with an order that an earlier life of this process has begun."""
        said = {each.word for each in held.callbacks}
        if not self.auto or "silence" in held.knobs:
            return
        if not said:
            self._callbacks.spawn(self._live(held))
        elif steps := [step for step in self._process(held) if step.word not in said]:
            self._callbacks.spawn(self._walk(held, steps, steps[0].at))

    def set_online(self, *, online: bool, location_id: int | None, device_id: int | None = None) -> None:
        """Switch tills on or off; on also frees the orders and payments with an `offline` knob."""
        which = self.devices.switch(online=online, location_id=location_id, device_id=device_id)
        if online:
            for affair in (*self._book.orders.values(), *self._book.payments.values()):
                affair.offline = affair.offline and affair.location_id not in which
        self._clock.prod()

    async def say(self, held: Held, word: str, reason: str | None = None, switches: Switches | None = None) -> None:
        """Say any word about an order now, with the change that it means."""
        held.reason = reason or held.reason
        if word == "SUCCESS" and held.check is None:
            with suppress(Refused):  # the till would not, but it was told to
                self._take_in(held, self._price(held))
        await self._say(held, word, switches)

    async def say_paid_off(self, check: Check) -> None:
        """Close a check that a payment has settled, and say so about each of its orders."""
        check.close(self._clock.now())
        for held in check.orders:
            if not held.paid_off and held.state not in OVER:
                held.paid_off = True
                await self._say(held, "CLOSED")

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
        return held.offline or self.devices.free(held.location_id) is None

    def _process(self, held: Held) -> list[Step]:
        try:
            lines = self._judge(held)
        except Refused as refusal:
            held.reason = str(refusal)
            return [Step(at=self._config.timing.success, word="FAILURE")]
        update = self._take_in(held, lines)
        payment = held.order.payment
        unknown: Fault | None = held.knobs.get("unknown_word")
        return plan(
            held.knobs,
            self._config.timing,
            prepaid=payment is not None and held.check is not None and held.check.paid >= held.check.due,
            update=update,
            unknown_word=(unknown.word if unknown else None) or "TELEPORTED",
            waits=self._switchboard.current.tables_stay_open and held.order.kind == "local",
        )

    def _judge(self, held: Held) -> tuple[Sold, ...]:
        order, card = held.order, self._book.cards[held.order.location_id]
        if "fail" in held.knobs:
            reason = held.knobs["fail"].reason or "fail reason"
            raise Refused(reason_for(reason, order, card) if reason in REASONS else reason)
        for name in held.knobs.keys() & REASONS.keys():
            raise Refused(reason_for(name, order, card))
        if self._book.consumer_clashes(order.email, order.customer_reference):
            raise Refused(REASONS["consumer_conflict"])
        lines = self._price(held)
        known = None if order.account is None else self._book.find_check(order.location_id, order.account)
        if order.account is not None and known is None:
            raise Refused(REASONS["account_not_found"])
        check_payment(order, total_of(lines) + (known.due - known.paid if known else 0))
        return lines

    def _price(self, held: Held) -> tuple[Sold, ...]:
        location_id = held.order.location_id
        return price(held.order, self._book.locations[location_id], self._book.cards[location_id])

    def _take_in(self, held: Held, lines: tuple[Sold, ...]) -> bool:
        """Put the order on its check; answers whether that check was open before."""
        now, v3 = self._clock.now(), self._switchboard.current.account_ids != AccountIds.V2
        held.device = self._device(held)
        check = self._book.open_check(held.order, held.device, now, v3=v3)
        held.check, held.total = check, total_of(lines)
        check.orders.append(held)
        check.lines.extend((line, now) for line in lines)
        if (payment := held.order.payment) is not None:
            check.payments.append(
                Paid(
                    method=payment.method or "CASH",
                    amount=payment.amount - payment.tip,
                    tip=payment.tip,
                    at=now,
                    reference=held.order.reference,
                )
            )
        return held.order.account is not None

    def _device(self, held: Held) -> Device:
        return self.devices.free(held.location_id) or self.devices.first(held.location_id)

    async def _walk(self, held: Held, steps: list[Step], begun: int) -> None:
        at = begun
        for step in steps:
            await self._clock.sleep(step.at - at)
            at = step.at
            if step.word == "CLOSED" and held.paid_off:
                continue
            if step.word == "FAILURE" and "failure_after_success" in held.knobs:
                held.reason = held.knobs["failure_after_success"].reason or "reload error: NF"
            await self._say(held, step.word)

    async def _say(self, held: Held, word: str, switches: Switches | None = None) -> None:
        state = _STATES.get(word)
        # A failure after the success is only a word: the kitchen cooks.
        if state is not None and not (word == "FAILURE" and held.check is not None):
            self._move(held, state)
        if word == "CLOSED" and held.check is not None:
            held.check.close(self._clock.now())
        await self._callbacks.send(held, word, switches)

    def _move(self, held: Held, state: State) -> None:
        back = state is State.ACCEPTED and held.state is State.READY
        if held.state not in OVER and not back:
            held.state = state
            self._file.write("state", held.reference, state, held.reason)
        self._signal.notify()
