"""Finding the order that a person means: by its id, or as LOCATION/REFERENCE."""

from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.domain.errors import NotFound
from app.domain.status import Status
from app.domain.submission import Dispatch
from app.store.database import run
from app.store.order_details import OrderDetails, read_details
from app.store.order_list import OrderFilter, read_summaries
from app.store.views import SummaryRow

_PAGE = 200


async def find_order(engine: AsyncEngine, words: str) -> OrderDetails:
    """The order with all that happened to it. Raises NotFound."""
    details = await run(engine, partial(_find, words=words))
    if details is None:
        raise NotFound(f"There is no order {words!r}.")
    return details


async def _find(connection: AsyncConnection, words: str) -> OrderDetails | None:
    order_id = _uuid(words) or await _by_reference(connection, words)
    return await read_details(connection, order_id) if order_id else None


async def _by_reference(connection: AsyncConnection, words: str) -> UUID | None:
    location, _, reference = words.partition("/")
    if not reference or "\0" in words:
        return None
    found = await read_summaries(connection, OrderFilter(locations=[location], reference=reference), limit=1)
    return found[0].id if found else None


def _uuid(words: str) -> UUID | None:
    try:
        return UUID(words)
    except ValueError:
        return None


async def read_page(engine: AsyncEngine, wanted: OrderFilter, *, limit: int) -> list[SummaryRow]:
    """The newest orders of this kind."""
    return await run(engine, partial(read_summaries, wanted=wanted, limit=limit))


async def retryable(engine: AsyncEngine, wanted: OrderFilter) -> list[SummaryRow]:
    """All orders of this kind that a retry can help, oldest first: that is the order in which guests wait.

    A failed order that a person has settled (its attention is cleared) is left alone: the guest has been refunded.
    """
    found: list[SummaryRow] = []
    before: UUID | None = None
    while True:
        page = await run(engine, partial(read_summaries, wanted=wanted, limit=_PAGE, before=before))
        found += [row for row in page if _can_retry(row)]
        if len(page) < _PAGE:
            return found[::-1]
        before = page[-1].id


def _can_retry(row: SummaryRow) -> bool:
    unsettled = row.status is Status.FAILED and row.attention is not None
    return unsettled or row.state in (Dispatch.WAITING, Dispatch.IN_DOUBT, Dispatch.PARKED)
