"""Locations and their lanes' settings. Deleting keeps the row: orders point at it, and references are remembered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql.elements import ColumnElement

from app.domain.errors import NotFound, StateConflict
from app.domain.status import ENDS, Status
from app.store import pos_tokens
from app.store.catalogs import forget_catalog, make_sync_due
from app.store.database import run
from app.store.lanes import make_due
from app.store.tables import lanes, locations, orders, submissions
from app.store.wakeup import CONFIG, WORK


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationRow:
    """A location as stored: settings without secrets, secrets encrypted."""

    location_id: str
    version: int
    settings: Mapping[str, Any]
    secrets: bytes
    secret_names: Sequence[str]
    pos_system: str
    callback_key: str
    venue: str
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLocation:
    """What a PUT stores."""

    location_id: str
    settings: Mapping[str, Any]
    secrets: bytes
    secret_names: Sequence[str]
    pos_system: str
    callback_key: str
    venue: str
    max_in_flight: int
    rate_per_s: float | None


_COLUMNS = [locations.c[name] for name in LocationRow.__dataclass_fields__]


async def read(engine: AsyncEngine, location_id: str) -> LocationRow | None:
    """The row, also of a deleted location."""
    return await _one(engine, locations.c.location_id == location_id)


async def read_by_callback_key(engine: AsyncEngine, key: str) -> LocationRow | None:
    """The live location that this callback key belongs to."""
    return await _one(engine, (locations.c.callback_key == key) & locations.c.deleted_at.is_(None))


async def read_page(engine: AsyncEngine, *, after: str, limit: int) -> Sequence[LocationRow]:
    """Live locations by slug, those after this one."""
    live = locations.c.deleted_at.is_(None) & (locations.c.location_id > after)
    statement = select(*_COLUMNS).where(live).order_by(locations.c.location_id).limit(limit)

    async def work(connection: AsyncConnection) -> Sequence[LocationRow]:
        return [LocationRow(**row) for row in (await connection.execute(statement)).mappings()]

    return await run(engine, work)


async def put(engine: AsyncEngine, new: NewLocation, *, replaces: LocationRow | None) -> int | None:
    """Stores a location over the row that was read before (a deleted one comes back to life); its new version.
    None: somebody else was faster, read again. Raises StateConflict where open orders speak to another POS."""

    async def work(connection: AsyncConnection) -> int | None:
        live = replaces is not None and replaces.deleted_at is None
        if live and replaces is not None and replaces.pos_system != new.pos_system:
            await _refuse_with_open_orders(connection, new.location_id, "to change its POS")
        version: int | None = await connection.scalar(_upsert(new, 0 if replaces is None else replaces.version))
        if version is not None:
            await _open_lane(connection, new, anew=not live)
            await make_sync_due(connection, new.location_id, anew=True)
            if live and replaces is not None and replaces.venue != new.venue:
                await forget_catalog(connection, new.location_id)
            await _tell(connection)
        return version

    return await run(engine, work)


def _upsert(new: NewLocation, expected: int) -> Any:
    columns = ("location_id", "settings", "secrets", "secret_names", "pos_system", "callback_key", "venue")
    inserting = insert(locations).values({name: getattr(new, name) for name in columns})
    renewed = {name: inserting.excluded[name] for name in columns[1:]}
    was_deleted = locations.c.deleted_at.isnot(None)
    return inserting.on_conflict_do_update(
        index_elements=["location_id"],
        set_={
            **renewed,
            "version": locations.c.version + 1,
            "created_at": case((was_deleted, func.now()), else_=locations.c.created_at),
            "updated_at": func.now(),
            "deleted_at": None,
        },
        where=locations.c.version == expected,
    ).returning(locations.c.version)


async def _open_lane(connection: AsyncConnection, new: NewLocation, *, anew: bool) -> None:
    """A PUT counts as the fix that was waited for: a blocked or failing lane tries at once. A pause stays."""
    limits = {"max_in_flight": new.max_in_flight, "rate_per_s": new.rate_per_s}
    fixed = {
        **limits,
        "blocked": None,
        "blocked_message": None,
        "blocked_at": None,
        "not_before": None,
        "failures": 0,
        "failing_since": None,
        "poll_at": None,
    }
    if anew:
        fixed |= {"paused": False, "paused_at": None, "silent": 0}
    await make_due(connection, new.location_id)  # lock order: submissions before lanes
    inserting = insert(lanes).values(location_id=new.location_id, **limits)
    await connection.execute(inserting.on_conflict_do_update(index_elements=["location_id"], set_=fixed))


async def delete(engine: AsyncEngine, location_id: str) -> None:
    """Ends a location and wipes its secrets. Raises NotFound, or StateConflict while it has open orders."""
    wiped = {"deleted_at": func.now(), "updated_at": func.now(), "secrets": b"", "secret_names": []}
    live = (locations.c.location_id == location_id) & locations.c.deleted_at.is_(None)

    async def work(connection: AsyncConnection) -> None:
        await pos_tokens.wipe(connection, location_id)  # first: a renewal holds this row alone, and nobody waits for us
        # FOR UPDATE waits for intakes that point at the row, and makes later ones wait for us.
        if await connection.scalar(select(locations.c.version).where(live).with_for_update()) is None:
            raise NotFound(location_id)
        await _refuse_with_open_orders(connection, location_id, "to delete it")
        await connection.execute(update(locations).where(live).values(**wiped, version=locations.c.version + 1))
        await forget_catalog(connection, location_id)
        await _tell(connection)

    await run(engine, work)


async def _refuse_with_open_orders(connection: AsyncConnection, location_id: str, wish: str) -> None:
    # One that is still `received` and was not taken by the POS is open by its submission, or a person has settled it.
    unsent = (orders.c.status == Status.RECEIVED) & ~orders.c.milestones.has_key("submitted_at")
    booked = (orders.c.kind != "order") & (orders.c.status == Status.ACCEPTED)  # nothing follows on a till
    ended = orders.c.status.in_([status.value for status in ENDS])
    open_orders = select(orders.c.id).where(orders.c.location_id == location_id, ~ended, ~unsent, ~booked)
    live = select(submissions.c.reference).where(
        submissions.c.location_id == location_id, submissions.c.state != text("'done'")
    )
    if await connection.scalar(select(open_orders.exists() | live.exists())):
        raise StateConflict(f"{location_id} has open orders: they must end first ({wish}).", state="open_orders")


async def _tell(connection: AsyncConnection) -> None:
    """Every process reads anew, and works on what is due now."""
    channels = {"config": CONFIG, "work": WORK}
    await connection.execute(text("SELECT pg_notify(:config, ''), pg_notify(:work, '')"), channels)


async def _one(engine: AsyncEngine, wanted: ColumnElement[bool]) -> LocationRow | None:
    statement = select(*_COLUMNS).where(wanted)

    async def work(connection: AsyncConnection) -> LocationRow | None:
        row = (await connection.execute(statement)).mappings().one_or_none()
        return None if row is None else LocationRow(**row)

    return await run(engine, work)
