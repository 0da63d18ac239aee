"""What a POS can show of a restaurant at this moment: places, tables, open checks, guests, and how it is set up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import Field

from app.domain.catalog import CatalogModel, Price
from app.domain.fields import Email, Note, StrictModel, Text
from app.domain.money import rounded


class Place(CatalogModel):
    """Something these credentials can see: an Iiko organization, or an iKentoo business location."""

    id: str
    """What the location's settings want (a GUID, or digits)."""
    name: str
    business: str | None = None
    """The iKentoo business that it belongs to."""
    more: Mapping[str, Any] = {}
    """What else the POS says: address, phone, whether it is active."""


class DiningTable(CatalogModel):
    """A table of a floor plan."""

    number: int
    description: str | None = None
    default_guests: int | None = None


class FloorPlan(CatalogModel):
    """A room or a terrace."""

    name: str
    tables: tuple[DiningTable, ...] = ()


class CheckLine(CatalogModel):
    """One line of a check. Cancelled lines are shown, with ``active`` false or a negative quantity."""

    sku: str | None = None
    name: str | None = None
    quantity: Price | None = None
    amount: Price | None = None
    """With tax."""
    active: bool = True


class CheckPaid(CatalogModel):
    """One payment on a check."""

    method: str | None = None
    amount: Price | None = None
    at: datetime | None = None
    active: bool = True


Entry = TypeVar("Entry", CheckLine, CheckPaid)


def _amount_in(entry: Entry, currency: str) -> Entry:
    return entry if entry.amount is None else entry.model_copy(update={"amount": rounded(entry.amount, currency)})


class OpenCheck(CatalogModel):
    """An open check: what is ordered, paid and still to be paid."""

    check: str | None
    """Its account identifier: what a payment or a further order names."""
    name: str | None = None
    table: int | None = None
    guests: int | None = None
    opened_at: datetime | None = None
    staff: str | None = None
    total: Price
    paid: Price = Decimal(0)
    outstanding: Price
    lines: tuple[CheckLine, ...] = ()
    payments: tuple[CheckPaid, ...] = ()

    def written_in(self, currency: str) -> "OpenCheck":
        """The same check, its amounts with exactly the currency's places."""
        return self.model_copy(
            update={
                "total": rounded(self.total, currency),
                "paid": rounded(self.paid, currency),
                "outstanding": rounded(self.outstanding, currency),
                "lines": tuple(_amount_in(line, currency) for line in self.lines),
                "payments": tuple(_amount_in(paid, currency) for paid in self.payments),
            }
        )


class Guest(StrictModel):
    """A guest in the POS's own address book. The phone is the key."""

    phone: Annotated[Text, Field(min_length=3, max_length=40)]
    first_name: Annotated[Text, Field(min_length=1, max_length=60)] | None = None
    last_name: Annotated[Text, Field(min_length=1, max_length=60)] | None = None
    email: Email | None = None
    notes: Annotated[Note, Field(max_length=500)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownGuest:
    """A guest as the POS knows them."""

    id: str
    guest: Guest
    more: Mapping[str, Any]
    """What else the POS says, such as cards and balances; no secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpCheck:
    """One thing that was looked at while a location's set-up was checked."""

    name: str
    """A short, stable name, such as ``reachable`` or ``order_types.pickup``."""
    ok: bool
    problem: str | None = None
    """What is wrong and what to do about it; for ok, a hint or None."""
