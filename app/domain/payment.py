"""A payment of an open check, beside any order: the guest pays at the table."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from app.domain.fields import StrictModel, Text
from app.domain.money import Currency, Money


class CheckPayment(StrictModel):
    """Pays an open check at a location. ``amount`` is without the tip; the guest is charged both."""

    location: Annotated[Text, Field(min_length=1, max_length=63)]
    reference: Annotated[Text, Field(min_length=1, max_length=48)]
    """Yours, the idempotency key: the same location and reference is the same payment, for ever."""
    check: Annotated[Text, Field(min_length=1, max_length=64)] | None = None
    """The check's account identifier, as ``/checks`` and order views show it."""
    table: Annotated[int, Field(ge=1, le=99_999)] | None = None
    """Pays the one open check of this table."""
    amount: Money
    tip: Money = Decimal(0)
    method: Annotated[Text, Field(min_length=1, max_length=64)]
    currency: Currency | None = None

    @model_validator(mode="after")
    def _names_one_check(self) -> Self:
        if (self.check is None) == (self.table is None):
            message = "must name check or table, and not both"
            raise ValueError(message)
        return self
