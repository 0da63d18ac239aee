"""How a database notices that it came out of a backup, and the hold that follows (ADR 17).

One row remembers where it was written: which server, database and table, and by which transaction. A dump carries the
words along, but not what they name: restored anywhere, even into the same place, at least one differs. A physical copy
differs in nothing (a standby that takes over must not be held), so after restoring one a person says it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import event, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.store.tables import attempts, lanes, locations, metadata, orders, submissions

LOCK = 0x6F7264657233
"""Whoever places a hold, or looks whether one is due, does it alone."""
TRIGGER = "restored"
"""Of the attempt that stands for all that may have been sent since the backup."""

_NO_SUCH_TABLE = "42P01"
_MAY_ASK = "has_function_privilege(to_regprocedure('pg_catalog.pg_control_system()'), 'execute')"
_CLUSTER = "(SELECT system_identifier::text FROM pg_control_system())"
_PLACE = "(SELECT oid::text FROM pg_database WHERE datname = current_database()) || '/' || i.tableoid::text"
_TRANSACTION = "(pg_current_xact_id()::text::numeric % 4294967296)::text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What the row says of this database."""

    known: bool
    """It is the one that the row was written in."""
    held_at: datetime | None
    """A hold is being placed, and counts from then."""


def _identity(*, may_ask: bool) -> str:
    """Some hosted servers do not tell their system identifier; the rest of the identity is told everywhere."""
    cluster = _CLUSTER if may_ask else "'-'"
    return f"{cluster} || '/' || {_PLACE}"


def _known(*, may_ask: bool) -> str:
    return (
        f"SELECT coalesce(i.identity = {_identity(may_ask=may_ask)} AND i.written_by = i.xmin::text, false) "  # noqa: S608
        "AS known, i.held_at FROM installation i"
    )


async def read_installation(connection: AsyncConnection) -> Installation:
    """Whether this database is the one that it remembers to be. No row: it is not."""
    may_ask = bool(await connection.scalar(text(f"SELECT {_MAY_ASK}")))  # asked first: a refusal is an error
    row = (await connection.execute(text(_known(may_ask=may_ask)))).one_or_none()
    return Installation(known=row.known, held_at=row.held_at) if row else Installation(known=False, held_at=None)


class Stranger(ConnectionError):
    """The database behind a new connection is not the one that it remembers to be: nothing may be sent from it."""

    def __init__(self) -> None:
        super().__init__("this database came out of a backup, or is being restored: nothing is sent from it")


_MAY_BE_A_STRANGER: ContextVar[bool] = ContextVar("may_be_a_stranger", default=False)


@contextmanager
def strangers_allowed() -> Iterator[None]:
    """For whoever makes the database known."""
    token = _MAY_BE_A_STRANGER.set(True)
    try:
        yield
    finally:
        _MAY_BE_A_STRANGER.reset(token)


def refuse_strangers(engine: AsyncEngine) -> None:
    """From now on each new connection looks first. So a worker that runs on while the database behind it is dropped and
    restored sends nothing from what it then finds: its connections were cut, and every new one is refused."""

    def look(connection: Any, _record: object) -> None:
        if _MAY_BE_A_STRANGER.get():
            return
        if not _is_known(connection):
            connection.terminate()
            raise Stranger

    event.listen(engine.sync_engine, "connect", look)


def _is_known(connection: Any) -> bool:
    """By the driver's own means: SQLAlchemy has no connection yet."""
    cursor = connection.cursor()
    try:
        cursor.execute(f"SELECT {_MAY_ASK}")
        cursor.execute(_known(may_ask=bool(cursor.fetchone()[0])))
        row = cursor.fetchone()
    except connection.dbapi.Error as error:
        if getattr(error, "sqlstate", None) == _NO_SUCH_TABLE:
            return False
        raise
    finally:
        cursor.close()
    connection.rollback()
    return bool(row and row[0])


async def alone(connection: AsyncConnection) -> None:
    """Others wait until this transaction has ended."""
    await connection.execute(select(func.pg_advisory_xact_lock(LOCK)))


async def is_there(connection: AsyncConnection) -> bool:
    """Whether there is such a table at all."""
    return await connection.scalar(text("SELECT to_regclass('installation')")) is not None


async def is_whole(connection: AsyncConnection) -> bool:
    """Whether everything is here: a restore makes the foreign keys last, when all rows are in."""
    wanted = {key.name for table in metadata.sorted_tables for key in table.foreign_key_constraints}
    found = await connection.scalars(text("SELECT conname FROM pg_constraint WHERE contype = 'f'"))
    return wanted <= set(found)


async def stamp(connection: AsyncConnection) -> None:
    """From now on this database is the one that it remembers."""
    may_ask = bool(await connection.scalar(text(f"SELECT {_MAY_ASK}")))
    await connection.execute(text("INSERT INTO installation (id) VALUES (1) ON CONFLICT DO NOTHING"))
    await connection.execute(
        text(
            f"UPDATE installation i SET identity = {_identity(may_ask=may_ask)}, written_by = {_TRANSACTION}, "  # noqa: S608
            "held_at = NULL, known_at = now()"
        )
    )


async def has_orders(connection: AsyncConnection) -> bool:
    """An installation that was never sent an order, a copy of a template for example, has nothing to hold."""
    return bool(await connection.scalar(select(select(orders.c.id).exists())))


# One hold for all who find at the same time that one is due, also where a crash came in between.
_HELD_AT = """UPDATE installation
SET held_at = CASE WHEN held_at > now() - interval '10 minutes' THEN held_at ELSE now() END"""


async def hold_lanes(connection: AsyncConnection) -> int:
    """Nothing is sent anywhere from now on. A pause that a person had ordered stays told from this one by its time.
    Returns how many locations there are."""
    ours = ~lanes.c.paused | (lanes.c.paused_at == lanes.c.restored_at)
    await connection.execute(text("INSERT INTO installation (id) VALUES (1) ON CONFLICT DO NOTHING"))
    await connection.execute(text(_HELD_AT))
    await connection.execute(lanes.update().where(ours).values(paused=True, paused_at=func.now()))
    held = await connection.execute(lanes.update().values(restored_at=func.now()))
    return held.rowcount


@dataclass(frozen=True, slots=True)
class LiveSubmission:
    """One that was still to be sent, or in doubt, when the backup was made."""

    location_id: str
    order_id: UUID
    reference: UUID


async def live_of_backup(connection: AsyncConnection, *, limit: int) -> list[LiveSubmission]:
    """Those of which nothing was said yet in the hold that is being placed."""
    since = select(func.max(text("held_at"))).select_from(text("installation")).scalar_subquery()
    told = (
        select(attempts.c.number)
        .where(
            attempts.c.location_id == submissions.c.location_id,
            attempts.c.reference == submissions.c.reference,
            attempts.c.trigger == TRIGGER,
            attempts.c.started_at >= since,
        )
        .exists()
    )
    wanted = (
        select(submissions.c.location_id, submissions.c.order_id, submissions.c.reference)
        .where(submissions.c.state != text("'done'"), submissions.c.created_at <= since, ~told)
        .order_by(submissions.c.location_id, submissions.c.order_id)
        .limit(limit)
    )
    return [LiveSubmission(*row) for row in await connection.execute(wanted)]


async def may_have_been_sent(connection: AsyncConnection, live: LiveSubmission, *, number: int, error: str) -> None:
    """One attempt stands for all that were made since the backup and are forgotten: when it ended, and how, nobody
    knows."""
    venue = select(locations.c.venue).where(locations.c.location_id == live.location_id).scalar_subquery()
    await connection.execute(
        attempts.insert().values(
            location_id=live.location_id,
            reference=live.reference,
            number=number,
            kind="send",
            trigger=TRIGGER,
            venue=venue,
            ended_at=func.now(),
            outcome="in_doubt",
            error=error,
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLane:
    """A location that is held after a restore."""

    location_id: str
    since: datetime
    paused_before: bool
    """A person had paused it, and only a person's resume ends that."""
    live: int
    """What waits, or is in doubt."""
    deleted: bool


async def held_lanes(connection: AsyncConnection) -> list[HeldLane]:
    """By slug."""
    live = (
        select(func.count())
        .where(submissions.c.location_id == lanes.c.location_id, submissions.c.state != text("'done'"))
        .scalar_subquery()
    )
    statement = (
        select(
            lanes.c.location_id,
            lanes.c.restored_at.label("since"),
            (lanes.c.paused_at != lanes.c.restored_at).label("paused_before"),
            live.label("live"),
            locations.c.deleted_at.isnot(None).label("deleted"),
        )
        .join(locations, locations.c.location_id == lanes.c.location_id)
        .where(lanes.c.paused, lanes.c.restored_at.isnot(None))
        .order_by(lanes.c.location_id)
    )
    return [HeldLane(**row) for row in (await connection.execute(statement)).mappings()]


async def end_hold(connection: AsyncConnection, location_id: str) -> None:
    """A person has looked. What is left is a pause, or nothing."""
    await connection.execute(lanes.update().where(lanes.c.location_id == location_id).values(restored_at=None))
