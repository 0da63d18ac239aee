"""Payments of open checks: taken once, and carried by the same outbox as orders. Nothing is sent here."""

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.adapters.base import PaymentSubmission, Registry, TakesPayments
from app.domain.errors import (
    Finding,
    LocationUnknown,
    Misconfigured,
    NotSupportedByPos,
    OrderInvalid,
    OrderNotExpressible,
    ReferenceConflict,
)
from app.domain.ids import new_id
from app.domain.location import Location
from app.domain.money import fits, places, written
from app.domain.payment import CheckPayment
from app.relay.sending import Locations
from app.store.database import run
from app.store.intake import NewOrder, known_orders, store_orders

KIND = "payment"


class PaymentConflict(ReferenceConflict):
    """The reference was used before at this location, for another payment."""

    def __str__(self) -> str:
        return f"Reference {self.reference!r} was used before, for a payment with other content."


class Payments:
    """Takes payments. ``announce`` is called after each commit: there is something to send."""

    def __init__(
        self, engine: AsyncEngine, *, locations: Locations, registry: Registry, announce: Callable[[str], None]
    ) -> None:
        self._engine = engine
        self._locations = locations
        self._registry = registry
        self._announce = announce

    async def pay(self, payment: CheckPayment, *, actor: str) -> tuple[UUID, bool]:
        """Stores the payment, once for ever under its location and reference: its id, and whether it was known.

        Raises LocationUnknown, NotSupportedByPos, OrderInvalid, OrderNotExpressible, PaymentConflict,
        StorageUnavailable.
        """
        location = await self._locations.get(payment.location)
        # A payment that leaves its currency out is the payment that names the location's.
        named = payment.model_copy(update={"currency": payment.currency or location.settings.currency})
        content = fingerprint(named)
        refusal: Exception | None = None
        new: NewOrder | None = None
        try:
            new = self._new(location, payment, content, actor)
        except (NotSupportedByPos, OrderInvalid, OrderNotExpressible) as refused:  # unless it is a repeat
            refusal = refused
        if new is not None and await self._stored(new):
            self._announce(payment.location)
            return new.id, False
        known = await run(self._engine, partial(_known, payment=payment, content=content))
        if known is None:
            raise refusal or LocationUnknown(payment.location)
        # Our own id: an earlier try of the statement had been committed after all.
        return known, new is None or known != new.id

    async def _stored(self, new: NewOrder) -> bool:
        return new.id in await run(self._engine, partial(store_orders, new=[new]), single_statement=True)

    def _new(self, location: Location, payment: CheckPayment, content: bytes, actor: str) -> NewOrder:
        pos, currency = self._registry[location.pos.system], location.settings.currency
        if not isinstance(pos, TakesPayments):
            raise NotSupportedByPos(f"At {location.pos.system} no open check can be paid.")
        if findings := check(payment, currency):
            raise OrderInvalid(findings)
        reference = new_id()
        _translate(pos, location, payment, reference)
        return NewOrder(
            location_id=location.id,
            id=new_id(),
            kind=KIND,
            reference=payment.reference,
            fingerprint=content,
            service_type="",
            currency=currency,
            total=payment.amount,
            prepaid=True,
            requested_for=None,
            customer_search="",
            submission=reference,
            pos_system=location.pos.system,
            folded=(),
            not_sent=(),
            warnings=(),
            body=as_received(payment, currency),
            detail=_first_line(payment, currency, actor),
            give_up_after_s=location.settings.give_up_after_s,
        )


def _translate(pos: TakesPayments, location: Location, payment: CheckPayment, reference: UUID) -> None:
    """Whether the POS can be told at all. A setting that is missing is the venue's fault, and blocks its lane."""
    now = datetime.now(UTC)
    deadline = now + timedelta(seconds=location.settings.give_up_after_s)
    submission = PaymentSubmission(payment=payment, reference=reference, now=now, deadline_at=deadline)
    with suppress(Misconfigured):
        pos.translate_payment(location, submission)


async def _known(connection: AsyncConnection, *, payment: CheckPayment, content: bytes) -> UUID | None:
    found = await known_orders(connection, [(payment.location, payment.reference)], kind=KIND)
    if not found:
        return None
    if found[0].fingerprint != content:
        raise PaymentConflict(payment.reference, found[0].id)
    return found[0].id


def check(payment: CheckPayment, currency: str) -> list[Finding]:
    """The rules that hold for every POS."""
    found: list[Finding] = []
    if payment.currency not in (None, currency):
        found.append(
            Finding("/currency", "wrong_currency", f"This location sells in {currency}, not in {payment.currency}.")
        )
    for name, amount in (("amount", payment.amount), ("tip", payment.tip)):
        if not fits(amount, currency):
            found.append(Finding(f"/{name}", "too_many_places", f"{currency} has {places(currency)} decimal places."))
    if payment.amount == 0:
        found.append(Finding("/amount", "too_small", "A payment is more than 0."))
    return found


def fingerprint(payment: CheckPayment) -> bytes:
    """Equal for payments with equal content, however their money is written. A field that has its default does not
    matter: one that a later release adds changes no stored fingerprint."""
    content = {
        name: f"{value.normalize():f}" if isinstance(value, Decimal) else value
        for name, value in payment.model_dump(exclude_defaults=True).items()
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).digest()


def as_received(payment: CheckPayment, currency: str) -> dict[str, Any]:
    """The payment as plain JSON: what was given, money with all places of the currency."""
    return {
        name: written(value, currency) if isinstance(value, Decimal) else value
        for name, value in payment.model_dump(exclude_unset=True).items()
    }


def _first_line(payment: CheckPayment, currency: str, actor: str) -> str:
    what = f"check {payment.check}" if payment.check else f"table {payment.table}"
    tip = f" and a tip of {written(payment.tip, currency)}" if payment.tip else ""
    return f"{written(payment.amount, currency)} {currency}{tip} for {what}, {payment.method}; by {actor}"
