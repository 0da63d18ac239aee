"""Synced catalogs and dictionaries: written by a sync, which changes only what changed, and read for each order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.catalog import Entry, Group, Kind, Product
from app.store.tables import catalogs, dictionaries, products
from app.store.wakeup import CONFIG

HASTENED_APART_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogHead:
    """What is known of a location's catalog, without its products."""

    version: int
    revision: str | None
    read_as: str | None
    synced_at: datetime | None
    names_synced_at: datetime | None
    error: str | None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuChanges:
    """What storing a menu did."""

    products: int
    groups: int
    changed: int
    """Products that were added, changed or removed."""


_HEAD = tuple(catalogs.c[name] for name in CatalogHead.__dataclass_fields__ if name != "now")

# Only what differs is written: a sync of an unchanged menu writes no product row.
_STORE = """
WITH input AS (
    SELECT * FROM unnest($2::text[], $3::integer[], $4::text[], $5::text[], $6::text[])
        AS t(key, position, sku, product_id, body)
), gone AS (
    DELETE FROM products p
    WHERE p.location_id = $1 AND NOT EXISTS (SELECT FROM input i WHERE i.key = p.key)
    RETURNING 1
), stored AS (
    INSERT INTO products AS p (location_id, key, position, sku, product_id, body)
    SELECT $1, i.key, i.position, i.sku, i.product_id, i.body::jsonb FROM input i
    ON CONFLICT (location_id, key) DO UPDATE
    SET position = excluded.position, sku = excluded.sku, product_id = excluded.product_id, body = excluded.body
    WHERE (p.position, p.sku, p.product_id, p.body)
        IS DISTINCT FROM (excluded.position, excluded.sku, excluded.product_id, excluded.body)
    RETURNING 1
)
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM stored) AS changed
"""


async def read_head(connection: AsyncConnection, location_id: str) -> CatalogHead | None:
    """The head, or None where nothing was ever tried."""
    statement = select(*_HEAD, func.now().label("now")).where(catalogs.c.location_id == location_id)
    row = (await connection.execute(statement)).mappings().one_or_none()
    return CatalogHead(**row) if row else None


async def lock_head(connection: AsyncConnection, location_id: str) -> CatalogHead:
    """The head, locked, made where there is none: one sync of a location writes at a time."""
    await connection.execute(insert(catalogs).values(location_id=location_id).on_conflict_do_nothing())
    statement = select(*_HEAD, func.now().label("now")).where(catalogs.c.location_id == location_id).with_for_update()
    return CatalogHead(**(await connection.execute(statement)).mappings().one())


async def save_head(connection: AsyncConnection, location_id: str, *, changed: bool, **changes: Any) -> None:
    """Writes what a sync found out. ``changed``: what is known has changed, and every process reads it anew."""
    if changed:
        changes["version"] = catalogs.c.version + 1
    await connection.execute(update(catalogs).where(catalogs.c.location_id == location_id).values(**changes))
    if changed:
        await connection.execute(text("SELECT pg_notify(:config, '')"), {"config": CONFIG})


async def store_menu(
    connection: AsyncConnection, location_id: str, groups: Sequence[Group], menu: Sequence[Product]
) -> MenuChanges:
    """Makes the stored products those of the menu. The head is locked."""
    rows = {product.key: (number, product) for number, product in reversed(list(enumerate(menu)))}
    result = await connection.exec_driver_sql(
        _STORE,
        (
            location_id,
            list(rows),
            [number for number, _ in rows.values()],
            [product.sku for _, product in rows.values()],
            [product.product_id.lower() if product.product_id else None for _, product in rows.values()],
            [product.model_dump_json() for _, product in rows.values()],
        ),
    )
    changed: int = result.scalar_one()
    written = [group.model_dump(mode="json") for group in groups]
    regrouped = await connection.execute(
        update(catalogs)
        .where(
            catalogs.c.location_id == location_id,
            catalogs.c.groups != written,
        )
        .values(groups=written)
    )
    return MenuChanges(products=len(rows), groups=len(groups), changed=changed + regrouped.rowcount)


async def store_names(connection: AsyncConnection, location_id: str, names: Mapping[Kind, Sequence[Entry]]) -> int:
    """Makes the stored dictionaries those that were read; how many of them changed. The head is locked."""
    changed = 0
    for kind, entries in sorted(names.items()):
        values = {"entries": [entry.model_dump(mode="json") for entry in entries]}
        storing = insert(dictionaries).values(location_id=location_id, kind=kind.value, **values)
        result = await connection.execute(
            storing.on_conflict_do_update(
                index_elements=["location_id", "kind"],
                set_=values,
                where=dictionaries.c.entries != storing.excluded.entries,
            )
        )
        changed += result.rowcount
    return changed


@dataclass(frozen=True, slots=True, kw_only=True)
class DueSync:
    """A location to sync."""

    location_id: str
    failing: bool
    """Its last sync failed."""


async def claim_syncs(connection: AsyncConnection, *, lease_s: float, limit: int) -> list[DueSync]:
    """Locations whose sync is due: each is the caller's until the lease ends, when it is due again."""
    result = await connection.exec_driver_sql(
        """
        UPDATE catalogs c SET due_at = now() + make_interval(secs => $1)
        FROM (
            SELECT c.location_id FROM catalogs c JOIN locations l ON l.location_id = c.location_id
            WHERE c.due_at <= now() AND l.deleted_at IS NULL
            ORDER BY c.due_at LIMIT $2 FOR UPDATE OF c SKIP LOCKED
        ) due
        WHERE c.location_id = due.location_id
        RETURNING c.location_id, c.failures > 0 AS failing
        """,
        (lease_s, limit),
    )
    return [DueSync(**row) for row in result.mappings()]


async def put_off_sync(
    connection: AsyncConnection, location_id: str, *, error: str | None, first_s: float, most_s: float
) -> None:
    """Due again after ``first_s``, doubling with each failure in a row up to ``most_s``. What is known stays."""
    await connection.exec_driver_sql(
        """
        UPDATE catalogs SET
            error = $2, failures = CASE WHEN $2::text IS NULL THEN 0 ELSE failures + 1 END,
            due_at = now() + make_interval(secs => least($4::float, $3::float * power(2, least(failures, 12))))
        WHERE location_id = $1
        """,
        (location_id, error, first_s, most_s),
    )


async def count_catalog(connection: AsyncConnection, location_id: str) -> dict[str, int]:
    """How much is known, by kind."""
    rows = await connection.exec_driver_sql(
        """
        SELECT 'products' AS kind, count(*) AS known FROM products WHERE location_id = $1
        UNION ALL SELECT 'groups', jsonb_array_length(groups) FROM catalogs WHERE location_id = $1
        UNION ALL SELECT kind, jsonb_array_length(entries) FROM dictionaries WHERE location_id = $1
        """,
        (location_id,),
    )
    return {row.kind: row.known for row in rows}


async def make_sync_due(connection: AsyncConnection, location_id: str, *, anew: bool = False) -> None:
    """The next round of a worker syncs it. ``anew``: with other settings, so that nothing counts as unchanged."""
    changes: dict[str, Any] = {"due_at": func.now(), "failures": 0}
    if anew:
        changes |= {"revision": None, "error": None}
    storing = insert(catalogs).values(location_id=location_id, due_at=func.now())
    await connection.execute(storing.on_conflict_do_update(index_elements=["location_id"], set_=changes))


async def hasten_sync(connection: AsyncConnection, location_id: str) -> None:
    """The menu that is known may be old: synced soon, but not more than once a minute."""
    soon = func.greatest(func.now(), catalogs.c.synced_at + timedelta(seconds=HASTENED_APART_S))
    await connection.execute(
        update(catalogs)
        .where(catalogs.c.location_id == location_id, catalogs.c.synced_at.is_not(None))
        .values(due_at=func.least(catalogs.c.due_at, soon))
    )


async def forget_catalog(connection: AsyncConnection, location_id: str) -> None:
    """What was known of another venue is of no use for this one."""
    for table in (products, dictionaries):
        await connection.execute(delete(table).where(table.c.location_id == location_id))
    wiped: dict[str, Any] = {
        "revision": None,
        "read_as": None,
        "groups": [],
        "synced_at": None,
        "names_synced_at": None,
        "error": None,
    }
    await connection.execute(
        update(catalogs)
        .where(catalogs.c.location_id == location_id)
        .values(**wiped, version=catalogs.c.version + 1, due_at=func.now(), failures=0)
    )


async def read_names(connection: AsyncConnection, location_id: str) -> dict[str, list[Entry]]:
    """The dictionaries by kind."""
    statement = select(dictionaries.c.kind, dictionaries.c.entries).where(dictionaries.c.location_id == location_id)
    rows = await connection.execute(statement)
    return {row.kind: [Entry.model_validate(entry) for entry in row.entries] for row in rows}


async def read_groups(connection: AsyncConnection, location_id: str) -> list[Any]:
    """The headings of the menu, as JSON."""
    found = await connection.scalar(select(catalogs.c.groups).where(catalogs.c.location_id == location_id))
    return list(found or ())


async def read_products(
    connection: AsyncConnection, location_id: str, *, skus: Sequence[str], product_ids: Sequence[str]
) -> list[Product]:
    """The products with one of these names, in the order of the menu. ``product_ids`` in lower case."""
    statement = (
        select(products.c.body)
        .where(
            products.c.location_id == location_id,
            products.c.sku.in_(skus) | products.c.product_id.in_(product_ids),
        )
        .order_by(products.c.position)
    )
    return [Product.model_validate(body) for body in (await connection.scalars(statement)).all()]


async def read_menu(connection: AsyncConnection, location_id: str) -> list[str]:
    """All products in the order of the menu, each as JSON text: a large menu is not parsed to be shown."""
    result = await connection.exec_driver_sql(
        "SELECT body::text AS body FROM products WHERE location_id = $1 ORDER BY position", (location_id,)
    )
    return [row.body for row in result]
