"""API keys: only their SHA-256 is stored."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Row, and_, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.domain.errors import NotFound, StateConflict
from app.domain.ids import new_id
from app.store.database import run
from app.store.tables import api_keys
from app.store.wakeup import CONFIG

PREFIX = "orly_"
KEY_PATTERN = r"orly_[A-Za-z0-9_-]{43}"


class Scope(StrEnum):
    """What a key may do. None implies another."""

    ORDERS_WRITE = "orders:write"
    ORDERS_READ = "orders:read"
    OPS = "ops"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key just made. The only moment at which its text exists."""

    id: UUID
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """What is known of a key."""

    id: UUID
    name: str
    scopes: frozenset[Scope]
    locations: frozenset[str] | None
    """None: all."""
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def key_hash(key: str) -> bytes:
    """No salt: the key itself is 256 random bits."""
    return hashlib.sha256(key.encode()).digest()


async def create(
    engine: AsyncEngine, *, name: str, scopes: Collection[Scope], locations: Collection[str] | None = None
) -> NewKey:
    """Makes a key. Raises StateConflict when the name is taken, also by a revoked key."""
    new = NewKey(id=new_id(), key=PREFIX + secrets.token_urlsafe(32))
    row = {
        "id": new.id,
        "name": name,
        "hash": key_hash(new.key),
        "scopes": sorted(scopes),
        "locations": None if locations is None else sorted(locations),
    }

    async def work(connection: AsyncConnection) -> UUID | None:
        await connection.execute(insert(api_keys).values(row).on_conflict_do_nothing(index_elements=["name"]))
        taken_by: UUID | None = await connection.scalar(select(api_keys.c.id).where(api_keys.c.name == name))
        return taken_by

    # The same id where an earlier run of ours did commit and only its answer got lost.
    if await run(engine, work) != new.id:
        raise StateConflict(f"There is a key of the name {name!r} already, perhaps a revoked one.", state="exists")
    return new


async def list_keys(engine: AsyncEngine) -> Sequence[KeyRow]:
    """All keys, revoked ones too, oldest first."""

    async def work(connection: AsyncConnection) -> Sequence[KeyRow]:
        return [_row(row) for row in await connection.execute(_ALL.order_by(api_keys.c.id))]

    return await run(engine, work)


async def find(engine: AsyncEngine, digest: bytes) -> KeyRow | None:
    """The live key of this hash."""
    wanted = _ALL.where(api_keys.c.hash == digest, api_keys.c.revoked_at.is_(None))

    async def work(connection: AsyncConnection) -> KeyRow | None:
        row = (await connection.execute(wanted)).one_or_none()
        return None if row is None else _row(row)

    return await run(engine, work)


async def revoke(engine: AsyncEngine, id_or_name: str) -> KeyRow:
    """Ends a key, and tells every process. Revoking twice is fine. Raises NotFound."""
    named = api_keys.c.name == id_or_name
    wanted = or_(named, api_keys.c.id == given) if (given := _uuid(id_or_name)) else named
    ending = update(api_keys).where(wanted).values(revoked_at=func.coalesce(api_keys.c.revoked_at, func.now()))

    async def work(connection: AsyncConnection) -> KeyRow | None:
        row = (await connection.execute(ending.returning(*_COLUMNS))).one_or_none()
        await connection.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CONFIG})
        return None if row is None else _row(row)

    ended = await run(engine, work)
    if ended is None:
        raise NotFound(f"There is no key with the id or name {id_or_name!r}.")
    return ended


async def seen(engine: AsyncEngine, key_id: UUID) -> None:
    """Notes that the key was used; once a minute is enough, whichever process saw it."""
    stale = or_(api_keys.c.last_used_at.is_(None), api_keys.c.last_used_at < func.now() - text("interval '50 seconds'"))
    noting = update(api_keys).where(and_(api_keys.c.id == key_id, stale)).values(last_used_at=func.now())

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(noting)

    await run(engine, work)


_COLUMNS = [column for column in api_keys.c if column.name != "hash"]
_ALL = select(*_COLUMNS)


def _row(row: Row[tuple[object, ...]]) -> KeyRow:
    values = row._mapping
    bound = values["locations"]
    return KeyRow(
        id=values["id"],
        name=values["name"],
        scopes=frozenset(Scope(scope) for scope in values["scopes"]),
        locations=None if bound is None else frozenset(bound),
        created_at=values["created_at"],
        last_used_at=values["last_used_at"],
        revoked_at=values["revoked_at"],
    )


def _uuid(given: str) -> UUID | None:
    try:
        return UUID(given)
    except ValueError:
        return None
