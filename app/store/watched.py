"""Which of many orders have changed: one statement, however many are asked about."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Uuid, and_, bindparam, func
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.tables import orders, submissions
from app.store.views import SUMMARIES, SummaryRow, summary_row

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
