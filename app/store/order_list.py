"""Lists of orders: newest first, one statement each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.status import Status
from app.domain.submission import Dispatch
from app.store.tables import orders, submissions
from app.store.views import ORDERS, SUMMARIES, OrderRow, SummaryRow, order_row, summary_row, visible

_NOT_DIGITS = re.compile(r"\D")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """Which orders. Everything absent lets all pass; several words of one field: any of them."""

    kind: str = "order"
    """Or ``payment``."""
    locations: Sequence[str] | None = None
    """None: all of them."""
    status: Sequence[Status] = ()
    dispatch: Sequence[Dispatch] = ()
    reference: str | None = None
    customer: str | None = None
    """Words of the name, in any order and case, or digits of the phone number, however they are grouped."""
    needs_attention: bool | None = None
    failure: str | None = None
    received_from: datetime | None = None
    """Inclusive."""
    received_to: datetime | None = None
    """Exclusive."""


async def read_summaries(
    connection: AsyncConnection, wanted: OrderFilter, *, limit: int, before: UUID | None = None
) -> list[SummaryRow]:
    """The newest ``limit`` orders that are older than ``before``."""
    statement = _page(SUMMARIES, wanted, limit, before)
    return [summary_row(row) for row in (await connection.execute(statement)).mappings()]


async def read_rows(
    connection: AsyncConnection, wanted: OrderFilter, *, limit: int, before: UUID | None = None
) -> list[OrderRow]:
    """The same with the bodies."""
    statement = _page(ORDERS, wanted, limit, before)
    return [order_row(row) for row in (await connection.execute(statement)).mappings()]


def _page(rows: Select[Any], wanted: OrderFilter, limit: int, before: UUID | None) -> Select[Any]:
    statement = rows.where(*_conditions(wanted)).order_by(orders.c.id.desc()).limit(limit)
    return statement if before is None else statement.where(orders.c.id < before)


def _conditions(wanted: OrderFilter) -> list[ColumnElement[bool]]:
    conditions = [orders.c.kind == wanted.kind, *visible(wanted.locations)]
    if wanted.status:
        conditions.append(orders.c.status.in_(wanted.status))
    if wanted.dispatch:
        conditions.append(submissions.c.state.in_(wanted.dispatch))
    if wanted.reference is not None:
        conditions.append(orders.c.reference == wanted.reference)
    if wanted.customer is not None:
        conditions += _customer(wanted.customer)
    if wanted.needs_attention is not None:
        is_quiet = orders.c.attention.is_(None)
        conditions.append(~is_quiet if wanted.needs_attention else is_quiet)
    if wanted.failure is not None:
        conditions.append(orders.c.failure["code"].astext == wanted.failure)
    if wanted.received_from is not None:
        conditions.append(orders.c.received_at >= wanted.received_from)
    if wanted.received_to is not None:
        conditions.append(orders.c.received_at < wanted.received_to)
    return conditions


def _customer(text: str) -> list[ColumnElement[bool]]:
    """A phone number is stored as digits alone, so one typed with blanks, brackets or a plus is found too."""
    words = text.lower().split() if any(letter.isalpha() for letter in text) else [text]
    return [orders.c.customer_search.contains(_as_stored(word), autoescape=True) for word in words]


def _as_stored(word: str) -> str:
    digits = _NOT_DIGITS.sub("", word)
    return digits if digits and not any(letter.isalpha() for letter in word) else word
