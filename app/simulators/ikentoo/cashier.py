"""What happens to a payment between its 200 and its verdict: delivered to a till, booked on the check or refused."""

from decimal import Decimal

from app.simulators.clock import Clock, Signal
from app.simulators.ikentoo.bill import Check, Paid
from app.simulators.ikentoo.book import Book, Paying, State
from app.simulators.ikentoo.callbacks import Callbacks
from app.simulators.ikentoo.config import IkentooConfig, Switches
from app.simulators.ikentoo.payload import TIMEOUT
from app.simulators.ikentoo.till import Till
from app.simulators.ikentoo.verdict import REASONS, VALIDITY_ENDED, method_not_found

# errors.account.type of today's K-Series, and a reason for each. Only the first and OVERPAID's are documented texts.
DECLINED = {
    "ACCOUNT_NOT_FOUND": REASONS["account_not_found"],
    "ACCOUNT_ALREADY_CLOSED": "Account already closed",
    "OVERPAID": REASONS["overpaid"],
    "PAYMENT_METHOD_NOT_FOUND": "Payment method not found",
    "STAFF_NOT_FOUND": "Staff not found",
    "MISSING_STAFF": "Missing staff",
    "INVALID_TASK": "Invalid task",
    "ITEM_NOT_ADDED": "Item not added",
    "ITEM_NOT_FOUND": "Item not found",
    "NATIVE_PAYMENT_NOT_SUPPORTED": "Native payment not supported",
    "PAYMENT_ID_NOT_FOUND": "Payment id not found",
    "UPDATE_FAILED": "update error:  An error occurred while connecting to iPad-1 (8271)",
    "UNKNOWN": "fail reason",
}
# The reasons an order can be given by name, as a payment would be refused with them.
_NAMED = {
    "validity_ended": TIMEOUT,
    "account_not_found": "ACCOUNT_NOT_FOUND",
    "overpaid": "OVERPAID",
    "update_error": "UPDATE_FAILED",
}


class _Declined(Exception):
    """The till says no. `error` is the type, the text the reason."""

    def __init__(self, error: str, reason: str | None = None) -> None:
        super().__init__(reason or DECLINED.get(error, VALIDITY_ENDED))
        self.error = error


class Cashier:
    """Takes payments at all tills of all locations."""

    def __init__(
        self,
        config: IkentooConfig,
        book: Book,
        callbacks: Callbacks,
        till: Till,
        *,
        clock: Clock,
        signal: Signal,
    ) -> None:
        """Book on the checks of `book`; orders on a check that is settled hear of it from `till`."""
        self._config = config
        self._book = book
        self._callbacks = callbacks
        self._till = till
        self._clock = clock
        self._signal = signal

    async def take(self, paying: Paying) -> None:
        """Begin a payment's life. Comes back at once, unless its callback shall be early."""
        if not self._till.auto or "silence" in paying.knobs:
            return
        if "early" in paying.knobs:
            await self._decide(paying)
        else:
            paying.offline = "offline" in paying.knobs
            self._callbacks.spawn(self._live(paying))

    async def say(self, paying: Paying, word: str, reason: str | None = None, switches: Switches | None = None) -> None:
        """Say any word about a payment now; SUCCESS and FAILURE also decide one that is not decided yet."""
        paying.reason = reason or paying.reason
        check = self._find(paying)
        if paying.state is State.QUEUED and word == "SUCCESS" and check is not None:
            self._book_on(paying, check)
        elif paying.state is State.QUEUED and word == "FAILURE":
            paying.state, paying.error = State.FAILED, paying.error or "UNKNOWN"
        await self._callbacks.send(paying, word, switches)
        await self._settle(paying.check)

    async def _live(self, paying: Paying) -> None:
        if self._unreachable(paying):
            patience = paying.payment.time_to_live or self._config.default_time_to_live
            if not await self._clock.sleep(patience, wake=lambda: not self._unreachable(paying)):
                await self._refuse(paying, _Declined(TIMEOUT))
                return
        await self._clock.sleep(self._config.timing.payment)
        await self._decide(paying)

    def _unreachable(self, paying: Paying) -> bool:
        return paying.offline or self._till.devices.free(paying.location_id, paying.payment.device_id) is None

    async def _decide(self, paying: Paying) -> None:
        if paying.state is not State.QUEUED:
            return  # somebody said it by hand
        try:
            check = self._judge(paying)
        except _Declined as declined:
            await self._refuse(paying, declined)
            return
        self._book_on(paying, check)
        await self._callbacks.send(paying, "SUCCESS")
        await self._settle(check)

    async def _refuse(self, paying: Paying, declined: _Declined) -> None:
        paying.state, paying.reason, paying.error = State.FAILED, str(declined), declined.error
        self._signal.notify()
        await self._callbacks.send(paying, "FAILURE")

    def _judge(self, paying: Paying) -> Check:
        if (fault := paying.knobs.get("fail")) is not None:
            raise _Declined(fault.word or "UNKNOWN", fault.reason or DECLINED.get(fault.word or ""))
        for name in paying.knobs.keys() & REASONS.keys():
            raise _Declined(_NAMED.get(name, "UNKNOWN"), REASONS[name])
        payment, location = paying.payment, self._book.locations[paying.location_id]
        paying.check = check = self._find(paying)
        if check is None:
            raise _Declined("ACCOUNT_NOT_FOUND")
        if check.closed:
            raise _Declined("ACCOUNT_ALREADY_CLOSED")
        if payment.method is not None and payment.method not in location.payment_methods:
            raise _Declined("PAYMENT_METHOD_NOT_FOUND", method_not_found(payment.method))
        if payment.staff_id is not None and payment.staff_id not in location.staff:
            raise _Declined("STAFF_NOT_FOUND")
        if payment.amount <= Decimal(0):
            raise _Declined("INVALID_TASK")
        if payment.amount > check.due - check.paid:
            raise _Declined("OVERPAID")
        return check

    def _find(self, paying: Paying) -> Check | None:
        account = paying.payment.account
        return None if account is None else self._book.any_check(paying.location_id, account)

    def _book_on(self, paying: Paying, check: Check) -> None:
        payment, devices = paying.payment, self._till.devices
        paying.check, paying.state = check, State.ACCEPTED
        paying.device = devices.free(paying.location_id, payment.device_id) or devices.first(paying.location_id)
        check.payments.append(
            Paid(
                method=payment.method or "CASH",
                amount=payment.amount,
                tip=payment.tip,
                at=self._clock.now(),
                reference=payment.reference,
            )
        )
        if check.paid >= check.due:
            check.close(self._clock.now())
        self._signal.notify()

    async def _settle(self, check: Check | None) -> None:
        if check is not None and check.closed:
            await self._till.say_paid_off(check)
