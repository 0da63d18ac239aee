"""Watched orders: which of many have changed is one statement, however many are asked about."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Uuid, and_, bindparam, func
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.tables import orders, submissions
from app.store.views import SUMMARIES, SummaryRow, summary_row, visible

_KNOWN = (
    func.unnest(bindparam("ids", type_=ARRAY(Uuid)), bindparam("versions", type_=ARRAY(Integer)))
    .table_valued("id", "version")
    .render_derived(name="known")
)
_NEWER = SUMMARIES.join(
    _KNOWN, and_(_KNOWN.c.id == orders.c.id, orders.c.version + submissions.c.attempt > _KNOWN.c.version)
)


async def newer(connection: AsyncConnection, known: Mapping[UUID, int]) -> list[SummaryRow]:
    """The orders whose version (of the view: that of the order and the number of its attempts) is above the known."""
    parameters = {"ids": list(known), "versions": list(known.values())}
    return [summary_row(row) for row in (await connection.execute(_NEWER, parameters)).mappings()]


async def read_summary(
    connection: AsyncConnection, order_id: UUID, *, locations: Sequence[str] | None = None
) -> SummaryRow | None:
    """The order, or None: no such order, or not at one of these locations."""
    statement = SUMMARIES.where(orders.c.id == order_id, orders.c.kind == "order", *visible(locations))
    row = (await connection.execute(statement)).mappings().one_or_none()
    return summary_row(row) if row else None
