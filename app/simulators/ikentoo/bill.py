"""A check: what was sold and what was paid, as it stood at that moment, whatever the menu says later."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from app.simulators.ikentoo.config import Location

if TYPE_CHECKING:
    from app.simulators.ikentoo.book import Held


@dataclass(frozen=True, kw_only=True)
class Sold:
    """A line of a check. `amount` is what the line costs with its sub-lines, less the `discount`."""

    sku: str
    name: str
    quantity: int
    amount: Decimal
    discount: Decimal = Decimal(0)
    tax_rate: Decimal = Decimal(0)
    tax_included: bool = True
    modifiers: tuple[str, ...] = ()
    subs: tuple["Sold", ...] = ()


@dataclass(frozen=True, kw_only=True)
class Paid:
    """A payment on a check; `amount` is without the tip. `reference` is the payer's, if any."""

    method: str
    amount: Decimal
    at: datetime
    tip: Decimal = Decimal(0)
    reference: str | None = None


@dataclass(kw_only=True)
class Check:
    """An account at the till. `identifier` is V3 (A1234.56) or V2 (digits), `number` is always the V2 one."""

    identifier: str
    number: int
    location: Location
    pos_id: int
    name: str
    opened: datetime
    table: int | None = None
    client_count: int | None = None
    lines: list[tuple[Sold, datetime]] = field(default_factory=list)
    payments: list[Paid] = field(default_factory=list)
    orders: list["Held"] = field(default_factory=list)
    closed_at: datetime | None = None

    @property
    def closed(self) -> bool:
        """Tell whether nothing can be ordered on it or paid for it any more."""
        return self.closed_at is not None

    @property
    def due(self) -> Decimal:
        """What all of it costs."""
        return sum((line.amount for line, _ in self.lines), Decimal(0))

    @property
    def paid(self) -> Decimal:
        """What has been paid of it, without tips."""
        return sum((payment.amount for payment in self.payments), Decimal(0))

    def close(self, at: datetime) -> None:
        """Close it, once."""
        self.closed_at = self.closed_at or at
