"""What a valid payment is, read from a request: iKentoo API guide, Make Payment."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from app.simulators.ikentoo.errors import FieldError, invalid
from app.simulators.ikentoo.fields import Node

LEAST_TIME_TO_LIVE = 60_000
LONGEST_REFERENCE = 50


@dataclass(frozen=True, kw_only=True)
class CheckPayment:
    """A payment of an open check. `amount` is without the tip (K-Series reference); `time_to_live` in milliseconds."""

    location_id: int
    reference: str
    endpoint_id: str
    amount: Decimal = Decimal(0)
    tip: Decimal = Decimal(0)
    method: str | None = None
    account: str | None = None
    time_to_live: int | None = None
    staff_id: int | None = None
    device_id: int | None = None
    unknown: tuple[str, ...] = ()


def read_payment(data: Any) -> CheckPayment:
    """Read a request body; raises the 400 of a wrong type at once, or that of all violated constraints.

    Both spellings of the account's keys are taken: `ik...` is the guide's, `iK...` today's.
    """
    errors: list[FieldError] = []
    unknown: list[str] = []
    root = Node(data, "", errors, unknown)
    amount = root.decimal("paymentAmount", required=True)
    payment = CheckPayment(
        location_id=root.location() or 0,
        reference=root.text("thirdPartyPaymentReference", required=True, least=1, most=LONGEST_REFERENCE) or "",
        endpoint_id=root.text("endpointId", required=True, least=1) or "",
        amount=amount or Decimal(0),
        tip=root.decimal("tipAmount") or Decimal(0),
        method=root.text("paymentMethod"),
        account=_account(root),
        time_to_live=root.integer("taskTtlInMs", least=LEAST_TIME_TO_LIVE),
        staff_id=root.integer("staffId"),
        device_id=root.integer("deviceId"),
    )
    for name in ("min_TTL", "targetPrinterProfileId"):  # the first is inert, the second of today's K-Series
        root.raw(name)
    root.finish()
    if errors:
        raise invalid("payment", errors)
    return replace(payment, unknown=tuple(unknown))


def _account(root: Node) -> str | None:
    """Read the V3 identifier, else the V2 number; 0 counts as none (a real payload has it beside an identifier)."""
    identifiers = [root.text(name) for name in ("ikaccountIdentifier", "iKaccountIdentifier")]
    numbers = [root.integer(name) for name in ("ikaccountId", "iKaccountId")]
    return next((str(each) for each in (*identifiers, *numbers) if each), None)
