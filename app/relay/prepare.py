"""What goes over the wire: the claimed thing, put into the POS's language with what is known of the POS now.

Nothing is sent here that could create anything. Questions to the POS are asked where the translation needs an answer:
once before the first send (a guest, an open check), and a sync where the catalog does not know what the order names.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

import structlog
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.adapters.base import (
    Adapter,
    CatalogSource,
    MessageSubmission,
    PaymentSubmission,
    Pos,
    Preparing,
    Submission,
    TakesMessages,
    TakesPayments,
    Translation,
)
from app.domain.catalog import Menu
from app.domain.errors import (
    CURABLE,
    ITEM_NOT_FOUND,
    AccessDenied,
    Finding,
    InDoubt,
    Misconfigured,
    NotSent,
    NotSupportedByPos,
    OrderNotExpressible,
    PosError,
    Rejected,
)
from app.domain.location import Location
from app.domain.message import TillMessage
from app.domain.order import Order
from app.domain.payment import CheckPayment
from app.domain.status import FailureCode
from app.store.claim import Claimed, keep_facts, reference_of
from app.store.database import run

log = structlog.get_logger(__name__)

Content = TypeVar("Content", Order, CheckPayment, TillMessage)


class Menus(Protocol):
    """What is known of a location's catalog."""

    async def for_order(self, location: Location, order: Order) -> Menu:
        """What the order names."""


class Syncs(Protocol):
    """Reads the catalog anew."""

    async def now(self, location_id: str) -> object:
        """Raises a PosError, NotSupportedByPos."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What is sent, and how long the POS itself tries."""

    translation: Translation
    verdict_within_s: float | None
    order: Submission | None = None
    """Where it is an order: what the translation was made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kitchen:
    """What preparing needs, for one claimed thing."""

    engine: AsyncEngine
    menus: Menus
    syncs: Syncs
    pos: Pos
    location: Location
    adapter: Adapter
    claimed: Claimed

    async def prepare(self) -> Prepared:
        """The request. Raises OrderNotExpressible, or a PosError that says that nothing was sent."""
        match self.claimed.carries:
            case "payment":
                return await self._payment()
            case "message":
                return await self._message()
            case _:
                return await self._order()

    async def sent_otherwise(self, sent: Prepared, no: PosError) -> bool:
        """After a no of the POS: whether the request would be another one with what the POS says now."""
        if sent.order is None or not self.pos.traits.ids_change or self.claimed.resynced:
            return False
        submission = sent.order
        if no.code == FailureCode.CUSTOMER_CONFLICT and submission.facts:
            # The guest whose id was found is no more: without it the order goes by name and phone.
            submission = replace(submission, facts={})
            await run(self.engine, lambda connection: keep_facts(connection, self.claimed, {}))
        try:
            again = await self._with_news(submission)
        except (PosError, NotSupportedByPos, OrderNotExpressible) as error:
            log.info("nothing new after a no", location=self.location.id, reason=str(error))
            return False
        return again.request != sent.translation.request

    async def _order(self) -> Prepared:
        order = self._read(Order)
        submission = Submission(
            order=order,
            reference=self.claimed.reference,
            now=self.claimed.now,
            deadline_at=self.claimed.deadline_at,
            menu=await self.menus.for_order(self.location, order),
        )
        submission = replace(submission, facts=await self._facts(submission))
        translation = await self._translated(submission)
        within = self.pos.time_to_live_s(self.location, submission) if self.pos.traits.verdict_by_callback else None
        return Prepared(translation=translation, verdict_within_s=within, order=submission)

    async def _translated(self, submission: Submission) -> Translation:
        try:
            return self._pure(lambda: self.pos.translate(self.location, submission))
        except (OrderNotExpressible, Misconfigured) as error:
            if not isinstance(self.adapter, CatalogSource):
                raise
            refused = error
        # What is known of the POS may be old news: with the present state it may go.
        try:
            return await self._with_news(submission)
        except PosError as error:
            if isinstance(refused, OrderNotExpressible) and curable(refused):
                raise
            raise refused from error
        except OrderNotExpressible as error:
            # The POS itself says now that it does not sell this.
            if all(finding.code == ITEM_NOT_FOUND for finding in error.findings):
                raise Rejected(str(error), code=ITEM_NOT_FOUND) from error
            raise

    async def _with_news(self, submission: Submission) -> Translation:
        try:
            await self.syncs.now(self.location.id)
        except (InDoubt, Rejected) as error:
            # A question creates nothing, and a POS that does not show its menu has not refused the order.
            raise NotSent(
                f"The catalog could not be read before sending. {error.message}", answer=error.answer
            ) from error
        menu = await self.menus.for_order(self.location, submission.order)
        return self._pure(lambda: self.pos.translate(self.location, replace(submission, menu=menu)))

    async def _payment(self) -> Prepared:
        pos = self.pos
        if not isinstance(pos, TakesPayments):
            raise _not_supported("payments")
        submission = PaymentSubmission(
            payment=self._read(CheckPayment),
            reference=self.claimed.reference,
            now=self.claimed.now,
            deadline_at=self.claimed.deadline_at,
        )
        submission = replace(submission, facts=await self._facts(submission))
        translation = self._pure(lambda: pos.translate_payment(self.location, submission))
        return Prepared(translation=translation, verdict_within_s=pos.payment_time_to_live_s(self.location, submission))

    async def _message(self) -> Prepared:
        pos = self.pos
        if not isinstance(pos, TakesMessages):
            raise _not_supported("messages")
        about_id, location_id = self.claimed.about_id, self.location.id
        about = None
        if about_id is not None:
            about = await run(self.engine, lambda connection: reference_of(connection, location_id, about_id))
        submission = MessageSubmission(message=self._read(TillMessage), about=about)
        translation = self._pure(lambda: pos.translate_message(self.location, submission))
        return Prepared(translation=translation, verdict_within_s=None)

    async def _facts(self, submission: Submission | PaymentSubmission) -> Mapping[str, str]:
        """Asked for once: a repeat says the same as the first send."""
        if self.claimed.facts is not None:
            return self.claimed.facts
        if not isinstance(self.adapter, Preparing):
            return {}
        try:
            facts = await self.adapter.prepare(submission)
        except (NotSent, Rejected, AccessDenied, Misconfigured):
            raise
        except PosError as error:  # in doubt, but a question creates nothing
            raise NotSent(error.message, http_status=error.http_status, answer=error.answer) from error
        if facts:
            claimed, kept = self.claimed, dict(facts)
            await run(self.engine, lambda connection: keep_facts(connection, claimed, kept))
        return facts

    def _read(self, model: type[Content]) -> Content:
        try:
            return model.model_validate(self.claimed.body)
        except ValidationError as error:
            finding = Finding("", "not_readable", f"What is stored cannot be read: {error.error_count()} findings.")
            raise OrderNotExpressible([finding]) from error

    def _pure(self, translate: Callable[[], Translation]) -> Translation:
        try:
            return translate()
        except (OrderNotExpressible, PosError):
            raise
        except Exception as error:  # a defect of a translation: nothing was sent, a person must act
            log.exception("translation failed", location=self.location.id)
            finding = Finding("", "not_translatable", f"Translating failed: {type(error).__name__}.")
            raise OrderNotExpressible([finding]) from error


def curable(refused: OrderNotExpressible) -> bool:
    """Whether all that is wrong may only be that we do not know the POS's present state."""
    return all(finding.code in CURABLE for finding in refused.findings)


def _not_supported(what: str) -> OrderNotExpressible:
    return OrderNotExpressible([Finding("/location", "not_supported", f"This POS takes no {what}.")])
