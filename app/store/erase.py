"""Taking the guest out of everything that is stored of one order. The order is locked by the caller."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.tables import orders, submissions

EVENT = "erased"
"""The line of history that says who did it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """What is not there any more."""

    erased: bool
    """The guest's personal data."""
    purged: bool
    """Everything but the row itself and its submissions': its time was over."""


async def what_is_gone(connection: AsyncConnection, location_id: str, order_id: UUID) -> Gone:
    """Of an order, a payment or a message."""
    found = await connection.execute(
        select(orders.c.erased_at, orders.c.purged_at).where(
            orders.c.location_id == location_id, orders.c.id == order_id
        )
    )
    row = found.one_or_none()
    return Gone(erased=bool(row and row.erased_at), purged=bool(row and row.purged_at))


async def body_of(connection: AsyncConnection, location_id: str, order_id: UUID) -> Mapping[str, Any]:
    """As it is stored."""
    found = await connection.execute(
        select(orders.c.body).where(orders.c.location_id == location_id, orders.c.id == order_id)
    )
    body: Mapping[str, Any] = found.scalar_one()
    return body


async def resent_bodies(connection: AsyncConnection, location_id: str, order_id: UUID) -> Mapping[UUID, Any]:
    """The corrected orders of its resends, by reference."""
    found = await connection.execute(
        select(submissions.c.reference, submissions.c.body).where(
            submissions.c.location_id == location_id,
            submissions.c.order_id == order_id,
            submissions.c.body.isnot(None),
        )
    )
    return {row.reference: row.body for row in found}


async def messages_about(connection: AsyncConnection, location_id: str, order_id: UUID) -> list[UUID]:
    """What the till was told, or is told, of it."""
    wanted = (orders.c.location_id == location_id, orders.c.about_id == order_id, orders.c.kind == "message")
    return list(await connection.scalars(select(orders.c.id).where(*wanted).order_by(orders.c.id)))


async def are_on_their_way(connection: AsyncConnection, location_id: str, messages: Sequence[UUID]) -> bool:
    """Whether one of these messages may still be sent."""
    live = select(submissions.c.reference).where(
        submissions.c.location_id == location_id,
        submissions.c.order_id.in_(messages),
        submissions.c.state != text("'done'"),
    )
    return bool(await connection.scalar(select(live.exists())))


async def save_resent_body(connection: AsyncConnection, location_id: str, reference: UUID, body: Any) -> None:
    """Replaces the corrected order of a resend."""
    await connection.execute(
        submissions.update()
        .where(submissions.c.location_id == location_id, submissions.c.reference == reference)
        .values(body=body)
    )


# :ids are the order and the messages about it. What a POS said may name the guest, so all of its words go; codes,
# times and outcomes stay. A callback keeps its hash: the same bytes, come again, are still known and not stored.
_WIPE = (
    """
    UPDATE submissions SET facts = NULL, last_error = NULL WHERE location_id = :location AND order_id = ANY(:ids)
    """,
    """
    UPDATE attempts a SET request = NULL, response = NULL, error = NULL FROM submissions s
    WHERE s.location_id = :location AND s.order_id = ANY(:ids)
        AND a.location_id = s.location_id AND a.reference = s.reference
    """,
    """
    UPDATE callbacks c SET body = '', problem = NULL, due_at = NULL WHERE c.location_id = :location AND (
        c.id IN (
            SELECT h.callback_id FROM status_history h WHERE h.location_id = :location AND h.order_id = ANY(:ids)
        ) OR (c.state <> 'handled' AND EXISTS (
            SELECT FROM submissions s WHERE s.location_id = :location AND s.order_id = ANY(:ids)
                AND position(convert_to(s.reference::text, 'UTF8') IN c.body) > 0
        ))
    )
    """,
    """
    UPDATE status_history SET detail = NULL, raw = NULL
    WHERE location_id = :location AND order_id = ANY(:ids) AND event <> :told
    """,
    """
    DELETE FROM notifications WHERE location_id = :location AND order_id = ANY(:ids)
    """,
    """
    UPDATE orders SET body = jsonb_set(body, '{message}', '""'), warnings = '[]', erased_at = now(),
        failure = CASE WHEN failure IS NOT NULL THEN
            jsonb_build_object('code', failure -> 'code', 'message', CAST(:gone AS text), 'pos_message', NULL) END
    WHERE location_id = :location AND id = ANY(:ids) AND kind = 'message'
    """,
)


async def wipe(
    connection: AsyncConnection, location_id: str, order_id: UUID, messages: Sequence[UUID], *, gone: str
) -> None:
    """Everything but the order's own row and the bodies of its resends. ``gone``: what stands in the place of words."""
    values = {"location": location_id, "ids": [order_id, *messages], "told": EVENT, "gone": gone}
    for statement in _WIPE:
        named = {name: value for name, value in values.items() if f":{name}" in statement}
        await connection.execute(text(statement), named)
