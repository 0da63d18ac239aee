"""Faults that only Iiko has. Those of the connection are in `app.simulators.control`.

timeout_408            408, the server gave up waiting; not created unless `created` says so
timeout_408_after      408 although the order is created
rabbit_701             code 701, "RabbitMq queue is not found": the restaurant is offline; status 500 unless given
stack_trace_500        500 with a stack trace, not created
stack_trace_500_after  500 with a stack trace, created
token_401              the token is refused, whatever it is
unconfirmed            the order is created UNCONFIRMED and waits for its operator
rejected               a refusal with code `word`, message `reason`, HTTP `status` (400 unless given)
late_visible           created, but `orders/info` and `deliveryOrders` do not see it: for `seconds` real seconds,
                       or else for the next `count` looks of `orders/info`
check_problem          `orders/checkCreate` answers 200 with `resultState` = `count` (2) and `problem` = `reason`
"""

from app.simulators.control import Fault
from app.simulators.iiko.errors import RABBIT_CODE, PosError, Refusal, Unhandled

SPOILING = frozenset(
    {"timeout_408", "timeout_408_after", "rabbit_701", "stack_trace_500", "stack_trace_500_after", "rejected"}
)
"""Instead of the result an error is answered."""
OFFLINE = frozenset({"timeout_408", "rabbit_701"})
"""Spoil every other endpoint too, if the fault's `match` lets them."""
TOKEN = frozenset({"token_401"})
COLOURING = frozenset({"unconfirmed", "late_visible"})
"""The order is created, only otherwise than usual."""
CHECK = frozenset({"check_problem"})
IIKO_FAULTS = SPOILING | TOKEN | COLOURING | CHECK


def created_first(fault: Fault) -> bool:
    """The request takes effect although an error is answered."""
    return fault.kind.endswith("_after") if fault.created is None else fault.created


def error_of(fault: Fault) -> PosError:
    """What a spoiling fault answers."""
    match fault.kind:
        case "timeout_408" | "timeout_408_after":
            return Refusal("RequestTimeout", "Request timed out", status=408)
        case "rabbit_701":
            return Refusal(
                "RabbitMqQueueNotFound", "RabbitMq queue is not found", code=RABBIT_CODE, status=fault.status
            )
        case "rejected":
            message = fault.reason or "Order is rejected"
            return Refusal("Rejected", message, code=fault.word, status=400 if fault.status == 500 else fault.status)
        case _:
            message = fault.reason or "Object reference not set to an instance of an object."
            return Unhandled("System.NullReferenceException", message)
